"""Which steps suit many members: what their office may take there, and from whom of them, or which open cases, each starts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from backend.accounts.policy import Actor, allowed
from backend.cases.engine import NewCase, OnCase, OnMember
from backend.cases.first_able import first_able, first_able_case
from backend.cases.judging import granted, starting, visible
from backend.cases.loading import see_cases_about
from backend.cases.orders import Loaded, Target
from backend.cases.registry import levels_of
from backend.cases.selectors import readable
from backend.core.errors import NotPermitted
from backend.deadlines.calendar import calendar
from backend.members.models import Member
from backend.web.weights import goes_last
from workflows.answers import Answer
from workflows.catalogue import LIFECYCLES
from workflows.offices import Right
from workflows.vocabulary import NEW, Step
from workflows.voting import Ballot

TRIED = 10
"""Of so many members at most it is asked whether a step can be taken; where none of more can, it is offered all the same."""
NOT_FOR_MANY = frozenset({Right.THROUGH_CASE, Right.MERGE, Right.CORRECT})
"""Rights of steps that no list is ticked for: consequences of a case, and what is about one person's record."""


@dataclass(frozen=True)
class Choice:
    """A step with how many of the members it may be taken for, as far as right, level and state say; `first` is one of them.

    Its conditions are judged for each when it is done. `cases`, for a step of open cases: by member the case with the
    version that was looked at, of those too from whose case it does not start.
    """

    step: Step
    opens: bool
    count: int
    first: int
    refusals: tuple[Answer, ...] = ()
    """What stands in the way of everybody chosen, where that was asked (`choices_for`)."""
    cases: Mapping[int, tuple[int, int]] | None = None

    @property
    def value(self) -> str:
        return f"{self.step.lifecycle}.{self.step.name}"

    @property
    def label(self) -> str:
        name = str(self.step.label)
        of_membership = self.cases is None and not self.opens
        return name if of_membership else f"{LIFECYCLES[self.step.lifecycle].label}: {name}"

    @property
    def looked_at(self) -> str:
        """The cases with their versions, as the form brings them back."""
        return " ".join(f"{key}:{version}" for key, version in (self.cases or {}).values())

    def target(self, member_id: int) -> Target:
        if self.cases is not None:
            return OnCase(self.cases[member_id][0])
        return NewCase(self.step.lifecycle, member_id) if self.opens else OnMember(member_id)

    def version(self, member_id: int, seen: int) -> int | None:
        """The version to hold the step to: none where a case is opened; `seen` is the member's."""
        if self.cases is not None:
            return self.cases[member_id][1]
        return None if self.opens else seen

    def held_to(self, looked_at: Mapping[int, int], cases: Iterable[Loaded]) -> Choice | None:
        """The same step on the cases that were looked at (`looked_at`: their versions then), of its page and in sight; None
        where there is none of them."""
        if self.cases is None:
            return self
        mine = [one for one in cases if one.case.pk in looked_at and one.case.lifecycle == self.step.lifecycle]
        held = {one.member.pk: (one.case.pk, looked_at[one.case.pk]) for one in mine}
        first = self.first if self.first in held else next(iter(held), 0)
        return replace(self, cases=held, first=first) if held else None


def choices_for(actor: Actor, people: Sequence[Member], today: date) -> list[Choice]:
    """The steps that suit, each with what stands in the way of all who were tried: of many the first `TRIED`."""
    suited, of_cases = suiting(actor, people, today), suiting_cases(actor, running(actor, people), today)
    asked = [(one.step, keys[:TRIED]) for one, keys in suited]
    found = first_able(actor, {key for _, keys in asked for key in keys}, asked, today)
    found += first_able_case(actor, [(one.step, rows[:TRIED]) for one, rows in of_cases], today)
    choices = [
        replace(one, first=first, refusals=option.refusals if one.count <= TRIED else ())
        for one, (first, option) in zip([one for one, _ in (*suited, *of_cases)], found, strict=True)
    ]
    return sorted(choices, key=lambda one: (goes_last(one.step), one.opens))


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


def running(actor: Actor, people: Sequence[Member], looked_at: Iterable[int] = ()) -> list[Loaded]:
    """The open cases about members that the actor sees, and those `looked_at` that were closed since; in one query."""
    return [one for one in see_cases_about([one.pk for one in people], looked_at).values() if visible(actor, one)]


def suiting_cases(actor: Actor, cases: Sequence[Loaded], today: date) -> list[tuple[Choice, list[Loaded]]]:
    """The steps of open cases with the cases they suit, at most one of each member: of two that it suits it is neither.

    A vote is held about each person by itself, with figures of its own: no step that asks for one is for many.
    """
    calendar()
    found = []
    for key in sorted({one.case.lifecycle for one in cases}):
        mine = [one for one in cases if one.case.lifecycle == key and one.case.closed_on is None]
        steps = [one for one in LIFECYCLES[key].steps().values() if one.by not in NOT_FOR_MANY]
        for step in (one for one in steps if not any(isinstance(fact, Ballot) for fact in one.facts)):
            suited = _alone(one for one in mine if not starting(step, one.case) and _may_case(actor, step, one, today))
            if suited:
                of_each = {one.member.pk: (one.case.pk, one.case.version) for one in (*_alone(mine), *suited)}
                first = suited[0].member.pk
                found.append((Choice(step, opens=False, count=len(suited), first=first, cases=of_each), suited))
    return found


def several(cases: Iterable[Loaded], lifecycle: str) -> set[int]:
    """The members about whom more than one case of a page is open."""
    of_each = Counter(one.member.pk for one in cases if one.case.lifecycle == lifecycle and one.case.closed_on is None)
    return {key for key, count in of_each.items() if count > 1}


def moved_on(actor: Actor, people: Sequence[Member], today: date, value: str, seen: Mapping[int, int]) -> Choice | None:
    """A step of membership for those whose records were changed after they were looked at (`seen`: their versions then)."""
    steps = {f"membership.{name}": one for name, one in LIFECYCLES["membership"].steps().items()}
    calendar()
    changed = [one for one in people if one.version > seen[one.pk]]
    left = [one.pk for one in changed if value in steps and _may(actor, steps[value], one, today)]
    return Choice(steps[value], opens=False, count=len(left), first=left[0]) if left else None


def cases_moved_on(
    actor: Actor, cases: Sequence[Loaded], today: date, value: str, looked_at: Mapping[int, int]
) -> Choice | None:  # fmt: skip
    """The same of a step of cases."""
    changed = [one for one in cases if one.case.version > looked_at.get(one.case.pk, one.case.version)]
    for one in changed:
        key, _, name = value.partition(".")
        step = LIFECYCLES[key].steps().get(name) if key == one.case.lifecycle else None
        if step is not None and step.by not in NOT_FOR_MANY and _may_case(actor, step, one, today):
            return Choice(step, opens=False, count=len(changed), first=one.member.pk, cases={})
    return None


def _alone(cases: Iterable[Loaded]) -> list[Loaded]:
    """Those that are the only ones about their members."""
    some = list(cases)
    of_each = Counter(one.member.pk for one in some)
    return [one for one in some if of_each[one.member.pk] == 1]


def _suits(actor: Actor, step: Step, one: Member, today: date, *, opens: bool) -> bool:
    if not _may(actor, step, one, today):
        return False
    return opens or not starting(step, one)  # type: ignore[arg-type]  # a member has the fields of its page


def _may(actor: Actor, step: Step, one: Member, today: date) -> bool:
    may = step.by not in NOT_FOR_MANY
    return may and allowed(actor, step.by, one.unit_path, levels_of(step, today)) is not None


def _may_case(actor: Actor, step: Step, one: Loaded, today: date) -> bool:
    try:
        granted(actor, step, one, today)
    except NotPermitted:
        return False
    return True
