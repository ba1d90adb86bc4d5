"""The page of a case: what it is about, where it stands, its deadlines, what happened, what can be done now and what cannot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from backend.accesses.noting import Look, note
from backend.cases import selectors
from backend.cases.labels import label_cases
from backend.cases.models import Case
from backend.cases.options import NOT_PERMITTED, Option, case_options
from backend.deadlines.explaining import explain
from backend.deadlines.models import Deadline
from backend.deadlines.titles import title
from backend.organizations.models import Unit
from backend.web.acting import Acting, in_office
from backend.web.refusing import Said, said_with_basis
from backend.web.step_words import address
from backend.web.timeline import lines
from workflows import law
from workflows.answers import shown
from workflows.catalogue import LIFECYCLES

ELSEWHERE = frozenset({"engine.wrong_state", "engine.through_case"})


@dataclass(frozen=True)
class Way:
    """A step that starts from where the case stands: its page, or every reason why it cannot be taken."""

    label: str
    at: str
    reasons: list[Said]
    cautions: list[Said]


@require_safe
@in_office
def case(request: Acting, case_id: int) -> HttpResponse:
    """404 for what the office does not see."""
    row = selectors.cases(request.actor).select_related("member", "unit", "acting_unit").filter(pk=case_id).first()
    if row is None:
        raise Http404
    note(request.actor, Look("web/cases/{case_id}/", row.member_id, row.pk))
    label_cases([row], request.today)
    version, options = case_options(request.actor, row.pk, request.today)
    page = LIFECYCLES[row.lifecycle]
    here = [one for one in options if ELSEWHERE.isdisjoint(answer.code for answer in one.refusals)]
    mine = [one for one in here if NOT_PERMITTED not in one.refusals]
    words = {
        "case": row, "page": page, "version": version, "state": page.choices()["state"](row.state).label,
        "since": _since(row), "labels": [str(one.timed.label) for one in row.labels],
        "member": row.member.full_name if row.member else "", "unit": _unit(row.unit),
        "member_at": address("member", member_id=row.member_id) if row.member_id else "",
        "unit_at": address("unit", unit_id=row.unit_id),
        "acting": _unit(row.acting_unit) if row.acting_unit_id != row.unit_id else "",
        "deadlines": _deadlines(row, request),
        "lines": lines(selectors.history(request.actor, row).order_by("-id"), request.actor),
        "open_ways": [_way(row, one, request.today) for one in mine if one.allowed],
        "closed_ways": [_way(row, one, request.today) for one in mine if not one.allowed],
        "others": [str(one.step.label) for one in here if NOT_PERMITTED in one.refusals],
    }  # fmt: skip
    return render(request, "web/case.html", words)


def _unit(unit: Unit | None) -> str:
    return f"{unit.name} ({unit.code})" if unit else ""


def _since(row: Case) -> str:
    return str(shown(row.closed_on or row.opened_on))


def _way(row: Case, option: Option, on: date) -> Way:
    at = reverse("case-step", kwargs={"case_id": row.pk, "step": option.step.name})
    return Way(str(option.step.label), at, said_with_basis(option.refusals, on), said_with_basis(option.cautions, on))


def _deadlines(row: Case, request: Acting) -> list[dict[str, Any]]:
    language = get_language() or "vi"
    rows = (
        selectors.deadlines(request.actor).filter(subject_kind="case", subject_id=row.pk).order_by("-status", "due_on")
    )
    return [
        {
            "title": title(one.rule_id), "due": shown(one.due_on), "at": reverse("deadline", kwargs={"deadline_id": one.pk}),
            "late": one.status == Deadline.Status.OPEN and one.due_on < request.today,
            "status": one.get_status_display(), "met": shown(one.met_on) if one.met_on else "",
            "why": f"{gettext(one.start_label)} ({shown(one.started_on)}). {explain(one.explanation, language)}",
            "to_confirm": one.firmness != "firm", "basis": _basis(one),
        }
        for one in rows
    ]  # fmt: skip


def _basis(one: Deadline) -> str:
    try:
        return law.rule(one.rule_id, on=one.started_on).cited()
    except KeyError:
        return ""
