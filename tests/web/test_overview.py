"""The overview: what an office above the cell is shown, in figures that are right, of its own place alone."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backend.accesses.models import Access
from backend.accounts.models import User
from backend.accounts.policy import Actor
from backend.audit.models import Event
from backend.cases.engine import NewCase, perform
from backend.members.models import Member
from backend.reports.models import PlanTarget
from tests.roles import as_role
from tests.web.overview_world import commune_at_work, counted, seed_of_2022
from tests.web.people import browser, send, text
from tests.world import World, make_world, person, unit
from workflows.offices import Level, Office

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return commune_at_work()


def of(name: str, language: str = "vi") -> Client:
    client = browser(language)
    client.force_login(User.objects.get(username=name))
    return client


def seen(name: str, address: str = "/overview/", language: str = "vi") -> str:
    """The page's words under the application's role, with runs of blanks as one."""
    with as_role("chibo_app"):
        answer = of(name, language).get(address)
    assert answer.status_code == 200, (name, address)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text(answer)))


def number(page: str, label: str) -> int:
    """The figure that stands before its label."""
    (found,) = re.findall(rf"(\d+) {label}", page)
    return int(found)


def test_an_office_sees_the_sum_of_what_is_below_it(world: World) -> None:
    page = seen("officer")
    assert number(page, "Đảng viên chính thức") == 5
    assert number(page, "Đảng viên dự bị") == 1
    assert number(page, "Đảng viên kết nạp trong năm") == 1
    assert "Chưa nhập chỉ tiêu năm 2026." in page
    assert "Chi bộ ấp Một" in page
    assert "Chi bộ ấp Hai" in page
    cell = seen("officer", f"/overview/?unit={world.other.code}")
    assert number(cell, "Đảng viên chính thức") == 2
    assert "Chi bộ ấp Một" not in cell


def test_nobody_sees_another_place_and_cells_have_their_own_pages(world: World) -> None:
    second = unit("87.108", "Đảng bộ xã Hai", Level.BASE, world.province)
    person("elsewhere", Office.ORGANISATION_OFFICER, second)
    person("admin", Office.ADMINISTRATOR, world.province)
    assert "Ở đây chưa có ai" in seen("elsewhere")
    for name in ("overview/", "overview/list/", "overview/csv/"):
        assert of("elsewhere").get(f"/{name}?unit={world.cell.code}").status_code == 404
        assert of("officer").get(f"/{name}?unit=87").status_code == 404
        for other in ("secretary", "deputy", "admin"):
            assert of(other).get(f"/{name}").status_code == 404
    assert of("auditor").get("/overview/plans/").status_code == 404


def test_any_past_day_is_told_and_one_before_the_first_is_not_made_up(world: World) -> None:
    assert number(seen("officer", "/overview/?on=09/03/2026"), "Đảng viên kết nạp trong năm") == 0
    page = seen("officer", "/overview/?on=30/09/2026")
    assert number(page, "Kỳ sinh hoạt trong tháng đã tổ chức") == 1
    assert "Số liệu đến hết ngày 30/09/2026" in page
    apart = "Thời hạn chỉ được tính từ ngày mở trên phần mềm."  # beside numbers that seem to contradict each other
    assert (page.count(apart), seen("officer").count(apart)) == (1, 0)
    before = seen("officer", "/overview/?on=31/12/2025")
    assert "Dữ liệu đảng viên ở đây bắt đầu từ ngày 01/01/2026" in before
    assert "Đảng viên chính thức" not in before
    for address in ("/overview/", "/overview/list/", "/overview/csv/"):
        assert of("officer").get(f"{address}?on=01/01/0001").status_code == 200
    for day, said in (
        ("31/12/2026", "Ngày này chưa đến"),
        ("31/02/2026", "Không có ngày này. Hãy ghi ngày/tháng/năm, ví dụ 05/11/2026 hoặc 05112026."),
    ):
        page = seen("officer", f"/overview/?on={day}")
        assert said in page, day
        assert number(page, "Đảng viên chính thức") == 5


def test_the_parts_below_the_number_of_members_add_up_to_it(world: World) -> None:
    """Candidates are no members: they are counted on a card of their own."""
    page = seen("officer", "/overview/")
    assert (
        page.index("Đang trong quá trình kết nạp") < page.index("Quần chúng ưu tú") < page.index("Tình hình sinh hoạt")
    )
    card = page[: page.index("Đang trong quá trình kết nạp")]
    total = re.findall(r"(\d+) Đảng viên (?=\d)", card)
    assert [int(one) for one in total] == [number(card, "Đảng viên dự bị") + number(card, "Đảng viên chính thức")]


def test_each_number_opens_the_list_of_what_was_counted(world: World) -> None:
    page = text(of("officer").get("/overview/"))
    lists = {one: int(count) for one, count in re.findall(r'href="(/overview/list/\?[^"]+)"[^>]*>(\d+)</a>', page)}
    assert len(lists) >= 8
    for address, count in lists.items():
        shown = text(of("officer").get(address))
        assert shown.split('<ul class="lines">')[1].count("<li>") == count, address
    names = seen("officer", "/overview/list/?figure=member&on=01/02/2026")
    assert names.count("Nguyễn Văn") == 5
    assert Access.objects.filter(door="overview/list/").latest("id").filters["figure"] == "member"
    assert of("officer").get("/overview/list/?figure=nothing").status_code == 404


def test_the_list_of_those_away_says_up_to_when_their_leave_lasts(world: World) -> None:
    world.member("Phạm Văn Xa", participation="away", away_until="2027-01-31")
    world.member("Võ Thị Xa", participation="away")
    counted()
    cell = "Chi bộ ấp Một (87.107.000.000.001) · từ 01/01/2026"
    page = seen("officer", "/overview/list/?figure=participation.away")
    assert f"Phạm Văn Xa {cell} · đến 31/01/2027 Võ Thị Xa {cell} · chưa ghi ngày kết thúc" in page
    assert "đến 31/01/2027" not in seen("officer", "/overview/list/?figure=member")


def test_who_has_left_the_officers_sight_is_counted_without_a_name(world: World) -> None:
    one = Member.objects.filter(unit=world.cell).earliest("pk")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE members_member DISABLE TRIGGER USER")
    Member.objects.filter(pk=one.pk).update(unit=world.province, unit_path=world.province.path)
    page = seen("officer", "/overview/list/?figure=member")
    assert one.full_name not in page.split("(6)")[1].split("Nguyễn Văn B")[0]
    assert "nay ngoài phạm vi của đồng chí" in page


def test_charts_have_their_data_beside_them_and_the_same_in_tables(world: World) -> None:
    page = text(of("officer").get("/overview/"))
    data = {
        key: json.loads(body)
        for key, body in re.findall(r'<script id="data-(\w+)" type="application/json">(.*?)</script>', page)
    }
    assert data["admission"]["series"][0]["data"] == [0, 0, *[1] * 9, None]
    assert [one["data"][-3:] for one in data["meetings"]["series"]] == [[1, 1, 0], [0, 0, 0]]
    assert page.count("<table") == 4
    listed = r'<a href="/overview/list/\?unit=87.107&on=31%2F03%2F2026&figure=admission.year">1</a>'
    assert re.search(rf'<th scope="row">03/2026</th>\s*<td class="number">{listed}</td>', page)


def behind(client: Client, page: str) -> list[tuple[str, int, int]]:
    """Each number of a page that leads to a list: the list, the number, and how many lines the list has."""
    links = re.findall(r'href="(/overview/list/\?[^"]+)"[^>]*>([\d.]+)</a>', page)
    found = []
    for address, shown in links:
        lines = re.findall(r'<ul class="lines">(.*?)</ul>', text(client.get(address)), re.DOTALL)
        found.append((address, int(shown.replace(".", "")), sum(one.count("<li>") for one in lines)))
    return found


def test_every_number_that_is_a_link_opens_a_list_of_so_many(world: World) -> None:
    """Of the charts' tables too, as of the end of each month, and the whole in "of so many"."""
    world.member("Trần Thị Mới", step="import_probationary", joined_on="2026-06-20")
    world.member("Võ Văn Mới", step="import_probationary", joined_on="2026-06-21", unit=world.other)
    counted()
    client = of("officer")
    with as_role("chibo_app"):
        page = text(client.get("/overview/"))
        found = behind(client, page)
    assert [one for one in found if one[1] != one[2]] == []
    of_month = {address: count for address, count, _ in found if "on=" in address}
    ends = [
        "31%2F01",
        "28%2F02",
        "31%2F03",
        "30%2F04",
        "31%2F05",
        "30%2F06",
        "31%2F07",
        "31%2F08",
        "30%2F09",
        "31%2F10",
    ]
    place = "/overview/list/?unit=87.107&on={}%2F2026&figure={}"
    assert of_month == {
        **{place.format(day, "admission.year"): 1 for day in ends[2:5]},
        **{place.format(day, "admission.year"): 3 for day in ends[5:]},
        **{place.format(day, "meeting.held"): 1 for day in ends[8:]},
    }
    assert ("/overview/list/?unit=87.107&figure=admission.year", 3, 3) in found, "the month that runs is as of today"


def test_the_whole_of_a_part_opens_its_list(world: World) -> None:
    planned = NewCase("meeting", unit_id=world.cell.pk)
    perform(Actor.system(), planned, "plan", {"kind": "regular", "month": "2026-11-01"}, on=date(2026, 11, 2))
    counted()
    for language, words in (("vi", "trên tổng số {}: 0,00 %"), ("en", "of {}: 0.00 %")):
        client = of("officer", language)
        page = text(client.get("/overview/"))
        (whole,) = [one for one in behind(client, page) if "figure=meeting.due" in one[0]]
        assert whole == ("/overview/list/?unit=87.107&figure=meeting.due", 1, 1)
        assert words.format(1) in re.sub(r"<[^>]+>", "", page)


def test_the_months_of_cells_are_told_in_signs_with_words(world: World) -> None:
    page = text(of("officer").get("/overview/"))
    assert "đã họp (03/09/2026)" in page
    assert "đã họp (05/10/2026)" in page


def test_units_below_are_sorted_as_asked_and_written_as_a_file(world: World) -> None:
    rows = [
        re.findall(r"Chi bộ ấp (?:Một|Hai)</a>", text(of("officer").get(f"/overview/?sort={sort}")))
        for sort in ("name", "member")
    ]
    assert [[one[:15] for one in found] for found in rows] == [["Chi bộ ấp Một</", "Chi bộ ấp Hai</"]] * 2
    assert of("officer").get("/overview/?sort=full_name").status_code == 404
    answer = of("officer").get("/overview/csv/?on=30/09/2026")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[1].startswith("87.107.000.000.001,Chi bộ ấp Một,4,1,0,1,0,0")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="overview-87.107-2026-09-30.csv"'


def test_the_page_costs_the_same_queries_for_one_unit_below_and_for_three(world: World) -> None:
    spent = []
    for more in range(3):
        if more:
            unit(f"87.107.000.000.00{more + 2}", f"Chi bộ ấp {more}", Level.CELL, world.commune)
            counted()
        client = of("officer")
        client.get("/overview/")
        with CaptureQueriesContext(connection) as caught:
            assert client.get("/overview/").status_code == 200
        spent.append(len([one for one in caught.captured_queries if "SAVEPOINT" not in one["sql"]]))
    assert len(set(spent)) == 1
    assert spent[0] <= 30


PLAN = {
    "figure": "admission.year",
    "year": "2026",
    "value": "4",
    "paper_number": "12-KH/ĐU",
    "paper_date": "15/01/2026",
}


def entered(name: str, **typed: str) -> Any:
    return send(of(name), "/overview/plans/", **{"seen": "0", **PLAN, **typed})


def test_a_plan_is_entered_with_its_paper_and_kept_when_another_comes(world: World) -> None:
    assert entered("officer").headers["Location"] == "/overview/plans/?unit=87.107"
    assert "trên chỉ tiêu 4: 25,00 %" in seen("officer")
    assert "of 4 planned: 25.00 %" in seen("officer", language="en")
    assert entered("committee", seen="1", value="5").status_code == 302
    kept = PlanTarget.objects.order_by("version").values_list("version", "value", "office", "paper_date")
    assert list(kept) == [
        (1, 4, "organisation_officer", date(2026, 1, 15)), (2, 5, "committee_secretary", date(2026, 1, 15))
    ]  # fmt: skip
    uids = list(PlanTarget.objects.order_by("version").values_list("event_uid", flat=True))
    events = [Event.objects.get(uid=uid) for uid in uids]
    assert [(one.code, one.version, one.facts["value"], one.user_id) for one in events] == [
        ("unit.planned", 2, 4, world.actor("officer").user_id), ("unit.planned", 3, 5, world.actor("committee").user_id),
    ]  # fmt: skip
    assert "12-KH" not in bytes(events[0].line).decode()
    assert "trên chỉ tiêu 5: 20,00 %" in seen("officer")
    page = seen("officer", "/overview/plans/")
    assert "Người officer" in page
    assert "không còn hiệu lực" in page


def test_twice_the_same_is_once_and_who_did_not_see_the_last_one_is_told(world: World) -> None:
    entered("officer")
    assert "Chỉ tiêu này đã được ghi như vậy rồi." in text(send_and_follow("officer"))
    refused = entered("committee", value="7")
    assert "đã có người khác nhập chỉ tiêu" in text(refused)
    assert 'value="7"' in text(refused)
    assert PlanTarget.objects.count() == 1


def send_and_follow(name: str) -> Any:
    client = of(name)
    send(client, "/overview/plans/", **{"seen": "1", **PLAN})
    return client.get("/overview/plans/")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("value", "0", "id_value"), ("year", "1999", "Chỉ tiêu được giao cho một năm từ 2025 đến 2031."),
        ("paper_date", "03/11/2026", "03/11/2026 chưa tới"), ("paper_number", " ", "id_paper_number"),
        ("figure", "member", "id_figure"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_plan_stands_beside_its_field_and_nothing_is_written(
    world: World, name: str, value: str, said: str
) -> None:
    answer = entered("officer", **{name: value})
    assert answer.status_code == 200
    assert said in text(answer)
    assert "is-invalid" in text(answer)
    assert PlanTarget.objects.count() == 0
    assert not Event.objects.filter(code="unit.planned").exists()


def test_no_plan_is_entered_for_another_place_nor_for_a_cell(world: World) -> None:
    second = unit("87.108", "Đảng bộ xã Hai", Level.BASE, world.province)
    client = of("officer")
    client.get("/overview/plans/")
    token = {"csrfmiddlewaretoken": client.cookies["csrftoken"].value, "seen": "0"}
    for code in (second.code, world.province.code, world.cell.code):
        assert client.post(f"/overview/plans/?unit={code}", {**PLAN, **token}).status_code == 404
    assert PlanTarget.objects.count() == 0
    assert client.post(f"/overview/plans/?unit={world.commune.code}", {**PLAN, **token}).status_code == 302
    assert send(of("province"), f"/overview/plans/?unit={second.code}", **{"seen": "0", **PLAN}).status_code == 302


@pytest.mark.slow
def test_the_figures_of_2022_are_printed_to_the_last_digit() -> None:
    """934 of 1,300 admissions and 1,793 of 2,900 congresses, each a row of its own in one of 2,900 cells."""
    seed_of_2022(make_world())
    page = seen("province")
    assert "934 Đảng viên kết nạp trong năm trên chỉ tiêu 1.300: 71,85 %" in page
    assert "1.793 Đại hội chi bộ đã tổ chức trong năm trên chỉ tiêu 2.900: 61,83 %" in page
    page = seen("province", language="en")
    assert "934 Admitted in the year of 1,300 planned: 71.85 %" in page
    assert "1,793 Congresses held in the year of 2,900 planned: 61.83 %" in page
    assert seen("province", "/overview/list/?figure=congress.year").count("DH-") == 50


@pytest.mark.parametrize("junk", ["%00", "%ff", "%E2%80%AE", "'", "1e9", "9" * 40])
def test_what_is_no_unit_figure_day_or_page_is_no_fault(world: World, junk: str) -> None:
    for address in (f"?unit={junk}", f"list/?figure={junk}", f"csv/?sort={junk}", f"?sort={junk}"):
        assert of("officer").get(f"/overview/{address}").status_code in {400, 404}, address
    for address in (f"?on={junk}", f"?page={junk}", f"list/?page={junk}"):
        assert of("officer").get(f"/overview/{address}").status_code in {200, 400}, address
