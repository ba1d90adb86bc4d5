"""My notices on the pages: those of the office one acts in, read once and marked so, and nobody else's."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.alerts.models import Notice, ReadMark
from backend.alerts.sweep import sweep
from backend.audit.models import Event
from backend.core.partitions import ensure_month
from tests.api.conftest import ON, traces
from tests.api.test_lists import notice
from tests.realdb import RealDatabase
from tests.roles import as_role
from tests.web.people import text
from tests.web.test_acting import of
from tests.world import World, make_world, person
from workflows.offices import Office

COST = 26
pytestmark = pytest.mark.real


@pytest.fixture
def world(committed_db: RealDatabase) -> World:
    cache.clear()
    return make_world()


def said(world: World, number: int, at: Any = None, office: Office = Office.CELL_SECRETARY) -> None:
    notice(world, number, at or world.cell, office)
    Notice.objects.filter(id=number).update(channel="inbox", outcome="sent")


def page(who: str, address: str = "/notices/", status: int = 200) -> str:
    with as_role("chibo_app"):
        answer = of(who).get(address)
    assert answer.status_code == status, (address, answer.status_code)
    return text(answer)


def read(who: str, up_to: object) -> Any:
    client = of(who)
    client.get("/notices/")
    with as_role("chibo_app"):
        return client.post("/notices/read/", {"up_to": up_to, "csrfmiddlewaretoken": client.cookies["csrftoken"].value})


def test_what_the_sweep_said_is_told_with_its_deadline(world: World) -> None:
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-09-10")
    world.probation(new, date(2025, 9, 10))
    with as_role("chibo_jobs"):
        sweep(ON)
    one = Notice.objects.filter(channel="inbox", unit_id=world.cell.pk).exclude(outcome="coalesced").latest("id")
    told = page("secretary")
    for words in ("Chưa đọc ở trang này: 1", "Chi bộ xét công nhận chính thức", "CN-2026-0001", "nhắc việc"):
        assert words in told, words
    own = page("secretary", f"/notices/{one.id}/")
    assert f"/deadlines/{one.deadline_id}/" in own
    assert "Trần Thị Mới" not in told + own  # no notice names anybody


def test_notices_of_others_are_not_there(world: World) -> None:
    said(world, 1)
    said(world, 2, office=Office.CELL_DEPUTY)
    said(world, 3, world.other)
    assert "/notices/1/" in page("secretary")
    for other in (2, 3, 9, 2**63 - 1):
        page("secretary", f"/notices/{other}/", 404)
    assert "Chưa có thông báo nào" in page("officer")


def test_reading_moves_one_mark_of_ones_own_and_never_back(world: World) -> None:
    for number in (1, 2, 3):
        said(world, number)
    assert "Chưa đọc ở trang này: 3" in page("secretary")
    before = traces()
    assert read("secretary", 2).headers["Location"] == "/notices/"
    assert "Chưa đọc ở trang này: 1" in page("secretary")
    assert ">Chưa đọc<" not in page("secretary", "/notices/2/")
    assert ">Chưa đọc<" in page("secretary", "/notices/3/")
    read("secretary", 1)
    assert ReadMark.objects.get().up_to == 2
    read("secretary", 2**62)  # what comes later is not read by that
    assert ReadMark.objects.get().up_to == 3
    said(world, 4)
    assert "Chưa đọc ở trang này: 1" in page("secretary")
    assert traces() == before


@pytest.mark.parametrize("up_to", ["", "x", "0", "-1", "9" * 40, "1.5"])
def test_what_is_no_notice_marks_nothing(world: World, up_to: str) -> None:
    said(world, 1)
    assert read("secretary", up_to).headers["Location"] == "/notices/"
    assert not ReadMark.objects.exists()


def test_pages_follow_each_other_without_gap_or_repetition(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.web.paging.SIZE", 2)
    for number in range(1, 6):
        said(world, number)
    first, second, last = (
        page("secretary"),
        page("secretary", "/notices/?before=4"),
        page("secretary", "/notices/?before=2"),
    )
    assert [[number for number in range(1, 6) if f"/notices/{number}/" in told] for told in (first, second, last)] == [
        [4, 5], [2, 3], [1],
    ]  # fmt: skip
    assert "?before=4" in first
    assert "?before=" not in last.partition("</main>")[0]
    page("secretary", "/notices/?before=x", 404)


def test_a_list_costs_the_same_at_one_row_and_at_three(world: World) -> None:
    costs = []
    for number in (1, 2, 3):
        said(world, number)
        client = of("secretary")
        client.get("/more/")
        with CaptureQueriesContext(connection) as caught:
            client.get("/notices/")
        costs.append(len(caught))
    assert costs == [COST, COST, COST]


def rungs(world: World, *days: date, about: int = 77, first: int = 1) -> None:
    """What the rungs of one ladder said on these days; the later ones to nobody but the secretary too."""
    for number, day in enumerate(days, first):
        said(world, number)
        ensure_month("alerts_notice", day.replace(day=1))
        Notice.objects.filter(id=number).update(month=day.replace(day=1), rung_on=day, rung=number, deadline_id=about)


def test_a_deadline_is_one_line_with_the_days_of_before(world: World) -> None:
    rungs(world, date(2025, 12, 20), date(2026, 11, 2), date(2026, 11, 9), date(2026, 11, 16))
    said(world, 9)
    told = page("secretary")
    assert [number for number in (1, 2, 3, 4, 9) if f'"/notices/{number}/"' in told] == [4, 9]
    assert "Đã nhắc trước đó: 20/12/2025, 02/11, 09/11<" in told
    assert told.count("Đã nhắc trước đó") == 1
    assert "Chưa đọc ở trang này: 2" in told
    assert "<dt>Đã nhắc trước đó</dt><dd>20/12/2025, 02/11</dd>" in page("secretary", "/notices/3/")
    assert "Đã nhắc trước đó" not in page("secretary", "/notices/1/")


def test_what_was_told_to_another_office_is_not_counted_to_mine(world: World) -> None:
    rungs(world, date(2026, 11, 2), date(2026, 11, 9))
    said(world, 3, office=Office.CELL_DEPUTY)
    Notice.objects.filter(id=3).update(deadline_id=77, rung=3)
    told = page("secretary")
    assert '"/notices/2/"' in told
    assert "Đã nhắc trước đó: 02/11<" in told


def test_the_list_is_narrowed_and_older_ones_are_reached(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.web.paging.SIZE", 1)
    rungs(world, date(2025, 12, 20), about=71)
    rungs(world, date(2026, 3, 2), date(2026, 3, 9), about=72, first=2)
    rungs(world, date(2026, 11, 9), about=73, first=4)
    first = page("secretary", "/notices/?until=10/03/2026")
    assert [n for n in range(1, 5) if f'"/notices/{n}/"' in first] == [3]
    assert 'href="?until=10%2F03%2F2026&before=3"' in first
    assert '"/notices/1/"' in page("secretary", "/notices/?until=10/03/2026&before=3")
    read("secretary", 3)
    assert [n for n in range(1, 5) if f'"/notices/{n}/"' in page("secretary", "/notices/?show=unread")] == [4]
    assert "Không có thông báo nào như vậy." in page("secretary", "/notices/?show=open")  # no such deadlines stand
    wrong = page("secretary", "/notices/?until=31/02/2026", 400)
    assert 'aria-describedby="id_until_error"' in wrong
    assert "/notices/4/" not in wrong
    for query in ("show=all", "day=1", "show=open&show=unread", "until=1&until=2"):
        page("secretary", f"/notices/?{query}", 404)


def test_an_answer_is_given_from_the_notice_too(world: World) -> None:
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-09-10")
    world.probation(new, date(2025, 9, 10))
    with as_role("chibo_jobs"):
        sweep(ON)
    one = Notice.objects.filter(channel="inbox", unit_id=world.cell.pk).exclude(outcome="coalesced").latest("id")
    assert "Của thời hạn còn mở" in page("secretary", "/notices/?show=open")
    assert f'"/notices/{one.id}/"' in page("secretary", "/notices/?show=open")
    client = of("secretary")
    with as_role("chibo_app"):
        shown = text(client.get(f"/notices/{one.id}/"))
        assert f'action="/deadlines/{one.deadline_id}/#answers"' in shown
        fields = dict(re.findall(r'name="(acknowledge-version|acknowledge-key|seat)" value="([^"]+)"', shown))
        typed = {**fields, "do": "acknowledge", "acknowledge-reason": "Đã có lịch họp",
                 "csrfmiddlewaretoken": client.cookies["csrftoken"].value}  # fmt: skip
        answer = client.post(f"/deadlines/{one.deadline_id}/", typed)
    assert answer.headers["Location"] == f"/deadlines/{one.deadline_id}/"
    said_so = Event.objects.get(code="deadline.acknowledged")
    assert (said_so.subject_id, said_so.office) == (one.deadline_id, "cell_secretary")


def test_who_reads_nothing_has_no_notices(world: World) -> None:
    person("admin", Office.ADMINISTRATOR, world.province)
    page("admin", status=404)
    assert "/notices/" not in page("admin", "/more/")
