"""Attendance and dues, month by month: the largest tables, partitioned by month from the first migration."""

from __future__ import annotations

from django.db import models

from backend.core.models import PathField
from workflows.dues import Said


class Attendance(models.Model):
    """What a roll call said of one member at one cell's meeting of a month (`month` is its first day).

    A guest stands on the own cell's roll call and on the temporary one's; which of them counts is for who counts.
    """

    pk = models.CompositePrimaryKey("month", "member_id", "kind", "unit_id")
    month = models.DateField()
    member_id = models.BigIntegerField()
    kind = models.CharField(max_length=10)  # regular, thematic
    status = models.CharField(max_length=10)  # workflows.voting.Presence
    unit_id = models.BigIntegerField()
    unit_path = PathField()
    meeting_id = models.BigIntegerField(null=True)
    batch = models.UUIDField(null=True)


class DuesEntry(models.Model):
    """What a cell recorded of one member's dues of one month (`month` is its first day); docs/dues.md.

    `unit_id` is the cell that recorded it, the temporary one of a guest. `amount` is the sum due in đồng, where the cell
    keeps it here; nothing of anybody's income is kept. An entry is never overwritten silently: each change is a new
    `version` with the event that made it (None: the import of its `batch`).
    """

    pk = models.CompositePrimaryKey("month", "member_id")
    month = models.DateField()
    member_id = models.BigIntegerField()
    status = models.CharField(max_length=10, choices=Said.choices, default=Said.PAID)
    paid_on = models.DateField(null=True)
    amount = models.BigIntegerField(null=True)
    unit_id = models.BigIntegerField()
    unit_path = PathField()
    version = models.IntegerField(default=1)
    event_uid = models.UUIDField(null=True)
    batch = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["unit_id"], name="dues_unit")]
