"""Labels drawn from days: what a timer would say of a subject, derived whenever somebody looks and never stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from workflows import law
from workflows.facts import Label, day_in
from workflows.workdays import add_months


@dataclass(frozen=True)
class Days:
    """The days known of a subject: those among its recorded facts, and the due days of its open deadlines by rule."""

    facts: Mapping[str, Any]
    due: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True)
class Timed:
    """A label that a subject carries in some states from a day on, and the rule it comes from.

    `since` gives the first day on which it holds (None: never), `until` the first day on which it no longer does.
    """

    key: str
    label: Label
    rule: str
    states: tuple[str, ...]
    since: Callable[[Days], date | None]
    until: Callable[[Days], date | None] = lambda days: None


@dataclass(frozen=True)
class Carried:
    """A label that holds today, with the day since which it does."""

    timed: Timed
    since: date


def carried(declared: Iterable[Timed], state: str, days: Days, today: date) -> list[Carried]:
    """The labels that a subject in a state carries today."""
    found = []
    for one in declared:
        since, until = one.since(days), one.until(days)
        if state in one.states and since and since <= today and not (until and until <= today):
            found.append(Carried(one, since))
    return found


def months_on(fact: str, rule_id: str) -> Callable[[Days], date | None]:
    """So many months of a rule after a recorded day; that day is the first."""

    def since(days: Days) -> date | None:
        day = day_in(days.facts, fact)
        return add_months(day, law.rule(rule_id, day).value) if day else None

    return since


def day_after(day: date | None) -> date | None:
    """The first day past a last day."""
    return day + timedelta(days=1) if day else None


def past(fact: str) -> Callable[[Days], date | None]:
    """The first day past a recorded day."""
    return lambda days: day_after(day_in(days.facts, fact))


def ahead_of(fact: str, rule_id: str) -> Callable[[Days], date | None]:
    """So many days of a rule before a recorded day."""

    def since(days: Days) -> date | None:
        day = day_in(days.facts, fact)
        return day - timedelta(days=law.rule(rule_id, day).value) if day else None

    return since


def recorded(fact: str) -> Callable[[Days], date | None]:
    """A recorded day itself (of a paper, its date)."""
    return lambda days: day_in(days.facts, fact)
