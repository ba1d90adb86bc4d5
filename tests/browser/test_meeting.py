"""A month's meeting on a phone: by tapping, without scripts, and over a connection that is lost at the worst moment."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from backend.accounts.models import User
from backend.audit.models import Event
from backend.cases.models import Case
from backend.participation.models import DuesEntry
from tests.browser.walking import DESK, PHONE, Walk, chromium, picture, too_wide, violations, walk
from tests.web.test_today import planned
from tests.world import World, make_world

__all__ = ["chromium", "walk"]
pytestmark = [pytest.mark.browser, pytest.mark.real, pytest.mark.slow]
NAMES = ("Bùi Thị An", "Lê Văn Bình", "Nguyễn Thị Cúc", "Trần Quốc Dũng")


@pytest.fixture
def meeting(walk: Walk) -> tuple[World, Case, list[int]]:
    world = make_world()
    people = [world.member(name).pk for name in NAMES]
    world.member("Võ Thị Xa", participation="exempt")
    return world, planned(world), people


@contextmanager
def unsteady(walk: Walk, name: str = "secretary") -> Iterator[Page]:
    """A page whose connection the test takes away: what the browser says of that on its console is no fault."""
    client = Client()
    client.force_login(User.objects.get(username=name))
    context = walk.browser.new_context(
        base_url=walk.base, viewport={"width": PHONE[0], "height": PHONE[1]}, locale="vi"
    )
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": walk.base}])
    faults: list[str] = []
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert faults == []


def tap(page: Page, member: int, word: str) -> None:
    page.locator(f"label[for='roll-{member}-{word}']").click()


def fill(page: Page, case: Case, people: list[int]) -> None:
    page.goto(f"/meetings/{case.pk}/")
    tap(page, people[0], "excused")
    tap(page, people[1], "unexcused")
    page.locator("label[for=others]").click()
    page.locator(f"label[for='dues-{people[2]}']").click()
    page.fill("[name=minutes_long]", "95")


def kept(page: Page) -> dict[str, Any]:
    """What lies on the device."""
    return dict(page.evaluate("Object.fromEntries(Object.entries(localStorage))"))


def losing(sent: list[int]) -> Any:
    """Lets the server record what is sent, and loses its first answer; `sent` gathers what it answered each time."""

    def lose(route: Any) -> None:
        if route.request.method != "POST" or 'name="do"\r\n\r\nrecord' not in (route.request.post_data or ""):
            return route.continue_()
        answer = route.fetch(max_redirects=0)
        sent.append(answer.status)
        return route.abort("connectionreset") if len(sent) == 1 else route.fulfill(response=answer)

    return lose


def recorded(case: Case) -> tuple[str, int, int]:
    return (
        Case.objects.get(pk=case.pk).state,
        Event.objects.filter(code="meeting.held").count(),
        DuesEntry.objects.count(),
    )


@pytest.mark.parametrize("dark", [False, pytest.param(True, marks=pytest.mark.nightly)], ids=["light", "dark"])
def test_from_today_to_done(walk: Walk, meeting: tuple[World, Case, list[int]], dark: bool) -> None:
    _, case, people = meeting
    with walk.as_("secretary", PHONE if not dark else DESK, dark=dark) as page:
        page.goto("/")
        page.get_by_role("link", name="Ghi nhận sinh hoạt chi bộ tháng 11/2026").click()
        assert page.url.endswith(f"/meetings/{case.pk}/")
        fill(page, case, people)
        expect(page.locator("#reckoned")).to_contain_text("Có mặt: 2 trên 4 đồng chí phải dự.")
        expect(page.locator("#reckoned")).to_contain_text("5 đảng viên chính thức − 1")
        for label in page.locator(".choices label, main button, main input[type=text]").all():
            box = label.bounding_box()
            assert box is not None
            assert box["height"] >= 44
        page.fill("[name='minutes.number']", "07-BB/CB")
        assert (too_wide(page), violations(page)) == (0, [])
        picture(page, f"meeting-{'desk-dark' if dark else 'phone-light'}")
        page.get_by_role("button", name="Kiểm tra trước").click()
        assert (too_wide(page), violations(page)) == (0, [])
        assert recorded(case) == ("planned", 0, 0)
        picture(page, f"meeting-checked-{'desk-dark' if dark else 'phone-light'}")
        page.get_by_role("button", name="Ghi", exact=False).first.click()
        expect(page.get_by_role("status").first).to_contain_text("Buổi sinh hoạt và điểm danh")
        assert recorded(case) == ("filed", 1, 1)
        assert kept(page) == {}
        assert (too_wide(page), violations(page)) == (0, [])
        picture(page, f"meeting-done-{'desk-dark' if dark else 'phone-light'}")


def test_going_back_by_keyboard_nothing_that_has_the_focus_lies_below_the_arithmetic(
    walk: Walk, meeting: tuple[World, Case, list[int]]
) -> None:
    world, case, _ = meeting
    world.members(10)
    covered = """async () => {
      for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame)  // it is scrolled with the next one
      const one = document.activeElement, box = (one.labels?.[0] ?? one).getBoundingClientRect()
      return one.closest(".people") && box.top < document.querySelector(".tally").getBoundingClientRect().bottom ? [one.id] : []
    }"""
    with walk.as_("secretary", PHONE) as page:
        page.goto(f"/meetings/{case.pk}/")
        page.locator("[name='paid_on']").focus()
        found, walked = [], 0
        while walked < 200 and not page.locator("#others:focus").count():
            page.keyboard.press("Shift+Tab")
            found, walked = found + page.evaluate(covered), walked + 1
        assert (found, page.locator("#others:focus").count()) == ([], 1)


def test_without_scripts_it_works_whole(walk: Walk, meeting: tuple[World, Case, list[int]]) -> None:
    _, case, people = meeting
    with walk.as_("secretary", PHONE, scripts=False) as page:
        fill(page, case, people)
        page.get_by_role("button", name="Kiểm tra trước").click()
        assert "Có mặt: 2 trên 4 đồng chí phải dự." in page.locator("#reckoned").inner_text()
        page.locator("button[value=record]").click()
        assert "Buổi sinh hoạt và điểm danh" in page.get_by_role("status").first.inner_text()
    assert recorded(case) == ("held", 1, 1)


def test_what_is_chosen_outlives_a_reload_and_holds_no_names_and_no_words(
    walk: Walk, meeting: tuple[World, Case, list[int]]
) -> None:
    _, case, people = meeting
    with unsteady(walk) as page:
        fill(page, case, people)
        page.fill("[name=place]", "Nhà văn hóa ấp Một")
        page.fill("[name='minutes.number']", "07-BB/CB")
        page.reload()
        assert page.locator(f"#roll-{people[0]}-excused").is_checked()
        assert page.locator("#others").is_checked()
        assert page.locator(f"#dues-{people[2]}").is_checked()
        assert page.input_value("[name=minutes_long]") == "95"
        assert page.input_value("[name=place]") == ""
        assert page.locator("#meeting-restored").is_visible()
        (place,) = kept(page)
        user = User.objects.get(username="secretary")
        assert place.startswith(f"chibo.meeting.{user.pk}.")
        assert place.endswith(f".2026-11.{case.pk}")
        lying = json.loads(kept(page)[place])
        words = json.dumps(lying, ensure_ascii=False)
        assert not any(name in words for name in (*NAMES, "Võ", "văn hóa", "07-BB", "Chi bộ"))
        assert set(lying) == {"at", "version", "key", "chosen"}
    assert recorded(case) == ("planned", 0, 0)


def test_sent_without_a_connection_it_waits_and_is_recorded_once(
    walk: Walk, meeting: tuple[World, Case, list[int]]
) -> None:
    _, case, people = meeting
    with unsteady(walk) as page:
        fill(page, case, people)
        page.context.set_offline(True)
        page.locator("button[value=record]").click()
        expect(page.locator("#meeting-waits")).to_be_visible()
        assert "Đang mất kết nối." in page.locator("#meeting-waits").inner_text()
        assert recorded(case) == ("planned", 0, 0)
        page.context.set_offline(False)
        expect(page.get_by_role("status").first).to_contain_text("Buổi sinh hoạt và điểm danh")
        assert kept(page) == {}
    assert recorded(case) == ("held", 1, 1)


def test_without_a_connection_nothing_typed_is_lost_by_checking_or_leaving(
    walk: Walk, meeting: tuple[World, Case, list[int]]
) -> None:
    _, case, people = meeting
    with unsteady(walk) as page:
        fill(page, case, people)
        page.fill("[name=place]", "Nhà văn hóa ấp Một")
        expect(page.locator("#reckoned")).to_contain_text("Có mặt: 2 trên 4")
        page.context.set_offline(True)
        tap(page, people[1], "present")
        expect(page.locator("#reckoned-old")).to_have_text("Đang mất kết nối: số này tính từ trước lần chạm vừa rồi.")
        for leave in (page.get_by_role("button", name="Kiểm tra trước"), page.locator(".ways a").first):
            leave.click()
            expect(page.locator("#meeting-stays")).to_be_visible()
            assert page.input_value("[name=place]") == "Nhà văn hóa ấp Một"
            page.evaluate("document.getElementById('meeting-stays').hidden = true")
        page.context.set_offline(False)
        tap(page, people[1], "unexcused")
        expect(page.locator("#reckoned-old")).to_be_hidden()
        page.get_by_role("button", name="Kiểm tra trước").click()
        expect(page.locator("h2", has_text="Nếu ghi nhận thì")).to_be_visible()
        assert page.input_value("[name=place]") == "Nhà văn hóa ấp Một"
    assert recorded(case) == ("planned", 0, 0)


@pytest.mark.parametrize("do", ["check", "record"])
def test_whose_session_has_ended_is_told_so_where_they_sign_in(
    walk: Walk, meeting: tuple[World, Case, list[int]], do: str
) -> None:
    _, case, people = meeting
    with unsteady(walk) as page:
        fill(page, case, people)
        page.context.clear_cookies(name="sessionid")
        page.locator(f"button[value={do}]").click()
        page.wait_for_url("**/sign-in/**")
        assert "Phiên đăng nhập đã kết thúc nên chưa ghi gì cả." in page.inner_text("main")
    assert recorded(case) == ("planned", 0, 0)


def test_an_answer_that_got_lost_is_asked_for_again_and_nothing_is_done_twice(
    walk: Walk, meeting: tuple[World, Case, list[int]]
) -> None:
    """The server has recorded all of it; the phone never heard so, sends again, and is told what was done."""
    _, case, people = meeting
    sent: list[int] = []
    with unsteady(walk) as page:
        fill(page, case, people)
        page.route("**/meetings/**", losing(sent))
        page.locator("button[value=record]").click()
        expect(page.locator("#meeting-waits")).to_be_visible()
        assert recorded(case) == ("held", 1, 1)
        events = Event.objects.count()
        page.evaluate("dispatchEvent(new Event('online'))")
        expect(page.get_by_role("status").first).to_contain_text("Buổi sinh hoạt và điểm danh")
        assert sent == [302, 302]
        assert Event.objects.count() == events
        assert kept(page) == {}
    assert recorded(case) == ("held", 1, 1)


def test_a_server_that_is_away_is_waited_for(walk: Walk, meeting: tuple[World, Case, list[int]]) -> None:
    _, case, people = meeting
    with unsteady(walk) as page:
        fill(page, case, people)
        page.route("**/meetings/**", lambda route: route.fulfill(status=503, body="<h1>503</h1>"))
        page.locator("button[value=record]").click()
        expect(page.locator("#meeting-waits")).to_be_visible()
        assert page.locator(f"#roll-{people[0]}-excused").is_checked()
        page.unroute("**/meetings/**")
        page.evaluate("dispatchEvent(new Event('online'))")
        expect(page.get_by_role("status").first).to_contain_text("Buổi sinh hoạt và điểm danh")
    assert recorded(case) == ("held", 1, 1)


def test_after_a_lost_answer_and_a_reload_nothing_is_asked_twice(
    walk: Walk, meeting: tuple[World, Case, list[int]]
) -> None:
    _, case, people = meeting
    with unsteady(walk) as page:
        fill(page, case, people)
        page.route("**/meetings/**", losing([]))
        page.locator("button[value=record]").click()
        expect(page.locator("#meeting-waits")).to_be_visible()
        page.goto(f"/meetings/{case.pk}/")
        assert page.locator("[name^='roll.']").count() == 0
        assert page.locator(f"#dues-{people[2]}").count() == 0
    assert recorded(case) == ("held", 1, 1)


def test_signing_out_wipes_the_device(walk: Walk, meeting: tuple[World, Case, list[int]]) -> None:
    _, case, people = meeting
    with unsteady(walk) as page:
        fill(page, case, people)
        assert len(kept(page)) == 1
        page.goto("/more/")
        page.get_by_role("button", name="Đăng xuất").click()
        page.wait_for_url("**/")
        assert kept(page) == {}
