"""A cell's sheet of a month: what the events of its dues are about. The entries stand in `participation.DuesEntry`."""

from __future__ import annotations

from django.db import models

from backend.core.models import PathField


class Sheet(models.Model):
    """The dues of one month (`month` is its first day) at one cell; each recording is a version, with one event.

    While the cell has not said that its book is `complete`, nobody's silence counts. A cell whose months were brought
    in by an import has no sheet of them until somebody records there: what is in the file is all of it.
    """

    unit_id = models.BigIntegerField()
    unit_path = PathField()
    month = models.DateField()
    version = models.IntegerField()
    complete = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit_id", "month"], name="dues_sheet_once")]
