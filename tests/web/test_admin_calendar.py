"""Days of the calendar on a page: what would move is shown and leaves nothing, then the day is entered once, or taken back."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.audit.models import Event
from backend.deadlines.models import CalendarDay, Deadline
from tests.web.people import send, text
from tests.web.test_today import due, of, planned
from tests.world import World, make_world, person
from workflows.offices import Office

pytestmark = pytest.mark.django_db
COST = 26
AT = "/administration/calendar/"


@pytest.fixture
def world() -> World:
    world = make_world()
    person("top", Office.ADMINISTRATOR, world.province)
    person("admin", Office.ADMINISTRATOR, world.commune)
    return world


def asked(**more: str) -> dict[str, str]:
    return {
        "day": "24/11/2026",
        "off": "off",
        "name": "Nghỉ bù",
        "basis": "Thông báo 12/TB ngày 01/11/2026",
        "key": str(uuid4()),
    } | more


def written() -> tuple[int, int, list[date]]:
    return CalendarDay.objects.count(), Event.objects.count(), list(Deadline.objects.values_list("due_on", flat=True))


def test_what_would_move_is_shown_and_nothing_is_written(world: World) -> None:
    due(planned(world), date(2026, 11, 24))  # the rule itself says the end of the month
    before = written()
    page = text(send(of("top"), AT, do="preview", **asked()))
    assert "Số thời hạn sẽ dời: 1" in page
    assert "-2026-0001, Chi bộ ấp Một</h3>" in page
    assert "<dd>24/11/2026</dd></div><div><dt>sau khi thay đổi</dt><dd>30/11/2026</dd>" in page
    assert written() == before


def test_a_day_is_entered_once_and_taken_back(world: World) -> None:
    client, form = of("top"), asked()
    for _ in range(2):
        assert send(client, AT, do="set", **form).headers["Location"] == AT
    row = CalendarDay.objects.get()
    assert (row.day, row.off, row.withdrawn, row.version) == (date(2026, 11, 24), True, False, 1)
    back = {"back-day": "24/11/2026", "back-basis": "Thông báo 13/TB ngày 02/11/2026", "back-key": str(uuid4())}
    assert send(client, AT, do="withdraw", **back).headers["Location"] == AT
    row.refresh_from_db()
    assert (row.withdrawn, row.version) == (True, 2)
    assert "đã hủy" in text(client.get(AT))


def test_what_names_no_paper_is_refused_and_who_is_not_at_the_top_enters_nothing(world: World) -> None:
    before = written()
    page = text(send(of("top"), AT, do="set", **asked(basis="nghe nói")))
    assert 'class="wrong"' in page or 'role="alert"' in page
    assert "Ngày do quản trị viên ở cấp cao nhất nhập" in text(send(of("admin"), AT, do="set", **asked()))
    assert of("secretary").get(AT).status_code == 404
    assert written() == before


def test_a_day_that_stands_already_is_said_to_when_it_is_looked_at(world: World) -> None:
    client, form = of("top"), asked()
    send(client, AT, do="set", **form)
    before = written()
    page = text(send(client, AT, do="preview", **asked()))
    assert "Đã như vậy từ trước" in page
    assert "Số thời hạn sẽ dời" not in page
    assert written() == before


def test_the_calendar_costs_the_same_with_one_day_and_with_three(world: World) -> None:
    client, costs = of("top"), []
    for day in ("24/11/2026", "25/11/2026", "26/11/2026"):
        send(client, AT, do="set", **asked(day=day))
        client.get(AT)
        with CaptureQueriesContext(connection) as caught:
            told = text(client.get(AT))
        costs.append((told.count("Nghỉ bù"), len(caught)))
    assert costs == [(1, COST), (2, COST), (3, COST)]
