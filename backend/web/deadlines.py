"""The page a letter leads to: which deadline of what, due when and why, what can be done and through whom; and answering it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods

from backend.accesses.noting import Look, note
from backend.accounts.acting import actor_for, held_by
from backend.accounts.policy import Actor
from backend.cases import selectors
from backend.cases.models import Case
from backend.cases.options import Option, case_options, member_options
from backend.core import clock
from backend.core.errors import NotFound, NotPermitted
from backend.deadlines.explaining import explain
from backend.deadlines.models import Deadline
from backend.deadlines.planning import acknowledged
from backend.deadlines.titles import title
from backend.flags.selectors import flags, whose
from backend.organizations.models import Unit
from backend.web.acting import CHOSEN, named_of, user_of
from backend.web.answers import Answered, Answers
from backend.web.lines import Seen, address_of, basis, met_by, seen_of
from backend.web.naming import named_unit
from backend.web.refusing import said_with_basis
from backend.web.through import through
from backend.web.weights import from_day, goes_last
from workflows.answers import shown
from workflows.catalogue import LIFECYCLES
from workflows.offices import TOLD, Level


@dataclass(frozen=True)
class Line:
    """A step from where the subject stands: whether it ends the deadline or begins what its task asks for, through whom, what
    stands in its way, and where it is taken (empty: not by this office, or not yet); `from_on`: not before that day."""

    label: str
    ends_it: bool
    begins: bool
    through: str
    reasons: tuple[str, ...]
    address: str
    from_on: str
    leads: bool
    """Whether it does what the deadline is about; the others stand folded below."""


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def deadline(request: HttpRequest, deadline_id: int) -> HttpResponse:
    """404 for what no office of the reader's shows; of several offices the one chosen, else the first that does.

    POST: an answer (`do`: acknowledge, snooze, comment) in the office in which the page was shown.
    """
    with transaction.atomic():
        actor, row = _found(request, deadline_id)
        answers = Answers(actor, row, request.POST if request.method == "POST" else None)
        if request.method != "POST":
            return _page(request, actor, row, answers)
    if row.status != Deadline.Status.OPEN:
        messages.warning(request, gettext("This deadline is closed already."))
        return redirect("deadline", deadline_id)
    outcome = _answered(answers)
    if outcome is Answered.DONE:
        messages.success(request, answers.said)
        return redirect("deadline", deadline_id)
    with transaction.atomic():
        actor, row = _found(request, deadline_id)
        answers.look_again(row)
        return _page(request, actor, row, answers, outcome.status)


def _answered(answers: Answers) -> Answered:
    try:
        return answers.give()
    except (NotFound, NotPermitted) as error:
        raise Http404 from error


def _page(request: HttpRequest, actor: Actor, row: Deadline, answers: Answers, status: int = 200) -> HttpResponse:
    about = whose(row)
    if any(about.values()):
        note(actor, Look("web/deadlines/{deadline_id}/", about.get("member_id"), about.get("case_id")))
    words = {**_words(actor, row, clock.today()), "answers": answers, "seat": named_of(actor)}
    return render(request, "web/deadline.html", words, status=status)


def _found(request: HttpRequest, deadline_id: int) -> tuple[Actor, Deadline]:
    """The deadline with the office that sees it, whose scope the transaction has then. Raises Http404."""
    user = user_of(request)
    today, wanted = clock.today(), request.POST.get("seat") or str(request.session.get(CHOSEN))
    held = sorted(held_by(user, today), key=lambda one: str(one.pk) != wanted)
    for one in held:
        actor = actor_for(user, one.pk, today)
        try:
            row = selectors.deadlines(actor).filter(pk=deadline_id).first()
        except NotPermitted:  # an office that reads no deadlines
            continue
        if row is not None:
            return actor, row
    raise Http404


def _words(actor: Actor, row: Deadline, today: date) -> dict[str, Any]:
    case = selectors.cases(actor).filter(pk=row.subject_id).first() if row.subject_kind == "case" else None
    member_id = case.member_id if case else _member_of(actor, row)
    member = selectors.members(actor).filter(pk=member_id).first() if member_id else None
    is_open = row.status == Deadline.Status.OPEN
    return {
        "deadline": row, "title": title(row.rule_id), "open": is_open, "late": is_open and row.due_on < today,
        "case": case, "page": str(LIFECYCLES[case.lifecycle].label) if case else "", "member": member,
        "unit": _name(row.unit_id), "acting": _name(row.acting_unit_id) or Level(row.acting_level).label,
        "offices": ", ".join(str(office.label) for office in TOLD[Level(row.acting_level)]),
        "due": shown(row.due_on), "started": shown(row.started_on), "met": shown(row.met_on) if row.met_on else "",
        "start": gettext(row.start_label), "why": explain(row.explanation, get_language() or "vi"),
        "basis": basis(row),
        **(_steps(actor, row, case, today) if is_open else {}), "seen": sorted(acknowledged(row).values()),
    }  # fmt: skip


def _member_of(actor: Actor, row: Deadline) -> int | None:
    """The member whom a task about a person or a flag is about."""
    if row.subject_kind == "flag":
        return flags(actor).filter(pk=row.subject_id).values_list("member_id", flat=True).first()
    return row.subject_id if row.subject_kind == "member" else None


def _name(unit_id: int) -> str:
    return named_unit(Unit.objects.filter(pk=unit_id).first())


def _steps(actor: Actor, row: Deadline, case: Case | None, today: date) -> dict[str, list[Line]]:
    """The steps that start from where the subject stands: those that do what the deadline is about, and the others; of the
    cases that can be opened about a member, those that this office may open."""
    options: list[Option] = []
    if row.subject_kind == "case":
        _, options = case_options(actor, row.subject_id, today)
    elif member_id := _member_of(actor, row):
        _, options = member_options(actor, member_id, today)
    seen = seen_of(actor, [row])
    near = [one for one in options if not one.opens or one.allowed or _ends(one, row) or row.rule_id in one.step.begins]
    open_now = [one for one in near if one.starts_here]
    facts = case.facts if case else {}
    told = [_line(one, row, seen, facts, today) for one in open_now]
    return {
        "steps": sorted((one for one in told if one.leads), key=lambda line: not line.begins),
        "further": sorted((one for one in told if not one.leads), key=lambda line: not line.ends_it),
    }


def _line(option: Option, row: Deadline, seen: Seen, facts: Mapping[str, Any], today: date) -> Line:
    reasons = tuple(one.line for one in said_with_basis(option.refusals, today))
    from_on = from_day(option.step, facts, today)
    levels = option.levels or (Level(row.acting_level),)
    page = f" ({LIFECYCLES[option.step.lifecycle].label})" if option.opens else ""
    step = option.step
    address = address_of(LIFECYCLES[step.lifecycle], step, row, seen) if option.allowed and not from_on else ""
    ends, begins = _ends(option, row), row.rule_id in step.begins
    if begins and (begun := seen.begun(step.lifecycle, row)):
        reasons, address = (), reverse("case", args=[begun.pk])
    leads = begins or (ends and not goes_last(step))
    return Line(f"{step.label}{page}", ends, begins, through(step, levels), reasons, address, from_on, leads)


def _ends(option: Option, row: Deadline) -> bool:
    return row.rule_id in met_by(option.step)
