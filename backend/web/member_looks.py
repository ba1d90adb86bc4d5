"""Who looked at a member's file or at a case about the member: for the unit to which the file belongs."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime
from django.views.decorators.http import require_safe

from backend.accesses.models import Access
from backend.accesses.noting import Look, note
from backend.accesses.selectors import Lookers, accesses, lookers
from backend.core import keyset
from backend.web.acting import Acting, in_office
from backend.web.member_file import seen
from workflows.offices import Office
from workflows.purposes import Purpose

PAGE = 50


@dataclass(frozen=True)
class Seen:
    """One look: when, who (no name where it was erased), in which office of which unit, and why."""

    at: str
    name: str
    office: str
    unit: str
    purpose: str
    of_case: bool


@require_safe
@in_office
def looks(request: Acting, member_id: int) -> HttpResponse:
    """The newest first; `?cursor=`. This look stands there too."""
    row = seen(request.actor, member_id, request.today)
    note(request.actor, Look("web/members/{member_id}/looks/", row.pk))
    rows = accesses(request.actor).filter(member_id=row.pk)
    try:
        found, following = keyset.page(rows, ("-id",), request.GET.get("cursor", ""), PAGE)
    except keyset.BadCursor as error:
        raise Http404 from error
    whose = lookers(found)
    words = {"member": row, "looks": [_seen(one, whose) for one in found], "next": following, "query": ""}
    return render(request, "web/looks.html", words)


def _seen(one: Access, whose: Lookers) -> Seen:
    return Seen(
        localtime(one.seen_at).strftime("%d/%m/%Y %H:%M"), whose.user(one), str(Office(one.office).label),
        whose.unit(one), str(Purpose(one.purpose).label), one.case_id is not None,
    )  # fmt: skip
