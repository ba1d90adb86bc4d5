"""Which steps suit many members: what their office may take there, and whom of them each starts from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from backend.accounts.policy import Actor, allowed
from backend.cases.engine import NewCase, OnMember
from backend.cases.judging import starting
from backend.cases.options import first_able
from backend.cases.registry import levels_of
from backend.cases.selectors import readable
from backend.deadlines.calendar import calendar
from backend.members.models import Member
from backend.web.weights import goes_last
from workflows.answers import Answer
from workflows.catalogue import LIFECYCLES
from workflows.offices import Right
from workflows.vocabulary import NEW, Step

TRIED = 10
"""Of so many members at most it is asked whether a step can be taken; where none of more can, it is offered all the same."""
NOT_FOR_MANY = frozenset({Right.THROUGH_CASE, Right.MERGE, Right.CORRECT})
"""Rights of steps that no list is ticked for: consequences of a case, and what is about one person's record."""


@dataclass(frozen=True)
class Choice:
    """A step with how many of the members it may be taken for, as far as right, level and state say; `first` is one of them.

    Its conditions are judged for each when it is done.
    """

    step: Step
    opens: bool
    count: int
    first: int
    refusals: tuple[Answer, ...] = ()
    """What stands in the way of everybody chosen, where that was asked (`choices_for`)."""

    @property
    def value(self) -> str:
        return f"{self.step.lifecycle}.{self.step.name}"

    @property
    def label(self) -> str:
        name = str(self.step.label)
        return f"{LIFECYCLES[self.step.lifecycle].label}: {name}" if self.opens else name

    def target(self, member_id: int) -> OnMember | NewCase:
        return NewCase(self.step.lifecycle, member_id) if self.opens else OnMember(member_id)

    def version(self, seen: int) -> int | None:
        """The version to hold the step to: none where a case is opened."""
        return None if self.opens else seen


def choices_for(actor: Actor, people: Sequence[Member], today: date) -> list[Choice]:
    """The steps that suit (`suiting`), each with what stands in the way of all who were tried: of many the first `TRIED`."""
    suited = suiting(actor, people, today)
    asked = [(one.step, keys[:TRIED]) for one, keys in suited]
    found = first_able(actor, {key for _, keys in asked for key in keys}, asked, today)
    choices = [
        replace(one, first=first, refusals=option.refusals if len(keys) <= TRIED else ())
        for (one, keys), (first, option) in zip(suited, found, strict=True)
    ]
    return sorted(choices, key=lambda one: goes_last(one.step))


def suiting(actor: Actor, people: Sequence[Member], today: date) -> list[tuple[Choice, list[int]]]:
    """The steps of membership, then those that open cases, with those whom they suit; those that suit nobody are left out."""
    calendar()  # with it comes who decides in this installation
    steps = [(one, False) for one in LIFECYCLES["membership"].steps().values()]
    for key in readable(actor):
        page = LIFECYCLES[key]
        if (page.subject, page.about) == ("case", "member"):
            steps += [(one, True) for one in page.steps().values() if NEW in one.sources]
    found = []
    for step, opens in steps:
        suited = [one.pk for one in people if _suits(actor, step, one, today, opens=opens)]
        if suited:
            found.append((Choice(step, opens, len(suited), suited[0]), suited))
    return found


def moved_on(actor: Actor, people: Sequence[Member], today: date, value: str, seen: Mapping[int, int]) -> Choice | None:
    """A step of membership for those whose records were changed after they were looked at (`seen`: their versions then)."""
    steps = {f"membership.{name}": one for name, one in LIFECYCLES["membership"].steps().items()}
    calendar()
    changed = [one for one in people if one.version > seen[one.pk]]
    left = [one.pk for one in changed if value in steps and _may(actor, steps[value], one, today)]
    return Choice(steps[value], opens=False, count=len(left), first=left[0]) if left else None


def _suits(actor: Actor, step: Step, one: Member, today: date, *, opens: bool) -> bool:
    if not _may(actor, step, one, today):
        return False
    return opens or not starting(step, one)  # type: ignore[arg-type]  # a member has the fields of its page


def _may(actor: Actor, step: Step, one: Member, today: date) -> bool:
    may = step.by not in NOT_FOR_MANY
    return may and allowed(actor, step.by, one.unit_path, levels_of(step, today)) is not None
