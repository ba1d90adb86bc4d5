"""What the API answers: one shape for each kind of row."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.accounts.models import Assignment, User
from backend.alerts.models import Notice
from backend.api.sealed import OpenedField, masked
from backend.api.v1.handover_shapes import ORIGIN, OriginShape
from backend.api.words import AnyField, LabelField, both, event_label, state_label
from backend.audit.models import Event
from backend.cases.models import Case
from backend.cases.orders import citation
from backend.core.keyring import unseal
from backend.deadlines.explaining import explain
from backend.deadlines.models import Deadline
from backend.deadlines.titles import TITLES
from backend.members.models import Member
from backend.organizations.models import Unit, UnitSpell
from workflows.badges import STARTS, party_age_start
from workflows.catalogue import LIFECYCLES
from workflows.offices import Office
from workflows.timed import Carried

LEFT_OUT = "What the sealed lines leave out of these facts: number and issuer of a paper, who was at a meeting."
ERASED = "Whether such details were erased; the facts stand."
ISSUERS = "Numbers of texts are as they are written on them; who issued them is said in each language."


class UserShape(serializers.ModelSerializer[User]):
    class Meta:
        model = User
        fields = ["id", "username", "full_name", "language"]


class AssignmentShape(serializers.ModelSerializer[Assignment]):
    office_label = serializers.SerializerMethodField()

    class Meta:
        model = Assignment
        fields = ["id", "office", "office_label", "unit_id", "member_id", "from_date", "to_date"]

    @extend_schema_field(LabelField)
    def get_office_label(self, row: Assignment) -> dict[str, str]:
        return both(Office(row.office).label)


class UnitShape(serializers.ModelSerializer[Unit]):
    class Meta:
        model = Unit
        fields = ["id", "code", "name", "level", "parent_id", "path", "opened_on", "closed_on", "version"]


class UnitThenShape(serializers.ModelSerializer[UnitSpell]):
    """A unit as it stood on a day, in the form of UnitShape; opened, closed and version are today's."""

    id = serializers.IntegerField(source="unit_id")
    path = serializers.CharField(source="path_then")
    opened_on = serializers.DateField(source="unit.opened_on")
    closed_on = serializers.DateField(source="unit.closed_on")
    version = serializers.IntegerField(source="unit.version")

    class Meta:
        model = UnitSpell
        fields = UnitShape.Meta.fields


class CarriedShape(serializers.Serializer[Any]):
    """A label drawn from days, never a stored state: since when it holds, and the rule it comes from."""

    key = serializers.CharField(source="timed.key")
    label = serializers.SerializerMethodField()  # type: ignore[assignment]  # DRF takes declared fields off the class
    rule = serializers.CharField(source="timed.rule")
    since = serializers.DateField()
    legal_basis = serializers.SerializerMethodField()

    @extend_schema_field(LabelField)
    def get_label(self, row: Carried) -> dict[str, str]:
        return both(row.timed.label)

    @extend_schema_field(LabelField)
    def get_legal_basis(self, row: Carried) -> dict[str, str]:
        return citation(row.timed.rule, row.since)


class MemberShape(serializers.ModelSerializer[Member]):
    participation = serializers.CharField(source="takes_part", allow_null=True, help_text="Today's; null: none.")
    labels = CarriedShape(many=True)
    card_number = OpenedField()

    class Meta:
        model = Member
        fields = [
            "id", "full_name", "other_name", "sex", "born_on", "born_year_only", "standing", "participation", "labels",
            "unit_id", "guest_unit_id", "joined_on", "official_on", "left_on", "card_number", "version",
        ]  # fmt: skip


class PartyAgeShape(serializers.Serializer[Any]):
    """From which day the party age counts, and what that day is."""

    day = serializers.DateField()
    fact = serializers.ChoiceField(STARTS)


class MemberDetailShape(MemberShape):
    standing_label = serializers.SerializerMethodField()
    participation_label = serializers.SerializerMethodField()
    personal_id = serializers.SerializerMethodField(help_text="Its last three characters; the rest is masked.")
    phone = serializers.SerializerMethodField(help_text="Its last three characters; the rest is masked.")
    party_age = serializers.SerializerMethodField(help_text="From when it counts; of official members.")
    ethnicity = OpenedField()
    religion = OpenedField()
    old_card_number = OpenedField()
    note = OpenedField()

    class Meta(MemberShape.Meta):
        fields = [
            *MemberShape.Meta.fields, "standing_label", "participation_label", "ethnicity", "religion", "personal_id",
            "phone", "card_place", "card_issued_on", "old_card_number", "birth_province", "birth_commune",
            "native_province", "native_commune", "home_province", "home_commune", "home_detail",
            "admission_decided_on", "away_until", "party_age", "badge_years", "note",
        ]  # fmt: skip

    @extend_schema_field(LabelField)
    def get_standing_label(self, row: Member) -> dict[str, str]:
        return state_label("membership", row.standing, "standing")

    @extend_schema_field(LabelField(allow_null=True))
    def get_participation_label(self, row: Member) -> dict[str, str] | None:
        return state_label("membership", row.takes_part, "participation") if row.takes_part else None

    @extend_schema_field(PartyAgeShape(allow_null=True))
    def get_party_age(self, row: Member) -> dict[str, Any] | None:
        start = party_age_start(row) if row.official_on is not None else None
        return PartyAgeShape(start).data if start else None

    def get_personal_id(self, row: Member) -> str:
        return masked(unseal(row.personal_id))

    def get_phone(self, row: Member) -> str:
        return masked(unseal(row.phone))


class CaseShape(serializers.ModelSerializer[Case]):
    state_label = serializers.SerializerMethodField()
    labels = CarriedShape(many=True)

    class Meta:
        model = Case
        fields = [
            "id", "lifecycle", "number", "state", "state_label", "labels", "version", "member_id", "unit_id",
            "acting_unit_id", "opened_on", "closed_on",
        ]  # fmt: skip

    @extend_schema_field(LabelField)
    def get_state_label(self, row: Case) -> dict[str, str]:
        return state_label(row.lifecycle, row.state)


class CaseDetailShape(CaseShape):
    lifecycle_label = serializers.SerializerMethodField()
    facts = AnyField(help_text="What the log says of every fact, the newest winning.")
    details = AnyField(source="left_out", help_text=LEFT_OUT)
    erased = serializers.BooleanField(help_text=ERASED)

    class Meta(CaseShape.Meta):
        fields = [*CaseShape.Meta.fields, "lifecycle_label", "facts", "details", "erased", "parent_uid"]

    @extend_schema_field(LabelField)
    def get_lifecycle_label(self, row: Case) -> dict[str, str]:
        return both(LIFECYCLES[row.lifecycle].label)


class DeadlineShape(serializers.ModelSerializer[Deadline]):
    class Meta:
        model = Deadline
        fields = [
            "id", "subject_kind", "subject_id", "reference", "unit_id", "acting_unit_id", "acting_level", "rule_id",
            "firmness", "started_on", "due_on", "early_on", "status", "met_on", "version",
        ]  # fmt: skip


class DeadlineDetailShape(DeadlineShape):
    title = serializers.SerializerMethodField()
    start_label = serializers.SerializerMethodField(help_text="What the term runs from.")
    explanation = serializers.SerializerMethodField(help_text="The arithmetic in words.")
    alternatives = serializers.ListField(child=AnyField(), help_text="Other results where the rules leave a choice.")
    acknowledged_levels = AnyField(help_text="Levels up -> last day on which nobody above is told.")
    legal_basis = serializers.SerializerMethodField(help_text=ISSUERS)

    class Meta(DeadlineShape.Meta):
        fields = [
            *DeadlineShape.Meta.fields, "title", "rule_version", "start_label", "explanation", "alternatives",
            "acknowledged_levels", "snoozed_until", "legal_basis", "next_rung_on", "occurrence", "closed_by", "opened_at",
        ]  # fmt: skip

    @extend_schema_field(LabelField)
    def get_title(self, row: Deadline) -> dict[str, str]:
        return both(TITLES.get(row.rule_id, row.rule_id))

    @extend_schema_field(LabelField)
    def get_start_label(self, row: Deadline) -> dict[str, str]:
        return both(row.start_label)  # kept as the English msgid

    @extend_schema_field(LabelField)
    def get_explanation(self, row: Deadline) -> dict[str, str]:
        return {language: explain(row.explanation, language) for language in ("vi", "en")}

    @extend_schema_field(LabelField)
    def get_legal_basis(self, row: Deadline) -> dict[str, str]:
        return citation(row.rule_id, row.started_on)


class NoticeShape(serializers.ModelSerializer[Notice]):
    reason_params = AnyField()

    class Meta:
        model = Notice
        fields = [
            "id", "deadline_id", "rung", "rung_on", "kind", "levels_up", "office", "unit_id", "channel", "critical",
            "outcome", "reason", "reason_params", "created_at", "settled_at",
        ]  # fmt: skip


class EventShape(serializers.ModelSerializer[Event]):
    label = serializers.SerializerMethodField()  # type: ignore[assignment]  # DRF takes declared fields off the class
    changes = AnyField()
    facts = AnyField(help_text="What the line says of them.")
    details = AnyField(source="left_out", help_text=LEFT_OUT)
    erased = serializers.BooleanField(help_text=ERASED)
    rules = AnyField()
    origin = OriginShape(allow_null=True, read_only=True, help_text=ORIGIN)

    class Meta:
        model = Event
        fields = [
            "id", "origin", "uid", "code", "label", "subject_kind", "subject_id", "version", "lifecycle", "step", "changes",
            "facts", "details", "erased", "rules", "cautions", "member_id", "case_id", "unit_id", "user_id", "office",
            "office_unit_id", "behalf_unit_id", "on_date", "recorded_at", "batch", "voids", "cause",
        ]  # fmt: skip

    @extend_schema_field(LabelField)
    def get_label(self, row: Event) -> dict[str, str]:
        return event_label(row.code)
