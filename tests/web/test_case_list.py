"""The list of cases: those that the office may read, open ones unless asked otherwise, late ones told by their deadlines."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from backend.cases import selectors
from backend.deadlines.models import Deadline
from tests.web.people import text
from tests.web.test_member_list import of, queries, world
from tests.world import World

__all__ = ["world"]
pytestmark = pytest.mark.django_db


def numbers(page: Any) -> list[str]:
    return re.findall(r'<div class="aside">([^ ]+) ·', text(page))


def test_an_office_finds_the_cases_that_the_selectors_give_newest_first(world: World) -> None:
    for number, unit in enumerate((world.cell, world.cell, world.other)):
        new = world.member(f"Trần Văn {number}", "import_probationary", joined_on="2025-10-30", unit=unit)
        world.probation(new, date(2025, 10, 30))
    for name in ("secretary", "other_secretary", "officer", "auditor"):
        mine = selectors.cases(world.actor(name)).filter(closed_on=None).order_by("-id")
        assert numbers(of(name).get("/cases/")) == [one.number for one in mine]


def test_filters_narrow_by_lifecycle_unit_and_what_is_overdue(world: World) -> None:
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    late = world.probation(new, date(2025, 10, 30))
    meeting = world.meeting(world.members(3), date(2026, 11, 1))
    Deadline.objects.filter(subject_kind="case", subject_id=late.pk).update(due_on=date(2026, 11, 1))
    officer = of("officer")
    for query, found in {
        "lifecycle=recognition": [late.number], f"unit={world.other.pk}": [], "show=overdue": [late.number],
        "lifecycle=meeting&show=all": [meeting.number], f"unit={world.cell.pk}&lifecycle=recognition": [late.number],
    }.items():  # fmt: skip
        assert numbers(officer.get(f"/cases/?{query}")) == found, query
    page = text(officer.get("/cases/?show=overdue"))
    assert '<li class="late">' in page
    assert "<strong>Quá hạn</strong> · hạn 01/11/2026" in page


@pytest.mark.parametrize("query", ["lifecycle=membership", "show=x", "state=proposed", "cursor=x"])
def test_what_no_form_of_ours_asks_is_not_there(world: World, query: str) -> None:
    assert of("officer").get(f"/cases/?{query}").status_code == 404


def test_the_list_costs_the_same_queries_at_one_row_and_at_three(world: World) -> None:
    costs = []
    for some in ((1,), (2, 3)):
        for number in some:
            new = world.member(f"Trần Văn {number}", "import_probationary", joined_on="2025-10-30")
            world.probation(new, date(2025, 10, 30))
        costs.append(queries(of("officer"), "/cases/"))
    assert costs[0] == costs[1]


def test_a_meeting_goes_by_its_month_and_a_case_by_its_person(world: World) -> None:
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    world.probation(new, date(2025, 10, 30))
    world.meeting(world.members(3), date(2026, 11, 1))
    page = text(of("secretary").get("/cases/?show=all"))
    assert ">Sinh hoạt chi bộ: tháng 11/2026</a>" in page
    assert ">Công nhận đảng viên chính thức: Trần Thị Mới</a>" in page


def test_a_deadline_in_the_list_says_whom_it_is_about_to_who_may_know(world: World) -> None:
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    world.probation(new, date(2025, 10, 30))
    page = text(of("secretary").get("/deadlines/"))
    assert "<div>Trần Thị Mới · Công nhận đảng viên chính thức</div>" in page
    assert world.cell.code not in page  # the reader's own
    assert world.cell.code in text(of("officer").get("/deadlines/"))
    assert "Trần Thị Mới" not in text(of("other_secretary").get("/deadlines/"))
