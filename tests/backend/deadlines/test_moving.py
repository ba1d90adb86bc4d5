"""What an acknowledgement holds back, and what a changed holiday moves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from backend.alerts.models import Notice
from backend.alerts.sweep import sweep
from backend.deadlines.drafts import draft
from backend.deadlines.models import CalendarDay, Deadline
from backend.deadlines.planning import acknowledged, hold_climb
from backend.deadlines.recompute import Move, recompute
from tests.backend.alerts.rows import CALENDAR, DUE, chain, deadline, unit
from tests.backend.deadlines.test_drafts import from_day, situation
from workflows.offices import Level

pytestmark = pytest.mark.django_db


def after(days: int, start: date = DUE) -> date:
    return CALENDAR.add_working_days(start, days)


def fresh(one: Deadline) -> Deadline:
    return Deadline.objects.get(pk=one.pk)


def hold(one: Deadline, level: int, until: date) -> Deadline:
    found = fresh(one)
    found.save(update_fields=hold_climb(found, level, until, CALENDAR))
    return found


def drafted(rule_id: str, start: str, **fields: object) -> Deadline:
    """A deadline as the engine opens it, on the library's own calendar."""
    made = draft(from_day(rule_id), situation(start))
    assert made is not None
    columns = {**made.__dict__, **fields}
    return deadline(chain()[2], **columns)


def test_an_acknowledgement_stops_the_climb_above_its_level_for_some_days() -> None:
    one = deadline(unit(Level.CELL, chain()[1]))
    sweep(after(3))
    held = hold(one, 1, after(8))
    assert held.rung_days[6:] == [after(1), after(9), after(14)]
    assert (held.next_rung, held.next_rung_on) == (7, after(9))
    assert acknowledged(held) == {1: after(8)}
    assert sweep(after(8)).rungs == 0
    assert sweep(after(9)).rungs == 1
    assert Notice.objects.filter(rung=7, outcome="held").count() == 2


def test_the_acting_offices_own_reminders_go_on() -> None:
    one = deadline(chain()[2])
    held = hold(one, 0, after(5))
    assert held.rung_days[:6] == one.rung_days[:6]
    assert held.rung_days[6:] == [after(6), after(11), after(16)]
    assert (held.next_rung, held.next_rung_on) == (0, one.next_rung_on)


def test_an_acknowledgement_that_ends_before_the_next_climb_moves_nothing() -> None:
    one = deadline(chain()[2])
    assert hold(one, 0, after(-3)).rung_days == one.rung_days


def test_a_new_holiday_moves_the_deadlines_it_touches_and_no_others() -> None:
    touched, month, later = (
        drafted("PRO.CV", "01/06/2026"),
        drafted("ADM.CERT_VALID", "01/06/2024"),
        drafted("PRO.CV", "10/02/2027"),
    )
    closed = drafted("PRO.CV", "01/06/2026", status="met")
    CalendarDay.objects.create(day=date(2026, 6, 5), off=True, name="Storm", basis="1-TB")
    seen: list[Move] = []

    def record(moves: Sequence[Move]) -> None:
        seen.extend(moves)

    would = recompute(dry_run=True)
    assert [(move.deadline.pk, move.due_before, move.due_after) for move in would] == [
        (touched.pk, date(2026, 7, 13), date(2026, 7, 14))
    ]
    assert fresh(touched).due_on == date(2026, 7, 13)
    moved = recompute(record=record)
    assert [move.deadline.pk for move in moved] == [move.deadline.pk for move in seen] == [touched.pk]
    found = fresh(touched)
    assert (found.due_on, found.version, found.explanation["off"]) == (date(2026, 7, 14), 2, [["2026-06-05", "Storm"]])
    assert found.rung_days[4] == date(2026, 7, 14)
    assert [fresh(one).due_on for one in (month, later, closed)] == [month.due_on, later.due_on, closed.due_on]
    assert fresh(closed).version == 1
    assert recompute() == []


def test_a_rung_that_was_said_is_not_said_again_when_its_day_moves() -> None:
    one = drafted("PRO.CV", "01/06/2026")
    day_before = date(2026, 7, 10)
    sweep(day_before)
    count = Notice.objects.count()
    CalendarDay.objects.create(day=date(2026, 7, 13), off=True, name="Storm", basis="1-TB")
    recompute()
    found = fresh(one)
    assert (found.due_on, found.rung_days[3], found.next_rung, found.next_rung_on) == (
        date(2026, 7, 14), day_before, 4, date(2026, 7, 14),
    )  # fmt: skip
    assert sweep(date(2026, 7, 13)).rungs == 0
    assert Notice.objects.count() == count


def test_a_climb_that_is_held_is_not_hastened_by_a_new_holiday() -> None:
    one = drafted("PRO.CV", "01/06/2026")
    due = one.due_on
    held = hold(one, 0, after(8, due))
    CalendarDay.objects.create(day=date(2026, 6, 5), off=True, name="Storm", basis="1-TB")
    recompute()
    assert fresh(one).rung_days[6:] == held.rung_days[6:]


def test_other_readings_move_too() -> None:
    one = drafted("TRF.OFFICIAL", "01/09/2026")
    CalendarDay.objects.create(day=date(2026, 10, 1), off=True, name="Storm", basis="1-TB")
    recompute()
    found = fresh(one)
    assert (found.due_on, found.early_on) == (date(2026, 11, 27), date(2026, 10, 15))
    assert [other["due_on"] for other in found.alternatives] == ["2026-10-15"]
