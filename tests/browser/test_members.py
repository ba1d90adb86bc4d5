"""Members, units and cases in a browser: on a phone and at a desk, light and dark."""

from __future__ import annotations

from datetime import date

import pytest

from tests.browser.walking import DESK, PHONE, Walk, chromium, picture, too_wide, violations, walk
from tests.world import World, make_world

__all__ = ["chromium", "walk"]
pytestmark = [pytest.mark.browser, pytest.mark.real]


def peopled() -> World:
    world = make_world()
    for name in ("Nguyễn Văn An", "Lê Thị Ân", "Trần Thị Bé", "Đặng Quốc Ất", "Phạm Thị Minh Châu"):
        world.member(name)
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    world.probation(new, date(2025, 10, 30))
    world.member("Võ Văn Xa", unit=world.other)
    return world


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_lists_files_and_units_fit_and_break_no_rule(walk: Walk, dark: bool) -> None:
    world = peopled()
    for who in ("secretary", "officer"):
        for size, name in ((PHONE, "phone"), (DESK, "desk")):
            with walk.as_(who, size, dark=dark) as page:
                page.goto("/members/")
                page.get_by_role("link", name="Trần Thị Mới").click()
                file = page.url
                for what, address in (
                    ("members", "/members/?standing=official"), ("member", file), ("cases", "/cases/"),
                    ("unit", f"/units/{(world.cell if who == 'secretary' else world.commune).pk}/"), ("looks", f"{file}looks/"),
                ):  # fmt: skip
                    page.goto(address)
                    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
                    assert (too_wide(page), violations(page)) == (0, []), (address, name)
                    picture(page, f"{what}-{who}-{name}-{'dark' if dark else 'light'}")
