"""The page of a member: who, what runs and until when, what can be done and why the rest cannot; and who sees what of it."""

from __future__ import annotations

import re
from datetime import date

import pytest

from backend.accesses.models import Access
from backend.cases import selectors
from backend.cases.engine import NewCase, NewMember, OnCase, OnMember, perform
from backend.cases.options import member_options
from backend.core.db import scoped
from backend.core.partitions import ensure_month
from backend.deadlines.models import Deadline
from backend.members.models import Member
from backend.participation.models import Attendance
from tests.api.test_flags import flag
from tests.web.people import text
from tests.web.test_member_list import of, queries, world
from tests.world import TODAY, World, paper, person
from workflows.offices import Office

__all__ = ["world"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def new(world: World) -> Member:
    """A probationer whose twelve months are over, with the case that says so."""
    member = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    world.probation(member, date(2025, 10, 30))
    return member


def test_the_page_tells_who_where_and_what_runs(world: World, new: Member) -> None:
    page = text(of("secretary").get(f"/members/{new.pk}/"))
    for words in (
        "<h1>Trần Thị Mới</h1>", "sinh năm 1980", "<strong>Đảng viên dự bị</strong>", "Đang sinh hoạt", "chưa tính",
        "Dự bị đã hết 12 tháng, chưa được công nhận", f'<a href="/units/{world.cell.pk}/">Chi bộ ấp Một</a>',
        "Chi bộ xét công nhận chính thức", "hạn 14/12/2026", "01/01/2026",
    ):  # fmt: skip
        assert words in page, words
    deadline = Deadline.objects.get(rule_id="PRO.CELL_REVIEW", status="open")
    assert f'href="/deadlines/{deadline.pk}/"' in page


def test_what_takes_a_person_off_the_lists_is_offered_last(world: World, new: Member) -> None:
    """Nobody begins the day by recording a death."""
    page = text(of("secretary").get(f"/members/{new.pk}/"))
    offered = re.findall(rf'href="/members/{new.pk}/steps/([a-z_]+)/"', page)
    assert len(offered) > 1
    assert offered[-1] == "record_death"


def test_party_age_counts_for_official_members_from_their_day(world: World) -> None:
    member = world.member("Nguyễn Văn An")
    page = text(of("secretary").get(f"/members/{member.pk}/"))
    assert "11 năm 9 tháng (từ 05/01/2015)" in page


def test_it_shows_what_the_options_allow_and_why_not_the_rest(world: World, new: Member) -> None:
    page = text(of("secretary").get(f"/members/{new.pk}/"))
    with scoped(world.actor("secretary").path):
        _, options = member_options(world.actor("secretary"), new.pk, TODAY)
    refused = [
        one for one in options
        if not one.allowed and {answer.code for answer in one.refusals}.isdisjoint(
            {"engine.wrong_state", "engine.through_case", "engine.not_permitted"}
        )
    ]  # fmt: skip
    assert [one for one in options if one.allowed]
    assert refused
    for one in options:
        if one.allowed:
            assert str(one.step.label) in page
    for one in refused:
        for answer in one.refusals:
            assert answer.text("vi") in page
            assert answer.advice("vi") in page


@pytest.mark.parametrize(
    ("name", "status"),
    [("secretary", 200), ("officer", 200), ("auditor", 200), ("province", 200), ("other_secretary", 404), ("helps", 200),
     ("admin", 404)],
)  # fmt: skip
def test_who_sees_the_member_sees_the_page_and_nobody_else(world: World, new: Member, name: str, status: int) -> None:
    person("helps", Office.HELPER, world.cell, new.pk)
    person("admin", Office.ADMINISTRATOR, world.commune)
    assert of(name).get(f"/members/{new.pk}/").status_code == status


def test_a_helper_sees_neither_dues_nor_flags_nor_who_looked(world: World, new: Member) -> None:
    person("helps", Office.HELPER, world.cell, new.pk)
    flag(new, 1)
    other = world.member("Nguyễn Văn An")
    shown, hidden = text(of("secretary").get(f"/members/{new.pk}/")), text(of("helps").get(f"/members/{new.pk}/"))
    for words in ("Sinh hoạt và đảng phí năm 2026", "Ai đã xem thông tin người này", "Bỏ sinh hoạt không có lý do"):
        assert (words in shown, words in hidden) == (True, False), words
    assert of("helps").get(f"/members/{new.pk}/looks/").status_code == 404
    assert of("helps").get(f"/members/{other.pk}/").status_code == 404


def test_a_year_is_told_month_by_month_and_no_year_ahead(world: World) -> None:
    people = world.members(3)
    place = {
        "member_id": people[0].pk,
        "unit_id": world.cell.pk,
        "unit_path": world.cell.path,
        "month": date(2026, 11, 1),
    }
    ensure_month("participation_attendance", date(2026, 11, 1))
    Attendance.objects.create(**place, kind="regular", status="unexcused")
    client = of("secretary")
    page = text(client.get(f"/members/{people[0].pk}/"))
    assert '<th scope="row">11</th><td>Vắng không có lý do</td>' in page
    assert '<th scope="row">12</th>' not in page
    assert '<th scope="row">12</th><td>–</td>' in text(client.get(f"/members/{people[0].pk}/?year=2025"))
    for year in ("2027", "x", "26", "1899"):
        assert client.get(f"/members/{people[0].pk}/?year={year}").status_code == 404


def test_a_merged_record_leads_to_the_one_that_is_kept(world: World) -> None:
    kept, gone = world.member("Nguyễn Văn An"), world.member("Nguyễn Văn An")
    facts = {"kept": kept.pk, "reason": "Trùng", "confirmation": paper(TODAY)}
    perform(world.actor("officer"), OnMember(gone.pk), "merge", facts, on=TODAY)
    page = text(of("secretary").get(f"/members/{gone.pk}/"))
    assert f'href="/members/{kept.pk}/">Nguyễn Văn An</a>' in page
    assert of("other_secretary").get(f"/members/{gone.pk}/").status_code == 404


def test_the_drawings_mark_the_road_taken_and_the_place(world: World) -> None:
    profile = {"full_name": "Phan Thị Cảm", "sex": "f", "born_on": date(1999, 5, 1)}
    facts = {"resolution": paper(TODAY)}
    told = perform(world.actor("secretary"), NewMember(world.cell.pk, profile), "choose", facts, on=TODAY)
    page = text(of("secretary").get(f"/members/{told['id']}/"))
    assert page.count('class="step walked"') == 1
    assert ">● Quần chúng ưu tú<" in page
    page = text(of("secretary").get(f"/members/{world.member('Nguyễn Văn An').pk}/"))
    assert (page.count(">● Đảng viên chính thức<"), page.count(">● Đang sinh hoạt<")) == (1, 1)


def test_a_guest_is_shown_without_what_the_own_cell_records(world: World) -> None:
    guest = world.guest("Đỗ Thị Khách", home=world.other, place=world.cell)
    page = text(of("secretary").get(f"/members/{guest.pk}/"))
    assert "chi bộ khác" in page
    assert "Hiện chức vụ của đồng chí không có gì để ghi ở đây." in page


def test_what_can_be_done_is_not_printed(world: World, new: Member) -> None:
    """On paper there is nothing to press: no heading stands over a gap, and what could be begun takes no room."""
    page = text(of("secretary").get(f"/members/{new.pk}/"))
    left_out = page.split('<section class="not-printed"><h2>Việc làm được bây giờ</h2>', 1)[1].partition("</section>")[
        0
    ]
    assert "Bắt đầu việc mới" in left_out
    assert "<h2>Hồ sơ</h2>" not in left_out


def test_each_look_is_noted_and_told_to_those_who_may_ask(world: World, new: Member) -> None:
    of("officer").get(f"/members/{new.pk}/")
    look = Access.objects.get(door="web/members/{member_id}/")
    assert (look.member_id, look.office, look.unit_path) == (new.pk, "organisation_officer", world.cell.path)
    page = text(of("secretary").get(f"/members/{new.pk}/looks/"))
    assert "Người officer" in page
    assert "Cán bộ tổ chức, Đảng bộ xã" in page
    assert Access.objects.filter(door="web/members/{member_id}/looks/", member_id=new.pk).count() == 1


def test_the_page_costs_the_same_queries_at_one_entry_and_at_three(world: World, new: Member) -> None:
    helper = world.member("Trần Văn Giúp")
    case = selectors.cases(world.actor("secretary")).get(member_id=new.pk)
    costs = []
    for some in (1, 2):
        for _ in range(some):
            perform(world.actor("secretary"), OnCase(case.pk), "name_helper", {"helper": helper.pk}, on=TODAY)
        costs.append(queries(of("secretary"), f"/members/{new.pk}/"))
    assert costs == [47, 47]


def test_a_leave_that_begins_later_is_said_with_its_first_day(world: World) -> None:
    member, client = world.members(1)[0], of("secretary")
    case = perform(
        world.actor("secretary"), NewCase("away", member_id=member.pk), "ask",
        {"request": {"date": TODAY.isoformat()}, "away_from": "2026-12-01", "asked_until": "2027-10-31", "place": "Bình Dương",
         "job": "Công nhân", "reach": "0912345678", "reason": "Việc làm", "organisation_there": False},
        on=TODAY,
    )["id"]  # fmt: skip
    page = text(client.get(f"/cases/{case}/"))
    assert "Ngày bắt đầu đi làm ăn xa" in page
    assert "từ trần" not in page
    perform(world.actor("secretary"), OnCase(case), "propose", {"resolution": paper(TODAY)}, on=TODAY)
    perform(
        world.actor("officer"), OnCase(case), "grant", {"approval": paper(TODAY), "away_until": "2027-10-31"}, on=TODAY
    )
    stands = (
        text(client.get(f"/members/{member.pk}/")).split("<dt>Tình trạng sinh hoạt</dt>", 1)[1].split("</dd>", 1)[0]
    )
    said = " ".join(stands.removeprefix("<dd>").split())
    assert said == "Đang sinh hoạt; từ 01/12/2026: Đi làm ăn xa, tạm miễn sinh hoạt (đến 31/10/2027)"
