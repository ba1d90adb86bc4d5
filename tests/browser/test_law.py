"""The pages of the law and of ladders in a browser: on a phone and at a desk, light and dark, with scripts and without."""

from __future__ import annotations

import pytest

from tests.browser.walking import DESK, PHONE, Walk, chromium, picture, too_wide, violations, walk
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
