"""An office below passes to a successor on a day, or its reminders go to another office there for some days."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from backend.accounts.administration import in_reach, user_named
from backend.accounts.assigning import lasts_to
from backend.accounts.models import Assignment
from backend.accounts.succeeding import succeed
from backend.alerts.models import Notice
from backend.cases.engine import RequestKey
from backend.cases.handing import hand_over, take_back_from
from backend.cases.substituting import stands_in
from backend.core.errors import KeyReused, Refused
from backend.deadlines.models import Deadline
from backend.web.acting import Acting, in_office, reading
from backend.web.administration.fields import a_day, done
from workflows.answers import shown
from workflows.offices import STAND_INS, Cause, Office


class SuccessorForm(forms.Form):
    """Who holds the office from a day on."""

    says = {"user": "username", "from": "on", "unit": "on", "to": "on", "office": "username"}
    username = forms.CharField(label=_("Sign-in name of the successor"), max_length=150)
    on = a_day(_("First day of the successor"))


class RemindersForm(forms.Form):
    """Which other office of the unit gets the reminders, on which days, and why in one word of a closed list."""

    to = forms.ChoiceField(label=_("They go to"))
    since = a_day(_("From"), required=False)
    until = a_day(_("Until, that day included"))
    cause = forms.ChoiceField(label=_("Why"), choices=Cause.choices, widget=forms.RadioSelect)
    said_on = a_day(_("Day on which it was asked for, decided or seen"), required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, office: Office, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        to: Any = self.fields["to"]
        to.choices = [(one.value, one.label) for one in STAND_INS.get(office, ())]


@require_http_methods(["GET", "HEAD", "POST"])
@in_office
def handing(request: Acting, unit_id: int, holding_id: int) -> HttpResponse:
    """`do` is `succeed`, `lend` or `back`. 404 for an office not held at this unit today or later, or for one member."""
    with reading(request):
        held = _held(request, unit_id, holding_id)
    office, do = Office(held.office), request.POST.get("do", "")
    successor = SuccessorForm(request.POST if do == "succeed" else None, prefix="next", initial={"on": request.today})
    begun = {"key": uuid4(), "cause": Cause.ASKED.value}
    lending = RemindersForm(request.POST if do == "lend" else None, prefix="lend", initial=begun, office=office)
    if do == "succeed" and done(request, successor, lambda typed: _succeeded(request, held, typed)):
        return redirect("admin-offices", unit_id)
    if do == "lend" and done(request, lending, lambda typed: _lent(request, held, typed)):
        return redirect("admin-hand-over", unit_id, holding_id)
    if do == "back":
        _taken_back(request, held)
        return redirect("admin-hand-over", unit_id, holding_id)
    with reading(request):
        words = {"held": held, "unit": held.unit, "office": office.label, "successor": successor, "lending": lending}
        words |= {"lends": _lends(request, held), **_along(request, held), **_lent_until(request, held)}
        return render(request, "web/administration/hand_over.html", words)


def _held(request: Acting, unit_id: int, holding_id: int) -> Assignment:
    """Raises NotFound, NotPermitted, Http404."""
    in_reach(request.actor, unit_id)
    rows = Assignment.objects.filter(lasts_to(request.today), pk=holding_id, unit_id=unit_id, member_id=None)
    held = rows.select_related("user", "unit").first()
    if held is None:
        raise Http404
    return held


def _along(request: Acting, held: Assignment) -> dict[str, int]:
    """Totals of what is the office's and passes on: they say nothing of anybody."""
    path = held.unit_path
    waiting = Deadline.objects.filter(status=Deadline.Status.OPEN)
    here = waiting.filter(acting_path=path)
    below = waiting.filter(acting_path__gte=path, acting_path__lt=f"{path}~").values("pk")
    told = Notice.objects.filter(office=held.office, unit_id=held.unit_id, deadline_id__in=below)
    return {
        "waiting": here.count(), "late": here.filter(due_on__lt=request.today).count(),
        "told": told.values("deadline_id").distinct().count(),
    }  # fmt: skip


def _lends(request: Acting, held: Assignment) -> bool:
    """Whether the reminders can be handed over from here: of an office below that another one stands in for, held today."""
    today = request.today
    sits = held.from_date <= today and (held.to_date is None or held.to_date >= today)
    return sits and held.unit_id != request.actor.unit_id and Office(held.office) in STAND_INS


def _lent_until(request: Acting, held: Assignment) -> dict[str, Any]:
    if held.handed_from is None or held.handed_until is None or held.handed_until < request.today:
        return {}
    return {"lent": stands_in(held).label, "first": shown(held.handed_from), "last": shown(held.handed_until)}


def _succeeded(request: Acting, held: Assignment, typed: dict[str, Any]) -> str:
    by = user_named(typed["username"], fact="username")
    succeed(request.actor, held.pk, by, on=typed["on"])
    words = {
        "office": Office(held.office).label,
        "unit": held.unit.name,
        "user": by.full_name,
        "day": shown(typed["on"]),
    }
    return gettext("%(office)s, %(unit)s: %(user)s from %(day)s on.") % words


def _lent(request: Acting, held: Assignment, typed: dict[str, Any]) -> str:
    days = {name: typed[name] for name in ("since", "until", "said_on")}
    body = {"to": typed["to"], "cause": typed["cause"], **days}
    try:
        hand_over(
            request.actor, held.unit_id, Office(held.office), to=Office(typed["to"]), cause=Cause(typed["cause"]), **days,
            request_key=RequestKey.of(str(typed["key"]), body),
        )  # fmt: skip
    except KeyReused as reused:
        messages.warning(request, reused.said())
        return ""
    return gettext("The reminders go to the other office for these days.")


def _taken_back(request: Acting, held: Assignment) -> None:
    try:
        take_back_from(request.actor, held.unit_id, Office(held.office))
    except Refused as refused:
        messages.warning(request, refused.said())
    else:
        messages.success(request, gettext("The reminders come to the holder again from today on."))
