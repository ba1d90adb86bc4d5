"""Import in a browser: sent from a phone; the progress survives a reload; faults stand in the sheet's own layout."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.core.db import WHOLE, scoped
from backend.imports import working
from backend.members.models import Member
from tests.backend.imports.books import GOOD, write_roster
from tests.browser.walking import DESK, PHONE, Walk, chromium, picture, too_wide, violations, walk
from tests.world import make_world, person
from workflows.offices import Office

__all__ = ["chromium", "walk"]
pytestmark = [pytest.mark.browser, pytest.mark.real, pytest.mark.nightly]
BAD = {**GOOD, "full_name": "Trần Văn Sai", "personal_id": "087080000009", "born_on": "31/02/1980"}


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_roster_is_sent_tried_and_brought_in(walk: Walk, tmp_path: Path, scripts: bool) -> None:
    make_world()
    roster = write_roster(
        tmp_path / "ds.xlsx", [GOOD, BAD, {**GOOD, "full_name": "Lê Bốn", "personal_id": "087080000010"}]
    )
    with walk.as_("officer", PHONE, scripts=scripts) as page:
        page.goto("/imports/")
        page.set_input_files("#id_roster", roster)
        page.fill("#id_as_of", "31/10/2026")
        page.get_by_role("button", name="Gửi và chạy thử").click()
        page.get_by_text("Đang chạy thử danh sách").wait_for()
        page.reload()
        assert page.get_by_text("Đang chạy thử danh sách").is_visible()
        assert not scripts or (too_wide(page), violations(page)) == (
            0,
            [],
        )
        working.work()
        page.get_by_text("Đã chạy thử; chưa có gì thay đổi.").wait_for()  # by itself
        assert page.locator("td.faulty").inner_text().startswith("✕ 31/02/1980")
        assert not scripts or (too_wide(page), violations(page)) == (0, [])
        page.get_by_role("button", name="Nhập đúng như đã chạy thử").click()
        working.work()
        page.get_by_text("Đã nhập danh sách.").wait_for()
    with scoped(WHOLE):
        assert Member.objects.count() == 2


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_pages_of_imports_fit_and_break_no_rule(walk: Walk, tmp_path: Path, dark: bool) -> None:
    person("second", Office.ORGANISATION_OFFICER, make_world().commune)
    roster = write_roster(
        tmp_path / "ds.xlsx", [GOOD, BAD, {**GOOD, "full_name": "Lê " + "Bốn " * 100, "personal_id": "087080000010"}]
    )
    for size, look in ((PHONE, "phone"), (DESK, "desk")):
        with walk.as_("officer", size, dark=dark) as page:
            page.goto("/imports/")
            page.set_input_files("#id_roster", roster)
            page.fill("#id_as_of", "31/10/2026")
            page.get_by_role("button", name="Gửi và chạy thử").click()
            page.get_by_text("Đang chạy thử danh sách").wait_for()
            working.work()
            page.reload()
            address = page.url
            for name in ("tried", "list"):
                if name == "list":
                    page.goto(address)
                    page.get_by_role("button", name="Nhập đúng như đã chạy thử").click()
                    page.get_by_text("Đang nhập danh sách").wait_for()
                    working.work()
                    page.goto("/imports/")
                    assert page.locator("td.faulty").count() == 0
                else:
                    wrong = page.locator("td.faulty").first.bounding_box()
                    assert wrong is not None
                    assert wrong["x"] + 80 <= size[0]
                picture(page, f"imports-{name}-{look}-{'dark' if dark else 'light'}")
                assert (too_wide(page), violations(page)) == (0, []), name
        with walk.as_("second", size, dark=dark) as page:  # nobody undoes what they brought in themselves
            page.goto("/imports/")
            page.get_by_role("link", name="Hoàn tác toàn bộ lần nhập").first.click()
            picture(page, f"imports-undo-{look}-{'dark' if dark else 'light'}")
            assert (too_wide(page), violations(page)) == (0, [])
