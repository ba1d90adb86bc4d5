"""Flags: what counters and classifications ask a cell to consider. Written by `refreshing` only."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from backend.core.models import PathField
from backend.deadlines.models import Deadline
from workflows.flagging import Cause


class Flag(models.Model):
    """A cause that holds for a member of a cell since a day; cleared when it holds no more, never by a person.

    `since` is the first day of the window it was counted in, `months` the first days of the months (or years) that count,
    `ends_on` the last day of what is about to end. Its task is a deadline of its own (kind `flag`), or one that a case of
    the member has already; people turn it into a case, or nobody does.
    """

    member_id = models.BigIntegerField()
    unit_id = models.BigIntegerField()
    unit_path = PathField()
    number = models.CharField(max_length=40)
    cause = models.CharField(max_length=20, choices=Cause.choices)
    since = models.DateField()
    months = ArrayField(models.DateField())
    ends_on = models.DateField(null=True)
    raised_on = models.DateField()
    cleared_on = models.DateField(null=True)
    version = models.IntegerField(default=1)

    task: Deadline | None  # where `selectors.with_tasks` found it

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member_id", "unit_id", "cause", "since"], name="flag_once",
                condition=models.Q(cleared_on__isnull=True),
            )
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["unit_path", "id"], name="flag_list", condition=models.Q(cleared_on__isnull=True)),
            models.Index(fields=["unit_path"], name="flag_path"),
        ]
