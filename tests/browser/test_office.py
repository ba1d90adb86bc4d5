"""The frame of all pages in a browser: head, ways, the choice of an office; on a phone and at a desk, light and dark."""

from __future__ import annotations

import pytest

from tests.browser.walking import DESK, PHONE, Walk, chromium, picture, too_wide, violations, walk
from tests.world import make_world

__all__ = ["chromium", "walk"]
pytestmark = [pytest.mark.browser, pytest.mark.real]


@pytest.mark.parametrize("dark", [False, pytest.param(True, marks=pytest.mark.nightly)], ids=["light", "dark"])
def test_the_frame_fits_and_breaks_no_rule(walk: Walk, dark: bool) -> None:
    make_world()
    for size, name in ((PHONE, "phone"), (DESK, "desk")):
        with walk.as_("secretary", size, dark=dark) as page:
            for address in ("/", "/more/", "/office/"):
                page.goto(address)
                assert (too_wide(page), violations(page)) == (0, []), address
            page.goto("/")
            picture(page, f"home-{name}-{'dark' if dark else 'light'}")
            assert page.locator("nav.ways a[aria-current]").inner_text() == "Hôm nay"
            brand = page.locator(".head .brand").bounding_box()
            assert brand is not None
            assert brand["height"] < 60  # one line, whatever stands beside it
            first = page.locator("nav.ways li.first a").first.bounding_box()
            assert first is not None
            assert first["height"] >= 44


def test_by_keyboard_alone_one_gets_past_the_head(walk: Walk) -> None:
    make_world()
    with walk.as_("secretary") as page:
        page.goto("/")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
