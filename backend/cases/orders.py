"""What the engine is asked to do, what it works on, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop, override

from backend.core.errors import ChiboError, Refused
from workflows import law
from workflows.answers import Answer, Caution, Refusal
from workflows.ladders.choosing import Chosen
from workflows.law.words import texts_surely
from workflows.offices import LADDER, Level
from workflows.units import UnitView

TWICE = Refusal(
    "engine.twice",
    gettext_noop("Another step in the same request is about the same person."),
    remedy=gettext_noop("Do one step first, look at the result, then ask for the next."),
)


@dataclass(frozen=True)
class OnCase:
    """A step on a case that exists."""

    id: int


@dataclass(frozen=True)
class OnMember:
    """A step of membership on a member who exists."""

    id: int


@dataclass(frozen=True)
class NewCase:
    """A step that opens a case: about a member, or about a unit."""

    lifecycle: str
    member_id: int | None = None
    unit_id: int | None = None


@dataclass(frozen=True)
class NewMember:
    """A step that puts a person on a cell's lists; `profile` gives columns of Member by name.

    `wrong` is what could not be read of the profile: it is told with what is wrong with the facts. `doubts` are cautions
    about who it is: they are told, and noted with the event, beside those of the step.
    """

    unit_id: int
    profile: Mapping[str, Any] = field(default_factory=dict)
    wrong: tuple[Refusal, ...] = ()
    doubts: tuple[Caution, ...] = ()


Target = OnCase | OnMember | NewCase | NewMember


@dataclass(frozen=True)
class Order:
    """One step asked for. `facts` is what came in as JSON (or typed values); `on` the legal day."""

    target: Target
    step: str
    on: date
    facts: Mapping[str, Any] = field(default_factory=dict)
    expected_version: int | None = None


@dataclass(frozen=True)
class UnitRow:
    """A unit as the engine needs it, with the reminder day and the ladders that hold for it.

    `ancestry` runs from the root to the unit itself as (id, level, path). One that was named by its code may be closed,
    and brings no reminder day.
    """

    id: int
    path: str
    level: Level
    meeting_reminder_day: int | None
    ancestry: tuple[tuple[int, str, str], ...]
    is_open: bool = True
    ladders: tuple[Chosen, ...] = ()

    def at_level(self, level: Level) -> tuple[int, str]:
        """(id, path) of the unit or ancestor that acts at the level: the nearest one at that level or above."""
        wanted = LADDER.index(level)
        for unit_id, found, path in reversed(self.ancestry):
            if LADDER.index(Level(found)) >= wanted:
                return unit_id, path
        return self.ancestry[0][0], self.ancestry[0][2]

    def by_level(self) -> dict[str, tuple[int, str]]:
        """The unit or ancestor that acts at each level, as `at_level`."""
        return {level.value: self.at_level(level) for level in LADDER}

    def view(self) -> UnitView:
        """The unit as pages know it."""
        return UnitView(self.id, self.path, self.level, self.at_level(Level.BASE)[0], self.is_open)


@dataclass
class Loaded:
    """The locked rows of one order. `there` is the other unit of its case, where one was named (`Lifecycle.there`)."""

    unit: UnitRow
    case: Any = None
    member: Any = None
    there: UnitRow | None = None

    def place(self, there: bool) -> UnitRow:  # noqa: FBT001  (as a step or a clock says it)
        """The unit whose offices act: the case's own, or the other one where there is one."""
        return self.there if there and self.there is not None else self.unit

    @property
    def subject(self) -> Any:
        return self.case if self.case is not None else self.member

    @property
    def kind(self) -> str:
        return "case" if self.case is not None else "member"


@dataclass(frozen=True)
class Outcome:
    """What a step did, on which day. `deadlines` are those it opened, as (rule id, due day)."""

    event: UUID
    kind: str
    id: int
    version: int
    state: str
    on: date
    number: str = ""
    member_id: int | None = None
    cautions: tuple[Caution, ...] = ()
    deadlines: tuple[tuple[str, date], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The form in which it is kept with its request key and given to the doors."""
        return {
            "event": str(self.event), "kind": self.kind, "id": self.id, "version": self.version, "state": self.state,
            "number": self.number, "member_id": self.member_id,
            "cautions": [answer_json(one, self.on) for one in self.cautions],
            "deadlines": [{"rule": rule, "due_on": due.isoformat()} for rule, due in self.deadlines],
        }  # fmt: skip


@dataclass(frozen=True)
class Result:
    """The answer for one of many subjects: an outcome, or the error that refused it."""

    order: Order
    outcome: Outcome | None = None
    error: Exception | None = None


def told(result: Result, about: Mapping[int, int] | None = None) -> dict[str, Any]:
    """The answer for one member, as it is kept with a request's key: id and reasons, no name.

    `said` are the cautions of what was done, or the reasons why it was not; `error` another reason, in the reader's language.
    `about`: for steps of cases, whom each of them is about.
    """
    key = member_of(result.order.target, about or {})
    if result.outcome is not None:
        said = [answer_json(one, result.order.on) for one in result.outcome.cautions]
        return {"id": key, "done": True, "said": said, "error": ""}
    if isinstance(result.error, Refused):
        said = [answer_json(one, result.order.on) for one in result.error.answers]
        return {"id": key, "done": False, "said": said, "error": ""}
    if isinstance(result.error, ChiboError):
        return {"id": key, "done": False, "said": [], "error": result.error.said()}
    raise result.error or RuntimeError("a result without outcome")


def member_of(target: Target, about: Mapping[int, int]) -> int:
    """The member whom a step is about, or a case is opened about."""
    match target:
        case OnCase(id=case_id) if case_id in about:
            return about[case_id]
        case OnMember(id=key) | NewCase(member_id=int(key)):
            return key
    raise TypeError(target)


def answer_json(answer: Answer, on: date | None = None) -> dict[str, Any]:
    """A refusal or caution in both languages, with what to do about it and its legal basis as of a day (else the newest)."""
    return {
        "code": answer.code, "vi": answer.text("vi"), "en": answer.text("en"), "rule": answer.rule, "fact": answer.fact,
        "advice": {"vi": answer.advice("vi"), "en": answer.advice("en")}, "legal_basis": source(answer, on),
    }  # fmt: skip


def source(answer: Answer, on: date | None) -> dict[str, str]:
    """The legal basis of a refusal or caution: of its row of the law, else of the step, with how surely each text is known."""
    return citation(answer.rule, on) if answer.rule or not answer.basis else dict(_of_step(answer.basis))


@cache
def _of_step(basis: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for language in ("vi", "en"):
        with override(language):
            found[language] = texts_surely(basis)
    return found


def citation(rule_id: str, on: date | None) -> dict[str, str]:
    """The texts that a rule stands on, as people read them; empty for no rule."""
    try:
        row = law.rule(rule_id, on=on or date.max) if rule_id else None
    except KeyError:
        row = None
    return {language: row.citation(language) if row else "" for language in ("vi", "en")}
