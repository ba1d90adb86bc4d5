"""Who decides which act, at which level, from which day; settled otherwise for this installation with its paper."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from backend.cases import ruling
from backend.cases.engine import RequestKey
from backend.deadlines.deciding import Row, rows, settle_act
from backend.deadlines.following import undone
from backend.deadlines.overrides import rules_here
from backend.web.acting import Acting, in_office, reading
from backend.web.administration.fields import a_day, a_paper, done
from backend.web.days import DayField
from backend.web.law.rows import SIGNS, used_by
from workflows import law
from workflows.answers import shown
from workflows.law.naming import ACTS, act_named
from workflows.law.words import confidence_of, days_of, note_of, value_of
from workflows.offices import LADDER

LEVELS = [(one.value, one.label) for one in LADDER]


class DayForm(forms.Form):
    """On which day; without one, today."""

    narrows = True
    day = DayField(label=_("Who decides on"), required=False)


class SettleForm(forms.Form):
    """Which levels decide an act, from a day to a day, and the paper that says so."""

    says = {"levels": "usual", "from": "since"}
    act = forms.ChoiceField(label=_("Act"), choices=list(ACTS.items()))
    usual = forms.ChoiceField(label=_("Who decides as a rule"), choices=LEVELS)
    others = forms.MultipleChoiceField(
        label=_("Who else may decide"), choices=LEVELS, required=False, widget=forms.CheckboxSelectMultiple
    )
    since = a_day(_("From"))
    until = a_day(_("Up to"), required=False)
    source = a_paper(_("The paper that settles it"))
    key = forms.UUIDField(widget=forms.HiddenInput)

    def wanted(self) -> dict[str, Any]:
        """As `decide_who` takes it."""
        typed = self.cleaned_data
        levels = [typed["usual"], *(one for one in typed["others"] if one != typed["usual"])]
        return {name: typed[name] for name in ("act", "since", "until", "source")} | {"levels": levels}


class BackForm(forms.Form):
    """What was settled and no longer holds."""

    says = {"act": "settled", "since": "settled"}
    settled = forms.ChoiceField(label=_("What was settled"))
    source = a_paper(_("The paper that takes it back"))
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, standing: Sequence[Row], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        settled: Any = self.fields["settled"]
        settled.choices = [
            (f"{one.rule.id} {one.rule.from_}", f"{act_named(one.rule.id)}, {days_of(one.rule)}") for one in standing
        ]


@require_http_methods(["GET", "HEAD", "POST"])
@in_office
def competence(request: Acting) -> HttpResponse:
    """`?day=`; `do` is `preview`, `set` or `withdraw`: only an administrator at the top of the tree gets the forms."""
    do = request.POST.get("do", "")
    with reading(request):
        may = rules_here(request.actor)
        standing = [one for one in rows(None, law.acts()) if one.own and not one.withdrawn]
    settle = SettleForm(
        request.POST if do in {"preview", "set"} else None, initial={"key": uuid4(), "since": request.today}
    )
    back = BackForm(
        request.POST if do == "withdraw" else None, prefix="back", standing=standing, initial={"key": uuid4()}
    )
    words: dict[str, Any] = {"may": may, "settle": settle, "back": back, "standing": standing}
    if may and do == "set" and done(request, settle, lambda typed: _settled(request, settle)):
        return redirect("competence")
    if may and do == "withdraw" and done(request, back, lambda typed: _taken_back(request, typed)):
        return redirect("competence")
    if may and do == "preview":
        done(request, settle, lambda typed: _tried(request, settle, words))
    form = DayForm(request.GET)
    day = (form.is_valid() and form.cleaned_data["day"]) or request.today
    with reading(request):
        words |= {"form": form, "day": shown(day), "acts": _acts(day)}
        return render(request, "web/law/competence.html", words, status=200 if form.is_valid() else 400)


def _acts(day: date) -> list[dict[str, Any]]:
    """Each act with the row that holds on the day, and all rows there are."""
    holding = {one.rule.id: one for one in rows(day, law.acts())}
    every: dict[str, list[dict[str, Any]]] = {}
    for one in rows(None, law.acts()):
        every.setdefault(one.rule.id, []).append(_told(one))
    found = [
        {"id": act, "name": act_named(act), "now": _told(one), "history": every[act], "uses": used_by(act)}
        for act, one in holding.items()
    ]
    return sorted(found, key=lambda one: str(one["name"]))


def _told(row: Row) -> dict[str, Any]:
    """A row in words; one that was settled here has its paper as its note."""
    one = row.rule
    return {
        "levels": value_of(one), "days": days_of(one), "own": row.own, "withdrawn": row.withdrawn,
        "firm": one.firmness == "firm", "sign": SIGNS[one.firmness], "sure": confidence_of(one),
        "source": one.note if row.own else one.cited(), "note": "" if row.own else note_of(one),
    }  # fmt: skip


def _settled(request: Acting, form: SettleForm) -> str:
    wanted = form.wanted()
    key = RequestKey.of(str(form.cleaned_data["key"]), wanted)
    ruling.decide_who(request.actor, **wanted, request_key=key)
    return gettext("%(act)s: it is settled who decides.") % {"act": act_named(wanted["act"])}


def _taken_back(request: Acting, typed: dict[str, Any]) -> str:
    act, _space, since = typed["settled"].partition(" ")
    key = RequestKey.of(str(typed["key"]), {"settled": typed["settled"], "source": typed["source"]})
    ruling.take_back_act(request.actor, act, since=date.fromisoformat(since), source=typed["source"], request_key=key)
    return gettext("%(act)s: what was settled no longer holds; the delivered table does.") % {"act": act_named(act)}


def _tried(request: Acting, form: SettleForm, words: dict[str, Any]) -> str:
    """What would hold, held against what holds on the first day; nothing stays of it."""
    wanted = form.wanted()
    with undone(request.actor):
        now = rows(wanted["since"], [wanted["act"]])[0]
        settle_act(request.actor, **wanted)
        then = rows(wanted["since"], [wanted["act"]])[0]
    words["seen"] = {
        "act": act_named(wanted["act"]), "since": shown(wanted["since"]),
        "until": shown(wanted["until"]) if wanted["until"] else "", "now": _told(now), "then": _told(then),
    }  # fmt: skip
    return ""
