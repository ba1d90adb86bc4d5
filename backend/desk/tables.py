"""Events as rows of a table, for spreadsheets: codes beside words, moments local, details only where they were asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import override

from backend.audit.codes import label_of
from backend.audit.details import with_voids, with_whether_told
from backend.audit.models import Event
from backend.organizations.models import Unit
from workflows.catalogue import LIFECYCLES
from workflows.offices import Office

CHUNK = 500
COLUMNS = (
    "position", "uid", "on_date", "recorded_at", "days_late", "code", "words", "lifecycle", "lifecycle_words", "step",
    "changes", "subject_kind", "subject_id", "version", "case_id", "member_id", "unit_code", "unit_name", "office",
    "office_words", "office_unit_code", "behalf_unit_code", "user_id", "facts", "rules", "unconfirmed", "cautions", "batch",
    "voids", "voided_by", "cause", "erased",
)  # fmt: skip
DETAILS = ("who", "request", "details")
"""Columns of what stands behind the lines: the name of who did it, the client's id, numbers, issuers, words."""


def rows(events: QuerySet[Event], language: str, *, details: bool) -> Iterator[tuple[Any, ...]]:
    """One row for each event of `exporting.placed`, in the order of their places. Inside a transaction that sees them."""
    found = with_voids(events if details else with_whether_told(events)).iterator(chunk_size=CHUNK)
    while some := list(islice(found, CHUNK)):
        named = {key for one in some for key in (one.unit_id, one.office_unit_id, one.behalf_unit_id) if key}
        units = Unit.objects.in_bulk(named)
        with override(language):
            made = [_row(one, units) + (_details(one) if details else ()) for one in some]
        yield from made


def _row(event: Event, units: Mapping[int, Unit]) -> tuple[Any, ...]:
    page = LIFECYCLES.get(event.lifecycle)
    place = units.get(event.unit_id)
    return (
        event.position, event.uid, event.on_date, timezone.localtime(event.recorded_at).isoformat(), event.days_late,
        event.code, str(label_of(event.code)), event.lifecycle, str(page.label) if page else "", event.step,
        _json(event.changes), event.subject_kind, event.subject_id, event.version, event.case_id, event.member_id,
        _code(units, event.unit_id), place.name if place else "", event.office, str(Office(event.office).label),
        _code(units, event.office_unit_id), _code(units, event.behalf_unit_id), event.user_id, _json(event.facts),
        " ".join(sorted(event.rules.values())), " ".join(event.unconfirmed), " ".join(event.cautions), event.batch, event.voids,
        event.voided_by, event.cause, "erased" if event.erased else "",
    )  # fmt: skip


def _details(event: Event) -> tuple[Any, ...]:
    told = event.told or {}
    return told.get("who", ""), told.get("request", ""), _json(told.get("facts", {}))


def _code(units: Mapping[int, Unit], key: int | None) -> str:
    unit = units.get(key or 0)
    return unit.code if unit else ""


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if value else ""
