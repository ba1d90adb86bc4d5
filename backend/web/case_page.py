"""The page of a case: what it is about, where it stands, its deadlines, what happened, what can be done now and what cannot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from backend.accesses.noting import Look, note
from backend.audit.details import with_voids
from backend.audit.models import Event
from backend.cases import selectors
from backend.cases.labels import label_cases
from backend.cases.models import Case
from backend.cases.options import NOT_PERMITTED, Option, case_options
from backend.cases.voidable import may_void
from backend.core.errors import NotPermitted
from backend.deadlines.models import Deadline
from backend.deadlines.titles import title
from backend.scans.keeping import may_see
from backend.web.acting import Acting, in_office
from backend.web.helping import drawn, path_taken
from backend.web.lines import basis, why
from backend.web.naming import named_case, named_unit
from backend.web.refusing import Said, said_with_basis
from backend.web.through import through
from backend.web.timeline import lines
from workflows import health
from workflows.answers import shown
from workflows.catalogue import LIFECYCLES
from workflows.lifecycles.meeting import Meeting


@dataclass(frozen=True)
class Way:
    """A step that starts from where the case stands: its page, or every reason why it cannot be taken."""

    label: str
    at: str
    reasons: list[Said]
    cautions: list[Said]
    ends_it: bool
    """Whether it meets a deadline of the case that is open."""


@require_safe
@in_office
def case(request: Acting, case_id: int) -> HttpResponse:
    """404 for what the office does not see."""
    row = selectors.cases(request.actor).select_related("member", "unit", "acting_unit").filter(pk=case_id).first()
    if row is None:
        raise Http404
    note(request.actor, Look("web/cases/{case_id}/", row.member_id, row.pk))
    label_cases([row], request.today)
    events = list(with_voids(selectors.history(request.actor, row).order_by("-id")))
    language = get_language() or "vi"
    words = {
        **_about(row, events), "number": named_case(request.actor, row.number, row.unit), **_ways(request, row),
        "lines": lines(events, request.actor),
        "voidable": _voidable(request, events), "health": _health(request, row),
        "scans": reverse("case-scans", args=[row.pk])
        if settings.CHIBO_SCANS_DIR and may_see(request.actor, row.lifecycle) else "",
        "drawing": drawn(LIFECYCLES[row.lifecycle], "state", language, walked=path_taken(events), here=row.state),
    }  # fmt: skip
    return render(request, "web/case.html", words)


def _about(row: Case, events: Sequence[Event]) -> dict[str, Any]:
    page = LIFECYCLES[row.lifecycle]
    return {
        "case": row, "page": page, "state": page.choices()["state"](row.state).label, "since": _since(row, events),
        "labels": [str(one.timed.label) for one in row.labels], "member": row.member.full_name if row.member else "",
        "member_at": reverse("member", args=[row.member_id]) if row.member_id else "", "unit": named_unit(row.unit),
        "unit_at": reverse("unit", args=[row.unit_id]),
        "acting": named_unit(row.acting_unit) if row.closed_on is None else "",
        "flow_at": reverse("meeting", args=[row.pk]) if row.lifecycle == Meeting.key and row.closed_on is None else "",
    }  # fmt: skip


def _ways(request: Acting, row: Case) -> dict[str, Any]:
    """The deadlines, and the steps that start from here: what this office can do (what meets a deadline first), what it
    cannot and why, what others do."""
    rows = selectors.deadlines(request.actor).filter(subject_kind="case", subject_id=row.pk)
    deadlines = list(rows.order_by("-status", "due_on"))
    running = {one.rule_id for one in deadlines if one.status == Deadline.Status.OPEN}
    _, options = case_options(request.actor, row.pk, request.today)
    here = [one for one in options if one.starts_here]
    theirs = [one for one in here if NOT_PERMITTED in one.refusals]
    due = [one for one in theirs if running & {*one.step.closes}]
    mine = [(one, _way(row, one, request.today, running)) for one in here if NOT_PERMITTED not in one.refusals]
    return {
        "deadlines": [_deadline(one, request.today) for one in deadlines],
        "open_ways": sorted((way for one, way in mine if one.allowed), key=lambda way: not way.ends_it),
        "closed_ways": [way for one, way in mine if not one.allowed],
        "next_of_others": [(str(one.step.label), through(one.step, one.levels)) for one in due],
        "others": [str(one.step.label) for one in theirs if one not in due],
    }  # fmt: skip


def _health(request: Acting, row: Case) -> str:
    """Where what the case tells of somebody's health is read, by the offices that take part in it."""
    page = LIFECYCLES[row.lifecycle]
    reads = health.names(page) and request.actor.office in health.readers(page)
    return reverse("case-health", args=[row.pk]) if reads else ""


def _voidable(request: Acting, events: Sequence[Event]) -> str:
    """The newest entry that stands, as far as this office may void it and nobody built on it; its uid, or nothing."""
    newest = next((one for one in events if one.voids is None and one.voided_by is None), None)
    if newest is None or newest.cause is not None or newest.batch is not None:
        return ""
    try:
        may_void(request.actor, newest)
    except NotPermitted:
        return ""
    return str(newest.uid)


def _since(row: Case, events: Sequence[Event]) -> str:
    """The day on which the case came to where it stands, by its entries (the newest first)."""
    standing = [one.on_date for one in events if one.voided_by is None and one.voids is None and _moved(one)]
    return str(shown(standing[0] if standing else row.opened_on))


def _moved(one: Event) -> bool:
    source, target = one.changes.get("state") or ("", "")
    return bool(source != target)


def _way(row: Case, option: Option, on: date, running: set[str]) -> Way:
    at = reverse("case-step", kwargs={"case_id": row.pk, "step": option.step.name})
    return Way(
        str(option.step.label),
        at,
        said_with_basis(option.refusals, on),
        said_with_basis(option.cautions, on),
        not running.isdisjoint(option.step.closes),
    )


def _deadline(one: Deadline, today: date) -> dict[str, Any]:
    return {
        "title": title(one.rule_id), "due": shown(one.due_on), "at": reverse("deadline", kwargs={"deadline_id": one.pk}),
        "late": one.status == Deadline.Status.OPEN and one.due_on < today,
        "status": one.get_status_display(), "met": shown(one.met_on) if one.met_on else "",
        "why": why(one), "to_confirm": one.firmness != "firm", "basis": basis(one),
    }  # fmt: skip
