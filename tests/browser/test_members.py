"""Members, units and cases in a browser: on a phone and at a desk, light and dark."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import Page

from backend.cases.engine import NewCase, perform
from backend.members.models import Member
from tests.backend.cases.test_away import ASKED
from tests.browser.walking import DESK, PHONE, Walk, chromium, cut_lists, picture, too_wide, violations, walk
from tests.world import World, make_world

__all__ = ["chromium", "walk"]
pytestmark = [pytest.mark.browser, pytest.mark.real, pytest.mark.nightly]


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
                    assert size == PHONE or cut_lists(page) == [], address
                    picture(page, f"{what}-{who}-{name}-{'dark' if dark else 'light'}")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_step_for_many_from_the_list_to_the_answers(walk: Walk, scripts: bool) -> None:
    peopled()
    with walk.as_("secretary", PHONE, scripts=scripts) as page:
        page.goto("/members/?standing=official")
        for name in ("Lê Thị Ân", "Trần Thị Bé"):
            page.get_by_role("checkbox", name=name).check()
        fits(page, "bulk-list", scripts)
        page.get_by_role("button", name="Ghi cho những người đã đánh dấu").click()
        fits(page, "bulk-steps", scripts)
        page.get_by_role("link", name="Ghi nhận đảng viên bỏ sinh hoạt").click()
        typed = {"on": "02/11/2026", "resolution.number": "12-NQ/CB", "resolution.issuer": "Chi bộ ấp Một",
                 "resolution.date": "02/11/2026", "months": "3"}  # fmt: skip
        for name, value in typed.items():
            page.locator(f'input[name="{name}"]').fill(value)
        page.locator('[name="ground"][value="meetings"], select[name="ground"]').first.evaluate(
            "one => { if (one.tagName === 'SELECT') one.value = 'meetings'; else one.checked = true; }"
        ) if scripts else page.locator('[name="ground"]').first.check()
        fits(page, "bulk-form", scripts)
        page.get_by_role("button", name="Ghi cho 2 người").click()
        assert page.get_by_role("status").first.inner_text() == "Đã ghi: 2. Chưa ghi được: 0."
        fits(page, "bulk-answers", scripts)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_step_of_many_open_cases_from_the_list_to_the_answers(walk: Walk, scripts: bool) -> None:
    world = peopled()
    for one in Member.objects.filter(full_name__in=("Lê Thị Ân", "Trần Thị Bé")):
        perform(world.actor("secretary"), NewCase("away", member_id=one.pk), "ask", ASKED, on=date(2026, 9, 1))
    with walk.as_("secretary", PHONE, scripts=scripts) as page:
        page.goto("/members/?standing=official")
        for name in ("Lê Thị Ân", "Trần Thị Bé", "Nguyễn Văn An"):
            page.get_by_role("checkbox", name=name).check()
        page.get_by_role("button", name="Ghi cho những người đã đánh dấu").click()
        fits(page, "bulk-steps-of-cases", scripts)
        page.locator('a[href="?step=away.propose"]').click()
        typed = {"on": "10/09/2026", "resolution.number": "12-NQ/CB", "resolution.issuer": "Chi bộ ấp Một",
                 "resolution.date": "10/09/2026"}  # fmt: skip
        for name, value in typed.items():
            page.locator(f'input[name="{name}"]').fill(value)
        page.get_by_role("button", name="Xem trước").click()
        fits(page, "bulk-form-of-cases", scripts)
        page.get_by_role("button", name="Ghi cho 3 người").click()
        assert page.get_by_role("status").first.inner_text() == "Đã ghi: 2. Chưa ghi được: 1."
        fits(page, "bulk-answers-of-cases", scripts)


def fits(page: Page, name: str, scripts: bool) -> None:
    """Nothing runs out of it; with scripts axe looks at it, and its picture is kept."""
    assert too_wide(page) == 0 if scripts else True
    if scripts:
        assert violations(page) == [], name
        picture(page, name)
