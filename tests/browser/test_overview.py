"""The overview in a browser: charts with their tables, on a phone and at a desk, light and dark, with scripts and without."""

from __future__ import annotations

import pytest

from tests.browser.walking import DESK, PHONE, Walk, chromium, picture, too_wide, violations, walk
from tests.web.overview_world import commune_at_work

__all__ = ["chromium", "walk"]
pytestmark = [pytest.mark.browser, pytest.mark.real, pytest.mark.nightly]
PAGES = {
    "page": "/overview/",
    "past": "/overview/?on=30/09/2026",
    "list": "/overview/list/?figure=member",
    "plans": "/overview/plans/",
}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_overview_fits_and_breaks_no_rule(walk: Walk, dark: bool) -> None:
    commune_at_work()
    for size, name in ((PHONE, "phone"), (DESK, "desk")):
        with walk.as_("officer", size, dark=dark) as page:
            for key, address in PAGES.items():
                page.goto(address)
                picture(page, f"overview-{key}-{name}-{'dark' if dark else 'light'}")
                assert (too_wide(page), violations(page)) == (0, []), address
            page.goto("/overview/")
            assert page.locator(".chart canvas").count() == 2


def test_one_gets_from_the_commune_to_a_member_and_a_past_day_without_scripts(walk: Walk) -> None:
    commune_at_work()
    with walk.as_("officer", PHONE, scripts=False) as page:
        page.goto("/")
        page.get_by_role("link", name="Tổng quan").first.click()
        assert page.locator(".chart").first.is_hidden()
        page.get_by_text("Xem dạng bảng").first.click()
        assert page.get_by_role("row", name="03/2026 1").is_visible()
        page.get_by_role("link", name="Chi bộ ấp Một").first.click()
        assert page.get_by_role("heading", level=1).inner_text() == "Tổng quan: Chi bộ ấp Một"
        assert page.get_by_role("navigation", name="Cấp trên").get_by_role("link").inner_text() == "Đảng bộ xã"
        page.get_by_label("Số liệu đến ngày").fill("30/09/2026")
        page.get_by_role("button", name="Xem").click()
        assert "Số liệu đến hết ngày 30/09/2026" in page.locator("main").inner_text()
        page.get_by_role("link", name="Đảng viên: 4").click()
        assert page.locator(".lines > li").count() == 4
        page.get_by_role("link", name="Lê Thị Mới").click()
        assert page.get_by_role("heading", level=1).inner_text().startswith("Lê Thị Mới")


def test_a_plan_is_entered_and_its_line_is_drawn(walk: Walk) -> None:
    commune_at_work()
    with walk.as_("officer", DESK) as page:
        page.goto("/overview/plans/")
        page.get_by_label("Chỉ tiêu", exact=True).fill("4")
        page.get_by_label("Số của văn bản").fill("12-KH/ĐU")
        page.get_by_label("Ngày của văn bản").fill("15/01/2026")
        page.keyboard.press("Enter")
        assert page.get_by_role("status").inner_text() == "Đã ghi chỉ tiêu."
        picture(page, "overview-plans-entered")
        assert (too_wide(page), violations(page)) == (0, [])
        page.goto("/overview/")
        assert "trên chỉ tiêu 4: 25,00 %" in page.locator("main").inner_text()
        assert page.locator(".keys > span").all_inner_texts()[:2] == ["Đã thực hiện", "Tiến độ theo chỉ tiêu"]
        picture(page, "overview-planned")
        page.emulate_media(media="print")
        assert page.get_by_role("row", name="03/2026").first.is_visible()
        assert page.locator(".chart").first.is_hidden()
