"""What the API says of hand-over files, and of what came in them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from backend.api.bodies import Body
from backend.api.v1.answers import DayField, IdField, OutcomeShape
from backend.api.words import LabelField, event_label
from backend.audit.heads import key_id
from backend.handovers.envelope import SHORTEST
from backend.handovers.form import LARGEST
from backend.handovers.models import History
from backend.handovers.proposing import Proposal

ORIGIN = "Where it came from, if it came in a hand-over file: every id in the entry is then that installation's own."


class OriginShape(serializers.Serializer[Any]):
    """An installation whose history of a member was taken in, and the key under which every line was checked."""

    installation = serializers.CharField()
    key = serializers.SerializerMethodField()
    taken_in_on = serializers.DateField()
    trusted = serializers.BooleanField(help_text="Whether the key is still trusted here.")

    def get_key(self, row: History) -> str:
        return key_id(bytes(row.public_key))


class CaseHandoverRequest(Body):
    """The passphrase under which the file is encrypted: it holds sensitive data."""

    passphrase = serializers.CharField(min_length=SHORTEST, max_length=200)


class CaseHandoverShape(serializers.Serializer[Any]):
    """The file, or (202) none yet: what lists it waits for its place in the log."""

    name = serializers.CharField(allow_null=True)
    file = serializers.CharField(allow_null=True)


class TakeInRequest(Body):
    """A hand-over file, the cell that receives the person, and the facts of the step that the file does not prove."""

    unit = IdField()
    file = serializers.CharField(max_length=LARGEST, trim_whitespace=False)
    passphrase = serializers.CharField(required=False, default="", allow_blank=True, max_length=200)
    on = DayField(required=False)
    facts = serializers.DictField(required=False, default=dict)
    rehearse = serializers.BooleanField(required=False, default=False, help_text="Do everything, then take it back.")


class FromShape(serializers.Serializer[Any]):
    """A log of the file: whose it is, by the key that is trusted here, and how many of its entries hold."""

    installation = serializers.CharField()
    key = serializers.CharField()
    entries = serializers.IntegerField()


class ToldEntryShape(serializers.Serializer[Any]):
    on = serializers.DateField()
    code = serializers.CharField()
    label = LabelField()  # type: ignore[assignment]  # DRF takes declared fields off the class


class FileShape(serializers.Serializer[Any]):
    """What a file says that holds."""

    places = serializers.ListField(
        child=serializers.CharField(), help_text="Names of the units it comes from, top first."
    )
    full_name = serializers.CharField()
    born_on = serializers.DateField(allow_null=True)
    standing = serializers.CharField()
    logs = FromShape(many=True)
    history = ToldEntryShape(many=True)


class TakenInShape(serializers.Serializer[Any]):
    """What was done, or (rehearsed) would be."""

    rehearsed = serializers.BooleanField()
    said = FileShape()
    outcome = OutcomeShape()


def said_by(proposal: Proposal) -> dict[str, Any]:
    """A checked file as FileShape says."""
    checked = proposal.checked
    pairs = zip(checked.installations, checked.file.logs, strict=True)
    return {
        "places": checked.file.places, "full_name": proposal.columns["full_name"],
        "born_on": proposal.columns.get("born_on"), "standing": proposal.standing,
        "logs": [
            {"installation": name, "key": key_id(log.head.public_key), "entries": len(log.lines)} for name, log in pairs
        ],
        "history": [{"on": one.on_date, "code": one.code, "label": event_label(one.code)} for one in proposal.events],
    }  # fmt: skip
