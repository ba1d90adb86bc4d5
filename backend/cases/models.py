"""One table for the cases of every lifecycle, and what the engine needs beside it."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django_fsm import FSMField

from backend.core.models import PathField
from backend.members.models import Member
from backend.organizations.models import Unit
from workflows.timed import Carried


class Case(models.Model):
    """A running (or ended) case. `state` moves through the engine only; the database refuses anything else.

    `unit` is whose case it is, `acting_unit` whose turn it is. `facts` holds what the lines of the log say of every
    fact, the newest winning; what people wrote stands in the details of the events alone.
    A base-class Case has no steps: `cases.registry` gives the proxy of its lifecycle.
    """

    lifecycle = models.CharField(max_length=40)
    number = models.CharField(max_length=40)
    state = FSMField(max_length=40, default="", protected=False)
    version = models.IntegerField(default=0)
    member = models.ForeignKey(Member, models.PROTECT, null=True, related_name="cases")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="cases", db_index=False)
    unit_path = PathField()
    acting_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    acting_path = PathField()
    exclusive_key = models.CharField(max_length=60, blank=True)
    facts = models.JSONField(default=dict)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)
    parent_uid = models.UUIDField(null=True)  # the event that started this case, if a step of another case did

    trail: list[Any]
    labels: list[Carried]  # where `cases.labels` gave them
    left_out: dict[str, Any]  # where `selectors.with_details` read it along, as `erased`
    erased: bool

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "number"], name="case_number_once"),
            models.UniqueConstraint(
                fields=["lifecycle", "member", "unit", "exclusive_key"],
                name="case_open_once",
                condition=models.Q(closed_on__isnull=True) & ~models.Q(state=""),
                nulls_distinct=False,
            ),
        ]
        indexes = [
            models.Index(
                fields=["unit_path", "lifecycle"], name="case_open", condition=models.Q(closed_on__isnull=True)
            ),
            models.Index(fields=["acting_path"], name="case_acting", condition=models.Q(closed_on__isnull=True)),
            models.Index(fields=["unit_path", "id"], name="case_list"),
            models.Index(fields=["unit", "lifecycle", "exclusive_key"], name="case_key"),
        ]

    def __str__(self) -> str:
        return self.number


class CaseNumber(models.Model):
    """The last number given to a lifecycle's cases at a unit in a year; advanced under its row lock."""

    unit = models.ForeignKey(Unit, models.CASCADE, db_index=False)
    prefix = models.CharField(max_length=10)
    year = models.SmallIntegerField()
    last = models.IntegerField(default=0)
    unit_path = PathField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "prefix", "year"], name="case_number_row")]


class RequestKey(models.Model):
    """A request that succeeded: the same key with the same body returns the same outcome, another body is refused."""

    user_id = models.BigIntegerField()
    key = models.CharField(max_length=120)  # a hash (`requests.digest`)
    body = models.BinaryField()  # SHA-256 of the canonical request
    outcome = models.BinaryField()  # sealed
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user_id", "key"], name="request_key_once")]
        indexes = [BrinIndex(fields=["recorded_at"], name="request_key_age")]
