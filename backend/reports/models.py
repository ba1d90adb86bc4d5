"""What is counted for overviews: figures by unit and day, and the plans they are held against."""

from __future__ import annotations

from django.db import models

from backend.core.models import PathField
from backend.organizations.models import Unit


class DailyCount(models.Model):
    """What a figure of a unit, with all below it, was from a day on, up to the next row; nothing before the first one.

    Written by `counting` alone, from what `counted` says; days to come stand here too, as they are known now.
    """

    pk = models.CompositePrimaryKey("unit_path", "figure", "day")
    unit_path = PathField()
    figure = models.CharField(max_length=40, db_collation="C")
    day = models.DateField()
    value = models.IntegerField()


class PlanTarget(models.Model):
    """How many of a figure a unit is to reach in a year, with the paper that says so.

    Never changed: another target is a version more, and the highest holds.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    unit_path = PathField()
    year = models.SmallIntegerField()
    figure = models.CharField(max_length=40)
    version = models.SmallIntegerField()
    value = models.IntegerField()
    paper_number = models.CharField(max_length=60)
    paper_date = models.DateField()
    office = models.CharField(max_length=24)
    office_unit_id = models.BigIntegerField()
    user_id = models.BigIntegerField()
    event_uid = models.UUIDField()
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "year", "figure", "version"], name="plan_target_once"),
            models.CheckConstraint(condition=models.Q(value__gt=0), name="plan_target_positive"),
        ]
        indexes = [models.Index(fields=["unit_path"], name="plan_target_path")]
