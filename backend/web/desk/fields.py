"""What the desk's forms ask with: yes or no, and the unit in sight that has a code."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backend.accounts.policy import Actor
from backend.cases import selectors
from backend.organizations.models import Unit


class EitherField(forms.TypedChoiceField):
    """Yes, no, or not asked (None)."""

    def __init__(self, **options: Any) -> None:
        offered = [("", "–"), ("true", _("Yes")), ("false", _("No"))]
        super().__init__(choices=offered, coerce="true".__eq__, empty_value=None, required=False, **options)


def seen(actor: Actor, code: str) -> Unit:
    """The unit in sight. Raises ValidationError where there is none: to see nothing there would be proof of nothing."""
    unit = selectors.units(actor).filter(code=code).first()
    if unit is None:
        raise forms.ValidationError(gettext("You see no unit with this code."))
    return unit
