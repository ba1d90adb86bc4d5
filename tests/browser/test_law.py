"""The pages of the law and of ladders in a browser: on a phone and at a desk, light and dark, with scripts and without."""

from __future__ import annotations

import pytest

from tests.backend.deadlines.test_ladders import reviewed
from tests.browser.walking import DESK, PHONE, Walk, chromium, picture, too_wide, violations, walk
from tests.web.test_today import planned
from tests.world import make_world, person
from workflows.offices import Office

__all__ = ["chromium", "walk"]
pytestmark = [pytest.mark.browser, pytest.mark.real, pytest.mark.nightly]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_pages_of_the_law_fit_and_break_no_rule(walk: Walk, dark: bool) -> None:
    world = make_world()
    person("admin", Office.ADMINISTRATOR, world.province)
    pages = {
        "index": "/law/", "area": "/law/?area=TRF", "confirm": "/law/confirm/", "competence": "/law/competence/",
        "differences": "/law/differences/?first=25/07/2026&second=26/07/2026",
    }  # fmt: skip
    for size, look in ((PHONE, "phone"), (DESK, "desk")):
        with walk.as_("admin", size, dark=dark) as page:
            for name, address in pages.items():
                page.goto(address)
                for one in page.locator("details").all()[:2]:
                    one.evaluate("one => { one.open = true }")
                picture(page, f"law-{name}-{look}-{'dark' if dark else 'light'}")
                assert (too_wide(page), violations(page)) == (0, []), address


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_who_decides_is_looked_at_first_and_then_settled(walk: Walk, scripts: bool) -> None:
    world = make_world()
    person("admin", Office.ADMINISTRATOR, world.province)
    with walk.as_("admin", PHONE, scripts=scripts) as page:
        page.goto("/law/competence/")
        page.select_option("#id_act", "recognise")
        page.select_option("#id_usual", "province")
        page.fill("#id_since", "1/11/2026")
        page.fill("#id_source", "nghe nói")
        page.get_by_role("button", name="Xem trước").click()
        assert page.locator("#id_source_error").inner_text()
        page.fill("#id_source", "1-QĐ/TU ngày 30/10/2026")
        page.get_by_role("button", name="Xem trước").click()
        assert "Cấp tỉnh" in page.locator("section.alert").inner_text()
        picture(page, f"law-settling-{'scripts' if scripts else 'plain'}")
        page.get_by_role("button", name="Ghi như vậy").click()
        assert "đã ghi cấp có thẩm quyền" in page.get_by_role("status").inner_text()
        assert "ghi riêng tại đây" in page.locator("#recognise").inner_text()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_ladders_and_packs_fit_and_break_no_rule(walk: Walk, dark: bool) -> None:
    world = make_world()
    person("admin", Office.ADMINISTRATOR, world.province)
    pages = {
        "ladders": f"/units/{world.cell.pk}/ladders/", "packs": f"/administration/units/{world.commune.pk}/packs/",
        "ladder": f"/administration/units/{world.commune.pk}/ladder/?rule=PRO.CELL_REVIEW",
        "which": f"/administration/units/{world.commune.pk}/ladder/", "index": "/administration/",
        "unit": f"/administration/units/{world.commune.pk}/",
    }  # fmt: skip
    for size, look in ((PHONE, "phone"), (DESK, "desk")):
        with walk.as_("admin", size, dark=dark) as page:
            for name, address in pages.items():
                page.goto(address)
                for one in page.locator("details").all()[:1]:
                    one.evaluate("one => { one.open = true }")
                picture(page, f"ladders-{name}-{look}-{'dark' if dark else 'light'}")
                assert (too_wide(page), violations(page)) == (0, []), address


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_unit_gets_a_reminder_more_and_a_provinces_rules(walk: Walk, scripts: bool) -> None:
    world = make_world()
    reviewed(world)
    planned(world)
    person("admin", Office.ADMINISTRATOR, world.province)
    with walk.as_("admin", PHONE, scripts=scripts) as page:
        page.goto(f"/administration/units/{world.cell.pk}/ladder/?rule=PRO.CELL_REVIEW")
        page.get_by_text("Đặt lịch nhắc riêng của đơn vị").click()
        empty = page.locator("fieldset.frame").nth(-1)
        empty.get_by_label("Khi nào").select_option("before")
        empty.get_by_label("Số ngày").fill("20")
        page.fill("#id_own-reason", "Ấp xa")
        page.locator("#own").get_by_role("button", name="Xem sẽ thay đổi gì").click()
        assert "13/11/2026" in page.locator("#own section").inner_text()
        assert (too_wide(page), violations(page) if scripts else []) == (0, [])
        picture(page, f"ladders-seen-{'scripts' if scripts else 'plain'}")
        page.get_by_role("button", name="Ghi như vậy").click()
        assert "trước ngày hẹn 20 ngày làm việc" in page.locator("main").inner_text()
        page.goto(f"/administration/units/{world.commune.pk}/packs/")
        page.fill("#id_since", "1/11/2026")
        page.fill("#id_source", "29-QĐ/TU ngày 26/01/2026")
        page.get_by_role("button", name="Xem trước thời hạn nào sẽ dời").click()
        assert "02/11/2026" in page.locator("form section").inner_text()
        assert (too_wide(page), violations(page) if scripts else []) == (0, [])
        picture(page, f"packs-seen-{'scripts' if scripts else 'plain'}")
        page.get_by_role("button", name="Ghi như vậy").click()
        assert "✓ hôm nay đang áp dụng ở đây" in page.locator("main").inner_text()
