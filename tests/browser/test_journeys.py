"""A day of each role from sign-in to sign-out: a secretary, an officer of the commune, an auditor; on a phone and at a desk,
with scripts and without, and the secretary's by keyboard alone. What they leave in the database is asserted exactly."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect

from backend.alerts.sweep import sweep
from backend.audit.models import Event
from backend.cases.engine import OnCase, perform
from backend.cases.models import Case
from backend.core import clock
from backend.deadlines.models import Deadline
from backend.members.models import Member
from backend.participation.models import DuesEntry
from tests.browser.journeying import Hands, fits, journey
from tests.browser.walking import DESK, PHONE, Walk, chromium, walk
from tests.roles import as_role
from tests.web.overview_world import counted
from tests.web.test_today import planned
from tests.world import World, make_world, paper

__all__ = ["chromium", "walk"]
pytestmark = [pytest.mark.browser, pytest.mark.real, pytest.mark.slow]
HELD = date(2026, 10, 12)
"""The October meeting, which resolved on the probationer two days after the day of the law."""
TOLD = date(2026, 11, 3)
"""Its night tells the commune of the probationer on whom the cell has said nothing."""
SIZES = {"phone": PHONE, "desk": DESK}


def looks(*first: tuple[str, bool]) -> list[Any]:
    """Each window with scripts and without; those not `first` at night only."""
    every = [(size, scripts) for size in SIZES for scripts in (True, False)]
    return [
        pytest.param(size, scripts, id=f"{size}-{'scripts' if scripts else 'plain'}",
                     marks=() if (size, scripts) in first else pytest.mark.nightly)
        for size, scripts in every
    ]  # fmt: skip


def overdue() -> tuple[World, Case, Case]:
    """A probationer for whom the cell's day has passed, in a cell of six; November's meeting is planned."""
    cache.clear()
    world = make_world()
    people = world.members(5)
    people.append(world.member("Phạm Văn Xa", participation="away", away_until="2027-01-31"))
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-09-10")
    case = world.probation(new, date(2025, 9, 10))
    world.meeting(people[:5], HELD)
    return world, case, planned(world)


def since(last: int) -> list[str]:
    """What the log has more than it had."""
    return list(Event.objects.filter(id__gt=last).order_by("id").values_list("code", flat=True))


def newest() -> int:
    return Event.objects.latest("id").pk


def secretarys_day(walk: Walk, size: str, *, scripts: bool, keys: bool = False) -> None:
    _, case, meeting = overdue()
    last, person = newest(), Member.objects.get(pk=case.member_id)
    with journey(walk, "secretary", SIZES[size], scripts=scripts, keys=keys) as hands:
        look = f"{size}-{'keys' if keys else 'hands'}-{'scripts' if scripts else 'plain'}"
        page = hands.page
        fits(hands, f"secretary-today-{look}")
        line = page.locator(".lines > li.late", has_text=person.full_name)
        hands.press(line.get_by_role("link", name="Đề nghị công nhận", exact=True))
        proposal(hands)
        assert since(last) == []
        hands.press(page.get_by_role("button", name="Ghi nhận", exact=True))
        expect(page.get_by_role("status").first).to_have_text("Đã ghi: Đề nghị công nhận.")
        assert since(last) == ["recognition.proposed"]
        hands.press(page.locator("main").get_by_role("link", name=person.full_name))
        expect(page.get_by_role("heading", level=1)).to_have_text(person.full_name)
        expect(page.locator(".timeline li").first).to_contain_text("12/10/2026 · Đề nghị công nhận")
        fits(hands, f"secretary-member-{look}")
        hands.go("Hôm nay")
        expect(page.locator(".lines > li.late h3")).to_have_text(["Đưa biên bản cuộc họp lên sổ tay"])
        monthly(hands, meeting)
        fits(hands, f"secretary-meeting-{look}")
    case.refresh_from_db()
    meeting.refresh_from_db()
    assert (case.state, meeting.state) == ("proposed", "filed")
    assert since(last) == ["recognition.proposed", "meeting.held", "dues.recorded", "meeting.minutes_filed"]
    assert DuesEntry.objects.count() == 1


def proposal(hands: Hands) -> None:
    """The resolution of October and its ballot, looked at before it is recorded."""
    page = hands.page
    for label, words in (
        ("Số văn bản", "12-NQ/CB"), ("Nơi ban hành", "Chi bộ ấp Một"), ("Ngày ghi trên văn bản", "12/10/2026"),
        ("Số phiếu phát ra", "5"), ("Số phiếu thu về", "5"), ("Số phiếu hợp lệ", "5"), ("Số phiếu tán thành", "4"),
        ("Số phiếu không tán thành", "1"),
    ):  # fmt: skip
        hands.write(page.get_by_label(label, exact=True), words)
    hands.press(page.get_by_role("button", name="Xem trước kết quả"))
    page.get_by_role("heading", name="Nếu ghi nhận thì").wait_for()


def monthly(hands: Hands, meeting: Case) -> None:
    """November's meeting in one go: one excused, all others there, one who paid."""
    page = hands.page
    hands.press(page.get_by_role("link", name="Ghi nhận sinh hoạt chi bộ tháng 11/2026"))
    page.wait_for_url(f"**/meetings/{meeting.pk}/")
    first, second = roll(page)[:2]
    hands.choose(page.locator(f"#roll-{first}-excused"))
    hands.choose(page.locator("#others"))
    hands.choose(page.locator(f"#dues-{second}"))
    hands.write(page.locator("[name=minutes_long]"), "95")
    hands.write(page.locator("[name='minutes.number']"), "07-BB/CB")
    hands.press(page.get_by_role("button", name="Kiểm tra trước"))
    page.get_by_role("heading", name="Nếu ghi nhận thì").wait_for()
    hands.press(page.locator("button[value=record]"))
    expect(page.get_by_role("status").first).to_contain_text("Buổi sinh hoạt và điểm danh")


def roll(page: Page) -> list[int]:
    """Ids of those of the first cell who may be excused, as the page lists them."""
    found = page.locator("[id^='roll-'][id$='-excused']").all()
    return [int(str(one.get_attribute("name")).removeprefix("roll.")) for one in found]


@pytest.mark.parametrize(("size", "scripts"), looks(("phone", True)))
def test_a_secretarys_day(walk: Walk, size: str, scripts: bool) -> None:
    secretarys_day(walk, size, scripts=scripts)


@pytest.mark.nightly
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
@pytest.mark.parametrize("size", SIZES)
def test_a_secretarys_day_by_keyboard_alone(walk: Walk, size: str, scripts: bool) -> None:
    secretarys_day(walk, size, scripts=scripts, keys=True)


def handed_up() -> tuple[World, Case, Deadline]:
    """What the first cell proposed late waits for the commune; of another probationer the cell said nothing, and the commune
    was told; somebody is in the other cell. Sealed and counted."""
    world, case, _ = overdue()
    second = world.member("Lê Thị Chờ", "import_probationary", joined_on="2025-09-09")
    waits = Deadline.objects.get(subject_kind="case", subject_id=world.probation(second, date(2025, 9, 9)).pk)
    world.member("Huỳnh Thị Nơi Khác", unit=world.other)
    meeting = Case.objects.get(lifecycle="meeting", state="held")
    totals = {"meeting": meeting.pk, "issued": 5, "collected": 5, "valid": 5, "yes": 4, "no": 1}
    facts = {"resolution": paper(HELD), "ballot": totals}
    perform(world.actor("secretary"), OnCase(case.pk), "propose", facts, on=HELD)
    clock.move_to(TOLD)
    with as_role("chibo_jobs"):
        sweep(TOLD)
    counted()
    return world, case, waits


@pytest.mark.parametrize(("size", "scripts"), looks(("desk", False)))
def test_an_officers_day(walk: Walk, size: str, scripts: bool) -> None:
    _, case, waits = handed_up()
    last, person = newest(), Member.objects.get(pk=case.member_id)
    with journey(walk, "officer", SIZES[size], scripts=scripts) as hands:
        look, page = f"{size}-{'scripts' if scripts else 'plain'}", hands.page
        fits(hands, f"officer-today-{look}")
        down_to_the_cell(hands)
        fits(hands, f"officer-cell-{look}")
        hands.go("Đảng viên")
        hands.write(page.get_by_role("searchbox"), "tran thi m")
        hands.press(page.get_by_role("button", name="Tìm", exact=True))
        expect(page.locator(".people a")).to_have_text([person.full_name])
        hands.press(page.get_by_role("link", name=person.full_name))
        hands.press(page.get_by_role("link", name="Công nhận đảng viên chính thức", exact=True))
        decision(hands)
        assert since(last) == []
        hands.press(page.get_by_role("button", name="Ghi nhận", exact=True))
        expect(page.get_by_role("status").first).to_have_text("Đã ghi: Ghi nhận quyết định công nhận.")
        seen(hands)
        fits(hands, f"officer-seen-{look}")
    case.refresh_from_db()
    person.refresh_from_db()
    waits.refresh_from_db()
    assert (case.state, person.standing) == ("recognised", "official")
    assert since(last) == ["recognition.recognised", "membership.recognised", "deadline.acknowledged"]
    assert (waits.status, waits.acknowledged_levels) == ("open", {"1": "2026-11-10"})


def down_to_the_cell(hands: Hands) -> None:
    """From the commune's figures to those of the first cell, and the list behind one of them."""
    page = hands.page
    hands.go("Tổng quan")
    hands.press(page.get_by_role("link", name="Chi bộ ấp Một"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Tổng quan: Chi bộ ấp Một")
    hands.press(page.get_by_role("link", name="Đảng viên chính thức: 6"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("(6)")
    expect(page.locator(".lines li")).to_have_count(6)


def decision(hands: Hands) -> None:
    """The standing committee's decision, looked at before it is recorded."""
    page = hands.page
    hands.press(page.get_by_role("link", name="Ghi nhận quyết định công nhận"))
    for label, words in (
        ("Số văn bản", "31-QĐ/ĐU"), ("Nơi ban hành", "Đảng ủy xã"), ("Ngày ghi trên văn bản", "03/11/2026"),
        ("Số thành viên của cơ quan biểu quyết", "9"), ("Số phiếu tán thành", "8"),
    ):  # fmt: skip
        hands.write(page.get_by_label(label, exact=True), words)
    hands.choose(page.get_by_label("Ban thường vụ"))
    hands.press(page.get_by_role("button", name="Xem trước kết quả"))
    page.get_by_role("heading", name="Nếu ghi nhận thì").wait_for()


def seen(hands: Hands) -> None:
    """The notice of what climbed, its deadline, and that it was seen."""
    page = hands.page
    hands.go("Thông báo")
    hands.press(page.locator(".lines a", has_text="Chi bộ xét công nhận chính thức"))
    hands.press(page.get_by_role("link", name="Mở thời hạn"))
    hands.press(page.locator("summary", has_text="Đã nắm việc này"))
    hands.write(page.get_by_label("Lý do, viết ngắn gọn").first, "Chi bộ họp ngày 09/11")
    hands.press(page.get_by_role("button", name="Đã nắm", exact=True))
    expect(page.get_by_role("status").first).to_contain_text("Đã ghi")


@pytest.mark.parametrize(("size", "scripts"), looks())
def test_an_auditors_day(walk: Walk, size: str, scripts: bool) -> None:
    handed_up()
    last = newest()
    with journey(walk, "auditor", SIZES[size], scripts=scripts) as hands:
        look, page = f"{size}-{'scripts' if scripts else 'plain'}", hands.page
        hands.go("Nhật ký, kiểm tra")
        fits(hands, f"auditor-desk-{look}")
        hands.press(page.get_by_role("link", name="Các mục nhật ký"))
        hands.press(page.locator("summary", has_text="Lọc"))
        page.get_by_label("Loại hồ sơ").select_option("recognition")
        page.get_by_label("Loại mục ghi").select_option("recognition.proposed")
        hands.press(page.get_by_role("button", name="Xem", exact=True))
        expect(page.locator(".lines > li")).to_have_count(1)
        hands.press(page.locator(".lines a").first)
        expect(page.locator("main")).to_contain_text("dẫn đúng đến gốc")
        finding(hands)
        assert since(last) == ["finding.raised"]
        fits(hands, f"auditor-finding-{look}")
        sample(hands)
        fits(hands, f"auditor-sample-{look}")
        hands.press(page.locator("main").get_by_role("link", name="Nhật ký, kiểm tra"))
    raised = Case.objects.get(lifecycle="finding")
    assert (raised.state, raised.facts["matter"]) == ("open", "late")
    assert since(last) == ["finding.raised", "log.sampled"]


def finding(hands: Hands) -> None:
    page = hands.page
    hands.press(page.get_by_role("link", name="Nêu phát hiện"))
    page.locator("[name=matter]").select_option("late")
    hands.write(page.get_by_label("Nội dung đã phát hiện"), "Ghi muộn 21 ngày")
    hands.press(page.get_by_role("button", name="Nêu phát hiện"))
    expect(page.get_by_role("status").first).to_contain_text("Đã nêu phát hiện")


def sample(hands: Hands) -> None:
    page = hands.page
    hands.go("Nhật ký, kiểm tra")
    hands.press(page.get_by_role("link", name="Rút mẫu"))
    hands.write(page.get_by_label("Chuỗi gieo"), "Họp 30/11")
    hands.write(page.get_by_label("Số mục cần rút"), "3")
    hands.press(page.get_by_role("button", name="Rút mẫu"))
    expect(page.locator("ol.lines > li")).to_have_count(3)
