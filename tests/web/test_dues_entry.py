"""Taking back what was recorded of somebody's dues, from the meeting's page and the member's: with a reason, or not at all."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

from backend.accesses.models import Access
from backend.audit.models import Event, EventDetail
from backend.dues.recording import Wanted, record_month
from backend.members.models import Member
from backend.participation.models import DuesEntry
from tests.roles import as_role
from tests.web.people import text
from tests.web.stepping import csrf, of, opened
from tests.web.test_meeting import typed
from tests.web.test_today import planned
from tests.world import TODAY, World, make_world
from workflows.dues import Said
from workflows.guards.dues import Answer

pytestmark = pytest.mark.django_db
MONTH = date(2026, 11, 1)
PAID, UNPAID, BACK = Answer(Said.PAID, TODAY), Answer(Said.UNPAID), Answer(Said.WITHDRAWN)


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def member(world: World) -> Member:
    """Somebody whose dues of November were recorded, and nobody else's."""
    first, _second = world.members(2)
    say(world, first, PAID, 0)
    return first


def say(world: World, member: Member, answer: Answer, version: int, reason: str = "", who: str = "deputy") -> None:
    cell = world.cell.pk if who == "deputy" else world.other.pk
    wanted = [Wanted(member.pk, answer, version)]
    record_month(world.actor(who), cell, MONTH, wanted, tell=lambda done: {}, reason=reason)


def page_of(member: Member, month: str = "2026-11") -> str:
    return f"/members/{member.pk}/dues/{month}/"


def rows() -> list[tuple[Any, ...]]:
    return list(DuesEntry.objects.order_by("member_id").values_list("member_id", "status", "paid_on", "version"))


def traces() -> tuple[Any, ...]:
    return Event.objects.count(), EventDetail.objects.count(), rows()


def send(client: Client, address: str, **more: str) -> Any:
    """As the form does, under the application's role."""
    form = opened(client, address)
    with as_role("chibo_app"):
        return client.post(address, {**form, "reason": "Đánh dấu nhầm", **more})


def test_a_tick_by_mistake_is_taken_back_from_the_meeting(world: World) -> None:
    """The whole way of somebody at the meeting's page: ticked, taken back, to be ticked again."""
    (first, second), client = world.members(2), of("secretary")
    where = f"/meetings/{planned(world).pk}/"
    token = csrf(client)
    page = text(client.get(where))
    assert "Ghi nhầm đảng phí?" not in page
    both = {f"dues.{first.pk}": "on", f"dues.{second.pk}": "on", "csrfmiddlewaretoken": token}
    assert client.post(where, typed(page, **both)).status_code == 302
    page = text(client.get(where))
    assert 'name="dues.' not in page
    door = page[page.index("<summary>Ghi nhầm đảng phí? Rút nội dung đã ghi</summary>") :]
    ways = re.findall(r'<a href="(/members/[^"]*)">([^<]*)</a> <span class="aside">\(([^<]*)\)', door)
    address = f"{page_of(first)}?meeting={where.split('/')[2]}"
    assert ways[0] == (address, first.full_name, "Đã đóng đảng phí")
    assert len(ways) == 2
    asked = text(client.get(address))
    for said in (first.full_name, "<dd>11/2026</dd>", "<dd>Đã đóng đảng phí (02/11/2026)</dd>", f'href="{where}"'):
        assert said in asked, said
    before = Event.objects.count()
    sent = send(client, address)
    assert (sent.status_code, sent.headers["Location"]) == (302, where)
    assert rows() == [(first.pk, "withdrawn", None, 2), (second.pk, "paid", TODAY, 1)]
    event = Event.objects.get(code="dues.corrected")
    assert (Event.objects.count(), event.facts) == (
        before + 1, {"month": "2026-11-01", "withdrawn": 1, "corrected": 1}
    )  # fmt: skip
    was = {"status": "paid", "paid_on": "2026-11-02"}
    behind = EventDetail.objects.get(event_uid=event.uid).data
    assert (behind["who"], behind["facts"]) == (
        "Người secretary",
        {"entries": {str(first.pk): {"status": "withdrawn", "was": was}}, "reason": "Đánh dấu nhầm"},
    )
    page = text(client.get(where))
    assert "Đã rút nội dung đã ghi về đảng phí." in page
    assert re.findall(r'type="checkbox" name="(dues\.\d+)"', page) == [f"dues.{first.pk}"]
    assert f'name="dues.{first.pk}.version" value="2"' in page
    assert page_of(first) not in page
    assert Access.objects.filter(door="web/members/{member_id}/dues/{month}/", member_id=first.pk).count() == 2


def test_the_members_page_leads_there_and_one_comes_back_to_the_year(world: World, member: Member) -> None:
    client, address = of("secretary"), page_of(member)
    page = text(client.get(f"/members/{member.pk}/"))
    assert re.findall(r'href="(/members/\d+/dues/[^"]*)"', page) == [address]
    sent = send(client, address)
    assert (sent.status_code, sent.headers["Location"]) == (302, f"/members/{member.pk}/?year=2026#year")
    assert rows() == [(member.pk, "withdrawn", None, 2)]
    assert address not in text(client.get(f"/members/{member.pk}/"))
    page = text(client.get(address))
    assert "Không có nội dung nào đã ghi để rút." in page
    assert 'name="reason"' not in page


def test_who_was_said_not_to_have_paid_is_taken_back_too(world: World) -> None:
    """The box is there, but a tick alone gives no reason for another word."""
    member = world.members(1)[0]
    say(world, member, UNPAID, 0)
    client = of("secretary")
    assert page_of(member) in text(client.get(f"/meetings/{planned(world).pk}/"))
    assert send(client, page_of(member)).status_code == 302
    assert rows() == [(member.pk, "withdrawn", None, 2)]


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("", "Mục này là bắt buộc."), ("   ", "Mục này là bắt buộc."),
        ("x" * 501, "Viết tối đa 500 ký tự văn bản thường."),
    ],
)  # fmt: skip
def test_without_a_reason_nothing_happens(world: World, member: Member, reason: str, said: str) -> None:
    client, before = of("secretary"), traces()
    refused = send(client, page_of(member), reason=reason)
    page = text(refused)
    assert (refused.status_code, traces()) == (422, before)
    assert said in page[page.index('id="id_reason_error"') :].partition("</div>")[0]
    assert reason.strip() in page


def test_sent_twice_it_is_taken_back_once(world: World, member: Member) -> None:
    client, address = of("secretary"), page_of(member)
    form = {**opened(client, address), "reason": "Đánh dấu nhầm"}
    assert client.post(address, form).status_code == 302
    before = traces()
    assert client.post(address, form).status_code == 302
    assert traces() == before
    other = client.post(address, {**form, "reason": "Lý do khác"}, follow=True)
    assert "Biểu này đã được gửi một lần" in text(other)
    assert traces() == before


def test_who_was_overtaken_sees_what_stands_and_keeps_what_was_typed(world: World, member: Member) -> None:
    client, address = of("secretary"), page_of(member)
    form = {**opened(client, address), "reason": "Đánh dấu nhầm"}
    say(world, member, Answer(Said.PAID, MONTH), 1, "Sai ngày")
    before = traces()
    sent = client.post(address, form)
    page = text(sent)
    assert (sent.status_code, traces()) == (409, before)
    for said in ("<dd>Đã đóng đảng phí (01/11/2026)</dd>", 'name="version" value="2"', "Đánh dấu nhầm"):
        assert said in page, said
    assert client.post(address, {**form, "version": "2"}).status_code == 302
    assert rows() == [(member.pk, "withdrawn", None, 3)]


def test_what_was_taken_back_meanwhile_cannot_be_taken_back(world: World, member: Member) -> None:
    client, address = of("secretary"), page_of(member)
    form = {**opened(client, address), "reason": "Đánh dấu nhầm"}
    say(world, member, BACK, 1, "Nhầm")
    before = traces()
    sent = client.post(address, {**form, "version": "2"})
    assert (sent.status_code, traces()) == (422, before)
    assert text(sent).count("Không có nội dung nào đã ghi để rút.") == 1
    assert "Biểu gửi lên thiếu mã nhận biết" in text(client.post(address, {**form, "key": "x"}))
    assert traces() == before


@pytest.mark.parametrize("name", ["auditor", "committee", "other_secretary"])
def test_who_keeps_no_ledger_of_the_cell_gets_nowhere(world: World, member: Member, name: str) -> None:
    client, address, before = of(name), page_of(member), traces()
    form = {"csrfmiddlewaretoken": csrf(client), "key": "6d0c1a35-6c1e-4a6e-8b5e-0c8ad3bb4a11", "version": "1"}
    assert client.get(address).status_code == 404
    assert client.post(address, {**form, "reason": "Nhầm"}).status_code == 404
    assert traces() == before


def test_an_officer_above_takes_back_for_the_cell(world: World, member: Member) -> None:
    assert send(of("officer"), page_of(member)).status_code == 302
    event = Event.objects.get(code="dues.corrected")
    assert (event.office, event.behalf_unit_id) == ("organisation_officer", world.cell.pk)


@pytest.mark.parametrize("month", ["2026-13", "2026", "1949-12", "2200-01", "nay"])
def test_a_month_that_is_none_is_not_there(world: World, member: Member, month: str) -> None:
    assert of("secretary").get(page_of(member, month)).status_code == 404


def test_what_another_cell_recorded_is_left_to_that_cell(world: World) -> None:
    """Paid in the cell that the member has left since: seen here, and taken back there alone."""
    moved = world.members(1, unit=world.other)[0]
    say(world, moved, PAID, 0, who="other_secretary")
    Member.objects.filter(pk=moved.pk).update(unit=world.cell, unit_path=world.cell.path)
    client, address, before = of("secretary"), page_of(moved), traces()
    page = text(client.get(address))
    assert "<dd>Đã đóng đảng phí (02/11/2026)</dd>" in page
    assert "Một chi bộ khác đã ghi đảng phí tháng này." in page
    assert 'name="reason"' not in page
    form = {"csrfmiddlewaretoken": csrf(client), "key": "6d0c1a35-6c1e-4a6e-8b5e-0c8ad3bb4a11", "version": "1"}
    sent = client.post(address, {**form, "reason": "Nhầm"})
    assert (sent.status_code, traces()) == (422, before)
    assert text(sent).count("đề nghị chi bộ đó rút nội dung đã ghi") == 1
