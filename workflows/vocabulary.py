"""The words every lifecycle page is written in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import wraps
from typing import Any, ClassVar, Literal

from django.db.models import TextChoices
from django_fsm import transition

from workflows.answers import Answer, Caution, Refusal
from workflows.facts import Choice, Day, Fact, FactError, Flag, Label, MemberRef, Number, Paper, PaperValue, Text
from workflows.law import Rule
from workflows.offices import Level, Right
from workflows.voting import Ballot, BallotValue, Presence, Roll, RollCall
from workflows.workdays import Calendar

__all__ = [
    "NEW", "Act", "Answer", "Ballot", "BallotValue", "Caution", "Choice", "Clock", "Day", "Fact", "FactError", "Flag",
    "Guard", "Level", "Lifecycle", "MeetingView", "MemberRef", "MemberView", "Number", "Paper", "PaperValue", "Presence",
    "Refusal", "Right", "Roll", "RollCall", "Situation", "Start", "Step", "Text", "Trace", "step",
]  # fmt: skip

NEW = ""
"""The state before a case exists: a step from NEW opens it."""


@dataclass(frozen=True)
class MemberView:
    """What guards may know of another member named in a fact (an introducer, a helper)."""

    id: int
    unit_id: int
    standing: str
    participation: str
    born_on: date | None
    joined_on: date | None
    official_on: date | None


@dataclass(frozen=True)
class MeetingView:
    """What guards may know of a meeting that a ballot names."""

    id: int
    unit_id: int
    held_on: date | None
    state: str


@dataclass
class Situation:
    """Everything a guard or a step may look at; handed in by the engine, built by hand in tests.

    `on` is the legal day of the step, `today` the business date. `facts` are this step's typed values, `past` the
    earlier facts of the case as JSON by `fact` name (the newest wins). Rules looked up through `rule()` are noted in
    `used` and stored with the event as the versions it was decided under.
    """

    on: date
    today: date
    facts: Mapping[str, Any]
    calendar: Calendar
    subject: Any = None
    member: Any = None
    unit_id: int = 0
    past: Mapping[str, Any] = field(default_factory=dict)
    look_up: Callable[[str, date], Rule] = field(repr=False, kw_only=True)
    roll_at: Callable[[int], Roll | None] = field(default=lambda meeting: None, repr=False)
    roll_on: Callable[[date], Roll] = field(default=lambda day: Roll(0), repr=False)
    meeting: Callable[[int], MeetingView | None] = field(default=lambda case_id: None, repr=False)
    members: Callable[[Iterable[int]], list[MemberView]] = field(default=lambda ids: [], repr=False)
    open_cases: Callable[[str], int] = field(default=lambda key: 0, repr=False)
    used: dict[str, str] = field(default_factory=dict)

    def rule(self, rule_id: str, on: date | None = None) -> Rule:
        """The row of the law in force on the day (default: the step's own day). Raises KeyError for an unknown id."""
        rule = self.look_up(rule_id, on or self.on)
        self.used[rule_id] = rule.version
        return rule

    def past_day(self, name: str) -> date | None:
        """A day among the earlier facts; None where it was never given."""
        value = self.past.get(name)
        return date.fromisoformat(value) if value else None


Guard = Callable[[Situation], Answer | Iterable[Answer] | None]


@dataclass(frozen=True)
class Clock:
    """A deadline that a step opens: which rule, from which day, and which level must act.

    `start` gives the day the clock starts; None opens nothing. `select` gives the day that picks the rule's version
    (default: the start). `due` overrides the arithmetic "value in unit" for rules that are no such sum.
    """

    rule: str
    start: Callable[[Situation], date | None]
    acting: Level
    start_label: Label
    select: Callable[[Situation], date] | None = None
    due: Callable[[Situation, date], date] | None = None
    also_from: Callable[[Situation], date | None] | None = None
    """A second possible start (another version's): both results are shown, reminders run from the earlier."""


@dataclass(frozen=True)
class Act:
    """An act whose competent level is data by date (`workflows/law/competence.yaml`)."""

    name: str


@dataclass(frozen=True)
class Start:
    """Another lifecycle's case that a step opens by key, with the facts handed over."""

    lifecycle: str
    step: str
    facts: Callable[[Situation], Mapping[str, Any]] = lambda situation: {}


@dataclass(frozen=True)
class Step:
    """One declared step: the specification, apart from any running case."""

    name: str
    field: str
    sources: tuple[str, ...]
    target: str
    by: Right
    at: tuple[Level, ...] | Act
    label: Label
    event: str
    basis: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    guards: tuple[Guard, ...] = ()
    opens: tuple[Clock, ...] = ()
    closes: tuple[str, ...] = ()
    starts: tuple[Start, ...] = ()
    lifecycle: str = ""  # the page's key, filled in by the page

    @property
    def code(self) -> str:
        """The event's code in the closed list, e.g. `recognition.proposed`."""
        return f"{self.lifecycle}.{self.event}"


@dataclass(frozen=True)
class Trace:
    """A step that ran on a subject, with what it changed."""

    step: Step
    source: str
    target: str


class Lifecycle:
    """Base of every page. A page has no fields and no tables; its methods are its steps."""

    key: ClassVar[str]
    label: ClassVar[Label]
    about: ClassVar[Literal["member", "unit"]] = "member"
    """What a case of this lifecycle is about: a member, or a unit (a meeting, a congress)."""
    subject: ClassVar[Literal["case", "member"]] = "case"
    """What carries the state: a case, or (membership alone) the member."""
    read: ClassVar[Right] = Right.READ
    number_code: ClassVar[str] = ""
    """Prefix of case numbers, e.g. KN for admissions."""
    exclusive_key: ClassVar[Callable[[Situation], str]] = staticmethod(lambda situation: "")
    """While a case is open, another one with the same key for the same member or unit is refused."""
    final: ClassVar[tuple[str, ...]] = ()
    State: ClassVar[type[TextChoices]]

    trail: list[Trace]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for method in vars(cls).values():
            if isinstance(getattr(method, "step", None), Step):
                method.step = replace(method.step, lifecycle=cls.key)

    @classmethod
    def steps(cls) -> dict[str, Step]:
        """The page's steps by name, in the order they are written."""
        found: dict[str, Step] = {}
        for klass in reversed(cls.__mro__):
            for name, attribute in vars(klass).items():
                declared = getattr(attribute, "step", None)
                if isinstance(declared, Step):
                    found[name] = declared
        return found


def step(
    source: str | tuple[str, ...], target: str, *, by: Right, at: Level | tuple[Level, ...] | Act, label: Label, event: str,
    basis: tuple[str, ...] = (), field: str = "state", facts: Iterable[Fact] = (),
    guards: Iterable[Guard] = (), opens: Iterable[Clock] = (), closes: Iterable[str] = (), starts: Iterable[Start] = (),
) -> Callable[[Callable[[Any, Situation], None]], Callable[[Any, Situation], None]]:  # fmt: skip
    """Declare a method of a page as a step: a django-fsm transition plus everything the engine needs to know.

    The method may change only its subject's own fields, or call a step of `situation.member`.
    """
    sources = (source,) if isinstance(source, str) else source
    levels = at if isinstance(at, Act) else (at,) if isinstance(at, Level) else at

    def declare(method: Callable[[Any, Situation], None]) -> Callable[[Any, Situation], None]:
        declared = Step(
            method.__name__, field, tuple(sources), target, by, levels, label, event, tuple(basis),
            tuple(facts), tuple(guards), tuple(opens), tuple(closes), tuple(starts),
        )  # fmt: skip
        moved = transition(field=field, source=[str(one) for one in sources], target=str(target))(method)

        @wraps(moved)
        def run(self: Any, situation: Situation) -> None:
            before = getattr(self, field)
            moved(self, situation)
            self.trail = [*getattr(self, "trail", []), Trace(run.step, before, getattr(self, field))]  # type: ignore[attr-defined]

        run.step = declared  # type: ignore[attr-defined]  # read back by Lifecycle.steps()
        return run

    return declare
