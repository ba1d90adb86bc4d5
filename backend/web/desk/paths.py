"""The path of one case with its times, and how long the cases of a lifecycle stand in each state."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from backend.accesses.noting import Look, note
from backend.accounts.policy import Actor
from backend.cases import selectors
from backend.desk.paths import Period, path_of, period_of, spent, wrong_period
from backend.organizations.models import Unit
from backend.web.acting import Acting, in_office
from backend.web.days import DayField
from backend.web.desk.fields import seen
from backend.web.forms import UnitField
from backend.web.naming import named_unit
from backend.web.offices import offer_units
from workflows.catalogue import LIFECYCLES
from workflows.offices import Office, Right


@require_safe
@in_office
def path(request: Acting, case_id: int) -> HttpResponse:
    """Each state with the entry that led there, the office, and the days. 404 for a case out of sight."""
    case = get_object_or_404(selectors.cases(request.actor), pk=case_id)
    stays = path_of(request.actor, case, request.today)
    note(request.actor, Look("web/desk/cases/{case_id}/", case.member_id, case.pk))
    page = LIFECYCLES[case.lifecycle]
    states, steps = dict(page.choices()["state"].choices), page.steps()
    units = Unit.objects.in_bulk({one.office_unit_id for one in stays if one.office_unit_id} | {case.unit_id})
    rows = [
        {
            "stay": one, "state": states.get(one.state, one.state), "step": steps[one.step].label if one.step in steps else "",
            "office": Office(one.office).label if one.office else "", "place": named_unit(units.get(one.office_unit_id or 0)),
        }
        for one in stays
    ]  # fmt: skip
    words = {"case": case, "page": page, "rows": rows, "unit": named_unit(units.get(case.unit_id))}
    return render(request, "web/desk/path.html", words)


class TimesForm(forms.Form):
    """Without days: the year up to today."""

    lifecycle = forms.ChoiceField(
        label=_("Lifecycle"),
        choices=lambda: sorted(
            ((key, page.label) for key, page in LIFECYCLES.items() if page.subject == "case"),
            key=lambda one: str(one[1]),
        ),
    )
    unit = UnitField(label=_("Unit (its code), with all below it"), max_length=60, required=False)
    first = DayField(label=_("From"), required=False)
    last = DayField(label=_("Until"), required=False)

    def __init__(self, actor: Actor, today: Any, *args: Any, **kwargs: Any) -> None:
        self.actor, self.today, self.path = actor, today, actor.path
        super().__init__(*args, **kwargs)
        offer_units(self, "unit", actor)

    def clean_unit(self) -> str:
        code: str = self.cleaned_data["unit"]
        if code:
            self.path = seen(self.actor, code).path
        return code

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        if sentence := wrong_period(self.period(typed), self.today):
            self.add_error("last", sentence)
        return typed

    def period(self, typed: dict[str, Any]) -> Period:
        return period_of(typed.get("first"), typed.get("last"), self.today)


@require_safe
@in_office
def times(request: Acting) -> HttpResponse:
    """`?lifecycle=&unit=&first=&last=`: a table with a row for each state; without a lifecycle, the form alone."""
    selectors.need(request.actor, Right.READ_EVENTS)
    asked = "lifecycle" in request.GET
    form = TimesForm(request.actor, request.today, request.GET if asked else None)
    if not asked or not form.is_valid():
        return render(request, "web/desk/times.html", {"form": form}, status=400 if asked else 200)
    key, period = form.cleaned_data["lifecycle"], form.period(form.cleaned_data)
    found = spent(request.actor, key, form.path, period)
    states = dict(LIFECYCLES[key].choices()["state"].choices)
    rows = [(states.get(one.state, one.state), one) for one in found]
    return render(request, "web/desk/times.html", {"form": form, "rows": rows, "period": period, "asked": True})
