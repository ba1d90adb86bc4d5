"""The overview in a browser: charts with their tables, on a phone and at a desk, light and dark, with scripts and without."""

from __future__ import annotations

import pytest

from tests.browser.walking import DESK, PHONE, Walk, chromium, picture, too_wide, violations, walk
from tests.web.overview_world import commune_at_work

__all__ = ["chromium", "walk"]
pytestmark = [pytest.mark.browser, pytest.mark.real]
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
            assert page.locator(".chart canvas").count() == 3
