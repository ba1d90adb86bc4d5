"""Attendance and dues, month by month: the largest tables, partitioned by month from the first migration."""

from __future__ import annotations

from django.db import models

from backend.core.models import PathField


class Attendance(models.Model):
    """What a roll call said of one member at one cell's meeting of a month (`month` is its first day)."""

    pk = models.CompositePrimaryKey("month", "member_id", "kind")
    month = models.DateField()
    member_id = models.BigIntegerField()
    kind = models.CharField(max_length=10)  # regular, thematic
    status = models.CharField(max_length=10)  # workflows.voting.Presence
    unit_id = models.BigIntegerField()
    unit_path = PathField()
    meeting_id = models.BigIntegerField(null=True)
    batch = models.UUIDField(null=True)


class DuesPayment(models.Model):
    """Dues of one member for one month (`month` is its first day), paid on a day at a cell."""

    pk = models.CompositePrimaryKey("month", "member_id")
    month = models.DateField()
    member_id = models.BigIntegerField()
    paid_on = models.DateField()
    unit_id = models.BigIntegerField()
    unit_path = PathField()
    batch = models.UUIDField(null=True)
