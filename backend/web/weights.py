"""Which of the steps that are offered has weight on a page, from which day on, and which stands last."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from workflows.answers import shown
from workflows.standings import ENDED, Participation
from workflows.timed import Days
from workflows.vocabulary import Step


def goes_last(step: Step) -> int:
    """How far down it stands for what it says of a person, which no page suggests: 2 for off the lists, 1 for out of the
    cell's activity, 0 for everything else."""
    if step.field == "standing" and step.target in ENDED:
        return 2
    return int(step.field == "participation" and step.target == Participation.LAPSED)


def from_day(step: Step, facts: Mapping[str, Any], today: date) -> str:
    """The first day that the step's guards take, in words, while it is still to come; `facts` are those of its case."""
    first = step.first_on(Days(facts)) if step.first_on else None
    return str(shown(first)) if first and first > today else ""
