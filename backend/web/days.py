"""How forms ask for a day: as people write it, inside the calendar that is kept."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backend.web.facts import typed
from backend.web.refusing import NO_DAY
from workflows.facts import FAR_FUTURE, FAR_PAST

HINTS = {"inputmode": "numeric", "placeholder": "…/…/……", "autocomplete": "off", "class": "day"}
"""What a line for a day has: digits on a phone, and where the strokes stand."""


class DayInput(forms.DateInput):
    """A line for a day. However it was typed, the form shows it back as 05/11/2026; what is no day stays as it was typed."""

    def __init__(self) -> None:
        super().__init__(HINTS, "%d/%m/%Y")

    def format_value(self, value: Any) -> Any:
        return typed.shown_day(typed.day(value)) if isinstance(value, str) else super().format_value(value)


class DayField(forms.DateField):
    """A day as 05/11/2026, 5.11.2026, 5-11-2026 or 05112026 (an address may say it as 2026-11-05)."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", DayInput())
        super().__init__(input_formats=["%Y-%m-%d"], **options)
        self.error_messages["invalid"] = _(NO_DAY)

    def to_python(self, value: Any) -> Any:
        return super().to_python(typed.day(value) if isinstance(value, str) else value)

    def validate(self, value: Any) -> None:
        super().validate(value)
        if isinstance(value, date) and not FAR_PAST <= value <= FAR_FUTURE:
            raise forms.ValidationError(gettext("This day is outside any calendar we keep."))


def day_and_month(day: date, today: date) -> str:
    """02/11; with its year where that is not this one."""
    return f"{day:%d/%m}" if day.year == today.year else f"{day:%d/%m/%Y}"
