"""The Situation of a step, from the database: everything a guard may ask is looked up when it asks, and not before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any

from backend.accounts.policy import Actor
from backend.cases.counters import Missed
from backend.cases.loading import named_units
from backend.cases.merge_views import merge_view
from backend.cases.orders import Loaded, UnitRow
from backend.cases.recalling import decided_at, recorded_by, took_part
from backend.cases.rolls import ROLL_AT, counted_roll, listed, roll_called, roll_on
from backend.cases.tallies import Tallies
from backend.core import clock
from backend.core.db import WHOLE, execute, reaching
from backend.deadlines.calendar import calendar
from backend.organizations.settings import packs_on
from workflows import law
from workflows.answers import Refusal
from workflows.offices import Level
from workflows.situation import CaseView, RecordView
from workflows.units import UnitView
from workflows.vocabulary import MeetingView, MemberView, Roll, Situation

# Who was called stands in the detail of the event that recorded it, and nowhere else.
_MEETING = f"""
    SELECT c.id, c.unit_id, day, c.state, called IS NOT NULL, ({ROLL_AT})
    FROM cases_case c CROSS JOIN LATERAL (SELECT (c.facts ->> 'held_on')::date) AS held (day)
    LEFT JOIN LATERAL (
      SELECT d.data -> 'facts' -> 'roll_call' FROM audit_event e LEFT JOIN audit_eventdetail d ON d.event_uid = e.uid
      WHERE e.case_id = c.id AND e.facts ? 'roll_call' ORDER BY e.id DESC LIMIT 1) AS roll_call (called)
      ON c.facts ? 'roll_call'
    WHERE c.id = %s AND c.lifecycle = 'meeting'"""  # noqa: S608  (constants only)
# Before somebody's history here begins the record says what the person was.
_PEOPLE = """
    SELECT m.id, coalesce(s.unit_id, m.unit_id),
      coalesce(s.standing, CASE WHEN m.official_on > %s THEN 'probationary' ELSE m.standing END),
      coalesce(s.participation, m.participation), m.born_on, m.joined_on, m.official_on
    FROM members_member m
    LEFT JOIN members_spell s ON s.member_id = m.id AND s.valid @> %s::date AND s.retracted_at IS NULL
    LEFT JOIN organizations_unit u ON u.id = s.unit_id
    WHERE m.id = ANY (%s) AND (starts_with(m.unit_path, %s) OR starts_with(u.path, %s)) ORDER BY m.id"""
_TAKES_PART = """
    SELECT member_id, participation FROM members_spell
    WHERE member_id = ANY (%s) AND valid @> %s::date AND retracted_at IS NULL"""
_PLACE_ON = """
    SELECT unit_id, unit_path FROM members_spell WHERE member_id = %s AND valid @> %s::date AND retracted_at IS NULL"""
_ENDED_HERE = """
    SELECT state FROM cases_case
    WHERE lifecycle = %s AND exclusive_key = %s AND closed_on IS NOT NULL AND unit_id = %s AND member_id IS NULL"""
_ENDED = "SELECT state FROM chibo_cases_of(%s, %s) WHERE exclusive_key = %s AND closed_on IS NOT NULL"
_OPEN_HERE = """
    SELECT count(*) FROM cases_case
    WHERE lifecycle = %s AND closed_on IS NULL AND state <> '' AND member_id IS NULL AND unit_id = %s"""
_OPEN = "SELECT count(*) FROM chibo_cases_of(%s, %s) WHERE closed_on IS NULL"
_RUNNING = """
    SELECT DISTINCT lifecycle FROM chibo_cases_of(%s, NULL) WHERE closed_on IS NULL AND id IS DISTINCT FROM %s::bigint"""
_CASES = "SELECT id, state, opened_on, closed_on, facts FROM chibo_cases_of(%s, %s) ORDER BY id"
_ENTRIES = """
    SELECT uid::text FROM audit_event WHERE uid = ANY (%s::uuid[]) AND unit_path >= %s AND unit_path < %s || '~'"""

People = Callable[[Iterable[int], date], list[MemberView]]


class Readings:
    """What the orders of one run have read of calendar, meetings and rolls.

    A run writes nothing before its end and its units are locked: one reading serves every guard of every order.
    `days` is the calendar's fingerprint, if the transaction has read it already; `to_write` says that it will write.
    """

    def __init__(self, days: str | None = None, *, to_write: bool = True) -> None:
        self.calendar = calendar(days)
        self.tallies, self.missed = Tallies(alone=to_write), Missed()
        self._meetings: dict[int, tuple[MeetingView | None, Roll | None]] = {}
        self._rolls: dict[tuple[int, date], Roll] = {}
        self._named: dict[str, UnitRow | None] = {}
        self._packs: dict[tuple[int, date], frozenset[str]] = {}
        self.told: dict[tuple[str, int], tuple[Mapping[str, Any], dict[str, Any], list[Refusal]]] = {}

    def meeting(self, case_id: int) -> tuple[MeetingView | None, Roll | None]:
        """A meeting, and its roll where a roll was called (and is still kept)."""
        if case_id not in self._meetings:
            self._meetings[case_id] = _meeting(case_id)
        return self._meetings[case_id]

    def roll_at(self, unit_id: int, meeting_id: int) -> Roll | None:
        """The roll at a meeting; None where there is no such meeting of the cell or no roll of it was kept."""
        view, roll = self.meeting(meeting_id)
        return roll if view is not None and view.unit_id == unit_id else None

    def unit_named(self, code: str) -> UnitRow | None:
        """The unit that has a code."""
        if code not in self._named:
            self._named[code] = named_units([code]).get(code)
        return self._named[code]

    def packs_on(self, unit_id: int, day: date) -> frozenset[str]:
        """The provincial rule packs that bound a unit on a day."""
        if (unit_id, day) not in self._packs:
            self._packs |= packs_on([(unit_id, day)])
        return self._packs[unit_id, day]

    def named(self, code: str) -> UnitView | None:
        """The same, as pages know it."""
        found = self.unit_named(code)
        return found.view() if found else None

    def roll_on(self, unit_id: int, day: date) -> Roll:
        """The roll on a day on which no roll was called."""
        found = self._rolls.get((unit_id, day)) or roll_on(unit_id, day)
        self._rolls[unit_id, day] = found
        return found


def situation(
    loaded: Loaded, facts: Mapping[str, Any], *, on: date, today: date, members: People, readings: Readings | None = None,
    actor: Actor, health: Callable[[], Mapping[str, Any]] = dict,
    record: Callable[[Mapping[str, Any]], RecordView] = lambda given: RecordView(),
) -> Situation:  # fmt: skip
    """What the guards and the step of one order may look at; `readings` are shared by the orders of one run.

    `actor` takes the step. `members` finds the people that a fact names where the actor may name them (`people_of`).
    """
    case, seen = loaded.case, readings or Readings(to_write=False)
    return Situation(
        on=on, today=today, facts=facts, calendar=seen.calendar, subject=loaded.subject, member=loaded.member,
        unit_id=loaded.unit.id, unit_level=loaded.unit.level, unit_is_open=loaded.unit.is_open,
        past=dict(case.facts) if case is not None else {},
        look_up=law.rule, health=health, record=record,
        roll_at=lambda meeting: seen.roll_at(loaded.unit.id, meeting),
        roll_on=lambda day: seen.roll_on(loaded.unit.id, day),
        roll_called=lambda called: roll_called(loaded.unit.id, on, called),
        meeting=lambda case_id: seen.meeting(case_id)[0],
        members=lambda ids: members(ids, on),
        lists=lambda ids: listed(loaded.unit.id, list(ids), on),
        takes_part=lambda ids: _takes_part(list(ids), on),
        way_on=lambda day: _takes_part([loaded.member.pk], day).get(loaded.member.pk),
        place_on=lambda day: next(iter(execute(_PLACE_ON, [loaded.member.pk, day], prepared=True)), None),
        merging=lambda key: merge_view(loaded.member, key) if members([key], on) else None,
        open_cases=lambda key: _open_cases(loaded, key),
        running=lambda: _running(loaded),
        ended=cache(lambda key: _ended(loaded, key)),
        tally=lambda fact: seen.tallies.of_others(loaded, fact),
        cases=lambda key: _cases(loaded, key),
        missed=lambda kind, first, last: seen.missed.of(loaded.member.pk, kind, first, last, today),
        took_part=lambda: took_part(loaded), user_id=actor.user_id, own_id=actor.own_id, office_level=actor.level,
        recorded_by=lambda steps: recorded_by(loaded, steps, actor),
        decided_at=lambda case, steps: decided_at(loaded, case, steps),
        acts_at=lambda level: actor.unit_id in (None, loaded.unit.at_level(Level(level))[0]),
        oversees=actor.sees, packs_on=lambda day: seen.packs_on(loaded.unit.id, day),
        entries=lambda uids: _entries(loaded.unit.path, list(uids)),
        unit=seen.named, base_id=loaded.unit.at_level(Level.BASE)[0],
        meeting_reminder_day=loaded.unit.meeting_reminder_day, now=clock.time_of(today),
    )  # fmt: skip


def _meeting(case_id: int) -> tuple[MeetingView | None, Roll | None]:
    for key, unit_id, held_on, state, called, counted in execute(_MEETING, [case_id], prepared=True):
        view = MeetingView(key, unit_id, held_on, state)
        return view, counted_roll(counted, called=True) if called and held_on else None
    return None, None


def people_of(scope: str) -> People:
    """Finds members named in a fact, as they stood on a day, among those whose official cell lies in the scope, or lay there
    on that day; others are not there."""

    def people(ids: Iterable[int], on: date) -> list[MemberView]:
        wanted = set(ids)
        found = _people(wanted, on, scope)
        if (moved := wanted - {one.id for one in found}) and on < clock.today():
            with reaching([WHOLE]):
                found += _people(moved, on, scope)
        return sorted(found, key=lambda one: one.id)

    return people


def _people(wanted: Iterable[int], on: date, scope: str) -> list[MemberView]:
    ids = list(wanted)
    return [MemberView(*row) for row in execute(_PEOPLE, [on, on, ids, scope, scope], prepared=True)] if ids else []


def _entries(path: str, uids: list[str]) -> frozenset[str]:
    return frozenset(uid for (uid,) in execute(_ENTRIES, [uids, path, path], prepared=True))


def _takes_part(ids: list[int], day: date) -> dict[int, str]:
    return dict(execute(_TAKES_PART, [ids, day], prepared=True)) if ids else {}


def _open_cases(loaded: Loaded, lifecycle: str) -> int:
    if loaded.member is None:
        return int(execute(_OPEN_HERE, [lifecycle, loaded.unit.id], prepared=True)[0][0])
    return int(execute(_OPEN, [loaded.member.pk, lifecycle], prepared=True)[0][0])


def _running(loaded: Loaded) -> frozenset[str]:
    own, member = (one.pk if one is not None else None for one in (loaded.case, loaded.member))
    return frozenset(key for (key,) in execute(_RUNNING, [member, own], prepared=True))


def _ended(loaded: Loaded, key: str) -> list[str]:
    cycle = loaded.case.lifecycle
    if loaded.member is None:
        return [state for (state,) in execute(_ENDED_HERE, [cycle, key, loaded.unit.id], prepared=True)]
    return [state for (state,) in execute(_ENDED, [loaded.member.pk, cycle, key], prepared=True)]


def _cases(loaded: Loaded, lifecycle: str) -> list[CaseView]:
    member = loaded.member.pk if loaded.member is not None else None
    return [CaseView(*row) for row in execute(_CASES, [member, lifecycle], prepared=True)]
