"""The page on which an office is handed over, and the last backup, in a browser."""

from __future__ import annotations

import pytest

from backend.accounts.models import Assignment, User
from backend.alerts.backups import made
from tests.browser.walking import DESK, PHONE, Walk, chromium, picture, too_wide, violations, walk
from tests.world import make_world, person
from workflows.offices import Office

__all__ = ["chromium", "walk"]
pytestmark = [pytest.mark.browser, pytest.mark.real, pytest.mark.nightly]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_an_office_is_handed_over(walk: Walk, dark: bool) -> None:
    world = make_world()
    person("admin", Office.ADMINISTRATOR, world.commune)
    User.objects.create(username="new", full_name="Người mới", email="new@example.org")
    look = "dark" if dark else "light"
    with walk.as_("admin", DESK, dark=dark) as page:
        page.goto("/administration/system/")
        picture(page, f"backup-none-desk-{look}")
        assert (too_wide(page), violations(page)) == (0, [])
        page.goto(f"/administration/units/{world.cell.pk}/offices/{world.actor('secretary').assignment_id}/")
        picture(page, f"hand-over-desk-{look}")
        assert (too_wide(page), violations(page)) == (0, [])
    made()
    with walk.as_("admin", PHONE, dark=dark, scripts=dark) as page:
        page.goto("/administration/system/")
        assert "chưa đầy một giờ" in page.inner_text("main")
        page.goto(f"/administration/units/{world.cell.pk}/offices/")
        page.locator("li", has_text="Người secretary").get_by_role("link", name="Bàn giao").click()
        picture(page, f"hand-over-phone-{look}")
        page.fill('[name="next-username"]', "nobody")
        page.get_by_role("button", name="Bàn giao chức vụ này").click()
        picture(page, f"hand-over-refused-phone-{look}")
        assert not dark or (too_wide(page), violations(page)) == (0, [])  # axe is a script itself
        page.fill('[name="next-username"]', "new")
        page.get_by_role("button", name="Bàn giao chức vụ này").click()
        assert "Bí thư chi bộ, Chi bộ ấp Một: Người mới" in page.inner_text("main")
    assert Assignment.objects.filter(user__username="new", unit=world.cell, to_date=None).count() == 1
