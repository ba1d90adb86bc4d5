"""The organisation tree, now and by date."""

from __future__ import annotations

from django.contrib.postgres.fields import DateRangeField
from django.db import models

from backend.core.models import PathField
from workflows.offices import Level


class Unit(models.Model):
    """A cell or committee. `path` is the chain of ids from the root (`/1/2/17/`); `code` is M1.M2.M3.M4.M5 or shorter.

    One that was taken back with the import that made it has no code (`withdrawing`). `merges_into` is what it became part of;
    of an open one: what it is becoming part of, while somebody or something is still left there.
    """

    code = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    level = models.CharField(max_length=20, choices=Level.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    path = PathField(unique=True)
    opened_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    merges_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    version = models.IntegerField(default=1)
    settings = models.JSONField(default=dict)  # in the form of `settings.Settings.as_json`

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=~models.Q(code=""), name="unit_code_once"),
        ]

    def __str__(self) -> str:
        return self.name


class UnitSpell(models.Model):
    """How a unit stood over a range of days (as known now): its name, parent and path then."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="spells")
    name = models.CharField(max_length=200)
    code = models.CharField(max_length=20)
    level = models.CharField(max_length=20)
    parent = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    path_then = PathField()
    unit_path = PathField()
    valid = DateRangeField()
    recorded_at = models.DateTimeField()


class OwnLadder(models.Model):
    """The rungs of a version of a unit's own ladder, under a name that ends in a digest of them; never changed.

    Whose it is, for which rule and when, the unit's settings say.
    """

    name = models.CharField(max_length=40, primary_key=True)
    rungs = models.JSONField()
