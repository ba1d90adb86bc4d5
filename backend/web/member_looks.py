"""Who looked at a member's file or at a case about the member: for the unit to which the file belongs."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime
from django.views.decorators.http import require_safe

from backend.accesses.models import Access
from backend.accesses.noting import Look, note
from backend.accesses.selectors import accesses
from backend.core import keyset
from backend.organizations.models import Unit
from backend.web.acting import Acting, in_office
from backend.web.member_file import seen
from workflows.offices import Office
from workflows.purposes import Purpose

PAGE = 50


@dataclass(frozen=True)
class Seen:
    """One look: when, who (no name where the account is out of sight), in which office of which unit, and why."""

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
    units = dict(Unit.objects.filter(pk__in={one.office_unit_id for one in found}).values_list("pk", "name"))
    words = {"member": row, "looks": [_seen(one, units) for one in found], "next": following, "query": ""}
    return render(request, "web/looks.html", words)


def _seen(one: Access, units: dict[int, str]) -> Seen:
    return Seen(
        localtime(one.seen_at).strftime("%d/%m/%Y %H:%M"), one.user_name, str(Office(one.office).label),  # type: ignore[attr-defined]  # annotated
        units.get(one.office_unit_id or 0, ""), str(Purpose(one.purpose).label), one.case_id is not None,
    )  # fmt: skip
