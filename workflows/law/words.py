"""A row of the law as people read it: its value with its unit, its days, how surely it is known."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from workflows.answers import shown
from workflows.law.citing import PRACTICE, cited, said
from workflows.law.model import FIRMNESS, Firmness, Rule
from workflows.law.reader import HERE, load
from workflows.offices import Level

UNIT_WORDS: dict[str, Promise] = {
    "working_days": _("working days"), "days": _("days"), "months": _("months"),
    "months_exclusive": _("months, less than"), "months_year_month": _("months, by year and month"),
    "years": _("years"), "consecutive_years": _("years running"), "hours": _("hours"),
    "official_members": _("official members"), "VND_per_month": _("đồng a month"),
}  # fmt: skip
FIRMNESS_WORDS: dict[Firmness, Promise] = {
    "firm": _("firm"), "to_confirm": _("to be confirmed"), "unsettled": _("unsettled"),
}  # fmt: skip
SEEN_WORDS: dict[str, Promise] = {
    "TEXT": _("the text itself was seen"), "PRESS": _("told by the official press"),
    "KEY-O": _("an answer printed by an exam's organiser"), "KEY-V": _("an exam's answer, checked against the text"),
    "KEY-W": _("an exam's answer that nobody vouches for"), "ASSUMED": _("seen only in a text since replaced"),
    "CONFLICT": _("sources disagree"), "RECALLED": _("general knowledge, no source seen"),
    "PRACTICE": _("practice, no text seen"), "POLICY": _("set by Chibo, by no text"),
}  # fmt: skip
"""Where a row was seen, by its confidence code (rules.md section 0.1)."""


def value_of(rule: Rule) -> str:
    """The value with its unit, and the other reading where sources conflict, in the current language."""
    others = ", ".join(_plain(one.value) if one.unit == rule.unit else _with_unit(one) for one in rule.readings)
    if rule.alt_base:
        others = ", ".join(filter(None, [others, said(rule.alt_base)]))
    value = f"{_with_unit(rule)} {said(rule.base)}".strip()
    return gettext("%(value)s (or: %(other)s)") % {"value": value, "other": others} if others else value


def _with_unit(rule: Rule) -> str:
    return f"{_plain(rule.value)} {UNIT_WORDS[rule.unit] if rule.unit else ''}".strip()


def open_questions() -> list[tuple[str, str]]:
    """What a human must still look up, in the current language, and where; what most depends on comes first."""
    language = "vi" if get_language() == "vi" else "en"
    return [(one[language], one["where"]) for one in load(HERE / "open_questions.yaml")["questions"]]


def note_of(rule: Rule) -> str:
    """What is to be known beside the row, in the current language."""
    return said(rule.note)


def days_of(rule: Rule) -> str:
    """From when to when the version holds; a side nobody has established is left open."""
    start, end = (str(shown(day)) if day else "…" for day in (rule.from_, rule.to))
    return f"{start} – {end}"


def confidence_of(rule: Rule) -> str:
    """How far one may lean on it, and where it was seen (in the oldest text, then for those in force), in words."""
    seen = str(SEEN_WORDS[rule.conf])
    if rule.conf_now and rule.conf_now != rule.conf:
        words = {"seen": seen, "now": SEEN_WORDS[rule.conf_now]}
        seen = gettext("%(seen)s; of what holds today: %(now)s") % words
    return f"{FIRMNESS_WORDS[rule.firmness]} ({seen})"


@cache
def _texts() -> dict[str, str]:
    return dict(load(HERE / "texts.yaml")["texts"])


def seen_as(citation: str) -> str:
    """How the text was seen that a step cites: the word for it, as rows of the law have it. Of one that texts.yaml does not
    list nothing is claimed."""
    if citation == PRACTICE:
        return "POLICY"
    return next((conf for begins, conf in _texts().items() if citation.startswith(begins)), "RECALLED")


def cited_surely(citation: str) -> str:
    """A citation in the current language, with how far one may lean on it."""
    if citation == PRACTICE:
        return cited(citation)
    conf = seen_as(citation)
    return f"{cited(citation)} ({FIRMNESS_WORDS[FIRMNESS[conf]]}: {SEEN_WORDS[conf]})"


def texts_surely(basis: tuple[str, ...]) -> str:
    """All that a step cites, in the current language."""
    return "; ".join(map(cited_surely, basis))


def source_of(rule: Rule) -> str:
    """Where a version stands: in the law, or in the paper by which this installation settled it."""
    return gettext("settled here: %(source)s") % {"source": rule.note} if rule.own else rule.cited()


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return str(gettext("yes") if value else gettext("no"))
    if isinstance(value, Level):
        return str(value.label)
    if isinstance(value, Mapping):
        return "; ".join(f"{said(key)}: {_plain(one)}" for key, one in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_plain(one) for one in value)
    return said(value) if isinstance(value, str) else str(shown(value))
