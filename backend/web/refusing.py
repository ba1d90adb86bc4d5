"""Why something was refused, said in a form beside its fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext, gettext_noop

from backend.audit.models import Event
from backend.cases.orders import source
from backend.core.errors import Refused
from backend.members.namesakes import MET_BEFORE
from workflows import cautions
from workflows.answers import Answer, standing_on
from workflows.catalogue import event_codes

SENT_BEFORE = gettext_noop("This form was sent once before, and that was recorded. Look at it before you go on.")
NO_KEY = gettext_noop("The form came without its key; look at it once more, then send it again.")
NO_DAY = gettext_noop("There is no such day. Write day/month/year, such as 05/11/2026 or 05112026.")


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
    """The reason with what to do about it, in the language of the page; how a day is written, as people do it."""
    if answer.code == "fact.bad_day" and "YYYY" in answer.message:
        return gettext(NO_DAY)
    language = get_language() or "vi"
    return f"{answer.text(language)} {answer.advice(language)}".strip()


@dataclass(frozen=True)
class Said:
    """An answer as a page shows it: why, what to do about it, where that stands, and about which fact it is."""

    code: str
    text: str
    advice: str
    basis: str
    fact: str = ""

    @property
    def line(self) -> str:
        """All of it in one line, for a message."""
        words = f"{self.text} {self.advice}".strip()
        return f"{words} ({self.basis})" if self.basis else words


def said_with_basis(answers: Sequence[Answer], on: date | None = None) -> list[Said]:
    """Refusals or cautions in the language of the page, with their legal basis in the version of the day."""
    language = get_language() or "vi"
    return [
        Said(one.code, one.text(language), one.advice(language), source(one, on)[language], one.fact) for one in answers
    ]


def said_before(kept: Sequence[Mapping[str, Any]]) -> list[Said]:
    """The same of answers as an outcome keeps them (`orders.answer_json`)."""
    language = get_language() or "vi"
    return [
        Said(one["code"], one[language], one["advice"][language], one["legal_basis"][language], one["fact"])
        for one in kept
    ]


def said_of_codes(event: Event) -> list[Said]:
    """The cautions of an entry of the log, which keeps their codes: "…" stands for the figures, which its facts hold."""
    step = event_codes().get(event.code)
    language = get_language() or "vi"
    known = {MET_BEFORE.code: cautions.Worded((MET_BEFORE.message,), (MET_BEFORE.remedy,), ""), **cautions.by_code()}
    found = []
    for code in event.cautions:
        answers = known[code].answers(code) if code in known else []
        said = [one.text(language) for one in answers] or [code]
        first = next(iter(standing_on(answers[:1], step.basis if step else ())), None)
        advice, basis = (first.advice(language), source(first, event.on_date)[language]) if first else ("", "")
        found.append(Said(code, " / ".join(said), advice, basis))
    return found
