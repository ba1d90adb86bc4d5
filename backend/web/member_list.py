"""The list of members: search, filters, saved views, steps for many; and the same rows as a file to take along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from backend.accesses.noting import Look, alone, note
from backend.accounts.door_kinds import OF_A_MEMBER
from backend.accounts.policy import Actor
from backend.cases.engine import CHUNK
from backend.cases.labels import label_members
from backend.cases.listing import PEOPLE_ORDER, counted
from backend.core import keyset
from backend.flags.selectors import flags
from backend.members.models import Member
from backend.organizations.models import Unit
from backend.web.acting import Acting, in_office
from backend.web.filters import MemberFilter
from backend.web.saved_views import chips
from workflows.flagging import Cause
from workflows.offices import SUBTREE_OFFICES, Right, holds
from workflows.standings import Participation, Standing

PAGE = 50


@dataclass(frozen=True)
class Row:
    """A member as the list shows one; `marks` are labels drawn from days and what is to be considered."""

    id: int
    version: int
    name: str
    born: str
    card: str
    standing: str
    participation: str
    marks: tuple[str, ...]
    unit: str
    guest: bool


@require_safe
@in_office
def members(request: Acting) -> HttpResponse:
    """Members in sight in the order of a Vietnamese list; `?q=`, filters (`MemberFilter`), `?cursor=`."""
    actor = request.actor
    wanted = MemberFilter(actor, request.GET)
    rows = wanted.rows(request.today)
    try:
        found, following = keyset.page(rows, PEOPLE_ORDER, request.GET.get("cursor", ""), PAGE)
    except keyset.BadCursor as error:
        raise Http404 from error
    asked, whole = wanted.asked(), None if following or request.GET.get("cursor") else len(found)
    if found:
        searched = alone([one.pk for one in found]) if "q" in asked else None
        note(actor, Look("web/members/", searched, filters=asked, count=len(found)))
    words: dict[str, Any] = {
        "form": wanted, "rows": shown_rows(actor, found, request.today), "next": following, "query": wanted.query,
        "count": counted(rows, CHUNK, whole=whole), "most": CHUNK, "views": chips(request.user.pk, "members", asked),
        "keeps": {name for name in asked if name != "q"},
        "acts": OF_A_MEMBER.lets(actor.office), "page": "members",
        "own": actor.unit_id if actor.office in SUBTREE_OFFICES else None,
        "cell": actor.unit_id if actor.office not in SUBTREE_OFFICES and actor.member_id is None else None,
    }  # fmt: skip
    return render(request, "web/lists/members.html", words)


def shown_rows(actor: Actor, found: Sequence[Member], today: date) -> list[Row]:
    """Members with what the list says of each; one query for their units, one for their flags."""
    label_members(found, today)
    units = Unit.objects.in_bulk({one.unit_id for one in found}) if actor.office in SUBTREE_OFFICES else {}
    raised: dict[int, list[str]] = {}
    if found and holds(actor.office, Right.READ_RESTRICTED):
        for key, cause in (
            flags(actor).filter(member_id__in=[one.pk for one in found]).values_list("member_id", "cause")
        ):
            raised.setdefault(key, []).append(str(Cause(cause).label))
    return [_row(actor, one, units, raised.get(one.pk, [])) for one in found]


def _row(actor: Actor, one: Member, units: Mapping[int, Unit], raised: Sequence[str]) -> Row:
    unit = units.get(one.unit_id)
    return Row(
        one.pk, one.version, one.full_name, str(one.born_on.year) if one.born_on else "", one.card,
        str(Standing(one.standing).label), str(Participation(one.takes_part).label) if one.takes_part else "",
        (*(str(label.timed.label) for label in one.labels), *raised), unit.name if unit else "",
        not actor.sees(one.unit_path) and actor.member_id is None,
    )  # fmt: skip
