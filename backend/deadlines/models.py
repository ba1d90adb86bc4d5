"""Deadlines with their arithmetic in words, and the overrides of the holiday calendar."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.core.models import PathField
from backend.organizations.models import Unit
from workflows.law import Rule
from workflows.offices import Level


class CalendarDay(models.Model):
    """An override on top of the library's holidays: a day declared off, or a day off declared worked.

    A row is never deleted: a withdrawn one no longer holds. Each change is an event and a version more. `followed` says
    that the open deadlines have moved after it.
    """

    day = models.DateField(unique=True)
    off = models.BooleanField()
    name = models.CharField(max_length=120)
    basis = models.CharField(max_length=200)
    withdrawn = models.BooleanField(default=False)
    followed = models.BooleanField(default=False)
    version = models.IntegerField(default=1)


class Competence(models.Model):
    """Who decides an act in this installation, over what is delivered (workflows/law/competence.yaml), by day.

    A row is never deleted: a withdrawn one no longer holds. Each change is an event and a version more.
    """

    act = models.CharField(max_length=40)
    levels = ArrayField(models.CharField(max_length=20, choices=Level.choices))  # the usual one first
    from_date = models.DateField()
    to_date = models.DateField(null=True)  # the last day
    source = models.CharField(max_length=200)
    withdrawn = models.BooleanField(default=False)
    version = models.IntegerField(default=1)

    def rule(self) -> Rule:
        """The row as the law's rows are, under a version of its own."""
        levels = tuple(Level(one) for one in self.levels)
        return Rule(self.act, levels, "TEXT", from_=self.from_date, to=self.to_date, note=self.source, own=str(self.pk))


class Deadline(models.Model):
    """A day by which an office must act.

    `due_on` is the legal day (late after it); reminders run from `early_on` where sources conflict or the unit has a
    reminder day of its own. `opened_on` is the business date of its opening: the climb starts no sooner. `acting_unit`
    is the unit whose office must act. Unique per (subject, rule, occurrence): the occurrence is the uid of the event
    that started it. `reference` is the number people know the case by; it stands in notices instead of a name.

    The plan of its ladder: `rung_days` has one day per rung of `ladder` (its place is the rung; null = left out), after
    the places of ladders that held before and of which something was said (`ladder_from` of them; `levels_told`: one
    level above the acting office for each rung that was said then), `rungs_done` one bit per rung that has its outcome.
    `next_rung`/`next_rung_on` say what the sweep does next; null when no rung is left. A rung is never done twice, however
    its day moves and wherever the clock is set.
    A deadline that is past due stays open (`due_on` says it is late): only people close it.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        MET = "met", _("Met")
        MET_LATE = "met_late", _("Met late")
        MISSED = "missed", _("Missed")
        CANCELLED = "cancelled", _("Cancelled")

    subject_kind = models.CharField(max_length=12)
    subject_id = models.BigIntegerField()
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    unit_path = PathField()
    acting_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    acting_path = PathField()
    acting_level = models.CharField(max_length=20, choices=Level.choices)
    reference = models.CharField(max_length=40, blank=True)
    rule_id = models.CharField(max_length=40)
    rule_version = models.CharField(max_length=60)
    firmness = models.CharField(max_length=12)
    start_label = models.CharField(max_length=120)
    started_on = models.DateField()
    due_on = models.DateField()
    early_on = models.DateField(null=True)
    alternatives = models.JSONField(default=list)
    explanation = models.JSONField(default=dict)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    met_on = models.DateField(null=True)
    occurrence = models.UUIDField()
    closed_by = models.UUIDField(null=True)
    opened_at = models.DateTimeField()
    opened_on = models.DateField()
    ladder = models.CharField(max_length=40)
    ladder_from = models.SmallIntegerField(
        default=0
    )  # the place of its first rung: those before are of an earlier ladder
    levels_told = ArrayField(models.SmallIntegerField(), default=list)
    rung_days = ArrayField(models.DateField(null=True), default=list)
    rungs_done = models.BigIntegerField(default=0)
    next_rung = models.SmallIntegerField(null=True)
    next_rung_on = models.DateField(null=True)
    acknowledged_levels = models.JSONField(default=dict)  # levels up -> last day on which nobody above is told
    snoozed_until = models.DateField(null=True)  # before this day the office that must act is not reminded
    version = models.IntegerField(default=1)
    revised_at = models.DateTimeField(null=True)  # when the version last rose: written by the database, null before

    ladder_version: int  # where `alerts.register.with_deadlines` read it along

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id", "rule_id", "occurrence"], name="deadline_once"
            ),
            models.CheckConstraint(  # a unit's task is found by counting; a case's step may be recorded after its day
                condition=~models.Q(subject_kind="unit") | models.Q(met_on__gte=models.F("opened_on")),
                name="deadline_of_unit_met_once_open",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_rung_on", "id"],
                name="deadline_sweep",
                condition=models.Q(status="open", next_rung_on__isnull=False),
            ),
            models.Index(fields=["acting_path", "due_on"], name="deadline_acting", condition=models.Q(status="open")),
            models.Index(fields=["unit_path", "due_on"], name="deadline_unit"),
            models.Index(fields=["subject_kind", "subject_id"], name="deadline_subject"),
        ]
