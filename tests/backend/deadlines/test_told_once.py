"""What an office was told of a deadline is not told it again, whatever changes the plan: ladders, packs, days, holidays."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from backend.accounts.policy import Actor
from backend.alerts.ledger import story
from backend.alerts.models import Notice
from backend.alerts.sweep import sweep
from backend.audit.models import Event
from backend.core import clock
from backend.deadlines.models import CalendarDay, Deadline
from backend.deadlines.moving import recorder
from backend.deadlines.planning import replan
from backend.deadlines.recompute import recompute
from backend.organizations.models import Unit
from tests.backend.alerts.rows import CALENDAR, chain, person
from tests.backend.deadlines.test_reminding import opened, run
from workflows import ladders
from workflows.offices import Office

pytestmark = pytest.mark.django_db
EARLY = ("--from", "2026-11-01")
LADDER = ("--ladder", "MTG.REGULAR=meeting_in_first_week", *EARLY)
PACK = ("--pack", "lao_cai", *EARLY)


@pytest.fixture
def cell() -> Unit:
    """A cell with an office held at every level above it."""
    clock.move_to(date(2026, 11, 2))
    province, commune, cell = chain()
    person(Office.CELL_SECRETARY, cell)
    for above in (commune, province):
        person(Office.COMMITTEE_SECRETARY, above)
    return cell


def not_held(cell: Unit, *days: date) -> Deadline:
    """November's meeting, swept on the days: levels 1 and 2 are told on 01/12 and 08/12."""
    one = opened(cell, "01/11/2026")
    for day in days:
        clock.move_to(day)
        sweep()
    return one


def climbed() -> Counter[Any]:
    """How often each office above was told of each deadline, by channel."""
    said = Notice.objects.filter(levels_up__gt=0).exclude(outcome="skipped")
    return Counter(said.values_list("deadline_id", "levels_up", "office", "channel"))


def recomputed() -> list[str]:
    return [move.why for move in recompute(record=recorder(Actor.operator("x").who()))]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ([LADDER], "ladder"),
        ([PACK], "pack"),
        ([PACK, ("--without-pack", "lao_cai", *EARLY)], "pack"),
        ([LADDER, ("--without-ladder", "MTG.REGULAR", *EARLY), LADDER], "ladder"),
    ],
)
def test_levels_that_were_told_stay_told_after_a_change_and_a_recompute(
    cell: Unit, change: list[Any], why: str
) -> None:
    one = not_held(cell, date(2026, 12, 1), date(2026, 12, 8))
    before = climbed()
    assert {(level, count) for (_, level, *_), count in before.items()} == {(1, 1), (2, 1)}
    clock.move_to(date(2026, 12, 22))
    for options in change:
        run(cell.parent.code, *options)
        assert recompute(dry_run=True) == []
    replanned = Event.objects.filter(code="deadline.replanned")
    assert [event.facts["why"] for event in replanned] == [why] * len(change)
    CalendarDay.objects.create(
        day=date(2026, 12, 1), off=True, name="Storm"
    )  # its climb counts from there, one day later
    CalendarDay.objects.create(day=date(2026, 12, 24), off=True, name="Fair")
    recompute(record=recorder(Actor.operator("x").who()))
    assert recompute(dry_run=True) == []
    sweep()
    assert {key: count for key, count in climbed().items() if key[1] < 3} == before
    lines = story(Deadline.objects.get(pk=one.pk)).rungs
    left = [(line.state, line.reason) for line in lines[8:] if line.levels_up in (1, 2)]
    assert {*left} == {("left_out", "ladder_changed")}


def test_a_holiday_that_brings_a_told_rung_to_today_says_nothing_again(cell: Unit) -> None:
    not_held(cell, date(2026, 12, 1), date(2026, 12, 8))
    before = climbed()
    clock.move_to(date(2026, 12, 9))
    run(cell.parent.code, *LADDER)
    CalendarDay.objects.create(day=date(2026, 12, 8), off=True, name="Storm")
    assert recomputed() == ["calendar"]
    assert Deadline.objects.get().rung_days[15] is None
    sweep()
    assert climbed() == before


@pytest.mark.parametrize("ladder", ["meeting_in_first_week", "meeting_papers"])
def test_a_ladder_that_comes_on_the_very_day_says_nothing_again(cell: Unit, ladder: str) -> None:
    """The second tells level 1 two days later than the first did: it has heard of it."""
    not_held(cell, date(2026, 12, 1))
    before, above = Notice.objects.count(), climbed()
    run(cell.parent.code, "--ladder", f"MTG.REGULAR={ladder}", *EARLY)
    sweep()
    assert Notice.objects.count() == before
    clock.move_to(date(2026, 12, 3))
    sweep()
    assert climbed() == above


def test_a_ladder_that_tells_a_level_more_often_goes_on_where_the_other_left_off() -> None:
    clock.move_to(date(2026, 12, 2))
    due, known = date(2026, 11, 30), ladders.ladder_called("short")
    assert known is not None
    *first, escalation = known.rungs
    weekly = ladders.Ladder("weekly@1", (*first, *(replace(escalation, offset=offset) for offset in (1, 3, 6))))
    one = Deadline(
        ladder="short", rungs_done=0b1111, rung_days=[date(2026, 11, 27), due, *[date(2026, 12, 1)] * 2], due_on=due,
        opened_on=date(2026, 11, 1),
    )  # fmt: skip
    found = replan(one, weekly, due, None, CALENDAR, "firm")
    assert (found.rung_days[4:], found.ladder_from, found.levels_told) == (
        [None, None, None, None, date(2026, 12, 3), date(2026, 12, 8)], 4, [0, 0, 0, 1],
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_whatever_changes_nothing_is_told_twice_and_a_recompute_finds_nothing(cell: Unit, seed: int) -> None:
    chance, day = Random(seed), date(2026, 11, 20)
    choices = ("meeting_in_first_week", "meeting_papers", "quarterly_meeting", "monthly_meeting")
    opened(cell, "01/11/2026")
    opened(cell, "01/12/2026")
    for _ in range(9):
        day += timedelta(days=chance.randrange(1, 9))
        clock.move_to(day)
        sweep()
        since = ("--from", chance.choice(["2026-11-01", "2026-12-01", day.isoformat()]))
        options: Any = chance.choice(
            [
                ("--ladder", f"MTG.REGULAR={chance.choice(choices)}", *since),
                ("--without-ladder", "MTG.REGULAR", *since),
                ("--pack", "lao_cai", *since),
                ("--without-pack", "lao_cai", *since),
                ("--reminder-day", str(chance.randrange(1, 29))),
                ("--no-reminder-day",),
            ]
        )
        run(chance.choice([cell, cell.parent]).code, *options)
        assert recompute(dry_run=True) == [], options
        sweep()
        if chance.random() < 0.3:
            off = day + timedelta(days=chance.randrange(-9, 9))
            CalendarDay.objects.get_or_create(day=off, defaults={"off": True, "name": "Storm"})
            recomputed()
            assert recompute(dry_run=True) == []
    said = climbed()
    assert said
    assert {*said.values()} == {1}
