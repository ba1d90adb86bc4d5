"""A unit is merged into another one: first what would become of everybody, then done, and taken up again where it stopped."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from backend.accounts.models import Assignment
from backend.audit.codes import EventCode
from backend.audit.details import with_details
from backend.audit.models import Event
from backend.cases import selectors
from backend.cases.reorganising import theirs
from backend.cases.turns import keeping_open
from backend.cases.uniting import give_up, merge, rehearse_merger
from backend.core.errors import KeyReused, Refused, Unchanged
from backend.organizations.models import Unit
from backend.web.acting import Acting, in_office, reading
from backend.web.administration.reorganising import Asked, along, people_of, sent_before
from backend.web.kept import sent
from backend.web.refusing import said_before, said_with_basis
from workflows.answers import shown
from workflows.catalogue import LIFECYCLES
from workflows.member_steps.moving import REORGANISATION, TO
from workflows.offices import Level, Office
from workflows.standings import ON_THE_LISTS
from workflows.units import UnitRef

INTO = UnitRef(TO, _("Unit it becomes part of, by its code"))
FACTS = (INTO, REORGANISATION)
DOOR, SHOWN = "web/administration/units/{unit_id}/merge/", 50


@require_http_methods(["GET", "HEAD", "POST"])
@in_office
def merging(request: Acting, unit_id: int) -> HttpResponse:
    """`do` is `preview`, `merge` or `give_up`. 404 for a unit that another committee decides on."""
    with reading(request):
        unit = theirs(request.actor, unit_id)
        do = request.POST.get("do", "")
        asked = Asked(request, unit, FACTS, sent(request), _begun(unit))
    if do == "give_up":
        return _given_up(request, unit)
    if do not in {"preview", "merge"}:
        return _shown(request, unit, asked)

    def work(on: date, raw: dict[str, Any]) -> dict[str, Any]:
        told = {"into": raw[TO], "paper": raw[REORGANISATION.name], "on": on}
        if do == "preview":
            return rehearse_merger(request.actor, unit.pk, **told)
        return merge(request.actor, unit.pk, **told, request_key=asked.request_key())

    try:
        answer = asked.carry(work)
    except KeyReused:
        return sent_before(request, "admin-merge", unit)
    if answer is None:
        return _shown(request, unit, asked, status=422)
    return _shown(request, unit, asked, answer, done=do == "merge")


def _begun(unit: Unit) -> dict[str, Any]:
    """What was said when a merger was begun that is not finished."""
    if unit.merges_into_id is None or unit.closed_on is not None:
        return {}
    events = Event.objects.filter(subject_kind="unit", subject_id=unit.pk, code=EventCode.UNIT_MERGING)
    last = with_details(events).order_by("-version").first()
    into = Unit.objects.filter(pk=unit.merges_into_id).first()
    if last is None or into is None:
        return {}
    paper = {**last.facts[REORGANISATION.name], **last.left_out.get(REORGANISATION.name, {})}
    parts = {f"{REORGANISATION.name}.{part}": paper.get(part, "") for part in ("number", "issuer", "kept_at")}
    dated = shown(date.fromisoformat(paper["date"]))
    return {"on": shown(last.on_date), TO: into.code, f"{REORGANISATION.name}.date": dated, **parts}


def _given_up(request: Acting, unit: Unit) -> HttpResponse:
    try:
        give_up(request.actor, unit.pk)
    except Unchanged as unchanged:
        messages.info(request, unchanged.said())
    except Refused as refused:
        messages.error(request, refused.said())
    else:
        messages.success(request, gettext("The merger is given up; whoever went along stays there."))
    return redirect("admin-merge", unit.pk)


def _shown(
    request: Acting, unit: Unit, asked: Asked, answer: Mapping[str, Any] | None = None, *, done: bool = False,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    with reading(request):
        current = selectors.units(request.actor).filter(pk=unit.pk).first()
        if current is None:
            raise Http404
        into = selectors.units(request.actor).filter(pk=current.merges_into_id or 0).first()
        words = {
            "unit": current, "into": into, "form": asked.form, "key": asked.key, "done": done,
            "cell": current.level == Level.CELL, "general": said_with_basis(asked.form.general, request.today),
            "told": _told(request, unit, answer) if answer else None,
        }  # fmt: skip
        return render(request, "web/administration/merge.html", words, status=status)


def _told(request: Acting, unit: Unit, answer: Mapping[str, Any]) -> dict[str, Any]:
    """The answer with names: who goes along and who not, whose offices end, what keeps the unit open."""
    actor, on = request.actor, date.fromisoformat(answer["on"])
    people = people_of(request, answer["people"], DOOR)
    offices = Assignment.objects.filter(pk__in=answer["offices"]).select_related("user").order_by("office", "pk")
    open_cases = selectors.cases(actor).filter(pk__in=keeping_open(unit.pk, on).values("pk"), member_id=None)
    guests = selectors.members(actor).filter(guest_unit_id=unit.pk, standing__in=ON_THE_LISTS)
    closed = answer["closed"]
    return {
        "on": shown(on), "closed": closed, "left": said_before(answer["left"]),
        "into": Unit.objects.filter(pk=answer["into"]).first(), "last": shown(on - timedelta(days=1)),
        **along(request, people),
        "goes": [one for one in people if one["done"]], "stays": [one for one in people if not one["done"]],
        "units": list(Unit.objects.filter(pk__in=answer["units"]).order_by("path")),
        "offices": [(Office(one.office).label, one.user.full_name) for one in offices],
        "cases": [] if closed else [(one, LIFECYCLES[one.lifecycle].label) for one in open_cases.order_by("pk")[:SHOWN]],
        "guests": [] if closed else list(guests.order_by("sort_key", "pk")[:SHOWN]),
    }  # fmt: skip
