"""The shapes of what holds for the whole installation: days of the calendar, and who decides."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.api.bodies import Body, OneOf
from backend.api.v1.answers import DayField
from backend.api.words import LabelField, both
from backend.deadlines.deciding import Row
from backend.deadlines.models import CalendarDay
from workflows import law
from workflows.law.model import FIRMNESS
from workflows.offices import Level

NAME, SOURCE = 120, 200


class CalendarQuery(serializers.Serializer[Any]):
    first = DayField(required=False, help_text="The first day of the period.")
    last = DayField(required=False, help_text="The last day of the period.")
    withdrawn = serializers.BooleanField(required=False, allow_null=True, default=None)


class CalendarDayShape(serializers.ModelSerializer[CalendarDay]):
    """A day that was entered over the country's calendar; `followed`: the open deadlines have moved after it."""

    class Meta:
        model = CalendarDay
        fields = ["day", "off", "name", "basis", "withdrawn", "followed", "version"]


class CalendarDayRequest(Body):
    """A day off, or a day off that is worked, with what people call it and the paper that announced it."""

    day = DayField()
    off = serializers.BooleanField()
    name = serializers.CharField(max_length=NAME)
    basis = serializers.CharField(max_length=SOURCE)


class CalendarDayWithdrawal(Body):
    """A day that no longer stands as it was entered, and the paper that says so."""

    day = DayField()
    basis = serializers.CharField(max_length=SOURCE)


class CalendarDayChanged(serializers.Serializer[Any]):
    day = serializers.DateField()
    off = serializers.BooleanField()
    name = serializers.CharField()
    basis = serializers.CharField()
    withdrawn = serializers.BooleanField()
    followed = serializers.BooleanField()
    version = serializers.IntegerField()
    changed = serializers.BooleanField(help_text="False where it stood like this already.")


class MoveShape(serializers.Serializer[Any]):
    reference = serializers.CharField(source="deadline.reference")
    rule = serializers.CharField(source="deadline.rule_id")
    unit_id = serializers.IntegerField(source="deadline.unit_id")
    due_before = serializers.DateField()
    due_after = serializers.DateField()


class PreviewShape(serializers.Serializer[Any]):
    """How many open deadlines would get another legal day, and the first of them."""

    count = serializers.IntegerField()
    moves = MoveShape(many=True)


class CompetenceQuery(serializers.Serializer[Any]):
    act = OneOf(law.acts(), required=False)
    on = DayField(required=False, help_text="Only the row that holds for each act on this day.")


class CompetenceLevelShape(serializers.Serializer[Any]):
    level = serializers.ChoiceField(Level.choices)
    label = LabelField()  # type: ignore[assignment]  # DRF takes declared fields off the class


class CompetenceShape(serializers.Serializer[Row]):
    """A row of who decides an act from a day to a day: delivered with Chibo, or settled here (`own`)."""

    act = serializers.CharField(source="rule.id")
    levels = serializers.SerializerMethodField()
    since = serializers.DateField(source="rule.from_", allow_null=True)
    until = serializers.DateField(source="rule.to", allow_null=True)
    own = serializers.BooleanField()
    withdrawn = serializers.BooleanField()
    version = serializers.CharField(source="rule.version", help_text="What a decision notes.")
    firmness = serializers.ChoiceField(sorted(set(FIRMNESS.values())), source="rule.firmness")
    source = serializers.SerializerMethodField()  # type: ignore[assignment]  # DRF takes declared fields off the class

    @extend_schema_field(CompetenceLevelShape(many=True))
    def get_levels(self, row: Row) -> list[dict[str, Any]]:
        return [{"level": level.value, "label": both(level.label)} for level in row.rule.value]

    @extend_schema_field(LabelField)
    def get_source(self, row: Row) -> dict[str, str]:
        return {language: row.rule.note if row.own else row.rule.citation(language) for language in ("vi", "en")}


class CompetenceList(serializers.Serializer[Any]):
    results = CompetenceShape(many=True)


class CompetenceRequest(Body):
    """Which levels decide an act, the usual one first, from a day to a day (without: until further notice)."""

    act = serializers.CharField(max_length=40)
    levels = serializers.ListField(child=serializers.CharField(max_length=20), max_length=len(Level))
    since = DayField()
    until = DayField(required=False, allow_null=True, default=None)
    source = serializers.CharField(max_length=SOURCE)  # type: ignore[assignment]  # DRF takes declared fields off the class


class CompetenceWithdrawal(Body):
    """What was settled for an act from a day, which no longer holds, and the paper that says so."""

    act = serializers.CharField(max_length=40)
    since = DayField()
    source = serializers.CharField(max_length=SOURCE)  # type: ignore[assignment]  # DRF takes declared fields off the class


class CompetenceChanged(serializers.Serializer[Any]):
    act = serializers.CharField()
    levels = serializers.ListField(child=serializers.CharField())
    since = serializers.DateField()
    until = serializers.DateField(allow_null=True)
    source = serializers.CharField()  # type: ignore[assignment]  # DRF takes declared fields off the class
    withdrawn = serializers.BooleanField()
    version = serializers.IntegerField()
    changed = serializers.BooleanField(help_text="False where it stood like this already.")
