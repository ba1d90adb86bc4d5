"""How the ledger of deadlines is answered: rungs, who was told, what people answered."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.alerts.ledger import Addressee, Origin, RungLine, Story, Told
from backend.alerts.models import Notice
from backend.alerts.reasons import REASONS, UNSAID, answer_in_words
from backend.alerts.rehearsal import LEFT_OUT, Line, Rehearsal
from backend.api.v1 import shapes
from backend.api.words import AnyField, LabelField, both
from backend.deadlines.models import Deadline
from backend.deadlines.titles import TITLES
from workflows.ladders.choosing import ladder_title


def reason_words(reason: str) -> dict[str, str]:
    """The sentence for a reason in both languages; empty for none."""
    return both((REASONS | UNSAID)[reason]) if reason else {"vi": "", "en": ""}


class AddresseeShape(serializers.Serializer[Any]):
    """An office that a planned rung is for; `reason` where nobody would hear it as things stand today."""

    office = serializers.CharField()
    office_label = serializers.SerializerMethodField()
    unit_id = serializers.IntegerField()
    reason = serializers.CharField(allow_blank=True)
    reason_label = serializers.SerializerMethodField()

    @extend_schema_field(LabelField)
    def get_office_label(self, row: Any) -> dict[str, str]:
        return both(row.office.label)

    @extend_schema_field(LabelField)
    def get_reason_label(self, row: Addressee) -> dict[str, str]:
        return reason_words(row.reason)


class ToldShape(serializers.Serializer[Any]):
    """One notice: to which office, by which channel, and what became of it."""

    office = serializers.CharField(allow_blank=True)
    unit_id = serializers.IntegerField()
    channel = serializers.CharField()
    outcome = serializers.CharField()
    reason = serializers.CharField(allow_blank=True)
    reason_label = serializers.SerializerMethodField()
    reason_params = AnyField()
    created_at = serializers.DateTimeField()
    settled_at = serializers.DateTimeField(allow_null=True)
    user_id = serializers.IntegerField(
        allow_null=True,
        help_text="Whose letter, or who is not told; null in the inbox, where nobody reads it, and out of scope.",
    )
    answer = serializers.CharField(
        allow_blank=True,
        help_text="The name and words of whoever took the letter; of a chat service chat_refused with the status, or "
        "chat_not_reached: its words would name the address. What Chibo writes itself answer_label says in words.",
    )
    answer_label = serializers.SerializerMethodField()
    answered_at = serializers.DateTimeField(allow_null=True)
    message_id = serializers.CharField(allow_blank=True)
    next_attempt_at = serializers.DateTimeField(allow_null=True)
    seat = serializers.CharField(allow_blank=True, help_text="In which office the letter's reader read it.")
    seat_unit_id = serializers.IntegerField(allow_null=True)

    @extend_schema_field(LabelField)
    def get_reason_label(self, row: Told) -> dict[str, str]:
        return reason_words(row.reason)

    @extend_schema_field(LabelField)
    def get_answer_label(self, row: Told) -> dict[str, str]:
        return {language: answer_in_words(row.answer, language) for language in ("vi", "en")}


class RungShape(serializers.Serializer[Any]):
    """One rung: done (see `told`), planned (see `to`), left_out or not_needed.

    `reason` says why nobody is told: of one left out or not needed, and of a planned one.
    """

    rung = serializers.IntegerField()
    day = serializers.DateField(allow_null=True)
    kind = serializers.CharField(allow_blank=True)
    levels_up = serializers.IntegerField()
    channels = serializers.ListField(child=serializers.CharField())
    state = serializers.CharField()
    reason = serializers.CharField(allow_blank=True)
    reason_label = serializers.SerializerMethodField()
    to = AddresseeShape(many=True)
    told = ToldShape(many=True)

    @extend_schema_field(LabelField)
    def get_reason_label(self, row: RungLine) -> dict[str, str]:
        return reason_words(row.reason)


class AnswerShape(shapes.EventShape):
    """What somebody answered, with the words that stand behind the line's commitment while they are kept."""

    written = AnyField()

    class Meta(shapes.EventShape.Meta):
        fields = [*shapes.EventShape.Meta.fields, "written"]


class LadderShape(serializers.Serializer[Any]):
    """The ladder that reminds; `unit_id` settled it for what is due from a day to a day (null: as delivered).

    `version` is that of a unit's own ladder (0: one of those delivered), `pack` the rule pack that brings it.
    """

    ladder = serializers.CharField()
    ladder_label = serializers.SerializerMethodField()
    unit_id = serializers.IntegerField(source="unit.pk", allow_null=True, default=None)
    since = serializers.DateField(allow_null=True)
    until = serializers.DateField(allow_null=True)
    version = serializers.IntegerField()
    pack = serializers.CharField(allow_blank=True)

    @extend_schema_field(LabelField)
    def get_ladder_label(self, row: Origin) -> dict[str, str]:
        return both(ladder_title(row.ladder))


class StoryShape(serializers.Serializer[Any]):
    """`deadline` opens it with its arithmetic; `answers` are the events about it, oldest first."""

    deadline = shapes.DeadlineDetailShape()
    ladder = LadderShape(source="origin")
    rungs = RungShape(many=True)
    answers = AnswerShape(many=True)
    next = serializers.SerializerMethodField(help_text="The rung that comes next.")

    @extend_schema_field(RungShape(allow_null=True))
    def get_next(self, row: Story) -> Any:
        return RungShape(row.next).data if row.next else None


class AboutShape(serializers.ModelSerializer[Deadline]):
    """The deadline a notice is about."""

    title = serializers.SerializerMethodField()
    ladder_version = serializers.IntegerField(help_text="Of a unit's own ladder; 0: delivered.")

    class Meta:
        model = Deadline
        fields = ["id", "reference", "rule_id", "title", "unit_id", "due_on", "status", "ladder", "ladder_version"]

    @extend_schema_field(LabelField)
    def get_title(self, row: Deadline) -> dict[str, str]:
        return both(TITLES.get(row.rule_id, row.rule_id))


class LedgerShape(shapes.NoticeShape):
    """A notice with the deadline it is about and its reason in words."""

    deadline = AboutShape(allow_null=True)
    reason_label = serializers.SerializerMethodField()

    class Meta(shapes.NoticeShape.Meta):
        fields = [*shapes.NoticeShape.Meta.fields, "deadline", "reason_label"]

    @extend_schema_field(LabelField)
    def get_reason_label(self, row: Notice) -> dict[str, str]:
        return reason_words(row.reason)


class RehearsedShape(serializers.Serializer[Any]):
    """A notice that would be written."""

    deadline_id = serializers.IntegerField()
    about_code = serializers.CharField(help_text="Code of the unit whose case or task it is.")
    reference = serializers.CharField(allow_blank=True)
    rule_id = serializers.CharField()
    ladder = serializers.CharField()
    ladder_version = serializers.IntegerField(help_text="Of a unit's own ladder; 0: delivered.")
    rung = serializers.IntegerField()
    day = serializers.DateField()
    kind = serializers.CharField()
    levels_up = serializers.IntegerField()
    office = serializers.CharField(allow_blank=True)
    unit_id = serializers.IntegerField()
    unit_code = serializers.CharField()
    unit_name = serializers.CharField()
    channel = serializers.CharField()
    outcome = serializers.CharField()
    reason = serializers.CharField(allow_blank=True)
    reason_label = serializers.SerializerMethodField()

    @extend_schema_field(LabelField)
    def get_reason_label(self, row: Line) -> dict[str, str]:
        return reason_words(row.reason)


class RehearsalShape(serializers.Serializer[Any]):
    """The sums of the whole run, and its notices as far as they were asked for."""

    business_day = serializers.DateField(source="sweep.business_day")
    deadlines = serializers.IntegerField(source="sweep.deadlines")
    rungs = serializers.IntegerField(source="sweep.rungs")
    notices = serializers.DictField(source="sweep.notices", child=serializers.IntegerField(), help_text="By outcome.")
    results = RehearsedShape(source="lines", many=True)
    leaves_out = serializers.SerializerMethodField(help_text="What the night does that was not rehearsed, in words.")

    @extend_schema_field(LabelField)
    def get_leaves_out(self, row: Rehearsal) -> dict[str, str]:
        return both(LEFT_OUT)
