"""Who was told what of a deadline, when, by which way, and what came back; and what would be said on a day to come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from backend.accesses.noting import Look, note
from backend.accounts.policy import Actor
from backend.alerts.answers_told import answer_told
from backend.alerts.ledger import RungLine, story
from backend.alerts.models import Outcome
from backend.alerts.reasons import why
from backend.alerts.rehearsal import LEFT_OUT, Line, rehearse, too_far
from backend.alerts.telling import (
    addressee_told,
    channel_told,
    ladder_told,
    next_told,
    notice_told,
    rung_told,
    units_of,
)
from backend.cases import selectors
from backend.deadlines.titles import title
from backend.flags.selectors import whose
from backend.organizations.models import Unit
from backend.web.acting import Acting, in_office
from backend.web.days import DayField
from backend.web.naming import named_case, named_unit
from workflows.answers import shown
from workflows.offices import Office, Right

LINES = 200
STATES = {
    "done": _("done"), "planned": _("still to come"), "left_out": _("left out"), "not_needed": _("not needed any more"),
}  # fmt: skip
"""What became of a rung."""


@dataclass(frozen=True)
class Rung:
    """One rung in words; `told` is a line for each office, way and reader, but for what a later rung said too."""

    day: str
    what: str
    state: str
    why: str
    climbs: bool
    told: list[str]


@require_safe
@in_office
def ledger(request: Acting, deadline_id: int) -> HttpResponse:
    """The whole story of one deadline; 404 for one out of sight."""
    found = get_object_or_404(selectors.deadlines(request.actor), pk=deadline_id)
    about = whose(found)
    if any(about.values()):
        note(request.actor, Look("web/deadlines/{deadline_id}/ledger/", about.get("member_id"), about.get("case_id")))
    told = story(found)
    units = units_of(told)
    number = named_case(request.actor, found.reference, Unit.objects.filter(pk=found.unit_id).first())
    words: dict[str, Any] = {
        "story": told, "number": number if found.reference else "",
        "title": title(found.rule_id), "ladder": ladder_told(told.origin), "next": next_told(told),
        "rungs": [_rung(one, units) for one in told.rungs], "answers": [answer_told(one, units) for one in told.answers],
    }  # fmt: skip
    return render(request, "web/alerts/ledger.html", words)


def _rung(one: RungLine, units: dict[int, Unit]) -> Rung:
    told = [notice_told(each, units) for each in one.told if each.outcome != Outcome.COALESCED]
    told += [addressee_told(each, units) for each in one.to]
    reason = "said_with_later" if one.told and not told else one.reason
    return Rung(
        str(shown(one.day)) if one.day else "–", rung_told(one.kind, one.levels_up), str(STATES[one.state]),
        why(reason, get_language() or "vi"), one.levels_up > 0, told,
    )  # fmt: skip


WOULD: dict[str, Promise] = {Outcome.SENT: _("Would be sent"), Outcome.SKIPPED: _("Would not be sent")}
"""What would become of a reminder, where the word of the ledger says that it was."""


def would(outcome: str) -> str:
    return str(WOULD.get(outcome, Outcome(outcome).label))


class DayForm(forms.Form):
    """Which day is tried out; without one, tomorrow: its work is done tonight."""

    narrows = True
    day = DayField(label=_("Day"), required=False)

    def clean_day(self) -> Any:
        day = self.cleaned_data["day"]
        if day and (sentence := too_far(day)):
            raise forms.ValidationError(sentence)
        return day


@require_safe
@in_office
def rehearsal(request: Acting) -> HttpResponse:
    """`?day=`: what the sweep of that day would say to the offices in sight, and what it would not, and why."""
    selectors.need(request.actor, Right.READ_RESTRICTED)
    tonight = request.today + timedelta(days=1)
    form = DayForm(request.GET if "day" in request.GET else {"day": f"{tonight:%d/%m/%Y}"})
    if not form.is_valid():
        return render(request, "web/alerts/rehearsal.html", {"form": form}, status=400)
    day = form.cleaned_data["day"] or tonight
    found = rehearse(day, path=request.actor.path, limit=LINES + 1, letters=False)
    lines = found.lines[:LINES]
    units = {one.code: one for one in Unit.objects.filter(code__in={line.about_code for line in lines})}
    words = {
        "form": form, "found": found, "rows": [_said(request.actor, one, units.get(one.about_code)) for one in lines],
        "cut": len(found.lines) > LINES, "left_out": LEFT_OUT,
        "outcomes": [(would(key), count) for key, count in sorted(found.sweep.notices.items())],
    }  # fmt: skip
    return render(request, "web/alerts/rehearsal.html", words)


def _said(actor: Actor, one: Line, unit: Unit | None) -> dict[str, Any]:
    office = str(Office(one.office).label) if one.office else gettext("nobody")
    about = named_case(actor, one.reference, unit) if one.reference else named_unit(unit) or one.about_code
    return {
        "deadline_id": one.deadline_id, "title": title(one.rule_id), "reference": about,
        "what": rung_told(one.kind, one.levels_up), "climbs": one.levels_up > 0, "channel": channel_told(one.channel),
        "to": f"{office}, {one.unit_name} ({one.unit_code})", "outcome": would(one.outcome),
        "why": why(one.reason, get_language() or "vi"),
    }  # fmt: skip
