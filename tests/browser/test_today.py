"""Today's page in a browser, with work in each of its parts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.browser.walking import DESK, PHONE, Walk, chromium, picture, too_wide, violations, walk
from tests.web.test_today import due, planned
from tests.world import TODAY, make_world

__all__ = ["chromium", "walk"]
pytestmark = [pytest.mark.browser, pytest.mark.real, pytest.mark.slow]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_day_fits_a_phone_and_a_desk(walk: Walk, dark: bool) -> None:
    world = make_world()
    due(planned(world, date(2027, 1, 1)), TODAY - timedelta(3))
    due(planned(world), TODAY + timedelta(2))
    planned(world, date(2026, 12, 1))
    member = world.member("Trần Thị Mới", step="import_probationary", joined_on="2026-01-05")
    world.probation(member, date(2026, 1, 5))
    for size, name in ((PHONE, "phone"), (DESK, "desk")):
        with walk.as_("secretary", size, dark=dark) as page:
            page.goto("/")
            page.locator("details").first.click()
            assert (too_wide(page), violations(page)) == (0, [])
            picture(page, f"today-{name}-{'dark' if dark else 'light'}")
