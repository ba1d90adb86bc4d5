"""Deadlines follow the calendar though whoever entered the day was cut off, and no day is forgotten."""

from __future__ import annotations

from datetime import date

import pytest

from backend.accounts.policy import Actor
from backend.audit.models import Event
from backend.deadlines.following import follow_calendar
from backend.deadlines.models import CalendarDay
from backend.deadlines.overrides import set_day, withdraw_day
from tests.backend.deadlines.test_moving import drafted, fresh
from tests.roles import as_role

pytestmark = pytest.mark.django_db
ROOT = Actor.operator("root")
STORM = date(2026, 6, 5)


def waiting() -> list[date]:
    return list(CalendarDay.objects.filter(followed=False).values_list("day", flat=True))


def test_nothing_is_done_where_no_day_waits() -> None:
    drafted("PRO.CV", "01/06/2026")
    with as_role("chibo_jobs"):
        assert follow_calendar() == []


def test_a_run_that_is_cut_off_leaves_the_day_waiting_and_the_next_moves_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = drafted("PRO.CV", "01/06/2026"), drafted("PRO.CV", "01/06/2026")
    set_day(ROOT, STORM, off=True, name="Bão", basis="1-TB")
    monkeypatch.setattr("backend.deadlines.recompute.BATCH", 1)
    with monkeypatch.context() as cut:
        cut.setattr("backend.deadlines.moving.record", _once_then_fail())
        with pytest.raises(RuntimeError), as_role("chibo_jobs"):
            follow_calendar()
    assert ([fresh(one).due_on for one in (first, second)], waiting()) == (
        [date(2026, 7, 14), date(2026, 7, 13)], [STORM],
    )  # fmt: skip
    with as_role("chibo_jobs"):
        assert [move.deadline.pk for move in follow_calendar()] == [second.pk]
    assert ([fresh(one).due_on for one in (first, second)], waiting()) == ([date(2026, 7, 14)] * 2, [])
    assert Event.objects.filter(code="deadline.moved", office="system").count() == 1
    withdraw_day(ROOT, STORM, basis="2-TB")
    assert waiting() == [STORM]
    with as_role("chibo_jobs"):
        assert len(follow_calendar()) == 2
    assert fresh(first).due_on == date(2026, 7, 13)


def test_a_day_that_is_entered_anew_meanwhile_goes_on_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    drafted("PRO.CV", "01/06/2026")
    set_day(ROOT, STORM, off=True, name="Bão", basis="1-TB")

    def meanwhile(_moves: object) -> None:
        set_day(ROOT, STORM, off=False, name="Đi làm", basis="2-TB")

    monkeypatch.setattr("backend.deadlines.following.recorder", lambda who: meanwhile)
    follow_calendar()
    assert waiting() == [STORM]


def _once_then_fail() -> object:
    done: list[object] = []

    def record(entries: object) -> None:
        if done:
            raise RuntimeError("the power went")
        done.append(entries)

    return record
