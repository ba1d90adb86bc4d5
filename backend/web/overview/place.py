"""What an overview is asked for: a unit of the reader's, and a day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backend.cases import selectors
from backend.core.encoding import fit
from backend.organizations.models import Unit
from backend.web.acting import Acting
from backend.web.days import DayField
from workflows.answers import shown


class DayForm(forms.Form):
    """The day that figures are asked for; none is today."""

    on = DayField(label=_("Figures for the day"), required=False)

    def __init__(self, data: Any, today: date) -> None:
        super().__init__(data)
        self.today = today

    def clean_on(self) -> date:
        day: date = self.cleaned_data["on"] or self.today
        if day > self.today:
            raise ValidationError(gettext("This day has not come yet; figures are known up to today."))
        return day


@dataclass(frozen=True)
class Place:
    """What is looked at: a unit on a day. A day that cannot be is said beside its field, and today's figures are shown."""

    unit: Unit
    on: date
    today: date
    form: DayForm

    @property
    def is_past(self) -> bool:
        return self.on < self.today

    def at(self, unit: Unit) -> Place:
        """Another unit on the same day."""
        return replace(self, unit=unit)

    def query(self, **more: Any) -> str:
        """The address's parameters for this unit and day; whatever is empty is left out."""
        asked = {"unit": self.unit.code, "on": shown(self.on) if self.is_past else "", **more}
        return urlencode({name: value for name, value in asked.items() if value})


def place_asked(request: Acting) -> Place:
    """`?unit=` (a code; the office's own without it) and `?on=`; 404 for a unit out of sight."""
    code = request.GET.get("unit", "")
    if not fit(code):
        raise Http404
    which = Q(code=code) if code else Q(pk=request.actor.unit_id)
    unit = selectors.units(request.actor).filter(which).first()
    if unit is None:
        raise Http404
    form = DayForm(request.GET or None, request.today)
    on = form.cleaned_data["on"] if form.is_valid() else request.today
    return Place(unit, on, request.today, form)
