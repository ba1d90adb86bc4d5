"""Where whoever administers begins: each page with one sentence, as far as its door is open to the office."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from backend.accounts.doors import door
from backend.web.acting import Acting, in_office


@dataclass(frozen=True)
class Room:
    """A page by its name, and what one does there."""

    name: str
    label: Promise
    sentence: Promise

    @property
    def address(self) -> str:
        return reverse(self.name)


ROOMS = (
    Room("admin-units", _("Units, offices and people"), _(
        "The tree of units: open, move or close one on a day; who holds which office from when to when."
    )),
    Room("admin-reorganise", _("Merge and divide"), _(
        "Merge a unit into another or divide a cell, on a day and by a decision; you see first what would become of everybody."
    )),
    Room("imports", _("Import of rosters"), _(
        "Bring in a commune's roster: first tried, with what is wrong shown cell by cell, then done, and undone as a whole."
    )),
    Room("invitations", _("Invite people"), _(
        "Give somebody an account and an office, with a slip of paper on which the code stands."
    )),
    Room("webhooks", _("Webhooks"), _("Programs that are told what is told at a unit and below.")),
    Room("admin-calendar", _("Days off and days worked"), _(
        "Holidays as they were announced: first which deadlines would move from when to when, then the day is entered."
    )),
    Room("admin-own-packs", _("Rules of a province"), _(
        "What one province has settled for itself, turned on or off for a unit; first which deadlines would move."
    )),
    Room("admin-own-ladders", _("Who is told when"), _(
        "Who is reminded of each kind of deadline, when those above are told, and ladders of a unit's own."
    )),
    Room("law", _("The law"), _("Terms, ages, votes and rates with their texts, and what a human must still confirm.")),
    Room("competence", _("Who decides"), _("At which level each act is decided; settled otherwise by a paper, from a day on.")),
    Room("admin-system", _("How Chibo is"), _("Whether reminders, letters and the log still run, and what waits.")),
)  # fmt: skip


@require_safe
@in_office
def administration(request: Acting) -> HttpResponse:
    """The pages that are open to the office."""
    rooms = [
        one for one in ROOMS if (opened := door(one.address.lstrip("/"), "GET")) and opened.lets(request.actor.office)
    ]
    return render(request, "web/administration/index.html", {"rooms": rooms})
