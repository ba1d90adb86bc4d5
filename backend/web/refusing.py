"""Why something was refused, said in a form beside its fields."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import get_language

from backend.cases.orders import citation
from backend.core.errors import Refused
from workflows.answers import Answer


def tell(form: forms.Form, refused: Refused) -> None:
    """Each reason goes to its field, with what to do about it; one about no field of the form stands above them.

    A form's `says` names the field for a fact that it calls otherwise.
    """
    named = getattr(form, "says", {})
    for answer in refused.answers:
        field = named.get(answer.fact, answer.fact)
        form.add_error(field if field in form.fields else None, said(answer))


def taken(form: forms.Form, act: Callable[[dict[str, Any]], object]) -> bool:
    """Do what a form that was filled in asks; each reason why not goes to its field."""
    if not form.is_valid():
        return False
    try:
        act(form.cleaned_data)
    except Refused as refused:
        tell(form, refused)
        return False
    return True


def said(answer: Answer) -> str:
    """The reason with what to do about it, in the language of the page."""
    language = get_language() or "vi"
    return f"{answer.text(language)} {answer.advice(language)}".strip()


@dataclass(frozen=True)
class Said:
    """An answer as a page shows it: why, what to do about it, where that stands, and about which fact it is."""

    code: str
    text: str
    advice: str
    basis: str
    fact: str


def said_with_basis(answers: Sequence[Answer], on: date | None = None) -> list[Said]:
    """Refusals or cautions in the language of the page, with their legal basis in the version of the day."""
    language = get_language() or "vi"
    return [
        Said(one.code, one.text(language), one.advice(language), citation(one.rule, on)[language], one.fact)
        for one in answers
    ]
