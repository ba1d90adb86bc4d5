"""What follows from a step: the deadlines that it opens, at which level an act is decided, the cases that it opens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from workflows.facts import Label
from workflows.offices import Level
from workflows.reminders import Remind
from workflows.situation import Situation


@dataclass(frozen=True)
class Clock:
    """A deadline that a step opens: which rule, from which day, and which level must act.

    `start` gives the day the clock starts; None opens nothing. `select` gives the day that picks the rule's version
    (default: the start). `due` overrides the arithmetic "value in unit" for rules that are no such sum; `until` is
    the moment that ends a term of hours. `remind` gives the day of the month to remind from, where it is not the due day.
    """

    rule: str
    start: Callable[[Situation], date | None]
    acting: Level
    start_label: Label
    select: Callable[[Situation], date] | None = None
    due: Callable[[Situation, date], date] | None = None
    until: Callable[[Situation], datetime | None] | None = None
    remind: Remind | None = None
    there: bool = False
    """Whether the level is that of the other unit of the case (`Lifecycle.there`), where one of this installation is named."""
    also_from: Callable[[Situation], date | None] | None = None
    """A second possible start (another version's): both results are shown, reminders run from the earlier."""


@dataclass(frozen=True)
class Act:
    """An act whose competent level is data by date (`workflows/law/competence.yaml`)."""

    name: str


@dataclass(frozen=True)
class Start:
    """Another lifecycle's case that a step opens by key, with the facts handed over.

    `when` is asked after the step itself has run: where it says no, nothing is opened.
    """

    lifecycle: str
    step: str
    facts: Callable[[Situation], Mapping[str, Any]] = lambda situation: {}
    when: Callable[[Situation], bool] = lambda situation: True
