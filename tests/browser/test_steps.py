"""A step and the page of its case in a browser: on a phone and at a desk, with scripts and without, light and dark."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from backend.cases.models import Case
from tests.api.conftest import ON
from tests.browser.walking import DESK, PHONE, Walk, chromium, picture, too_wide, violations, walk
from tests.world import World, make_world

__all__ = ["chromium", "walk"]
pytestmark = [pytest.mark.browser, pytest.mark.real]


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
