"""Days off and days worked instead, as they were announced: first what would move, then entered, or taken back."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from backend.cases import ruling
from backend.cases.engine import RequestKey
from backend.deadlines.following import rehearse
from backend.deadlines.models import CalendarDay
from backend.deadlines.overrides import rules_here, set_day
from backend.web.acting import Acting, in_office, reading
from backend.web.administration.fields import a_day, a_paper, done
from backend.web.administration.moves import told
from workflows.answers import shown

PAGE = 50


class DayForm(forms.Form):
    """A day as it was announced."""

    day = a_day(_("Day"))
    off = forms.ChoiceField(
        label=_("It is"), choices=[("off", _("a day off")), ("worked", _("worked"))], widget=forms.RadioSelect
    )
    name = forms.CharField(label=_("What the day is called"), max_length=120)
    basis = a_paper(_("The paper that announces it"))
    key = forms.UUIDField(widget=forms.HiddenInput)


class BackForm(forms.Form):
    """A day that is again what the country's calendar says."""

    day = a_day(_("Day"))
    basis = a_paper(_("The paper that takes it back"))
    key = forms.UUIDField(widget=forms.HiddenInput)


@require_http_methods(["GET", "HEAD", "POST"])
@in_office
def calendar(request: Acting) -> HttpResponse:
    """`do` is `preview`, `set` or `withdraw`; only an administrator at the top of the tree gets the forms."""
    do = request.POST.get("do", "")
    with reading(request):
        rules = rules_here(request.actor)
    day = DayForm(request.POST if do in {"preview", "set"} else None, initial={"key": uuid4(), "off": "off"})
    back = BackForm(request.POST if do == "withdraw" else None, prefix="back", initial={"key": uuid4()})
    words: dict[str, Any] = {"day": day, "back": back, "rules": rules}
    if rules and do == "set" and done(request, day, lambda typed: _entered(request, typed)):
        return redirect("admin-calendar")
    if rules and do == "withdraw" and done(request, back, lambda typed: _taken_back(request, typed)):
        return redirect("admin-calendar")
    if rules and do == "preview":
        done(request, day, lambda typed: _tried(request, typed, words))
    with reading(request):
        words["page"] = Paginator(CalendarDay.objects.order_by("-day"), PAGE).get_page(request.GET.get("page"))
        return render(request, "web/administration/calendar.html", words)


def _wanted(typed: dict[str, Any]) -> dict[str, Any]:
    return {"day": typed["day"], "off": typed["off"] == "off", "name": typed["name"], "basis": typed["basis"]}


def _entered(request: Acting, typed: dict[str, Any]) -> str:
    wanted = _wanted(typed)
    key = RequestKey.of(str(typed["key"]), wanted)
    ruling.enter_day(request.actor, **wanted, request_key=key)
    return gettext("%(day)s stands in the calendar; the deadlines it touches move in the background.") % {
        "day": shown(typed["day"])
    }


def _taken_back(request: Acting, typed: dict[str, Any]) -> str:
    key = RequestKey.of(str(typed["key"]), {"day": typed["day"], "basis": typed["basis"]})
    ruling.take_back_day(request.actor, typed["day"], basis=typed["basis"], request_key=key)
    return gettext("%(day)s is again what the country's calendar says.") % {"day": shown(typed["day"])}


def _tried(request: Acting, typed: dict[str, Any], words: dict[str, Any]) -> str:
    found = rehearse(request.actor, lambda: set_day(request.actor, **_wanted(typed)))
    with reading(request):
        words.update(told(request.actor, [one for one in found if one.moves_the_day]))
    return ""
