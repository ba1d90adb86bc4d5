"""Labels in both languages, for answers that programs keep and people read."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext, override
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.audit.codes import label_of
from workflows.catalogue import LIFECYCLES


def both(label: Any) -> dict[str, str]:
    """A label (lazy, or an English msgid) in Vietnamese and English."""
    said = {}
    for language in ("vi", "en"):
        with override(language):
            said[language] = gettext(label) if isinstance(label, str) and label else str(label)
    return said


def state_label(lifecycle: str, state: str, field: str = "state") -> dict[str, str]:
    """The label of a state of a page; the bare key where the page no longer knows it."""
    page = LIFECYCLES.get(lifecycle)
    known = dict(page.choices()[field].choices) if page and field in page.choices() else {}
    return both(known.get(state, state))


def event_label(code: str) -> dict[str, str]:
    """What an event's code means."""
    return both(label_of(code))


class LabelField(serializers.Serializer[Any]):
    """A sentence or label in both languages."""

    vi = serializers.CharField()
    en = serializers.CharField()


@extend_schema_field(OpenApiTypes.OBJECT)
class AnyField(serializers.JSONField):
    """A JSON object whose members depend on the lifecycle."""
