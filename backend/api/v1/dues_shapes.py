"""What is asked and answered about dues."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.api.bodies import Body, OneOf
from backend.api.v1.answers import DayField, IdField, Problem
from backend.api.words import LabelField, both
from backend.dues.ledger import Line
from backend.dues.recording import MOST_AT_ONCE
from workflows.dues import Said, Status
from workflows.dues_rates import Income
from workflows.workdays import month_start

LARGEST_SUM = 10**12
"""In đồng; whoever writes more has slipped."""


class MonthField(DayField):
    """A month, by any day of it."""

    def to_internal_value(self, value: Any) -> date:
        return month_start(super().to_internal_value(value))


def amount_field(**kwargs: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=0, max_value=LARGEST_SUM, required=False, **kwargs)


class EntryFields(serializers.Serializer[Any]):
    """What is said of one member's month. `paid_on` is needed where it was paid."""

    status = OneOf(Said.choices)
    paid_on = DayField(required=False)
    amount = amount_field(help_text="The sum due, in đồng, where the cell keeps it here; nobody's income.")


class DuesEntryRequest(EntryFields, Body):
    """One member's entry, and the version of it that was looked at (0: there was none)."""

    member = IdField()
    version = serializers.IntegerField(min_value=0, max_value=2**31 - 1)


class DuesRequest(Body):
    """A cell's entries of one month: each is taken or refused on its own.

    `paid_on` is the day for all that were paid and name no day of their own; `reason` says why what stands is changed.
    `complete` says that the month's book is: from then on whoever stands in it with no word has not paid.
    """

    month = MonthField()
    paid_on = DayField(required=False)
    reason = serializers.CharField(required=False, max_length=500, default="")
    complete = serializers.BooleanField(required=False, allow_null=True, default=None)
    entries = serializers.ListField(child=DuesEntryRequest(), default=list, max_length=MOST_AT_ONCE)

    def validate_entries(self, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len({one["member"] for one in entries}) < len(entries):
            raise serializers.ValidationError(gettext("A subject is named twice."))
        return entries

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs["entries"] and attrs["complete"] is None:
            raise serializers.ValidationError(
                {"entries": gettext("Name at least one member, or say that it is complete.")}
            )
        return attrs


class MemberDuesRequest(EntryFields, Body):
    """One member's entry of a month; `If-Match` names the version of the entry that was looked at ("0": none)."""

    month = MonthField()
    reason = serializers.CharField(required=False, max_length=500, default="")


class DuesReckoningRequest(Body):
    """How much is due of a base: nothing of it is kept. With `member`, less what was reduced for that month."""

    month = MonthField()
    income = OneOf(Income.choices)
    base = amount_field(help_text="Salary, allowance, pension or minimum wage, in đồng; needless for a fixed sum.")
    member = IdField(required=False)


class MonthQuery(serializers.Serializer[Any]):
    month = MonthField(required=False, help_text="Any day of it; without it, the present month.")


class YearQuery(serializers.Serializer[Any]):
    year = serializers.IntegerField(
        required=False, min_value=1950, max_value=2199, help_text="Without it, the present year."
    )


class DuesLineShape(serializers.Serializer[Any]):
    """One member's month. `amount` is shown to whoever keeps this cell's ledger; `event` is the entry's in the log."""

    member_id = serializers.IntegerField()
    month = serializers.DateField(source="view.month")
    status = serializers.ChoiceField(Status.choices)
    status_label = serializers.SerializerMethodField()
    percent_off = serializers.IntegerField(source="view.percent_off", help_text="0: the whole is due.")
    unit_id = serializers.IntegerField(allow_null=True, help_text="The cell that recorded it, else the one that asks.")
    paid_on = serializers.DateField(allow_null=True)
    late = serializers.BooleanField(help_text="Paid after the month.")
    amount = serializers.IntegerField(allow_null=True)
    version = serializers.IntegerField()
    event = serializers.UUIDField(allow_null=True)

    @extend_schema_field(LabelField)
    def get_status_label(self, row: Line) -> dict[str, str]:
        return both(row.status.label)


class CellLineShape(DuesLineShape):
    full_name = serializers.CharField(source="name", allow_null=True, help_text="null: has moved on since.")


class CellMonthShape(serializers.Serializer[Any]):
    """A cell's sheet; `version` counts its recordings, `paid_sum` adds up the sums of what was paid."""

    unit_id = serializers.IntegerField()
    month = serializers.DateField()
    version = serializers.IntegerField()
    complete = serializers.BooleanField(help_text="Whether the cell has said that its book of the month is.")
    counts = serializers.DictField(child=serializers.IntegerField())
    paid_sum = serializers.IntegerField()
    lines = CellLineShape(many=True)


class MemberYearShape(serializers.Serializer[Any]):
    member_id = serializers.IntegerField()
    year = serializers.IntegerField()
    lines = DuesLineShape(many=True)


class EntryAnswerShape(serializers.Serializer[Any]):
    """What came of one entry, in the order asked: its version now (`changed`: by this request), or what refused it."""

    member = serializers.IntegerField()
    status = serializers.IntegerField()
    version = serializers.IntegerField()
    changed = serializers.BooleanField()
    problem = Problem(allow_null=True)


class RecordedShape(serializers.Serializer[Any]):
    """What was recorded. `event` is the one entry of the log for all of it; null where nothing changed."""

    unit_id = serializers.IntegerField()
    month = serializers.DateField()
    version = serializers.IntegerField()
    complete = serializers.BooleanField()
    event = serializers.UUIDField(allow_null=True)
    results = EntryAnswerShape(many=True)


class RateShape(serializers.Serializer[Any]):
    """A rate in force: of what, how much, and on which text it stands."""

    income = serializers.ChoiceField(Income.choices)
    label = LabelField()  # type: ignore[assignment]  # DRF takes declared fields off the class
    rate = LabelField()
    rule = serializers.CharField()
    version = serializers.CharField()
    firmness = serializers.CharField()
    legal_basis = LabelField()


class RatesShape(serializers.Serializer[Any]):
    month = serializers.DateField()
    rates = RateShape(many=True)


class ReckonedShape(serializers.Serializer[Any]):
    """The sum due in đồng, with its arithmetic."""

    month = serializers.DateField()
    due = serializers.IntegerField()
    percent_off = serializers.IntegerField()
    told = LabelField()
    rule = serializers.CharField()
    version = serializers.CharField()
    legal_basis = LabelField()
