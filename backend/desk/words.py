"""The facts of an entry in words: what its line keeps, and what stands behind it while it is kept."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext

from backend.audit.models import Event
from backend.cases.amending import FACT, WAS
from backend.desk.called import NAMES, called
from backend.members.protected import SEALED
from workflows.answers import shown
from workflows.catalogue import LIFECYCLES
from workflows.facts import Choice, Day, Fact, Paper
from workflows.guards.measuring import Measured, retold
from workflows.profile import CORRECTED, LABELS
from workflows.voting import Ballot, Presence, RollCall


@dataclass(frozen=True)
class Told:
    """A fact by its label. `sum` is the arithmetic of a ballot."""

    label: str
    words: str
    sum: str = ""


def told(event: Event) -> list[Told]:
    """What the entry says, in the language of the page; what no page declares stands by its name.

    Of a corrected record what is kept sealed there (numbers, religion, a note) is named and not shown.
    """
    page = LIFECYCLES.get(event.lifecycle)
    step = page.steps().get(event.step) if page else None
    known = {fact.name: fact for fact in step.facts} if step else {}
    said = [
        *event.facts,
        *(name for name in event.written if not (name in known and known[name].private and name in SEALED)),
    ]
    names = [*(name for name in known if name in said), *said]
    return [_told(event, name, known.get(name)) for name in dict.fromkeys(names)]


def _told(event: Event, name: str, fact: Fact | None) -> Told:
    value = event.facts.get(name, event.written.get(name))
    if name == FACT and isinstance(value, list):  # an entry of dues counts under this name
        return Told(gettext("Corrected"), ", ".join(fields_of(value)))
    if name == WAS and isinstance(value, Mapping):
        return Told(gettext("Said before"), "; ".join(_before(value)))
    if fact is None:
        return Told(str(NAMES.get(name, name)), called(name, value, lambda one: in_words(None, one)))
    label = str(fact.label)
    if isinstance(fact, Ballot):
        return Told(label, _totals(value), _sum(event, fact, value))
    return Told(label, in_words(fact, value, event.left_out.get(name)))


def fields_of(names: Iterable[str]) -> list[str]:
    """Fields of a record, as people call them."""
    return [str(LABELS[name]) for name in names if isinstance(name, str) and name in LABELS]


def _before(said: Mapping[str, Any]) -> Iterator[str]:
    for fact in CORRECTED:
        if fact.name in said and fact.name not in SEALED:
            yield f"{fact.label}: {in_words(fact, said[fact.name])}"


def in_words(fact: Fact | None, value: Any, behind: Any = None) -> str:
    """A value as people read it; `behind` is what the line leaves out of it."""
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(fact, Choice) and isinstance(value, str):
        return str(dict(fact.choices).get(value, value))
    if isinstance(value, list):
        return ", ".join(in_words(fact, one) for one in value) or "–"
    if isinstance(value, Mapping):
        return _object(fact, value, behind)
    if isinstance(value, str):
        return _day(value) if fact is None or isinstance(fact, Day) else value
    return str(value)


def _object(fact: Fact | None, value: Mapping[str, Any], behind: Any) -> str:
    if isinstance(fact, Paper):
        return " · ".join(_paper(value, behind if isinstance(behind, Mapping) else {}))
    if isinstance(fact, RollCall):
        return ", ".join(f"{Presence(word).label}: {count}" for word, count in value.items())
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _paper(value: Mapping[str, Any], behind: Mapping[str, Any]) -> Iterator[str]:
    if behind.get("number"):
        yield gettext("No. %(number)s") % {"number": behind["number"]}
    if behind.get("issuer"):
        yield str(behind["issuer"])
    if value.get("date"):
        yield gettext("of %(day)s") % {"day": _day(value["date"])}
    if behind.get("kept_at"):
        yield gettext("kept at: %(place)s") % {"place": behind["kept_at"]}


def _day(text: str) -> str:
    try:
        return str(shown(date.fromisoformat(text)))
    except ValueError:
        return text


def _totals(value: Mapping[str, Any]) -> str:
    words = gettext("Issued %(issued)s · collected %(collected)s · valid %(valid)s · yes %(yes)s · no %(no)s")
    return words % value


def _sum(event: Event, fact: Ballot, value: Mapping[str, Any]) -> str:
    """Who counted, how many were needed, and whether that many voted for it, under the law of then."""
    try:
        measured: Measured = retold(value, event.rules, fact.rule)
    except KeyError:  # decided before the roll was kept beside a ballot
        return ""
    words = {"sum": measured.sum, "share": measured.share, "yes": value["yes"]}
    said = (
        gettext("%(sum)s; %(share)s; %(yes)s voted for it: carried")
        if measured.reached(value["yes"])
        else gettext("%(sum)s; %(share)s; %(yes)s voted for it: not carried")
    )
    return said % words
