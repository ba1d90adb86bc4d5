"""Saved views: a person's own names for sets of filters, shown as chips above the list they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_POST

from backend.accounts.models import User
from backend.core.db import naming
from backend.core.encoding import fit
from backend.core.errors import Refused
from backend.web.acting import Acting, in_office
from backend.web.facts.typed import whole
from backend.web.filters import CaseFilter, ListFilter, MemberFilter
from backend.web.models import SavedView
from workflows.answers import Refusal

MOST, LONGEST = 30, 60
"""Views of one person over all lists, characters of a name."""
LISTS: Mapping[str, type[ListFilter]] = {"members": MemberFilter, "cases": CaseFilter}
"""The lists that have views, by the name of their address."""
NO_NAME = Refusal(
    "view.no_name", gettext_noop("Give the view a name of at most %(most)s characters."), {"most": LONGEST}
)
TOO_MANY = Refusal(
    "view.too_many",
    gettext_noop("You have %(most)s saved views already."),
    {"most": MOST},
    remedy=gettext_noop("Remove one that you no longer use."),
)


@dataclass(frozen=True)
class Chip:
    """A saved view as a link; `chosen` where its filters are those of the page."""

    id: int
    name: str
    query: str
    chosen: bool


def chips(user_id: int, page: str, asked: Mapping[str, str]) -> list[Chip]:
    """The person's views of a list, by name. Inside a transaction that names the person."""
    found = SavedView.objects.filter(user_id=user_id, page=page).order_by("name")
    return [Chip(one.pk, one.name, urlencode(one.filters), one.filters == asked) for one in found]


def save(user_id: int, page: str, name: str, filters: Mapping[str, str]) -> SavedView:
    """Keep filters under a name; a view of the same name is replaced. Raises Refused."""
    name = " ".join(name.split())
    if not (0 < len(name) <= LONGEST and fit(name)):
        raise Refused([NO_NAME])
    with transaction.atomic():
        naming(user_id)
        User.objects.select_for_update().get(pk=user_id)  # two at once are counted one after the other
        others = SavedView.objects.filter(user_id=user_id).exclude(page=page, name=name)
        if others.count() >= MOST:
            raise Refused([TOO_MANY])
        view, _ = SavedView.objects.update_or_create(
            user_id=user_id, page=page, name=name, defaults={"filters": dict(filters)}
        )
    return view


def forget(user_id: int, view_ids: Iterable[int]) -> int:
    """Take away views of the person's own; how many there were."""
    with transaction.atomic():
        naming(user_id)
        mine: QuerySet[SavedView] = SavedView.objects.filter(user_id=user_id, pk__in=list(view_ids))
        return mine.delete()[0]


@require_POST
@in_office
def saved_views(request: Acting, page: str) -> HttpResponse:
    """`name` with the filters of the list saves them; `forget` (an id) takes a view away. Back to the list."""
    shape = LISTS.get(page)
    if shape is None:
        raise Http404
    user_id = int(request.user.pk)
    gone = request.POST.get("forget", "")
    if gone:
        if (key := whole(gone)) is None or not forget(user_id, [key]):
            raise Http404
        messages.success(request, gettext("The view is removed."))
        return redirect(page)
    filters = shape.kept(request.actor, QueryDict(request.POST.get("query", "")))
    try:
        view = save(user_id, page, request.POST.get("name", ""), filters)
    except Refused as refused:
        messages.error(request, refused.said())
    else:
        messages.success(request, gettext("The view “%(name)s” is saved.") % {"name": view.name})
    return _back(page, filters)


def _back(page: str, filters: Mapping[str, Any]) -> HttpResponse:
    answer = redirect(page)
    if filters:
        answer["Location"] += f"?{urlencode(filters)}"
    return answer
