"""Entries of the log as a fact: named by the uid that stands on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext_noop

from workflows.fact_base import Fact

MOST = 50


@dataclass(frozen=True)
class EntryRef(Fact):
    """Some entries of the log, by their uids. They are sealed: they point to lines that name nobody."""

    kind: ClassVar[str] = "entry"

    def parse(self, raw: Any) -> tuple[str, ...]:
        uids = [_uid(one) for one in raw] if isinstance(raw, list | tuple) else []
        found = tuple(dict.fromkeys(one for one in uids if one))
        if not 0 < len(uids) <= MOST or None in uids:
            message = gettext_noop("Name at most %(most)s entries of the log by their uid.")
            raise self.error("bad_entry", message, most=MOST)
        return found

    def dump(self, value: tuple[str, ...] | None) -> list[str] | None:
        return list(value) if value else None

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "string", "format": "uuid"}, "minItems": 1, "maxItems": MOST}


def _uid(raw: Any) -> str | None:
    try:
        return str(UUID(raw)) if isinstance(raw, str) and len(raw) == 36 else None
    except ValueError:
        return None
