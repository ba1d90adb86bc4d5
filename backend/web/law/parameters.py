"""The law as this installation knows it: what is in force on a day, what is still to be confirmed, what differs between days.

The same rows as `manage.py law` and docs/generated tell of.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from backend.organizations.settings import packs_on
from backend.web.acting import Acting, in_office
from backend.web.days import DayField
from backend.web.law.rows import Told, told, unsure
from workflows import law
from workflows.answers import shown
from workflows.law import Rule
from workflows.law.naming import ACTS, AREAS, area_of, pack_named
from workflows.law.words import FIRMNESS_WORDS, open_questions

NOT_FIRM = "not_firm"


class LawForm(forms.Form):
    """Which rows; without a day, those of today."""

    narrows = True
    day = DayField(label=_("In force on"), required=False)
    area = forms.ChoiceField(label=_("About"), required=False, choices=[("", _("Everything")), *AREAS.items()])
    sure = forms.ChoiceField(
        label=_("How surely known"), required=False,
        choices=[("", _("Any")), (NOT_FIRM, _("not yet confirmed")), *FIRMNESS_WORDS.items()],
    )  # fmt: skip


class DaysForm(forms.Form):
    """Two days to hold against each other."""

    narrows = True
    first = DayField(label=_("From how it was on"))
    second = DayField(label=_("To how it is on"))

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if {"first", "second"} <= typed.keys() and typed["first"] > typed["second"]:
            self.add_error("second", gettext("The first day must not come after the second one."))
        return typed


@require_safe
@in_office
def parameters(request: Acting) -> HttpResponse:
    """`?day=`, `?area=`, `?sure=`: without an area, how many rows each has; with one, its rows."""
    form = LawForm(request.GET)
    if not form.is_valid():
        return render(request, "web/law/parameters.html", {"form": form}, status=400)
    day, area, sure = (form.cleaned_data[name] for name in ("day", "area", "sure"))
    day = day or request.today
    rows = [row for row in law.rules(day, law.packs()) if is_as_sure(row, sure)]
    words: dict[str, Any] = {"form": form, "day": shown(day), "count": len(rows)}
    if area:
        found = [row for row in rows if area_of(row.id) == area]
        words |= {"area": AREAS[area], "rows": in_order(found), "back": urlencode(form_query(form, area=""))}
    else:
        words["areas"] = [
            (label, len(found), unsure(found), urlencode(form_query(form, area=key)))
            for key, label in AREAS.items() if (found := [row for row in rows if area_of(row.id) == key])
        ]  # fmt: skip
    words["packs"] = [pack_named(one) for one in sorted(packs_here(request, day))]
    return render(request, "web/law/parameters.html", words)


def packs_here(request: Acting, day: date) -> frozenset[str]:
    """The provincial rule packs that bind the reader's own unit on a day."""
    own = request.actor.unit_id or 0
    return packs_on([(own, day)])[own, day]


def is_as_sure(row: Rule, sure: str) -> bool:
    """Whether a row is known as surely as is asked for; everything is where nothing is."""
    return not sure or row.firmness == sure or (sure == NOT_FIRM and row.firmness != "firm")


def in_order(rows: Iterable[Rule]) -> list[Told]:
    """By what they are called."""
    return sorted(map(told, rows), key=lambda one: one.title)


def form_query(form: LawForm, **other: str) -> dict[str, str]:
    """The form as an address says it, with something else in it."""
    typed = {name: form[name].value() for name in form.fields} | other
    return {name: value for name, value in typed.items() if value}


@require_safe
@in_office
def to_confirm(request: Acting) -> HttpResponse:
    """The open questions, then every row that is not firm and holds today or from a day to come."""
    rows = [row for row in law.everything() if row.to is None or row.to >= request.today]
    headings = {"unsettled": gettext("Unsettled: nobody above is told"), "to_confirm": gettext("To be confirmed")}
    groups = [
        (key, heading, _of_areas([row for row in rows if row.firmness == key])) for key, heading in headings.items()
    ]
    return render(request, "web/law/confirm.html", {"questions": open_questions(), "groups": groups})


def _of_areas(rows: Sequence[Rule]) -> list[tuple[str, list[Told]]]:
    """The rows of each area, then those of who decides."""
    areas = {key: str(label) for key, label in AREAS.items()} | {"": gettext("Who decides")}
    held = {key: [row for row in rows if (area_of(row.id) if row.id not in ACTS else "") == key] for key in areas}
    return [(areas[key], in_order(found)) for key, found in held.items() if found]


@require_safe
@in_office
def differences(request: Acting) -> HttpResponse:
    """`?first=`, `?second=`: of each row that differs, what it said on the first day and what it says on the second."""
    asked = bool(request.GET)
    form = DaysForm(request.GET if asked else None, initial={"second": request.today})
    if not asked:
        return render(request, "web/law/differences.html", {"form": form})
    if not form.is_valid():
        return render(request, "web/law/differences.html", {"form": form}, status=400)
    first, second = form.cleaned_data["first"], form.cleaned_data["second"]
    pairs = [(told(before) if before else None, told(after) if after else None)
             for before, after in law.differences(first, second)]  # fmt: skip
    words = {"form": form, "pairs": pairs, "first": shown(first), "second": shown(second)}
    return render(request, "web/law/differences.html", words)
