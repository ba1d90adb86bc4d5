"""The administration in a browser: index, units, offices; on a phone and at a desk, light and dark."""

from __future__ import annotations

import pytest

from tests.browser.walking import DESK, PHONE, Walk, chromium, picture, too_wide, violations, walk
from tests.world import make_world, person
from workflows.offices import Office

__all__ = ["chromium", "walk"]
pytestmark = [pytest.mark.browser, pytest.mark.real, pytest.mark.nightly]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_units_and_offices_fit_and_break_no_rule(walk: Walk, dark: bool) -> None:
    world = make_world()
    person("admin", Office.ADMINISTRATOR, world.province)
    pages = {
        "system": "/administration/system/", "calendar": "/administration/calendar/",
        "index": "/administration/", "search": "/administration/units/?q=ap",
        "unit": f"/administration/units/{world.commune.pk}/",
        "offices": f"/administration/units/{world.commune.pk}/offices/",
    }  # fmt: skip
    for size, look in ((PHONE, "phone"), (DESK, "desk")):
        with walk.as_("admin", size, dark=dark) as page:
            for name, address in pages.items():
                page.goto(address)
                picture(page, f"administration-{name}-{look}-{'dark' if dark else 'light'}")
                assert (too_wide(page), violations(page)) == (0, []), address


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_cell_is_opened_and_its_secretary_given(walk: Walk, scripts: bool) -> None:
    world = make_world()
    person("admin", Office.ADMINISTRATOR, world.commune)
    with walk.as_("admin", PHONE, scripts=scripts) as page:
        page.goto(f"/administration/units/{world.commune.pk}/")
        page.get_by_text("Thành lập tổ chức đảng trực thuộc").click()
        page.fill("#id_open-code", "sai")
        page.fill("#id_open-name", "Chi bộ ấp Ba")
        page.get_by_role("button", name="Thành lập", exact=True).click()
        assert "87.107.000.000.001" in page.locator("#id_open-code_error").inner_text()
        assert page.input_value("#id_open-name") == "Chi bộ ấp Ba"
        page.fill("#id_open-code", "87.107.000.000.003")
        page.get_by_role("button", name="Thành lập", exact=True).click()
        page.get_by_role("link", name="Chi bộ ấp Ba").click()
        page.get_by_role("link", name="Chức vụ và người giữ chức vụ").click()
        page.fill("#id_give-username", "deputy")
        page.get_by_role("button", name="Giao chức vụ này").click()
        assert "Người deputy" in page.locator(".lines").inner_text()
