"""What the log can be asked, in an address and in a body; read into one question (`backend.desk.asking`)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from backend.accounts.policy import Actor
from backend.api.bodies import OneOf
from backend.api.v1.answers import DayField, IdField
from backend.api.v1.places import path_seen
from backend.desk.asking import LATEST, Asked, wrong
from workflows.catalogue import LIFECYCLES
from workflows.offices import Office


def flag(text: str) -> serializers.BooleanField:
    return serializers.BooleanField(required=False, allow_null=True, default=None, help_text=text)


class EventQuery(serializers.Serializer[Any]):
    member = IdField(required=False, help_text="Whom it is about.")
    case = IdField(required=False)
    unit = IdField(required=False, help_text="The unit alone.")
    under = IdField(required=False, help_text="The unit with all below it.")
    user = IdField(required=False, help_text="The account of who did it.")
    office = OneOf(Office.choices, required=False, help_text="In which office it was done.")
    lifecycle = OneOf(sorted(LIFECYCLES), required=False)
    step = serializers.CharField(required=False, max_length=60)
    code = serializers.CharField(required=False, max_length=80)
    since = DayField(required=False, help_text="Legal day, included.")
    until = DayField(required=False, help_text="Legal day, included.")
    recorded_since = DayField(required=False, help_text="Day on which it was written, included.")
    recorded_until = DayField(required=False, help_text="Day on which it was written, included.")
    late = serializers.IntegerField(
        required=False, min_value=0, max_value=LATEST, help_text="Recorded more than so many days after it happened."
    )
    after_deadline = flag("Whether it met a deadline after its day, or gave up one that had passed.")
    corrected = flag("Whether it was voided, or voids another entry.")
    unconfirmed = flag("Whether it was decided under a row of the law that is not firm, as it is known today.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if found := wrong(attrs):
            raise serializers.ValidationError(found)
        return attrs


def question(actor: Actor, wanted: dict[str, Any], within: str = "") -> Asked:
    """Raises ValidationError where the unit is out of sight; `within`: the field of a body in which the filters stand."""
    named = dict(wanted)
    under = named.pop("under", None)
    field = f"{within}.under".lstrip(".")
    return Asked(**named, path=path_seen(actor, under, field) if under is not None else None)
