"""An entry of the log as an auditor reads it: the event, with who stands behind the line, and what is to be looked at."""

from __future__ import annotations

from rest_framework import serializers

from backend.api.v1.shapes import EventShape
from backend.api.words import AnyField
from backend.audit.models import Event

GONE = "Empty where it was erased."


class EntryShape(EventShape):
    who = serializers.SerializerMethodField(help_text=f"The name of who did it. {GONE}")
    request = serializers.SerializerMethodField(help_text=f"The client's `Idempotency-Key`. {GONE}")
    days_late = serializers.IntegerField(help_text="Days from when it happened to when it was recorded.")
    voided_by = serializers.UUIDField(allow_null=True, help_text="The entry that voids this one.")
    unconfirmed = serializers.SerializerMethodField(
        help_text="Of the rows of the law it was decided under, those that are not firm as they are known today."
    )

    class Meta(EventShape.Meta):
        fields = [*EventShape.Meta.fields, "who", "request", "days_late", "voided_by", "unconfirmed"]

    def get_who(self, row: Event) -> str:
        return str((row.told or {}).get("who", ""))

    def get_request(self, row: Event) -> str:
        return str((row.told or {}).get("request", ""))

    def get_unconfirmed(self, row: Event) -> list[str]:
        return row.unconfirmed


class WrittenEntryShape(EntryShape):
    """One entry by itself, with the words of which its line holds nothing at all."""

    written = AnyField(help_text="Reasons, comments and whatever else people wrote, while they are kept.")

    class Meta(EntryShape.Meta):
        fields = [*EntryShape.Meta.fields, "written"]
