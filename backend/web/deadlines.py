"""The page a letter leads to: which deadline of what, due when and why, what can be done and through whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from backend.accesses.noting import Look, note
from backend.accounts.acting import actor_for, held_by
from backend.accounts.models import User
from backend.accounts.policy import Actor
from backend.cases import selectors
from backend.cases.options import Option, case_options, member_options
from backend.core import clock
from backend.core.errors import NotPermitted
from backend.deadlines.explaining import explain
from backend.deadlines.models import Deadline
from backend.deadlines.titles import title
from backend.flags.selectors import flags, whose
from backend.organizations.models import Unit
from workflows import law
from workflows.answers import shown
from workflows.catalogue import LIFECYCLES
from workflows.flagging import tasks_met_by
from workflows.offices import GIVEN_OFFICES, LEVELS_OF, RIGHTS, TOLD, Level, Office

NOT_FROM_HERE = {"engine.wrong_state", "engine.through_case"}


@dataclass(frozen=True)
class Line:
    """A step from where the subject stands: whether it ends the deadline, through whom, and what stands in its way."""

    label: str
    ends_it: bool
    through: str
    reasons: tuple[str, ...]


@require_safe
@login_required
def deadline(request: HttpRequest, deadline_id: int) -> HttpResponse:
    """404 for what no office of the reader's shows; of several offices, the first that does."""
    with transaction.atomic():
        today = clock.today()
        for actor, row in _found(request.user, deadline_id, today):  # type: ignore[arg-type]  # login_required
            about = whose(row)
            if any(about.values()):
                note(actor, Look("web/deadlines/{deadline_id}/", about.get("member_id"), about.get("case_id")))
            return render(request, "web/deadline.html", _words(actor, row, today))
    raise Http404


def _found(user: User, deadline_id: int, today: date) -> Iterator[tuple[Actor, Deadline]]:
    for held in held_by(user, today):
        actor = actor_for(user, held.pk, today)
        try:
            row = selectors.deadlines(actor).filter(pk=deadline_id).first()
        except NotPermitted:  # an office that reads no deadlines
            continue
        if row is not None:
            yield actor, row


def _words(actor: Actor, row: Deadline, today: date) -> dict[str, Any]:
    seen = selectors.cases(actor)
    case = seen.filter(pk=row.subject_id).first() if row.subject_kind == "case" else None
    member_id = case.member_id if case else _member_of(actor, row)
    member = selectors.members(actor).filter(pk=member_id).first() if member_id else None
    is_open = row.status == Deadline.Status.OPEN
    return {
        "deadline": row, "title": title(row.rule_id), "open": is_open, "late": is_open and row.due_on < today,
        "case": str(LIFECYCLES[case.lifecycle].label) if case else "", "member": member.full_name if member else "",
        "unit": _name(row.unit_id), "acting": _name(row.acting_unit_id) or Level(row.acting_level).label,
        "offices": ", ".join(str(office.label) for office in TOLD[Level(row.acting_level)]),
        "due": shown(row.due_on), "started": shown(row.started_on), "met": shown(row.met_on) if row.met_on else "",
        "start": gettext(row.start_label), "why": explain(row.explanation, get_language() or "vi"),
        "basis": _basis(row),
        "steps": _lines(actor, row, today) if is_open else [],
    }  # fmt: skip


def _member_of(actor: Actor, row: Deadline) -> int | None:
    """The member whom a task about a person or a flag is about."""
    if row.subject_kind == "flag":
        return flags(actor).filter(pk=row.subject_id).values_list("member_id", flat=True).first()
    return row.subject_id if row.subject_kind == "member" else None


def _basis(row: Deadline) -> str:
    try:
        return law.rule(row.rule_id, on=row.started_on).cited()
    except KeyError:  # no version of it stood on that day
        return ""


def _name(unit_id: int) -> str:
    unit = Unit.objects.filter(pk=unit_id).first()
    return f"{unit.name} ({unit.code})" if unit else ""


def _lines(actor: Actor, row: Deadline, today: date) -> list[Line]:
    """The steps that start from where the subject stands, those that end the deadline first; of the cases that can be
    opened about a member, those that this office may open."""
    options: list[Option] = []
    if row.subject_kind == "case":
        _, options = case_options(actor, row.subject_id, today)
    elif member_id := _member_of(actor, row):
        _, options = member_options(actor, member_id, today)
    near = [one for one in options if not one.opens or one.allowed or _ends(one, row)]
    open_now = [one for one in near if NOT_FROM_HERE.isdisjoint(answer.code for answer in one.refusals)]
    return sorted((_line(one, row) for one in open_now), key=lambda line: not line.ends_it)


def _line(option: Option, row: Deadline) -> Line:
    language = get_language() or "vi"
    reasons = tuple(f"{one.text(language)} {one.advice(language)}".strip() for one in option.refusals)
    levels = option.levels or (Level(row.acting_level),)
    through = "; ".join(f"{level.label}: {offices}" for level in levels if (offices := _offices(option, level)))
    page = f" ({LIFECYCLES[option.step.lifecycle].label})" if option.opens else ""
    return Line(f"{option.step.label}{page}", _ends(option, row), through, reasons)


def _ends(option: Option, row: Deadline) -> bool:
    """Whether the step meets the deadline; what a flag asks is met by the steps that answer it."""
    step = option.step
    return row.rule_id in (*step.closes, *tasks_met_by(f"{step.lifecycle}.{step.name}"))


def _offices(option: Option, level: Level) -> str:
    holders = [one for one in GIVEN_OFFICES if level in LEVELS_OF[one] and option.step.by in RIGHTS[Office(one)]]
    return ", ".join(str(one.label) for one in holders)
