"""The lists that letters lead to: the open deadlines of one of the reader's offices, the earliest first, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from backend.accesses.noting import Look, note
from backend.accounts.acting import actor_for, held_by
from backend.accounts.models import Assignment
from backend.accounts.policy import Actor
from backend.alerts.contents import sunday_of
from backend.alerts.wording import TITLES
from backend.cases import selectors
from backend.core import clock
from backend.core.encoding import fit
from backend.core.errors import NotPermitted
from backend.core.models import under
from backend.deadlines.models import Deadline
from backend.deadlines.titles import title
from backend.organizations.models import Unit
from backend.web.acting import CHOSEN, user_of
from backend.web.lines import Seen, about, seen_of
from backend.web.naming import named_unit
from workflows.answers import shown
from workflows.offices import Office, Right, holds

PAGE = 50
PARTS: dict[str, Promise] = {"": _("All"), **TITLES}
"""What can be asked for, as letters name it."""


@dataclass(frozen=True)
class Row:
    """One deadline; `about`: whom, or which month, as far as the reader may know."""

    id: int
    due: str
    late: bool
    title: str
    about: str
    reference: str
    to_confirm: bool
    unit: str


@dataclass(frozen=True)
class Choice:
    """A link to the same list, asked otherwise; `chosen` is the one that is shown."""

    label: str
    query: str
    chosen: bool


@require_safe
@login_required
def deadlines(request: HttpRequest) -> HttpResponse:
    """`?part=` (of a letter), `?unit=` (a code: at or below it), `?office=` (one of the reader's assignments), `?page=`.

    404 for a unit that none of the reader's offices sees, and for what is none of these.
    """
    asked = {name: request.GET.get(name, "") for name in ("part", "unit", "office")}
    if asked["part"] not in PARTS or not fit(asked["unit"]):
        raise Http404
    with transaction.atomic():
        today = clock.today()
        held, actor, unit = _place(request, asked, today)
        page = Paginator(_rows(actor, unit, asked["part"], today), PAGE).get_page(request.GET.get("page"))
        seen, names = seen_of(actor, list(page)), Unit.objects.in_bulk({one.unit_id for one in page})
        words = {
            "unit": named_unit(unit), "page": page, "count": page.paginator.count,
            "rows": [_row(one, seen, None if one.unit_id == actor.unit_id else names.get(one.unit_id), today) for one in page],
            "parts": [_choice(asked, "part", key, str(label)) for key, label in PARTS.items()],
            "offices": [_office(asked, one, actor) for one in held] if len(held) > 1 else [],
            "rehearses": holds(actor.office, Right.READ_RESTRICTED),
            "query": urlencode({name: value for name, value in asked.items() if value}),
        }  # fmt: skip
        filters = {name: value for name, value in asked.items() if value}
        note(actor, Look("web/deadlines/", filters=filters, count=len(page)))
        return render(request, "web/deadlines.html", words)


def _place(request: HttpRequest, asked: dict[str, str], today: date) -> tuple[list[Assignment], Actor, Unit | None]:
    """The offices that read deadlines, the one whose list is shown, and the unit: the office in which the reader acts if it
    sees the unit, else the first that does."""
    user = user_of(request)
    held, found, chosen = [], None, request.session.get(CHOSEN)
    for one in sorted(held_by(user, today), key=lambda one: one.pk != chosen):
        actor = actor_for(user, one.pk, today)
        try:
            selectors.deadlines(actor)
        except NotPermitted:
            continue
        held.append(one)
        if found is None and asked["office"] in {"", str(one.pk)}:
            unit = selectors.units(actor).filter(code=asked["unit"]).first() if asked["unit"] else None
            found = None if asked["unit"] and unit is None else (one, unit)
    if found is None:
        raise Http404
    return held, actor_for(user, found[0].pk, today), found[1]


def _rows(actor: Actor, unit: Unit | None, part: str, today: date) -> QuerySet[Deadline]:
    sunday = sunday_of(today)
    days = {
        "": Q(), "overdue": Q(due_on__lt=today), "week": Q(due_on__gte=today, due_on__lte=sunday),
        "later": Q(due_on__gt=sunday),
    }  # fmt: skip
    rows = selectors.deadlines(actor).filter(days[part], status=Deadline.Status.OPEN)
    if unit is not None:
        rows = rows.filter(under("unit_path", unit.path) | under("acting_path", unit.path))
    return rows.order_by("due_on", "id")


def _row(one: Deadline, seen: Seen, unit: Unit | None, today: date) -> Row:
    return Row(
        one.pk, str(shown(one.due_on)), one.due_on < today, title(one.rule_id), about(one, seen),
        one.reference or f"#{one.pk}",
        one.firmness == "to_confirm", named_unit(unit),
    )  # fmt: skip


def _choice(asked: dict[str, str], name: str, value: str, label: str) -> Choice:
    query = urlencode({key: one for key, one in {**asked, name: value}.items() if one})
    return Choice(label, query, asked[name] == value)


def _office(asked: dict[str, str], one: Assignment, actor: Actor) -> Choice:
    """Another office has another sight: the unit is not asked for there."""
    unit = Unit.objects.filter(pk=one.unit_id).first()
    label = f"{Office(one.office).label}, {unit.name}" if unit else str(Office(one.office).label)
    return Choice(label, urlencode({"office": one.pk}), one.pk == actor.assignment_id)
