"""A step and the page of its case in a browser: on a phone and at a desk, with scripts and without, light and dark."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from backend.cases.engine import NewCase, OnCase, perform
from backend.cases.models import Case
from tests.api.conftest import ON
from tests.browser.walking import DESK, PHONE, Walk, chromium, picture, too_wide, violations, walk
from tests.world import World, make_world, paper

__all__ = ["chromium", "walk"]
pytestmark = [pytest.mark.browser, pytest.mark.real, pytest.mark.nightly]


def due(world: World) -> Case:
    """A probationer whose twelve months ended, in a cell of six of whom one works far away, and today's meeting."""
    people = world.members(5)
    people.append(world.member("Phạm Văn Xa", participation="away", away_until="2027-01-31"))
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    case = world.probation(new, date(2025, 10, 30))
    world.meeting(people[:5], ON)
    return case


def typed(page: Any, yes: str) -> None:
    page.get_by_label("Số văn bản").fill("12-NQ/CB")
    page.get_by_label("Nơi ban hành").fill("Chi bộ ấp Một")
    page.get_by_label("Ngày ghi trên văn bản").fill("2/11/2026")
    for label, count in (("Số phiếu phát ra", "5"), ("Số phiếu thu về", "5"), ("Số phiếu hợp lệ", "5"),
                         ("Số phiếu tán thành", yes), ("Số phiếu không tán thành", "1")):  # fmt: skip
        page.get_by_label(label, exact=True).fill(count)


@pytest.mark.parametrize(
    ("size", "scripts"), [(PHONE, True), (PHONE, False), (DESK, True)], ids=["phone", "no-scripts", "desk"]
)
def test_who_was_overtaken_reads_what_was_typed(walk: Walk, size: tuple[int, int], scripts: bool) -> None:
    world = make_world()
    case = due(world)
    with walk.as_("secretary", size, scripts=scripts, dark=size == DESK) as page:
        page.goto(f"/cases/{case.pk}/steps/propose/")
        typed(page, "4")
        meeting = Case.objects.get(lifecycle="meeting").pk
        counts = {"issued": 5, "collected": 5, "valid": 5, "yes": 4, "no": 1}
        facts = {"resolution": paper(ON), "ballot": {"meeting": meeting, **counts}}
        perform(world.actor("deputy"), OnCase(case.pk), "propose", facts, on=ON)
        page.get_by_role("button", name="Ghi nhận").click()
        page.get_by_text("Nội dung đồng chí gửi CHƯA được ghi").wait_for()
        assert page.get_by_role("definition").all_inner_texts()[1:3] == ["12-NQ/CB", "Chi bộ ấp Một"]
        assert not scripts or (too_wide(page), violations(page)) == (0, [])


@pytest.mark.parametrize(
    ("size", "name", "dark"), [(PHONE, "phone", False), (DESK, "desk", True)], ids=["phone", "desk"]
)
def test_a_secretary_records_a_proposal(walk: Walk, size: tuple[int, int], name: str, dark: bool) -> None:
    case = due(make_world())
    with walk.as_("secretary", size, dark=dark) as page:
        page.goto(f"/cases/{case.pk}/")
        assert (too_wide(page), violations(page)) == (0, [])
        picture(page, f"case-{name}")
        page.get_by_role("link", name="Đề nghị công nhận", exact=True).click()
        assert (too_wide(page), violations(page)) == (0, [])
        typed(page, "4")
        page.get_by_text("4 phiếu tán thành: đủ số phiếu.").wait_for()
        picture(page, f"step-{name}")
        page.get_by_role("button", name="Xem trước kết quả").click()
        page.get_by_role("heading", name="Nếu ghi nhận thì").wait_for()
        assert (too_wide(page), violations(page)) == (0, [])
        picture(page, f"step-preview-{name}")
        page.get_by_role("button", name="Ghi nhận").click()
        page.get_by_text("Đã ghi: Đề nghị công nhận.").wait_for()
        assert (too_wide(page), violations(page)) == (0, [])
        picture(page, f"case-done-{name}")
    case.refresh_from_db(fields=["state"])
    assert case.state == "proposed"


def test_without_scripts_what_is_wrong_stands_beside_its_field(walk: Walk) -> None:
    case = due(make_world())
    with walk.as_("secretary", PHONE, scripts=False) as page:
        page.goto(f"/cases/{case.pk}/steps/propose/")
        typed(page, "3")
        page.get_by_label("Số văn bản").fill("")
        page.get_by_role("button", name="Ghi nhận").click()
        assert page.locator("#id_resolution\\.number_error").inner_text() == "Mục này là bắt buộc."
        picture(page, "step-refused-phone")
        page.get_by_label("Số văn bản").fill("12-NQ/CB")
        page.get_by_role("button", name="Ghi nhận").click()
        assert "đủ" in page.locator("#fact-ballot").inner_text()
        picture(page, "step-not-carried-phone")
    case.refresh_from_db(fields=["state"])
    assert case.state == "probation"


@pytest.mark.parametrize(
    ("size", "name", "dark"), [(PHONE, "phone", True), (DESK, "desk", False)], ids=["phone", "desk"]
)
def test_forms_of_every_kind_and_the_help_fit_and_break_no_rule(
    walk: Walk, size: tuple[int, int], name: str, dark: bool
) -> None:
    world = make_world()
    case = due(world)
    month = {"kind": "regular", "month": "2026-12-01"}
    meeting = perform(world.actor("secretary"), NewCase("meeting", unit_id=world.cell.pk), "plan", month, on=ON)["id"]
    term = perform(world.actor("committee"), NewCase("congress", unit_id=world.cell.pk), "record_term",
                   {"begun_on": "2024-05-01"}, on=ON)["id"]  # fmt: skip
    entry = perform(world.actor("deputy"), OnCase(case.pk), "file_cv", {"cv": paper(ON)}, on=ON)["event"]
    pages = {
        f"/cases/{meeting}/steps/hold/": "roll-call", f"/units/{world.cell.pk}/enter/choose/": "enter",
        f"/members/{case.member_id}/open/transfer/ask/": "transfer",
        f"/members/{case.member_id}/open/admission/open/": "admission",
        f"/cases/{case.pk}/steps/name_helper/": "helper", f"/events/{entry}/void/": "void", "/help/recognition/": "help",
        f"/cases/{term}/": "congress",
    }  # fmt: skip
    with walk.as_("secretary", size, dark=dark) as page:
        for address, said in pages.items():
            page.goto(address)
            for summary in page.locator("main summary").all()[:3]:
                summary.click()
            assert (too_wide(page), violations(page)) == (0, []), address
            picture(page, f"{said}-{name}")


def test_a_search_without_scripts_keeps_what_was_typed(walk: Walk) -> None:
    world = make_world()
    case = due(world)
    other = world.member("Huỳnh Thị Nơi Khác", unit=world.other)
    with walk.as_("officer", PHONE, scripts=False) as page:
        page.goto(f"/members/{case.member_id}/open/recognition/begin/")
        page.get_by_label("Ngày lễ kết nạp").fill("5/11/2025")
        page.get_by_label("Tìm theo tên").fill("noi khac")
        page.get_by_role("button", name="Tìm").click()
        assert page.get_by_text("Huỳnh Thị Nơi Khác").count() == 1
        assert page.get_by_label("Ngày lễ kết nạp").input_value() == "05/11/2025"
        assert str(other.pk) in page.content()
        picture(page, "found-phone")


def test_by_keyboard_alone_a_step_is_done(walk: Walk) -> None:
    """From the case's page: to the step, through its form, to the button."""
    case = due(make_world())
    with walk.as_("secretary") as page:
        page.goto(f"/cases/{case.pk}/")
        link = page.get_by_role("link", name="Nộp lý lịch đảng viên")
        link.focus()
        page.keyboard.press("Enter")
        page.get_by_label("Số văn bản").focus()
        for typed in ("5-LL", "Chi bộ ấp Một", "2/11/2026", ""):
            page.keyboard.type(typed)
            page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.value") == "do"
        page.keyboard.press("Enter")
        page.get_by_text("Đã ghi: Nộp lý lịch đảng viên.").wait_for()
    case.refresh_from_db(fields=["version"])
    assert case.version == 2


def test_going_back_after_a_preview_asks_nobody_whether_to_send_the_form_again(walk: Walk) -> None:
    case = due(make_world())
    with walk.as_("secretary", PHONE) as page:
        page.goto(f"/cases/{case.pk}/steps/propose/")
        typed(page, "4")
        page.get_by_role("button", name="Xem trước kết quả").click()
        page.get_by_role("heading", name="Nếu ghi nhận thì").wait_for()
        page.reload()  # by mistake: what was typed is still there
        assert page.get_by_label("Số văn bản").input_value() == "12-NQ/CB"
        page.get_by_role("button", name="Ghi nhận").click()
        page.get_by_text("Đã ghi: Đề nghị công nhận.").wait_for()
        page.go_back()
        assert page.url.endswith(f"/cases/{case.pk}/steps/propose/")
        page.get_by_role("heading", name="Hiện chưa thể thực hiện").wait_for()
