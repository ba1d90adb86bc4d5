"""The ledger of a unit and a period on a page: what the API's ledger holds, a deadline a line, offices and no names."""

from __future__ import annotations

import csv
import re
from datetime import date
from io import StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.alerts.sweep import sweep
from backend.cases.answering import comment
from backend.core import clock
from backend.deadlines.models import Deadline
from tests.api.conftest import traces
from tests.api.test_ledger import deadline, get
from tests.roles import as_role
from tests.web.people import text
from tests.web.test_acting import of
from tests.world import World

__all__ = ["deadline"]
pytestmark = pytest.mark.real
COST = 23
LINE = re.compile(r'<a href="/deadlines/(\d+)/ledger/">')


def page(query: str = "", who: str = "officer", status: int = 200) -> str:
    with as_role("chibo_app"):
        answer = of(who).get(f"/ledger/{query}")
    assert answer.status_code == status, (query, answer.status_code)
    return " ".join(text(answer).split())


def test_it_says_whom_when_and_how_it_ended(deadline: tuple[World, Deadline]) -> None:
    world, one = deadline
    before = traces()
    told = page()
    assert LINE.findall(told) == [str(one.pk)], "once, whatever the number of its rungs"
    for words in (
        f"</a> · {one.reference} <div>hạn 22/10/2026 · ", "Quá hạn", "Chi bộ ấp Một (87.107.000.000.001)",
        "03/11/2026 nhắc việc – Bí thư chi bộ, Chi bộ ấp Một (87.107.000.000.001): trong phần mềm (Đã gửi), "
        "qua thư điện tử (Đã gửi)</li>",
        "10/11/2026 báo lên cấp trên thứ 2 – Bí thư cấp ủy, Đảng bộ tỉnh (87): trong phần mềm "
        "(Không gửi: Hôm đó không có ai giữ chức danh này)",
        'value="01/11/2026"', 'value="12/11/2026"',
    ):  # fmt: skip
        assert words in told, words
    assert "Trần Thị Mới" not in told
    assert "Người secretary" not in told
    assert traces() == before
    comment(world.actor("secretary"), one.pk, comment="Ông Ba đang ốm")
    told = page()
    assert "Đã trả lời:</div><ul><li>12/11/2026 " in told
    assert "(Bí thư chi bộ, Chi bộ ấp Một)</li>" in told
    assert "Ông Ba" not in told, "not what was written"


def test_it_holds_what_the_api_holds(deadline: tuple[World, Deadline]) -> None:
    _, one = deadline
    days = "first=2026-11-01&last=2026-11-12"
    held = {line["deadline_id"] for line in get("officer", f"alerts/ledger/?limit=200&{days}")["results"]}
    assert {int(key) for key in LINE.findall(page(f"?{days}"))} == held == {one.pk}
    with as_role("chibo_app"):
        answer = of("officer").get(f"/ledger/csv/?{days}")
        sent = b"".join(answer).decode()
    assert sent == get("officer", f"alerts/ledger/csv/?{days}&language=vi")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="ledger-2026-11-12.csv"'
    assert {row["deadline_id"] for row in csv.DictReader(StringIO(sent.removeprefix("\ufeff")))} == {str(one.pk)}


def test_it_is_narrowed_by_unit_days_and_end(deadline: tuple[World, Deadline]) -> None:
    world, one = deadline
    for query, found in (
        (f"?unit={world.cell.code}", 1), (f"?unit={world.commune.code}", 1), (f"?unit={world.other.code}", 0),
        ("?first=02/11/2026&last=02/11/2026", 0), ("?first=&last=", 1), ("?ended=overdue", 1), ("?ended=open", 1),
        ("?ended=met", 0), ("?ended=met_late", 0),
    ):  # fmt: skip
        told = page(query)
        assert len(LINE.findall(told)) == found, query
        assert ("Trong kỳ này chưa báo gì." in told) == (not found)
    Deadline.objects.filter(pk=one.pk).update(status="met_late", met_on="2026-11-12")
    told = page("?ended=met_late")
    assert "<strong>Hoàn thành muộn (12/11/2026)</strong>" in told
    assert 'class="late"' not in told
    assert LINE.findall(page("?ended=overdue")) == []


def test_what_cannot_be_asked_is_said_or_is_not_there(deadline: tuple[World, Deadline]) -> None:
    for query, field in (
        ("?unit=99", "unit"), ("?first=31/02/2026", "first"), ("?first=02/11/2026&last=01/11/2026", "last"),
    ):  # fmt: skip
        told = page(query, status=400)
        assert f'id="id_{field}_error"' in told
        assert LINE.findall(told) == []
        with as_role("chibo_app"):
            assert of("officer").get(f"/ledger/csv/{query}").status_code == 404
    for query in ("?ended=x", "?limit=3", "?unit=87&unit=87", "?before=x"):
        page(query, status=404)


def test_who_sees_another_part_of_the_tree_sees_nothing_of_it(deadline: tuple[World, Deadline]) -> None:
    assert "Trong kỳ này chưa báo gì." in page(who="other_secretary")
    page(f"?unit={deadline[0].cell.code}", "other_secretary", 400)


def test_a_line_more_costs_no_query_more(deadline: tuple[World, Deadline]) -> None:
    world, one = deadline
    client = of("officer")
    client.get("/more/")
    client.get("/ledger/")
    costs = []
    for day, name in ((20, "Lê Thị Hai"), (27, "Lê Thị Ba"), (28, "")):
        with CaptureQueriesContext(connection) as caught:
            told = client.get("/ledger/")
        costs.append((len(LINE.findall(text(told))), len(caught)))
        if name:
            world.probation(
                world.member(name, "import_probationary", joined_on="2025-09-10"), one.due_on.replace(2025, 9, 10)
            )
            clock.move_to(date(2026, 11, day))
            with as_role("chibo_jobs"):
                sweep()
    assert costs == [(1, COST), (2, COST), (3, COST)]
