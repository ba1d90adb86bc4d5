"""What steps ask and answer, as shapes: requests, outcomes, options, problems."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext, gettext_lazy, gettext_noop
from rest_framework import serializers

from backend.api.bodies import Body, OneOf
from backend.api.problems import unmet
from backend.api.words import AnyField, LabelField, both
from backend.cases.options import Option
from backend.core.ids import BIG
from workflows.catalogue import LIFECYCLES
from workflows.facts import FAR_FUTURE, FAR_PAST, Choice, Fact
from workflows.law.citing import cited


class DayField(serializers.DateField):
    """A day inside the calendar that Chibo keeps."""

    default_error_messages = {"outside": gettext_lazy("This day is outside any calendar we keep.")}

    def to_internal_value(self, value: Any) -> Any:
        day = super().to_internal_value(value)
        if not FAR_PAST <= day <= FAR_FUTURE:
            self.fail("outside")
        return day


class StepRequest(Body):
    """`on` is the legal day of the step (default: today); `facts` what the step asks for."""

    on = DayField(required=False)
    facts = serializers.DictField(required=False, default=dict)


class IdField(serializers.IntegerField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=BIG, **kwargs)


ABOUT = {
    "member": gettext_noop("Such a case is about one member; name the member and nothing else."),
    "unit": gettext_noop("Such a case is about one unit; name the unit and nothing else."),
}


class OpenRequest(StepRequest):
    """Open a case about a member or a unit, exactly one of them."""

    lifecycle = OneOf(sorted(key for key, page in LIFECYCLES.items() if page.subject == "case"))
    step = serializers.CharField(max_length=60)
    member = IdField(required=False)
    unit = IdField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        about = LIFECYCLES[attrs["lifecycle"]].about
        if {"member", "unit"} & set(attrs) != {about}:
            raise serializers.ValidationError({about: gettext(ABOUT[about])})
        return attrs


class EnterRequest(StepRequest):
    """Put a person who is on no list yet on a cell's list: the step that does it, and who it is."""

    unit = IdField()
    step = serializers.CharField(max_length=60)
    profile = serializers.DictField(default=dict)


class MergeRequest(Body):
    """The record that goes, by the member's id; why, and the paper that says both are one person, read like facts."""

    record = IdField()
    on = DayField(required=False)
    reason = serializers.JSONField(default=None)
    confirmation = serializers.JSONField(default=None)


class VoidRequest(Body):
    """Why an entry is wrong, and the paper that says so: read like the facts of a step, all faults at once."""

    reason = serializers.JSONField(default=None)
    paper = serializers.JSONField(default=None)


class UnmetShape(serializers.Serializer[Any]):
    """A condition that is not met (or a caution): what, why, on which legal basis, and what to do."""

    code = serializers.CharField()
    vi = serializers.CharField()
    en = serializers.CharField()
    rule = serializers.CharField(allow_blank=True)
    fact = serializers.CharField(allow_blank=True)
    advice = LabelField()
    legal_basis = LabelField()


class FaultShape(serializers.Serializer[Any]):
    field = serializers.CharField(allow_blank=True)
    detail = serializers.CharField()


class Problem(serializers.Serializer[Any]):
    """Problem details (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    unmet = UnmetShape(many=True, required=False)
    errors = FaultShape(many=True, required=False)  # type: ignore[assignment]  # DRF takes declared fields off the class
    current_version = serializers.IntegerField(required=False)
    blockers = serializers.ListField(child=serializers.CharField(), required=False)


class OpenedShape(serializers.Serializer[Any]):
    rule = serializers.CharField()
    due_on = serializers.DateField()


class OutcomeShape(serializers.Serializer[Any]):
    """What a step did."""

    event = serializers.UUIDField()
    kind = serializers.ChoiceField(["case", "member"])
    id = serializers.IntegerField()
    version = serializers.IntegerField()
    state = serializers.CharField()
    number = serializers.CharField(allow_blank=True)
    member_id = serializers.IntegerField(allow_null=True)
    cautions = UnmetShape(many=True)
    deadlines = OpenedShape(many=True)


class VoidedShape(serializers.Serializer[Any]):
    """The entry that was voided, and the entries that say so: its own, and those of its consequences."""

    voided = serializers.UUIDField()
    events = serializers.ListField(child=serializers.UUIDField())


class ChoiceShape(serializers.Serializer[Any]):
    value = serializers.CharField()
    label = LabelField()  # type: ignore[assignment]  # DRF takes declared fields off the class


class FactShape(serializers.Serializer[Any]):
    name = serializers.CharField()
    label = LabelField()  # type: ignore[assignment]  # DRF takes declared fields off the class
    kind = serializers.CharField()
    required = serializers.BooleanField()  # type: ignore[assignment]  # DRF takes declared fields off the class
    schema = AnyField(help_text="JSON schema of the value")
    choices = ChoiceShape(many=True, help_text="Of a choice: the values offered, and what each means.")


class OptionShape(serializers.Serializer[Any]):
    """A step: allowed as far as can be known without its facts, or every reason why not."""

    lifecycle = serializers.CharField()
    step = serializers.CharField()
    label = LabelField()  # type: ignore[assignment]  # DRF takes declared fields off the class
    target = serializers.CharField()
    opens = serializers.BooleanField()
    allowed = serializers.BooleanField()
    on_behalf = serializers.BooleanField()
    right = serializers.CharField()
    levels = serializers.ListField(child=serializers.CharField())
    basis = serializers.ListField(child=serializers.CharField())
    refusals = UnmetShape(many=True)
    cautions = UnmetShape(many=True)
    expects = UnmetShape(many=True, help_text="What the facts to be given will have to answer.")
    facts = FactShape(many=True)
    asks = serializers.ListField(child=serializers.CharField(), help_text="Facts that conditions wait for.")


class OpeningsShape(serializers.Serializer[Any]):
    """Steps that begin something new: there is no version to name."""

    results = OptionShape(many=True)


class OptionsShape(OpeningsShape):
    """Steps of what stands already, with the version that `If-Match` names."""

    version = serializers.IntegerField()


def option_json(option: Option, on: Any) -> dict[str, Any]:
    """An Option as OptionShape says."""
    step = option.step
    return {
        "lifecycle": step.lifecycle, "step": step.name, "label": both(step.label), "target": str(step.target),
        "opens": option.opens, "allowed": option.allowed, "on_behalf": option.on_behalf, "right": step.by.value,
        "levels": [level.value for level in option.levels], "basis": [cited(one) for one in step.basis],
        "refusals": unmet(option.refusals, on), "cautions": unmet(option.cautions, on),
        "expects": unmet(option.expects, on), "facts": [fact_json(fact) for fact in step.facts], "asks": list(option.asks),
    }  # fmt: skip


def fact_json(fact: Fact) -> dict[str, Any]:
    """A Fact as FactShape says."""
    offered = fact.choices if isinstance(fact, Choice) else ()
    return {
        "name": fact.name, "label": both(fact.label), "kind": fact.kind, "required": fact.required,
        "schema": fact.schema(), "choices": [{"value": value, "label": both(label)} for value, label in offered],
    }  # fmt: skip
