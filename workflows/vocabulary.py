"""The words every lifecycle page is written in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import wraps
from typing import Any, ClassVar, Literal

from django.db.models import TextChoices
from django_fsm import transition

from workflows.always import always
from workflows.answers import Answer, Caution, Refusal
from workflows.facts import Choice, Day, Fact, FactError, Flag, Label, MemberRef, Number, Paper, PaperValue, Text
from workflows.following import Act, Clock, Start
from workflows.guards.days import in_order
from workflows.guards.own import not_ones_own
from workflows.guards.papers import dated_in_life
from workflows.guards.people import settled, still_on_the_lists
from workflows.guards.places import stood_here
from workflows.offices import Level, Right
from workflows.situation import Guard, MeetingView, MemberView, Situation
from workflows.timed import Days, Timed
from workflows.voting import Ballot, BallotValue, Presence, Roll, RollCall

__all__ = [
    "NEW", "STAY", "Act", "Answer", "Ballot", "BallotValue", "Caution", "Choice", "Clock", "Day", "Fact", "FactError", "Flag",
    "Guard", "Level", "Lifecycle", "MeetingView", "MemberRef", "MemberView", "Number", "Paper", "PaperValue",
    "Presence", "Refusal", "Right", "Roll", "RollCall", "Situation", "Start", "Step", "Text", "Trace", "step",
]  # fmt: skip

NEW = ""
"""The state before a case exists: a step from NEW opens it."""
STAY = ""
"""The target of a step that leaves its subject in the state it is in, whichever that is."""


@dataclass(frozen=True)
class Step:
    """One declared step: the specification, apart from any running case.

    Of the subject's open deadlines, those of the rules in `closes` are met (late if the day is past their due day),
    those in `misses` were missed for good, those in `cancels` no longer stand (past their due day they were missed);
    then those in `opens` are opened. Earlier facts of the case that `forgets` names hold no more.
    Whoever recorded the last step of those in `apart_from`, by which another body resolved, does not record this one, but
    in an office of the cell, where the cell may take it itself.
    """

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
    misses: tuple[str, ...] = ()
    cancels: tuple[str, ...] = ()
    starts: tuple[Start, ...] = ()
    forgets: tuple[str, ...] = ()
    there: bool = False  # taken by offices of the case's other unit (`Lifecycle.there`) and those above it
    after_leaving: bool = False
    """Whether it may follow the leaving of the person the case is about, though no guard of its own says so."""
    apart_from: tuple[str, ...] = ()
    begins: tuple[str, ...] = ()
    """Rules of tasks of the member or unit that are met by the case which the step opens: it is what the task asks for."""
    first_on: Callable[[Days], date | None] | None = None
    """By the days of its case the first one that its guards take; a page offers it from then on. None: any day, or unknown."""
    lifecycle: str = ""  # the page's key, filled in by the page

    @property
    def moves(self) -> tuple[tuple[str, str], ...]:
        """(source, target) of every edge; a step that stays leads from each of its states to the same one."""
        return tuple((source, source if self.target == STAY else self.target) for source in self.sources)

    def facts_after(self, before: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
        """What a case holds once the step has told it something: the newest of each fact, but for those it forgets."""
        return {name: value for name, value in before.items() if name not in self.forgets} | dict(told)

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
    final: ClassVar[tuple[str, ...]] = ()
    there: ClassVar[str] = ""
    """The fact that names the other unit of a case, whose turn it may be though the case is not its own."""
    in_dossier: ClassVar[tuple[str, ...] | None] = None
    """The final states in which a case leaves its papers in the member's dossier, which goes along with a transfer; None:
    whatever became of it."""
    outlives_membership: ClassVar[bool] = False
    """Whether an open case and its terms go on when its member leaves the lists: what it is about does not end with that."""
    timed: ClassVar[tuple[Timed, ...]] = ()
    """Labels drawn from days, of the states of the first field."""
    State: ClassVar[type[TextChoices]]

    trail: list[Trace]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name, declared in cls.steps().items():
            if declared.lifecycle not in ("", cls.key):
                raise TypeError(f"{name} is a step of {declared.lifecycle} already; a step belongs to one page.")
            if not declared.lifecycle:
                guards = (*cls._of_its_page(declared), *declared.guards)
                getattr(cls, name).step = replace(declared, lifecycle=cls.key, guards=guards)

    @classmethod
    def _of_its_page(cls, one: Step) -> tuple[Guard, ...]:
        """What refuses a step about oneself, and one of a day on which the member stood elsewhere; of a case, one about a
        member who left (unless it settles that itself), and one dated before the papers of the steps that moved the case;
        what warns of papers older than the member."""
        personal = cls.about == "member"
        own = (not_ones_own,) if personal else ()
        if personal and one.by != Right.THROUGH_CASE and not one.there:
            own = (*own, stood_here(as_the_cell=one.at == (Level.CELL,)))
        if cls.subject != "case":
            return own
        listed = (still_on_the_lists,) if personal and not one.after_leaving and not settled(one.guards) else ()
        moving = (other for other in cls.steps().values() if any(source != target for source, target in other.moves))
        papers = dict.fromkeys(fact.name for other in moving for fact in other.facts if isinstance(fact, Paper))
        order = () if one.sources == (NEW,) else (in_order(papers),)
        return (*own, *listed, *order, *(dated_in_life(one.facts) if personal else ()))

    @staticmethod
    def exclusive_key(situation: Situation) -> str:
        """While a case is open, another one with the same key for the same member or unit is refused."""
        return ""

    @classmethod
    def choices(cls) -> dict[str, type[TextChoices]]:
        """The states of each field the page moves; a case has the one field `state`."""
        return {"state": cls.State}

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
    source: str | tuple[str, ...], target: str, *, by: Right, at: Level | tuple[Level, ...] | Act, label: Label,
    event: str, basis: tuple[str, ...] = (), field: str = "state", facts: Iterable[Fact] = (),
    guards: Iterable[Guard] = (), opens: Iterable[Clock] = (), closes: Iterable[str] = (), misses: Iterable[str] = (),
    cancels: Iterable[str] = (), starts: Iterable[Start] = (), forgets: Iterable[str] = (), there: bool = False,
    after_leaving: bool = False, apart_from: Iterable[str] = (), begins: Iterable[str] = (),
    first_on: Callable[[Days], date | None] | None = None,
) -> Callable[[Callable[[Any, Situation], None]], Callable[[Any, Situation], None]]:  # fmt: skip
    """Declare a method of a page as a step: a django-fsm transition plus everything the engine needs to know.

    The method may change only its subject's own fields, or call a step of `situation.member`. Every step refuses
    days that are still to come, unless the fact is declared as one that lies ahead, and a ballot that was not taken
    at a held meeting of the cell or does not add up, and a day before the papers of the steps that moved its case. Nobody
    takes a step about themselves. Where the law has two bodies, `apart_from` names the steps of the other one. A step of a
    case about somebody who has left the lists is refused, unless a guard of its own is about standing or it is declared
    with `after_leaving`.
    """
    sources = (source,) if isinstance(source, str) else source
    levels = (at,) if isinstance(at, Level) else at
    asked, resolved = tuple(facts), tuple(apart_from)

    def declare(method: Callable[[Any, Situation], None]) -> Callable[[Any, Situation], None]:
        declared = Step(
            method.__name__, field, tuple(str(one) for one in sources), str(target), by, levels, label, event,
            tuple(basis), asked, (*always(asked, by, resolved), *guards), tuple(opens), tuple(closes), tuple(misses),
            tuple(cancels), tuple(starts), tuple(forgets), there, after_leaving, resolved, tuple(begins), first_on,
        )  # fmt: skip
        moved = transition(field=field, source=list(declared.sources), target=declared.target or None)(method)

        @wraps(moved)
        def run(self: Any, situation: Situation) -> None:
            before, trail = str(getattr(self, field)), list(getattr(self, "trail", []))
            moved(self, situation)
            trace = Trace(run.step, before, str(getattr(self, field)))  # type: ignore[attr-defined]
            self.trail = [*trail, trace, *getattr(self, "trail", [])[len(trail) :]]  # what it has called comes after it

        run.step = declared  # type: ignore[attr-defined]  # read back by Lifecycle.steps()
        return run

    return declare
