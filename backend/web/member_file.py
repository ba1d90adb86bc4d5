"""The page of a member: who, where on the road, what runs and until when, what can be done now and what cannot, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from backend.accesses.noting import Look, note
from backend.accounts.policy import Actor
from backend.audit.details import with_voids
from backend.cases import selectors
from backend.cases.labels import label_members
from backend.cases.options import NOT_PERMITTED, Option, member_options
from backend.core.errors import NotFound
from backend.flags.selectors import flags
from backend.members.models import Member, Spell
from backend.members.today import taking_part
from backend.web.acting import Acting, in_office
from backend.web.helping import drawn, path_taken
from backend.web.member_story import story
from backend.web.member_work import running, waiting
from backend.web.member_year import year_of
from backend.web.refusing import Said, said_with_basis
from backend.web.shut import shut
from backend.web.weights import goes_last
from workflows.answers import shown
from workflows.badges import party_age, party_age_start
from workflows.catalogue import LIFECYCLES
from workflows.drawing import label_of
from workflows.flagging import Cause
from workflows.offices import Right, holds
from workflows.standings import Participation, Standing

"""Refusals of steps that do not start from where the member stands: the drawing shows them, the page does not."""


@dataclass(frozen=True)
class Way:
    """A step of membership, or one that opens a case, and its form."""

    label: str
    address: str
    opens: bool
    cautions: list[Said]


@require_safe
@in_office
def member(request: Acting, member_id: int) -> HttpResponse:
    """404 for whom the office does not see; of a record that was merged into another one, where that one is."""
    actor = request.actor
    if kept := selectors.kept_record(actor, member_id):
        note(actor, Look("web/members/{member_id}/", kept.pk))
        return render(request, "web/merged.html", {"kept": kept})
    row = seen(actor, member_id, request.today)
    note(actor, Look("web/members/{member_id}/", row.pk))
    label_members([row], request.today)
    options = _options(actor, row, request.today)
    mine = [one for one in options if NOT_PERMITTED not in one.refusals]
    mine.sort(key=lambda one: goes_last(one.step))
    ways = [_way(row, one, request.today) for one in mine if one.allowed]
    units = selectors.units(actor).in_bulk([key for key in (row.unit_id, row.guest_unit_id) if key])
    words: dict[str, Any] = {
        "member": row, "born": row.born_on.year if row.born_on else "", "unit": units.get(row.unit_id),
        "guest": units.get(row.guest_unit_id or 0), "standing": Standing(row.standing).label,
        "participation": Participation(row.takes_part).label if row.takes_part else "", "ahead": _ahead(row, request.today),
        "labels": [str(one.timed.label) for one in row.labels], "age": _age(row, request.today),
        "raised": _raised(actor, row), "cases": running(actor, row), "deadlines": waiting(actor, row, request.today),
        "steps": [way for way in ways if not way.opens], "opening": [way for way in ways if way.opens],
        "shut": shut((_label(one), said_with_basis(one.refusals, request.today)) for one in mine if not one.allowed),
        "others": sorted({str(one.step.label) for one in options if NOT_PERMITTED in one.refusals and not one.opens}),
        "story": story(actor, row, request.GET.get("cursor", "")), "looks": holds(actor.office, Right.READ_EVENTS),
        "year": year_of(request, row), "drawings": _drawings(actor, row),
    }  # fmt: skip
    return render(request, "web/member.html", words)


def _ahead(row: Member, today: date) -> dict[str, Any] | None:
    """How the member takes part from a later day on, where that was granted ahead."""
    if row.takes_part in (None, row.participation):
        return None
    later = (
        Spell.objects.filter(member_id=row.pk, retracted_at=None, valid__startswith__gt=today).order_by("valid").first()
    )
    return {"label": Participation(row.participation).label, "day": later.valid.lower} if later else None


def seen(actor: Actor, member_id: int, today: date) -> Member:
    """The member with how they take part today. Raises Http404 for whom the office does not see."""
    row = taking_part(selectors.members(actor), today).filter(pk=member_id).first()
    if row is None:
        raise Http404
    return row


def _drawings(actor: Actor, row: Member) -> list[tuple[str, str]]:
    """Where the member stands in words, and the drawing with the road taken, for each of the two fields that has a value."""
    page, language = LIFECYCLES["membership"], get_language() or "vi"
    own = list(with_voids(selectors.timeline(actor, row).filter(subject_kind="member")))
    stands = (
        (gettext("Standing"), "standing", row.standing),
        (gettext("Participation"), "participation", row.participation),
    )
    return [
        (f"{name}: {label_of(page, field, now)}", drawn(page, field, language, walked=path_taken(own, field), here=now))
        for name, field, now in stands
        if now
    ]


def _options(actor: Actor, row: Member, today: date) -> list[Option]:
    """What starts from where the member stands; nothing about a guest, whom the own cell acts on."""
    try:
        _, found = member_options(actor, row.pk, today)
    except NotFound:
        return []
    return [one for one in found if one.starts_here]


def _way(row: Member, option: Option, today: date) -> Way:
    return Way(_label(option), _address(row, option), option.opens, said_with_basis(option.cautions, today))


def _label(option: Option) -> str:
    step = option.step
    return f"{LIFECYCLES[step.lifecycle].label}: {step.label}" if option.opens else str(step.label)


def _address(row: Member, option: Option) -> str:
    step = option.step
    if option.opens:
        return reverse("member-open", kwargs={"member_id": row.pk, "key": step.lifecycle, "step": step.name})
    return reverse("member-step", kwargs={"member_id": row.pk, "step": step.name})


def _age(row: Member, today: date) -> dict[str, Any] | None:
    """Party age in whole years and months, of official members whose first day is known."""
    start = party_age_start(row) if row.official_on is not None else None
    if start is None:
        return None
    years, months = party_age(start.day, today)
    return {"years": years, "months": months, "since": shown(start.day)}


def _raised(actor: Actor, row: Member) -> list[str]:
    """What the cell is asked to consider about the member, for offices that may see it."""
    if not holds(actor.office, Right.READ_RESTRICTED):
        return []
    return [str(Cause(one).label) for one in flags(actor).filter(Q(member_id=row.pk)).values_list("cause", flat=True)]
