"""Merging and dividing in a browser: on a phone and at a desk, light and dark; a whole merger by touch without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from backend.members.models import Member
from backend.organizations.models import Unit
from tests.browser.walking import DESK, PHONE, Walk, chromium, picture, too_wide, violations, walk
from tests.world import World, make_world
from workflows.units import CODE

__all__ = ["chromium", "walk"]
pytestmark = [pytest.mark.browser, pytest.mark.real, pytest.mark.nightly]


def fill(page: Page, **typed: str) -> None:
    for name, value in typed.items():
        page.fill(f'[name="{name.replace("__", ".")}"]', value)


PAPER = {
    "reorganisation__number": "15-QĐ/ĐU",
    "reorganisation__issuer": "Đảng ủy xã",
    "reorganisation__date": "26/10/2026",
}


def peopled(walk: Walk) -> World:
    world = make_world()
    for name in ("Nguyễn Văn An", "Lê Thị Bình", "Phạm Văn Cảnh", "Trần Thị Dung"):
        world.member(name)
    world.guest("Hồ Văn Khách", world.other, world.cell)
    return world


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_pages_fit_and_break_no_rule(walk: Walk, dark: bool) -> None:
    world = peopled(walk)
    assert CODE.fullmatch(world.other.code)
    for size, look in ((PHONE, "phone"), (DESK, "desk")):
        with walk.as_("officer", size, dark=dark) as page:

            def looked(name: str, look: str = look, page: Page = page) -> None:
                picture(page, f"reorganising-{name}-{look}-{'dark' if dark else 'light'}")
                assert (too_wide(page), violations(page)) == (0, []), name

            page.goto("/administration/reorganisations/")
            looked("list")
            page.goto(f"/administration/units/{world.cell.pk}/merge/")
            looked("merge")
            fill(page, to_unit="87.999", **PAPER)
            page.get_by_role("button", name="Xem trước").click()
            looked("merge-refused")
            fill(page, to_unit=world.other.code)
            page.get_by_role("button", name="Xem trước").click()
            looked("merge-preview")
            page.goto(f"/administration/units/{world.cell.pk}/divide/")
            fill(page, code="87.107.000.000.009", name="Chi bộ ấp Chín", **PAPER)
            page.get_by_label("Lê Thị Bình").check()
            page.get_by_role("button", name="Xem trước").click()
            looked("divide-preview")
    assert Member.objects.filter(unit_id=world.cell.pk).count() == 4


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_cell_is_merged_by_touch_and_taken_up_again(walk: Walk, scripts: bool) -> None:
    world = peopled(walk)
    with walk.as_("officer", PHONE, scripts=scripts) as page:
        page.goto("/administration/")
        page.get_by_role("link", name="Sáp nhập và chia tách").click()
        page.get_by_role("link", name="Sáp nhập vào tổ chức khác · Chi bộ ấp Một").click()
        fill(page, to_unit=world.other.code, **PAPER)
        page.get_by_role("button", name="Xem trước").click()
        assert "Hồ Văn Khách" in page.locator("#told").locator("..").inner_text()
        page.get_by_role("button", name="Bắt đầu sáp nhập với những người chuyển được").click()
        picture(page, f"reorganising-merged-phone-{scripts}")
        assert "chưa giải thể được" in page.inner_text("main")
        assert not scripts or (too_wide(page), violations(page)) == (0, [])  # axe is a script itself
        Member.objects.filter(guest_unit=world.cell).update(guest_unit=None, guest_path=None)
        page.get_by_role("link", name="Làm tiếp phần còn lại").click()
        page.get_by_role("button", name="Xem trước").click()
        page.get_by_role("button", name="Sáp nhập", exact=True).click()
        assert "kết thúc hoạt động từ ngày đó" in page.inner_text("main")
    world.cell.refresh_from_db()
    assert (world.cell.closed_on is not None, world.cell.merges_into_id) == (True, world.other.pk)
    assert Unit.objects.get(pk=world.other.pk).closed_on is None
