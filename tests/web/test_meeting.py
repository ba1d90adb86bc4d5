"""The page of a month's meeting: roll call, dues and minutes in one go, each once, and what came of each."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.accounts.policy import Actor
from backend.audit.models import Event, EventDetail
from backend.cases.engine import NewCase, NewMember, OnCase, perform
from backend.cases.models import Case
from backend.core.db import WHOLE, scope
from backend.dues.ledger import cell_month
from backend.dues.recording import Wanted, record_month
from backend.members.models import Member
from backend.participation.models import DuesEntry
from backend.web.meetings.checking import Checked
from tests.roles import as_role
from tests.web.people import text
from tests.web.test_today import of, planned
from tests.world import TODAY, World, enter, make_world, paper
from workflows.dues import Said
from workflows.guards.dues import Answer

pytestmark = pytest.mark.django_db
DAY = "02/11/2026"
QUERIES = 21
"""Whatever the number of people."""


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def people(world: World) -> list[Member]:
    return world.members(3)


def form(page: str) -> dict[str, Any]:
    """The hidden inputs of the page's form, and what it begins with."""
    main = page[page.index('<form method="post" action="/meetings/') :]
    found: dict[str, Any] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', main):
        found.setdefault(name, []).append(value)
    for tag in re.findall(r"<input [^>]*>", main):
        names, values = re.findall(r'name="([^"]+)"', tag), re.findall(r' value="([^"]*)"', tag)
        if names and values and 'type="text"' in tag:
            found[names[0]] = [values[0]]
        if names and values and 'type="radio"' in tag and " checked" in tag:
            found[names[0]] = [values[0]]
    return found


def typed(page: str, **more: Any) -> dict[str, Any]:
    return {**form(page), "minutes_long": "95", "others": "on", "do": "record", **more}


def traces() -> tuple[int, ...]:
    return Event.objects.count(), EventDetail.objects.count(), DuesEntry.objects.count()


def test_all_in_one_go(world: World, people: list[Member]) -> None:
    case, client = planned(world), of("secretary")
    where = f"/meetings/{case.pk}/"
    with as_role("chibo_app"):
        page = text(client.get(where))
    assert "<h1>Sinh hoạt chi bộ tháng 11/2026</h1>" in page
    first, second, third = people
    more = {
        f"roll.{first.pk}": "excused", f"roll.{second.pk}": "unexcused", f"dues.{first.pk}": "on", f"dues.{third.pk}": "on",
        "minutes.number": "07-BB/CB", "minutes.kept_at": "Tủ hồ sơ chi bộ",
    }  # fmt: skip
    with as_role("chibo_app"):
        sent = client.post(where, typed(page, **more))
    assert (sent.status_code, sent.headers["Location"]) == (302, where), text(sent)
    stands = Case.objects.get(pk=case.pk)
    assert (stands.state, stands.facts["held_on"], stands.facts["minutes_long"]) == ("filed", "2026-11-02", 95)
    assert stands.facts["roll_call"] == {"excused": 1, "unexcused": 1, "present": 1}
    told = EventDetail.objects.get(event_uid=Event.objects.get(code="meeting.held").uid).data["facts"]
    assert told["roll_call"] == {str(first.pk): "excused", str(second.pk): "unexcused", str(third.pk): "present"}
    paid = DuesEntry.objects.order_by("member_id").values_list("member_id", "status", "paid_on", "month")
    assert list(paid) == [(one.pk, "paid", TODAY, date(2026, 11, 1)) for one in (first, third)]
    page = text(client.get(where))
    for said in (
        "Đã ghi: Buổi sinh hoạt và điểm danh.",
        "Đã đóng: 2.",
        "Có mặt: 1 · Vắng có lý do: 1 · Vắng không có lý do: 1",
    ):
        assert said in page


def test_sent_twice_it_is_recorded_once(world: World, people: list[Member]) -> None:
    case, client = planned(world), of("secretary")
    where = f"/meetings/{case.pk}/"
    filled = typed(text(client.get(where)), **{f"dues.{people[0].pk}": "on", "minutes.number": "07-BB/CB"})
    assert client.post(where, filled).status_code == 302
    before = traces()
    assert client.post(where, filled).status_code == 302
    assert traces() == before
    assert Event.objects.filter(code="meeting.held").count() == 1


def test_an_answer_that_was_lost_on_its_way_is_told_once(world: World, people: list[Member]) -> None:
    """The page sends the form again by itself, before what it was first answered was ever shown."""
    case, client = planned(world), of("secretary")
    where = f"/meetings/{case.pk}/"
    filled = typed(text(client.get(where)), **{"minutes.number": "07-BB/CB", f"dues.{people[0].pk}": "on"})
    for _ in range(2):
        assert client.post(where, filled).status_code == 302
    told = re.findall(r'<div class="alert alert-(\w+)" role="status">([^<]*)</div>', text(client.get(where)))
    assert told == [
        ("success", "Đã ghi: Buổi sinh hoạt và điểm danh."),
        ("success", "Đã ghi: Đảng phí."), ("info", "Đã đóng: 1."), ("success", "Đã ghi: Biên bản."),
    ]  # fmt: skip
    assert 'role="status">Đã ghi' not in text(client.get(where))


def test_gaps_in_the_roll_are_told_and_nothing_is_written(world: World, people: list[Member]) -> None:
    case, client = planned(world), of("secretary")
    where, before = f"/meetings/{case.pk}/", traces()
    filled = typed(text(client.get(where)), **{f"roll.{people[0].pk}": "present"})
    del filled["others"]
    refused = client.post(where, filled)
    page = text(refused)
    assert refused.status_code == 422
    assert (
        page.count("Còn 2 đồng chí chưa được điểm danh. Hãy điểm danh từng đồng chí") == 2
    )  # above, and beside the roll
    assert "Refusal(" not in page
    assert re.search(rf'name="roll.{people[0].pk}"[^>]*value="present" checked', page)
    assert (traces(), Case.objects.get(pk=case.pk).state) == (before, "planned")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (
            {"held_on": "31/02/2026"},
            "Ngày họp: Không có ngày này. Hãy ghi ngày/tháng/năm, ví dụ 05/11/2026 hoặc 05112026.",
        ),
        ({"held_on": "30/11/2026"}, "Ngày họp: Ngày 30/11/2026 chưa tới. Đề nghị kiểm tra lại ngày này."),
        ({"minutes_long": ""}, "Thời lượng (phút): Mục này là bắt buộc."),
    ],
)
def test_what_is_wrong_is_said_above_with_the_name_of_its_place(
    world: World, people: list[Member], wrong: dict[str, str], said: str
) -> None:
    """A phone shows what stands above the form first: how a day is written for programs is no help there."""
    case, client = planned(world), of("secretary")
    where, before = f"/meetings/{case.pk}/", traces()
    page = text(client.post(where, typed(text(client.get(where)), **wrong)))
    assert said in page
    assert "YYYY" not in page
    assert "văn bản. Kiểm" not in page
    assert traces() == before


NO_DAY = "Không có ngày này. Hãy ghi ngày/tháng/năm, ví dụ 05/11/2026 hoặc 05112026."
FAULTS = {
    "held_on": f"Ngày họp: {NO_DAY}",
    "minutes_long": "Thời lượng (phút): Nhập một số nguyên từ 1 đến 1440.",
    "paid_on": f"Ngày đóng đảng phí: {NO_DAY}",
    "score": "Điểm chi bộ tự chấm: Nhập một số nguyên từ 0 đến 100.",
    "minutes.number": "Biên bản, Số văn bản: Mục này là bắt buộc.",
    "minutes.date": f"Biên bản, Ngày ghi trên văn bản: {NO_DAY}",
    "filed_on": f"Ngày nộp biên bản: {NO_DAY}",
}
WRONG = {
    "held_on": "31/02/2026", "minutes_long": "chín", "paid_on": "45/1", "score": "-4", "minutes.date": "32/11/2026",
    "filed_on": "0/0/0",
}  # fmt: skip


@pytest.mark.parametrize("do", ["check", "record"])
@pytest.mark.parametrize("ticked", [False, True])
def test_what_is_wrong_with_any_part_is_said_at_once_and_nothing_is_recorded(
    world: World, people: list[Member], do: str, ticked: bool
) -> None:
    case, client = planned(world), of("secretary")
    where, before = f"/meetings/{case.pk}/", traces()
    paid = {f"dues.{people[0].pk}": "on"} if ticked else {}
    sent = client.post(where, typed(text(client.get(where)), **WRONG, **paid, do=do))
    page = text(sent)
    assert sent.status_code == 422
    assert '<h2 class="mt-0">Chưa ghi nhận gì</h2>' in page
    for name, said in FAULTS.items():
        assert page.count(said) == 1, said  # above, with the name of its place
        beside = page[page.index(f'id="id_{name}_error"') :].partition("</div>")[0]
        assert said.partition(": ")[2] in beside, name
    assert (traces(), Case.objects.get(pk=case.pk).state) == (before, "planned")


@pytest.mark.parametrize("do", ["check", "record"])
@pytest.mark.parametrize("more", [{}, {"minutes_long": ""}])
def test_a_filing_before_the_meeting_is_refused_beside_its_day(
    world: World, people: list[Member], do: str, more: dict[str, str]
) -> None:
    case, client = planned(world), of("secretary")
    where, before = f"/meetings/{case.pk}/", traces()
    wrong = {"minutes.number": "07-BB/CB", "filed_on": "01/01/2020", "do": do, **more}
    sent = client.post(where, typed(text(client.get(where)), **wrong))
    page = text(sent)
    said = "Ngày 01/01/2020 đứng trước ngày 02/11/2026, ngày của bước mà nó phải theo sau."
    assert sent.status_code == 422
    assert f"Ngày nộp biên bản: {said}" in page
    assert said in page[page.index('id="id_filed_on_error"') :].partition("</div>")[0]
    assert (traces(), Case.objects.get(pk=case.pk).state) == (before, "planned")


def test_days_that_nothing_would_be_recorded_for_are_told_of_too(world: World, people: list[Member]) -> None:
    case, client = planned(world), of("secretary")
    where = f"/meetings/{case.pk}/"
    begun = typed(text(client.get(where)))
    page = text(client.post(where, {**begun, "resolution.date": "40/11/2026"}))
    assert "Nghị quyết hoặc kết luận, Ngày ghi trên văn bản: Không có ngày này." in page
    assert "bắt buộc" not in page  # no minutes are wanted for that
    assert Case.objects.get(pk=case.pk).state == "planned"


def test_a_part_that_was_recorded_is_shown_closed_and_the_rest_follows_once(
    world: World, people: list[Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is wrong is found before anything is recorded; only who was faster in between comes in here."""
    case, client = planned(world), of("secretary")
    where = f"/meetings/{case.pk}/"
    wrong = {f"dues.{people[0].pk}": "on", "minutes.number": "07-BB/CB", "minutes.date": "32/11/2026"}
    filled = typed(text(client.get(where)), **wrong)
    with monkeypatch.context() as patched:
        patched.setattr("backend.web.meetings.views.check", lambda sheet: Checked())
        refused = client.post(where, filled)
    page = text(refused)
    assert refused.status_code == 422
    assert "Buổi sinh hoạt và điểm danh: đã ghi nhận" in page
    assert "Đảng phí: đã ghi nhận" in page
    assert "Biên bản: chưa ghi nhận" in page
    assert "Biên bản, Ngày ghi trên văn bản: Không có ngày này." in page
    assert "<dd>Có mặt: 3</dd>" in page
    assert 'name="roll.' not in page
    assert 'name="dues.' not in page
    assert re.findall(r'name="part" value="(\w+)"', page) == ["paper"]
    assert Case.objects.get(pk=case.pk).state == "held"
    assert DuesEntry.objects.count() == 1
    left = form(page)
    assert left["version"] == [str(Case.objects.get(pk=case.pk).version)]
    again = client.post(where, {**left, "minutes.date": DAY, "do": "record"})
    assert again.status_code == 302, text(again)
    assert Case.objects.get(pk=case.pk).state == "filed"
    assert Event.objects.filter(code__in=["meeting.held", "dues.recorded", "meeting.minutes_filed"]).count() == 3


def test_what_was_changed_after_it_was_recorded_is_not_taken_and_that_is_said(
    world: World, people: list[Member]
) -> None:
    case, client = planned(world), of("secretary")
    where = f"/meetings/{case.pk}/"
    filled = typed(text(client.get(where)))
    client.post(where, filled)
    sent = client.post(where, {**filled, "minutes_long": "120"}, follow=True)
    assert "những thay đổi sau đó không được nhận" in text(sent)
    assert Case.objects.get(pk=case.pk).facts["minutes_long"] == 95


def test_somebody_who_was_faster_is_told_of_and_what_was_typed_is_read(world: World, people: list[Member]) -> None:
    """The meeting is asked for no more; what is still to be said stands in the form, and is taken."""
    case, client = planned(world), of("secretary")
    where = f"/meetings/{case.pk}/"
    filled = typed(text(client.get(where)), **{f"roll.{people[1].pk}": "excused", "minutes.number": "07-BB/CB"})
    facts = {"held_on": TODAY.isoformat(), "minutes_long": 60}
    perform(world.actor("deputy"), OnCase(case.pk), "hold", facts, on=TODAY)
    before = traces()
    for do in ("check", "record"):
        sent = client.post(where, {**filled, "do": do})
        page = text(sent)
        assert (sent.status_code, traces()) == (422, before)
        assert "Có người khác đã ghi nhận về buổi sinh hoạt này" in page
        assert "02/11/2026: Ghi nhận cuộc họp đã diễn ra (Phó bí thư chi bộ, Chi bộ ấp Một)" in page
        assert re.findall(r"<dt>([^<]*)</dt><dd>([^<]*)</dd>", page[page.index('id="typed"') : page.index("<form")]) == [
            ("Ngày họp", DAY), ("Thời lượng (phút)", "95"), (people[1].full_name, "Vắng có lý do"),
            ("Những đồng chí còn lại đều có mặt", "có"),
        ]  # fmt: skip
        left = form(page)
        assert (left["part"], left["version"], left["minutes.number"]) == (["dues", "paper"], ["2"], ["07-BB/CB"])
    assert client.post(where, {**left, "do": "record"}).status_code == 302
    assert Case.objects.get(pk=case.pk).state == "filed"


def test_who_was_overtaken_while_the_meeting_is_still_to_come_sends_the_same_again(
    world: World, people: list[Member]
) -> None:
    case, client = planned(world), of("secretary")
    where = f"/meetings/{case.pk}/"
    filled = typed(text(client.get(where)), **{f"roll.{people[1].pk}": "excused"})
    later = {"planned_on": "2026-11-20", "reason": "Mưa bão"}
    perform(world.actor("deputy"), OnCase(case.pk), "postpone", later, on=TODAY)
    page = text(client.post(where, filled))
    assert "Có người khác đã ghi nhận về buổi sinh hoạt này" in page
    assert re.search(rf'name="roll.{people[1].pk}"[^>]*value="excused" checked', page)
    assert 'id="typed"' not in page
    assert (form(page)["version"], form(page)["minutes_long"]) == (["2"], ["95"])
    assert client.post(where, {**filled, "version": "2"}).status_code == 302
    assert Case.objects.get(pk=case.pk).state == "held"


def test_who_is_away_begins_so_and_guests_are_called_too(world: World, people: list[Member]) -> None:
    exempt = world.member("Bùi Cao Tuổi", participation="exempt")
    guest = world.guest("Phạm Khách", world.other, world.cell)
    page = text(of("secretary").get(f"/meetings/{planned(world).pk}/"))
    assert form(page)[f"roll.{exempt.pk}"] == ["exempt"]
    assert f"roll.{people[1].pk}" not in form(page)
    assert 'Phạm Khách <span class="aside">(sinh hoạt tạm thời)</span>' in page
    assert f'name="roll.{guest.pk}"' in page


def test_the_arithmetic_while_it_is_typed(world: World, people: list[Member]) -> None:
    case, client = planned(world), of("secretary")
    where, before = f"/meetings/{case.pk}/", traces()
    filled = typed(text(client.get(where)), **{f"roll.{people[0].pk}": "unexcused", "do": "sums"})
    page = text(client.post(where, filled))
    assert "<html" not in page
    assert "Có mặt: 2 trên 3 đồng chí phải dự." in page
    assert "3 đảng viên chính thức; 2/3 → cần 2" in page
    del filled["others"]
    assert "Chưa điểm danh: 2." in text(client.post(where, filled))
    assert traces() == before


def test_a_check_says_what_recording_would_do_and_does_nothing(world: World, people: list[Member]) -> None:
    case, client = planned(world), of("secretary")
    where, before = f"/meetings/{case.pk}/", traces()
    page = text(client.post(where, typed(text(client.get(where)), do="check", minutes_long="30")))
    assert "30 phút; quy định ít nhất 90 phút" in page
    assert "<li>Hồ sơ: Dự kiến → <strong>Đã họp, chờ biên bản</strong></li>" in page
    assert (traces(), Case.objects.get(pk=case.pk).state) == (before, "planned")


def test_a_check_tries_every_part(world: World, people: list[Member]) -> None:
    case, client = planned(world), of("secretary")
    where, before = f"/meetings/{case.pk}/", traces()
    more = {f"dues.{people[0].pk}": "on", "minutes.number": "07-BB/CB", "do": "check"}
    sent = client.post(where, typed(text(client.get(where)), **more))
    page = text(sent)
    assert sent.status_code == 200
    for said in (
        "<li>Hồ sơ: Dự kiến → <strong>Đã họp, chờ biên bản</strong></li>",
        "<li>Hồ sơ: Đã họp, chờ biên bản → <strong>Đã đủ biên bản</strong></li>",
        "<li>Đảng phí: <strong>Đã đóng: 1.</strong></li>",
    ):
        assert said in page
    assert (traces(), Case.objects.get(pk=case.pk).state) == (before, "planned")


@pytest.mark.parametrize("name", ["other_secretary", "auditor", "committee", "province"])
def test_only_who_records_the_cells_meetings_gets_in(world: World, name: str) -> None:
    answer = of(name).get(f"/meetings/{planned(world).pk}/")
    if name == "province":  # an organisation officer records for the cell
        assert "ghi thay chi bộ" in text(answer)
    else:
        assert answer.status_code == 404


def test_so_many_queries_whatever_the_people(world: World) -> None:
    case, client, spent = planned(world), of("secretary"), []
    for many in (1, 2):
        for place in range(many):
            world.member(f"Nguyễn Văn {many}{place}")
        client.get(f"/meetings/{case.pk}/")
        with CaptureQueriesContext(connection) as caught:
            page = text(client.get(f"/meetings/{case.pk}/"))
        assert page.count('class="choices"') == (1 if many == 1 else 3)
        spent.append(len([one for one in caught.captured_queries if "SAVEPOINT" not in one["sql"]]))
    assert spent == [QUERIES, QUERIES]


def test_dues_that_would_be_refused_name_whose_and_nothing_is_recorded(world: World, people: list[Member]) -> None:
    case, client = planned(world), of("secretary")
    where = f"/meetings/{case.pk}/"
    filled = typed(text(client.get(where)), **{f"dues.{people[0].pk}": "on", f"dues.{people[1].pk}": "on"})
    said = [Wanted(people[0].pk, Answer(Said.PAID, TODAY, 5_000), 0)]
    record_month(world.actor("deputy"), world.cell.pk, date(2026, 11, 1), said, tell=lambda done: {})
    sent = client.post(where, {**filled, "paid_on": "01/11/2026"})
    page = text(sent)
    assert sent.status_code == 422
    assert "<strong>Đảng phí</strong>" in page
    assert f"{people[0].full_name}: Người khác đã ghi đảng phí này sau khi đồng chí mở trang" in page
    assert f'{people[0].full_name} <span class="aside">(Đã đóng đảng phí 02/11/2026)</span>' in page
    assert f'name="dues.{people[0].pk}"' not in page, "ticked no more: what stands is changed with a reason"
    assert Case.objects.get(pk=case.pk).state == "planned"
    assert dict(DuesEntry.objects.values_list("member_id", "paid_on")) == {people[0].pk: TODAY}
    mended = {**form(page), "minutes_long": "95", "others": "on", f"dues.{people[1].pk}": "on", "do": "record"}
    assert client.post(where, mended).status_code == 302
    assert dict(DuesEntry.objects.values_list("member_id", "paid_on")) == {
        people[0].pk: TODAY, people[1].pk: date(2026, 11, 1)
    }  # fmt: skip


def test_an_extra_thematic_meeting_asks_for_no_dues(world: World, people: list[Member]) -> None:
    facts = {"kind": "thematic", "month": "2026-11-01"}
    done = perform(Actor.system(), NewCase("meeting", unit_id=world.cell.pk), "plan", facts, on=TODAY)
    client = of("secretary")
    assert text(client.get(f"/meetings/{planned(world).pk}/")).count('type="checkbox" name="dues.') == 3
    assert 'name="dues' not in text(client.get(f"/meetings/{done['id']}/"))


def test_a_full_book_says_who_has_not_paid(world: World, people: list[Member]) -> None:
    case, client = planned(world), of("secretary")
    where = f"/meetings/{case.pk}/"
    filled = typed(text(client.get(where)), **{f"dues.{people[0].pk}": "on", "dues_complete": "on"})
    assert client.post(where, filled).status_code == 302
    scope(WHOLE)
    book = cell_month(world.actor("secretary"), world.cell.pk, date(2026, 11, 1), date(2026, 11, 30))
    assert (book.complete, book.counts()["paid"], book.counts()["unpaid"]) == (True, 1, 2)


def test_a_meeting_of_a_past_day_calls_nobody_who_came_since(world: World, people: list[Member]) -> None:
    """The page begins with the lists of today; what is sent with a day is asked of that day's."""
    came = date(2026, 11, 2)
    brought = {"introduction": paper(came), "notice_slip": paper(came), "papers_handed_over": True}
    days = {"joined_on": "2015-01-05", "official_on": "2016-01-05"}
    profile = {"full_name": "Lê Mới Đến", "sex": "f", "born_on": date(1980, 5, 1)}
    late = enter(NewMember(world.cell.pk, profile), "receive_new_official", {**brought, **days}, came)
    case, client = planned(world), of("secretary")
    where = f"/meetings/{case.pk}/"
    with as_role("chibo_app"):
        page = text(client.get(where))
        assert "Lê Mới Đến" in page
        sent = client.post(where, typed(page, held_on="01/11/2026"))
    assert sent.status_code == 302, text(sent)
    told = EventDetail.objects.get(event_uid=Event.objects.get(code="meeting.held").uid).data["facts"]
    assert told["roll_call"] == {str(one.pk): "present" for one in people}
    assert str(late.pk) not in told["roll_call"]
