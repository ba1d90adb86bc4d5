"""What guards and steps may look at: handed in by the engine, built by hand in tests."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from workflows.answers import Answer, Refusal
from workflows.facts import PaperValue, day_in
from workflows.law import PacksOn, Rule
from workflows.offices import Level
from workflows.units import UnitView
from workflows.voting import Roll
from workflows.workdays import Calendar


@dataclass(frozen=True)
class MemberView:
    """What guards may know of another member named in a fact (an introducer, a helper), as of the step's day."""

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


@dataclass(frozen=True)
class TookPart:
    """A way of taking part that another one overrode, and the day up to which it was granted; empty where none is recorded."""

    way: str = ""
    until: date | None = None


@dataclass(frozen=True)
class CaseView:
    """What guards may know of a case about the same member: where it stands, and the days, totals and codes it holds."""

    id: int
    state: str
    opened_on: date
    closed_on: date | None
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class MergeView:
    """What guards may know where a record is to be merged into another one of the same person.

    `standing` and `days` are those of the record that is kept; `differing` names what both say and say differently,
    `counted` the months for which both have attendance or dues; `running` are the numbers of open cases about the record
    that goes.
    """

    id: int
    standing: str
    days: Mapping[str, date | None]
    differing: tuple[str, ...] = ()
    counted: tuple[str, ...] = ()
    running: tuple[str, ...] = ()
    is_guest: bool = False
    badge_years: int | None = None


@dataclass(frozen=True)
class RecordView:
    """What guards may know of a member's record, and of what it would say with the values given.

    `changes` maps a field that would say something else to what it says and what it would say; `empty` names the fields that
    say nothing; `says` is what the record would say; `known` refuses a personal id that is somebody else's.
    """

    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    empty: frozenset[str] = frozenset()
    says: Mapping[str, Any] = field(default_factory=dict)
    known: tuple[Refusal, ...] = ()


@dataclass
class Situation:
    """Everything a guard or a step may look at; handed in by the engine, built by hand in tests.

    `on` is the legal day of the step, `today` the business date. `facts` are this step's typed values, `past` the
    earlier facts of the case as JSON by `fact` name (the newest wins). Rules looked up through `rule()` are noted in
    `used` and stored with the event as the versions it was decided under; the roll a ballot was measured against is
    noted in `counted` by the ballot's name, and sealed with its totals. `packs_on` gives the provincial rule packs that
    bound the unit on a day, `meeting_reminder_day` is the day of the month set for its meeting's reminders.
    """

    on: date
    today: date
    facts: Mapping[str, Any]
    calendar: Calendar
    subject: Any = None
    member: Any = None
    unit_id: int = 0
    unit_level: str = Level.CELL
    unit_is_open: bool = True
    base_id: int = 0
    """The base organisation of the unit."""
    past: Mapping[str, Any] = field(default_factory=dict)
    look_up: Callable[[str, date], Rule] = field(repr=False, kw_only=True)
    health: Callable[[], Mapping[str, Any]] = field(default=dict, repr=False)
    """Earlier facts of the case about health, as `past`; none where the office that acts may not read them."""
    roll_at: Callable[[int], Roll | None] = field(default=lambda meeting: None, repr=False)
    roll_on: Callable[[date], Roll] = field(default=lambda day: Roll(0), repr=False)
    roll_called: Callable[[Mapping[int, str]], Roll] = field(default=lambda called: Roll(0), repr=False)
    """The cell's roll on the day of the step, by a roll call that the step itself records."""
    meeting: Callable[[int], MeetingView | None] = field(default=lambda case_id: None, repr=False)
    members: Callable[[Iterable[int]], list[MemberView]] = field(default=lambda ids: [], repr=False)
    lists: Callable[[Iterable[int]], Mapping[int, bool]] = field(
        default=lambda ids: dict.fromkeys(ids, True), repr=False
    )
    """Of the people named, those on the cell's lists on the day of the step (True) and its guests (False), no others."""
    takes_part: Callable[[Iterable[int]], Mapping[int, str]] = field(default=lambda ids: {}, repr=False)
    """How the people named take part on the day of the step, by their history; who has none on that day is left out."""
    way_on: Callable[[date], str | None] = field(default=lambda day: None, repr=False)
    """How the member took part on a day, by the history; None where it says nothing of that day."""
    place_on: Callable[[date], tuple[int, str] | None] = field(default=lambda day: None, repr=False)
    """The unit (id, path) on whose list the member stood on a day, by the history; None where it says nothing of that day."""
    merging: Callable[[int], MergeView | None] = field(default=lambda member_id: None, repr=False)
    """The record that is to be kept, compared with the member's; None where there is no such member in sight."""
    record: Callable[[Mapping[str, Any]], RecordView] = field(default=lambda given: RecordView(), repr=False)
    """The member's record, compared with what these fields are to say."""
    open_cases: Callable[[str], int] = field(default=lambda key: 0, repr=False)
    running: Callable[[], frozenset[str]] = field(default=frozenset, repr=False)
    """The lifecycles of all other open cases about the same member."""
    ended: Callable[[str], list[str]] = field(default=lambda key: [], repr=False)
    """The states in which cases of this lifecycle ended that had an exclusive key, about the same member or unit."""
    tally: Callable[[str], Mapping[str, int]] = field(default=lambda fact: {}, repr=False)
    """By value of a fact, how many other cases like this one (same key) stand in the base organisation."""
    cases: Callable[[str], list[CaseView]] = field(default=lambda key: [], repr=False)
    """The cases of a lifecycle about the same member, the oldest first; none whose opening was voided."""
    took_part: Callable[[], TookPart] = field(default=TookPart, repr=False)
    """How the member took part before the present way."""
    missed: Callable[[str, date, date], Collection[date]] = field(default=lambda kind, first, last: (), repr=False)
    """The months of `meetings` or `dues`, from one to another, that count against the member."""
    user_id: int | None = None
    """Who takes the step; None where no person does."""
    office_level: Level | None = None
    """The level of the office that takes the step; None where no office does."""
    own_id: int | None = None
    """The record of that person as a member; None where the account is tied to none."""
    recorded_by: Callable[[Iterable[str]], int | None] = field(default=lambda steps: None, repr=False)
    """Who recorded the last of these steps of the case that stands; None where none was taken, or by no person."""
    decided_at: Callable[[int, Iterable[str]], Level | None] = field(default=lambda case, steps: None, repr=False)
    """The level that took the last of these steps that stands of a case about the member, by its id; None where none was
    taken, or by no office."""
    acts_at: Callable[[str], bool] = field(default=lambda level: True, repr=False)
    """Whether the office that acts is the one that acts at a level here: that of the nearest unit at it or above."""
    oversees: Callable[[str], bool] = field(default=lambda path: True, repr=False)
    """Whether the office that acts lies at a unit, by its path, or above it."""
    entries: Callable[[Iterable[str]], frozenset[str]] = field(default=frozenset, repr=False)
    """Of the log's entries named by uid, those about the unit or what is below it."""
    unit: Callable[[str], UnitView | None] = field(default=lambda code: None, repr=False)
    """The unit of this installation that has a code, wherever it lies; None where there is none."""
    packs_on: PacksOn = field(default=lambda day: frozenset(), repr=False)
    meeting_reminder_day: int | None = None
    now: datetime | None = None
    """The time of day on `today`, local; None where the business date is not the real one."""
    used: dict[str, str] = field(default_factory=dict)
    counted: dict[str, dict[str, int | None]] = field(default_factory=dict)

    def rule(self, rule_id: str, on: date | None = None) -> Rule:
        """The row of the law in force on the day (default: the step's own day). Raises KeyError for an unknown id."""
        rule = self.look_up(rule_id, on or self.on)
        self.used[rule_id] = rule.version
        return rule

    def told(self, name: str) -> Any:
        """A fact as this step, else an earlier one, told it."""
        value = self.facts.get(name)
        return self.past.get(name) if value is None else value

    def named(self, fact: str) -> UnitView | None:
        """The unit that a fact of this step, else an earlier one, names; None where none was named."""
        code = self.facts.get(fact) or self.past.get(fact)
        return self.unit(code) if code else None

    def past_day(self, name: str) -> date | None:
        """A day among the earlier facts (of a paper: its date); None where it was never given."""
        return day_in(self.past, name)

    def day(self, name: str) -> date | None:
        """A day among this step's facts (of a paper: its date), else among the earlier ones."""
        value = self.facts.get(name)
        if isinstance(value, PaperValue):
            return value.date
        return value if isinstance(value, date) else self.past_day(name)


Guard = Callable[[Situation], Answer | Iterable[Answer] | None]
