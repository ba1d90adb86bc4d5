"""The path of a case and the days in each state, against days counted by hand."""

from __future__ import annotations

from datetime import date, timedelta
from statistics import median_low
from typing import Any

import pytest
from django.db import transaction

from backend.cases.engine import NewCase, OnCase, perform
from backend.cases.models import Case
from backend.cases.voiding import void
from backend.core.db import scope
from backend.core.errors import NotPermitted
from backend.desk.paths import Period, Spent, path_of, spent
from tests.world import TODAY, World, make_world, paper, person
from workflows.offices import Office


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def abroad(world: World, asked: date, introduced: date | None = None, back: date | None = None, **where: Any) -> Case:
    """A stay abroad: asked for, begun, over."""
    member = world.member("Nguyễn Văn Xa", **where)
    secretary = world.actor("other_secretary" if where else "secretary")
    facts: dict[str, Any] = {"request": paper(asked), "country": "Nhật Bản", "from_on": asked.isoformat()}
    case = OnCase(perform(secretary, NewCase("abroad", member_id=member.pk), "ask", facts, on=asked)["id"])
    if introduced:
        papers = {"introduction": paper(introduced), "self_review": paper(introduced), "papers_handed_over": True,
                  "dues_settled": True}  # fmt: skip
        perform(world.actor("committee"), case, "introduce", papers, on=introduced)
    if back:
        perform(secretary, case, "contact", {"contact_on": (back - timedelta(days=1)).isoformat()}, on=back)
        perform(secretary, case, "come_back", {"remark": paper(back)}, on=back)
    return Case.objects.get(pk=case.id)


def test_the_path_has_every_state_with_its_days(world: World) -> None:
    case = abroad(world, date(2026, 2, 2), date(2026, 2, 12), date(2026, 6, 1))
    stays = path_of(world.actor("auditor"), case, TODAY)
    assert [(one.state, one.step, one.entered_on, one.left_on, one.days) for one in stays] == [
        ("asked", "ask", date(2026, 2, 2), date(2026, 2, 12), 10),
        ("abroad", "introduce", date(2026, 2, 12), date(2026, 6, 1), 109),
        ("returned", "come_back", date(2026, 6, 1), date(2026, 6, 1), 0),
    ]
    assert [one.office for one in stays] == ["cell_secretary", "committee_secretary", "cell_secretary"]


def test_what_was_voided_is_no_part_of_the_path(world: World) -> None:
    case = abroad(world, date(2026, 2, 2), date(2026, 2, 12), date(2026, 6, 1))
    last = path_of(world.actor("auditor"), case, TODAY)[-1]
    void(world.actor("deputy"), last.event, reason="Chưa về", paper=paper(date(2026, 6, 2)))
    stays = path_of(world.actor("auditor"), Case.objects.get(pk=case.pk), TODAY)
    assert [(one.state, one.left_on, one.days) for one in stays] == [
        ("asked", date(2026, 2, 12), 10), ("abroad", None, (TODAY - date(2026, 2, 12)).days),
    ]  # fmt: skip


def test_a_path_needs_the_right_to_the_log(world: World) -> None:
    case = abroad(world, date(2026, 2, 2))
    committee = person("chi_uy", Office.CELL_COMMITTEE, world.cell)
    with pytest.raises(NotPermitted):
        path_of(committee, case, TODAY)
    with pytest.raises(NotPermitted):
        spent(committee, "abroad", world.cell.path, Period(date(2026, 1, 1), TODAY))


def times(world: World, first: date, last: date, path: str = "") -> dict[str, Spent]:
    with transaction.atomic():
        scope(world.commune.path)
        found = spent(world.actor("auditor"), "abroad", path or world.commune.path, Period(first, last))
    return {one.state: one for one in found}


@pytest.fixture
def stays(world: World) -> World:
    abroad(world, date(2026, 2, 2), date(2026, 2, 12), date(2026, 6, 1))  # 10, 109 days
    abroad(world, date(2026, 3, 2), date(2026, 3, 5), date(2026, 3, 25))  # 3, 20
    abroad(world, date(2026, 3, 2), date(2026, 3, 9))  # 7, goes on
    abroad(world, date(2026, 5, 4), unit=world.other)  # waits
    return world


def test_times_of_a_year(stays: World) -> None:
    assert times(stays, date(2026, 1, 1), date(2026, 6, 30)) == {
        "asked": Spent("asked", ended=3, median=7, longest=10, still=1, median_still=57, in_period=10 + 3 + 7 + 58),
        "abroad": Spent(
            "abroad", ended=2, median=20, longest=109, still=1, median_still=113, in_period=109 + 20 + 114
        ),
    }  # fmt: skip


def test_times_of_a_period_count_what_falls_into_it(stays: World) -> None:
    """March: one stay abroad began before and goes on, one ends in it, one begins in it and goes on."""
    assert times(stays, date(2026, 3, 1), date(2026, 3, 31)) == {
        "asked": Spent("asked", 2, 3, 7, 0, None, 3 + 7),
        "abroad": Spent("abroad", 1, 20, 20, 2, 22, 31 + 20 + 23),
    }


def test_a_case_that_was_opened_later_than_its_entries_counts_on_their_days(stays: World) -> None:
    """A meeting of a past month, recorded late, or a case taken over: its stays lie before the day on which it was opened."""
    march = times(stays, date(2026, 3, 1), date(2026, 3, 31))
    assert Case.objects.filter(lifecycle="abroad").update(opened_on=TODAY) == 4
    assert times(stays, date(2026, 3, 1), date(2026, 3, 31)) == march


def test_times_of_one_unit_and_of_nothing(stays: World) -> None:
    assert times(stays, date(2026, 1, 1), date(2026, 6, 30), stays.other.path) == {
        "asked": Spent("asked", 0, None, None, 1, 57, 58)
    }
    assert times(stays, date(2025, 1, 1), date(2025, 12, 31)) == {}


def test_times_agree_with_the_paths_of_the_cases(stays: World) -> None:
    """The same by the paths, one by one, up to today."""
    auditor, by_state = stays.actor("auditor"), {}
    for case in Case.objects.filter(lifecycle="abroad"):
        for one in path_of(auditor, case, TODAY):
            by_state.setdefault(one.state, []).append(one)
    found = times(stays, date(2026, 1, 1), TODAY)
    assert found.keys() == by_state.keys() - {"returned"}
    for state, told in found.items():
        over = [one.days for one in by_state[state] if one.left_on]
        assert (told.ended, told.median, told.longest) == (len(over), median_low(over), max(over))
        assert told.still == len([one for one in by_state[state] if one.left_on is None])
