"""What forms of the administration share: a day, a paper, and the road from a form to its change and back to a page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backend.core.errors import KeyReused, Unchanged
from backend.web.acting import Acting
from backend.web.days import DayField
from backend.web.facts.kinds import DAY_FORM
from backend.web.refusing import SENT_BEFORE, taken


def a_day(label: Any, **options: Any) -> DayField:
    """A field for a day."""
    return DayField(label=label, help_text=DAY_FORM, **options)


def a_paper(label: Any) -> forms.CharField:
    """A field for the paper on which something stands."""
    return forms.CharField(label=label, max_length=200, help_text=_("Who issued it, its number and date."))


def done(request: Acting, form: forms.Form, act: Callable[[dict[str, Any]], str]) -> bool:
    """Do what a form asks and say so (`act` gives the sentence, if there is anything to say); what stands like this already is
    said, and no fault.

    False where something was refused: each reason stands beside its field.
    """
    said: list[str] = []
    try:
        if not taken(form, lambda typed: said.append(act(typed))):
            return False
    except Unchanged as unchanged:
        messages.info(request, unchanged.said())
    except KeyReused:
        said_before = gettext(SENT_BEFORE)
        messages.warning(request, said_before)
    else:
        if said[0]:
            messages.success(request, said[0])
    return True
