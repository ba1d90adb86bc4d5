"""Who looked at whose file, when, as what and why: append-only, by month, kept as long as the law's row says."""

from __future__ import annotations

from django.db import models

from backend.core.models import PathField
from workflows.offices import Office
from workflows.purposes import Purpose


class Access(models.Model):
    """One look, written by the database's own function in the transaction that read (docs/privacy.md).

    Of a file: `member_id` or `case_id` (of a case about a member, both), and `unit_path` is the unit to which it belongs:
    that unit reads who looked. Of a list: one row with what was asked for (`filters`) and how many rows were given
    (`count`), at the place of the office that looked; a list of one person's or one case's things names them too.
    """

    pk = models.CompositePrimaryKey("month", "id")
    month = models.DateField()
    id = models.BigIntegerField()
    seen_at = models.DateTimeField()
    door = models.CharField(max_length=80)
    member_id = models.BigIntegerField(null=True)
    case_id = models.BigIntegerField(null=True)
    filters = models.JSONField(default=dict)
    count = models.IntegerField(null=True)
    unit_path = PathField()
    user_id = models.BigIntegerField()
    office = models.CharField(max_length=24, choices=Office.choices)
    office_unit_id = models.BigIntegerField(null=True)
    purpose = models.CharField(max_length=24, choices=Purpose.choices)

    class Meta:
        indexes = [
            models.Index(fields=["member_id", "id"], name="access_member"),
            models.Index(fields=["unit_path", "id"], name="access_path"),
        ]
