"""The page of a meeting: recorded in one go, or looked at."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from backend.accesses.noting import Look, note
from backend.audit.details import of_subject
from backend.cases import selectors
from backend.cases.models import Case
from backend.deadlines.models import Deadline
from backend.web.acting import Acting, in_office, reading
from backend.web.kept import again
from backend.web.lines import Line, lines
from backend.web.meetings.checking import check
from backend.web.meetings.overtaken import look_again
from backend.web.meetings.reckoning import reckon
from backend.web.meetings.recording import Done, record
from backend.web.meetings.sheet import Sheet
from backend.web.refusing import said_with_basis
from backend.web.step_words import case_since, foreseen
from backend.web.timeline import words_of
from workflows.facts import Fact, day_in
from workflows.lifecycles.meeting import KIND, Meeting
from workflows.voting import Presence

MINUTES: Fact = Meeting.steps()["file_minutes"].facts[0]
WAITING = 10
"""Matters for a resolution that are listed."""


@require_http_methods(["GET", "HEAD", "POST"])
@in_office
def meeting(request: Acting, meeting_id: int) -> HttpResponse:
    """`do`: `sums` (a fragment: the arithmetic of what is chosen so far), `check` (what recording would change), `record`."""
    if request.method != "POST":
        return _page(request, again(request, lambda typed: Sheet(request, meeting_id, typed)))
    with reading(request):
        sheet = Sheet(request, meeting_id, request.POST)
        sheet.people, sheet.payers  # noqa: B018  (read here, inside the transaction)
        if request.POST.get("do") == "sums":
            return render(request, "web/pieces/reckoned.html", {"reckoned": reckon(sheet)})
    if request.POST.get("do") == "record":
        return _recorded(request, sheet)
    return _looked_at(request, sheet)


def _recorded(request: Acting, sheet: Sheet) -> HttpResponse:
    if wrong := check(sheet).wrong:
        return _not_all(request, sheet, wrong)
    told = record(sheet)
    if not told:
        messages.warning(request, gettext("Nothing was recorded: nothing was chosen."))
        return redirect("meeting", sheet.case.pk)
    if not all(one.done for one in told):
        return _not_all(request, sheet, told)
    for one in told:
        messages.success(request, gettext("Recorded: %(step)s.") % {"step": one.label})
        for words in one.said:
            messages.add_message(request, messages.INFO if one.key == "dues" else messages.WARNING, words)
    return redirect("meeting", sheet.case.pk)


def _not_all(request: Acting, sheet: Sheet, told: list[Done]) -> HttpResponse:
    """What was not recorded and why. Where somebody was faster: what they entered, and what was typed in vain."""
    more, seen = dict[str, Any](), sheet.version
    with reading(request):
        if done := [one.key for one in told if one.done]:
            sheet.close(done)
        if any(one.overtaken for one in told):
            more = {"since": case_since(request.actor, sheet.case, seen), "typed": look_again(sheet)}
    return _shown(request, sheet, 422, told=told, overtaken=bool(more), **more)


def _looked_at(request: Acting, sheet: Sheet) -> HttpResponse:
    """What recording would do, tried out and undone; or all that is wrong with it."""
    found = check(sheet)
    if found.wrong:
        return _not_all(request, sheet, found.wrong)
    if not found.would_do:
        messages.warning(request, gettext("Nothing was recorded: nothing was chosen."))
        return _shown(request, sheet)
    with reading(request):
        preview = foreseen(*found.foreseen)
    if found.dues:
        preview["changes"].append({"what": found.dues.label, "from": "", "to": " ".join(found.dues.said)})
    return _shown(request, sheet, preview=preview)


def _shown(request: Acting, sheet: Sheet, status: int = 200, **more: Any) -> HttpResponse:
    with reading(request):
        return _page(request, sheet, status, **more)


def _page(request: Acting, sheet: Sheet, status: int = 200, **more: Any) -> HttpResponse:
    note(request.actor, Look("web/meetings/{meeting_id}/", case_id=sheet.case.pk, count=len(sheet.people)))
    words = _words(sheet) | more | {"some_stand": any(one.done for one in more.get("told", ()))}
    return render(request, "web/meeting.html", words, status=status)


def _words(sheet: Sheet) -> dict[str, Any]:
    case = sheet.case
    roll = case.facts.get("roll_call") or {}
    roll_errors = [one for one in sheet.form.general if one.fact == "roll_call"]
    return {
        "sheet": sheet, "case": case, "kind": dict(KIND.choices).get(case.facts.get("kind"), ""),
        "on_behalf": sheet.actor.unit_id != case.unit_id, "month": sheet.month, "unit": sheet.unit,
        "state": Meeting.State(case.state).label, "held_on": day_in(case.facts, "held_on"),
        "minutes": _minutes(case),
        "roll": [(word.label, roll[word.value]) for word in Presence if roll.get(word.value)],
        "entered": [one for one in sheet.payers if one.stands],
        "reckoned": reckon(sheet), "roll_errors": [one.line for one in said_with_basis(roll_errors)],
        "general": [one.line for one in said_with_basis([one for one in sheet.form.general if one not in roll_errors])],
        "draft": f"{sheet.actor.user_id}.{sheet.actor.assignment_id}.{sheet.month:%Y-%m}.{case.pk}",
        "waiting": _waiting(sheet) if day_in(case.facts, "held_on") else [],
    }  # fmt: skip


def _minutes(case: Case) -> str:
    """Number, day and issuer, as far as they are kept; empty before they are filed."""
    sealed = case.facts.get("minutes")
    return words_of(MINUTES, sealed, of_subject("case", case.pk)[0].get("minutes"), {}) if sealed else ""


def _waiting(sheet: Sheet) -> list[Line]:
    """What this meeting may have resolved: open matters about members that wait for the cell."""
    mine = selectors.deadlines(sheet.actor).filter(acting_path=sheet.case.unit_path, status=Deadline.Status.OPEN)
    rows = list(mine.filter(subject_kind="case").exclude(rule_id__startswith="MTG.").order_by("due_on", "id")[:WAITING])
    return [one for one in lines(sheet.actor, rows, sheet.request.today) if one.buttons]
