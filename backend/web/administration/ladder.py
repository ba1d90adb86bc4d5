"""A unit settles who is told of one kind of deadline: a ladder chosen among the delivered ones, one of its own, or none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from backend.accounts.administration import in_reach
from backend.cases import own_ladders, selectors
from backend.cases.engine import RequestKey
from backend.cases.own_ladders import Change
from backend.cases.settling import Changed, Choice, settle, settle_once
from backend.core.errors import Unchanged
from backend.deadlines.titles import TITLES
from backend.organizations.laddering import Standing, levels_of, standing
from backend.organizations.models import Unit
from backend.organizations.settings import Settings, packs_on
from backend.web.acting import Acting, in_office, reading
from backend.web.administration.fields import done
from backend.web.administration.ladder_forms import BackForm, ChooseForm, OwnForm, document, lines
from backend.web.administration.moves import told as moved
from backend.web.kept import sent
from backend.web.ladders import grouped
from workflows.ladders.own import base_name


class RuleForm(forms.Form):
    """Of which kind of deadline."""

    narrows = True
    rule = forms.ChoiceField(
        label=_("Kind of deadline"), choices=lambda: sorted(TITLES.items(), key=lambda one: str(one[1]))
    )


class Page:
    """What is asked of the page: the unit, the rule, and the forms as they were sent."""

    def __init__(self, request: Acting, unit: Unit, rule: str) -> None:
        """Inside a transaction of the actor's scope."""
        self.request, self.unit, self.rule = request, unit, rule
        self.do = request.POST.get("do", "")
        typed = sent(request)
        self.unfolded = typed.get("do", "").removesuffix("-see") if typed else ""
        packs = packs_on([(unit.pk, request.today)])[unit.pk, request.today]
        self.now: Standing = standing(unit, [rule], request.today, packs)[0]
        own = [one for one in Settings.of(unit.settings).own_ladders if one.rule == rule]
        self.has_own = any(one.until is None for one in own)
        first = {"since": request.today, "key": uuid4()}
        version = self.now.settled.version if self.now.settled else 0
        called = {"name": base_name(self.now.ladder.name)} if version else {}
        self.choose = ChooseForm(self._sent("choose"), prefix="choose", initial=first)
        self.own = OwnForm(self._sent("own"), prefix="own", initial=first | called)
        self.rungs = lines(self._sent("own"), self.now.ladder, levels_of(unit))
        self.back = BackForm(self._sent("back"), prefix="back", initial=first)
        self.seen: dict[str, Any] = {}

    def _sent(self, form: str) -> Any:
        return self.request.POST if self.do.startswith(form) else None

    def is_done(self) -> bool:
        """Do what was sent; True where there is nothing more to say here."""
        match self.do:
            case "choose" | "choose-see":
                return self._settled(self.choose, self._chosen)
            case "own" | "own-see":
                return self.rungs.is_valid() and self._settled(self.own, self._defined)
            case "back":
                return self._settled(self.back, self._withdrawn)
        return False

    def _settled(self, form: forms.Form, act: Callable[[dict[str, Any]], str]) -> bool:
        return done(self.request, form, act) and not self.do.endswith("-see")

    def _chosen(self, typed: dict[str, Any]) -> str:
        wanted = Choice(self.rule, typed["ladder"] or None, typed["since"], typed["until"], typed["source"])
        if self.do == "choose-see":
            return self._see(settle(self.request.actor, self.unit.pk, wanted, dry_run=True))
        key = RequestKey.of(str(typed["key"]), vars(wanted))
        return self._said(settle_once(self.request.actor, self.unit.pk, wanted, request_key=key))

    def _defined(self, typed: dict[str, Any]) -> str:
        rungs = [row for one in self.rungs if (row := one.rung()) is not None]
        wanted = Change(typed["since"], typed["reason"], document=document(typed["name"], self.rule, rungs))
        if self.do == "own-see":
            return self._see(own_ladders.change(self.request.actor, self.unit.pk, wanted, dry_run=True))
        return self._changed(wanted, typed)

    def _withdrawn(self, typed: dict[str, Any]) -> str:
        return self._changed(Change(typed["since"], typed["reason"], withdrawn=(self.rule,)), typed)

    def _changed(self, wanted: Change, typed: dict[str, Any]) -> str:
        key = RequestKey.of(str(typed["key"]), vars(wanted))
        return self._said(own_ladders.change_once(self.request.actor, self.unit.pk, wanted, request_key=key))

    def _see(self, found: Changed) -> str:
        if not found.changed:
            raise Unchanged
        with reading(self.request):
            self.seen = moved(self.request.actor, found.moves)
        return ""

    def _said(self, answer: dict[str, Any]) -> str:
        if not answer["changed"]:
            raise Unchanged
        return gettext("%(rule)s: who is told is settled; open deadlines follow at once.") % {"rule": TITLES[self.rule]}


@require_safe
@in_office
def own_ladder(request: Acting) -> HttpResponse:
    """Of the office's own unit."""
    return redirect("ladders", request.actor.unit_id)


@require_http_methods(["GET", "HEAD", "POST"])
@in_office
def ladder(request: Acting, unit_id: int) -> HttpResponse:
    """`?rule=`; without one it is asked for. 404 for a unit that the office does not administer."""
    asked = RuleForm(request.GET if "rule" in request.GET else None)
    with reading(request):
        unit = get_object_or_404(selectors.units(request.actor), pk=unit_id)
        in_reach(request.actor, unit.pk)
        if not asked.is_valid():
            wrong = 400 if asked.is_bound else 200
            return render(request, "web/administration/ladder.html", {"unit": unit, "asked": asked}, status=wrong)
        page = Page(request, unit, asked.cleaned_data["rule"])
    if page.is_done():
        return redirect("ladders", unit.pk)
    with reading(request):
        words = {
            "unit": unit, "page": page, "title": TITLES[page.rule], "asked": asked, "group": grouped([page.now], request)[0],
            **page.seen,
        }  # fmt: skip
        return render(request, "web/administration/ladder.html", words)
