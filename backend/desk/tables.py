"""Events as rows of a table, for spreadsheets: codes beside words, moments local, details only where they were asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _

from backend.audit.codes import label_of
from backend.audit.details import with_voids, with_whether_told
from backend.audit.merkle import leaf_hash
from backend.audit.models import Event
from backend.cases.registry import step_of
from backend.desk.words import told
from backend.organizations.models import Unit
from workflows import cautions
from workflows.catalogue import LIFECYCLES
from workflows.offices import Office

CHUNK = 500
COLUMNS = (
    _("Place in the log"), _("Legal day"), _("Recorded at"), _("Days late"), _("Entry"), _("Kind of case"), _("Step"),
    _("What it changed"), _("Name of the unit"), _("Office"), _("What it says"), _("Cautions"), _("Erased"),
    _("Entry (uid)"), _("Entry (code)"), _("Kind of case (code)"), _("Step (code)"), _("What it changed (codes)"),
    _("Subject (code)"), _("Subject (number)"), _("Version"), _("Case (number)"), _("Member (number)"),
    _("Unit (code)"), _("Office (code)"), _("Unit of the office (code)"), _("On behalf of (code)"), _("Account (number)"),
    _("Facts (JSON)"), _("Rules (codes)"), _("Rules to be confirmed (codes)"), _("Cautions (codes)"), _("Import (uid)"),
    _("Voids (uid)"), _("Voided by (uid)"), _("Caused by (uid)"), _("Leaf in the log's tree (SHA-256)"),
)  # fmt: skip
"""Words first, then the codes and numbers by which programs know the same."""
DETAILS = (_("Who"), _("Request (number)"), _("Behind the line (JSON)"))
"""Columns of what stands behind the lines: the name of who did it, the client's id, numbers, issuers, words."""


def headings(language: str, *, details: bool) -> tuple[str, ...]:
    """Over the columns of `rows`."""
    with override(language):
        return tuple(str(one) for one in ((*COLUMNS, *DETAILS) if details else COLUMNS))


def rows(events: QuerySet[Event], language: str, *, details: bool) -> Iterator[tuple[Any, ...]]:
    """One row for each event of `exporting.placed`, in the order of their places. Inside a transaction that sees them."""
    found = with_voids(events if details else with_whether_told(events)).iterator(chunk_size=CHUNK)
    while some := list(islice(found, CHUNK)):
        named = {key for one in some for key in (one.unit_id, one.office_unit_id, one.behalf_unit_id) if key}
        units = Unit.objects.in_bulk(named)
        with override(language):
            made = [_row(one, units, details=details) for one in some]
        yield from made


def _row(event: Event, units: Mapping[int, Unit], *, details: bool) -> tuple[Any, ...]:
    erased = event.erased
    if not details:
        event.told = None  # that something is kept was all that was asked
    return _words(event, units, erased=erased) + _codes(event, units) + (_details(event) if details else ())


def _words(event: Event, units: Mapping[int, Unit], *, erased: bool) -> tuple[Any, ...]:
    page, place, step = LIFECYCLES.get(event.lifecycle), units.get(event.unit_id), step_of(event.lifecycle, event.step)
    recorded = timezone.localtime(event.recorded_at).replace(tzinfo=None, microsecond=0)  # the clock on the wall
    return (
        event.position, event.on_date, recorded, event.days_late, str(label_of(event.code)),
        str(page.label) if page else "", str(step.label) if step else "", "; ".join(_changes(event)),
        place.name if place else "", str(Office(event.office).label),
        "; ".join(f"{one.label}: {one.words}" for one in told(event)), " ".join(_cautions(event)),
        gettext("Details erased") if erased else "",
    )  # fmt: skip


def _changes(event: Event) -> Iterator[str]:
    page = LIFECYCLES.get(event.lifecycle)
    for field, (source, target) in event.changes.items():
        choices = dict(page.choices()[field].choices) if page and field in page.choices() else {}
        if source != target:
            yield " → ".join(str(choices.get(one, one)) for one in (source, target) if one)


def _cautions(event: Event) -> Iterator[str]:
    known, language = cautions.by_code(), get_language() or "vi"
    for code in event.cautions:
        if code in known:
            yield " / ".join(one.text(language) for one in known[code].answers(code))


def _codes(event: Event, units: Mapping[int, Unit]) -> tuple[Any, ...]:
    return (
        event.uid, event.code, event.lifecycle, event.step, _json(event.changes), event.subject_kind, event.subject_id,
        event.version, event.case_id, event.member_id, _code(units, event.unit_id), event.office,
        _code(units, event.office_unit_id), _code(units, event.behalf_unit_id), event.user_id, _json(event.facts),
        " ".join(sorted(event.rules.values())), " ".join(event.unconfirmed), " ".join(event.cautions), event.batch,
        event.voids, event.voided_by, event.cause, leaf_hash(bytes(event.line)).hex(),
    )  # fmt: skip


def _details(event: Event) -> tuple[Any, ...]:
    behind = event.told or {}
    return behind.get("who", ""), behind.get("request", ""), _json(behind.get("facts", {}))


def _code(units: Mapping[int, Unit], key: int | None) -> str:
    unit = units.get(key or 0)
    return unit.code if unit else ""


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if value else ""
