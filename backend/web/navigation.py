"""The ways that stand on every page: those whose door is open to the office in which the reader acts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backend.accounts.doors import door
from backend.web.acting import STANDS
from workflows.offices import Office


@dataclass(frozen=True)
class Way:
    """A page with its name; `first` ones stand at the foot of a phone, the others behind “More”.

    Where it is open, the way that it stands there `instead_of` goes behind “More”.
    """

    name: str
    label: str | Promise
    first: bool = False
    instead_of: str = ""


WAYS = (
    Way("home", _("Today"), first=True),
    Way("members", _("Members"), first=True),
    Way("overview", _("Overview"), first=True, instead_of="deadlines"),
    Way("deadlines", _("Deadlines"), first=True),
    Way("cases", _("Cases")),
    Way("notices", _("Notices")),
    Way("desk", _("Log and inspection")),
    Way("law", _("The law")),
    Way("administration", _("Administration")),
)
"""In the order in which they are shown. A page that is not for everybody is left out by its door."""
MORE = Way("more", _("More"), first=True)


def ways(office: Office) -> Iterator[Way]:
    """The ways open to an office."""
    doors = [(one, door(reverse(one.name).lstrip("/"), "GET")) for one in WAYS]
    seen = [one for one, opened in doors if opened is None or opened.lets(office)]
    behind = {one.instead_of for one in seen}
    for one in seen:
        yield replace(one, first=False) if one.name in behind else one


def standing(request: HttpRequest) -> dict[str, Any]:
    """Context processor: where the reader acts and the ways from there, as the session says (no query); the languages by
    their own names.

    A page that tells of a fault (`request.fault`) may be shown because no session can be read: it goes without.
    """
    if getattr(request, "fault", False) or not hasattr(request, "session"):
        return {}
    office, place, several = request.session.get(STANDS) or ("", "", False)
    languages = {"languages": settings.LANGUAGES}
    if not office or not request.user.is_authenticated:
        return languages
    here = request.resolver_match.url_name if request.resolver_match else ""
    shown = [(one, reverse(one.name), one.name == here) for one in (*ways(Office(office)), MORE)]
    return {"ways": shown, "place": place, "several": several, **languages}
