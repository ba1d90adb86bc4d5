"""The auditor's desk and the notices in a browser: on a phone and at a desk, light and dark, with scripts and without."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from backend.alerts.models import Notice
from backend.alerts.sweep import sweep
from backend.audit.models import Event
from backend.cases.engine import OnCase, perform
from backend.deadlines.models import Deadline
from backend.organizations.models import Unit
from tests.api.conftest import ON
from tests.api.test_desk import sealed
from tests.browser.walking import DESK, PHONE, Walk, chromium, picture, too_wide, violations, walk
from tests.roles import as_role
from tests.world import World, make_world, paper

__all__ = ["chromium", "walk"]
pytestmark = [pytest.mark.browser, pytest.mark.real, pytest.mark.nightly]


def lived() -> World:
    """A recognition proposed weeks after its day, sealed; and what the sweep has said of the next one's deadline."""
    world = make_world()
    people = world.members(6)
    cases = []
    for name, ceremony in (("Trần Thị Mới", date(2025, 9, 10)), ("Trần Văn Mới", date(2025, 9, 11))):
        new = world.member(name, "import_probationary", joined_on=ceremony.isoformat())
        cases.append(world.probation(new, ceremony))
    meeting = world.meeting(people, ON)
    totals = {"meeting": meeting.pk, "issued": 6, "collected": 6, "valid": 6, "yes": 4, "no": 2}
    perform(
        world.actor("secretary"), OnCase(cases[0].pk), "propose", {"resolution": paper(ON), "ballot": totals}, on=ON
    )
    with as_role("chibo_jobs"):
        sweep(ON - timedelta(days=21))  # a ladder says the same more than once
        sweep(ON)
    sealed()
    return world


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_desk_fits_and_breaks_no_rule(walk: Walk, dark: bool) -> None:
    lived()
    event = Event.objects.get(code="recognition.proposed")
    pages = {
        "desk": "/desk/", "log": "/desk/events/?lifecycle=recognition", "refused": "/desk/events/?unit=khong",
        "entry": f"/desk/events/{event.uid}/",
        "path": f"/desk/cases/{event.case_id}/", "times": "/desk/times/?lifecycle=recognition",
        "samples": "/desk/samples/", "exports": "/desk/exports/?late=2", "head": "/desk/head/",
        "finding": f"/desk/events/{event.uid}/finding/",
    }  # fmt: skip
    for size, name in ((PHONE, "phone"), (DESK, "desk")):
        with walk.as_("auditor", size, dark=dark) as page:
            for key, address in pages.items():
                page.goto(address)
                picture(page, f"desk-{key}-{name}-{'dark' if dark else 'light'}")
                assert (too_wide(page), violations(page)) == (0, []), address


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_what_alerts_show_fits_and_breaks_no_rule(walk: Walk, dark: bool) -> None:
    lived()
    due = Deadline.objects.filter(status="open", rule_id="PRO.CELL_REVIEW").latest("pk")
    told = Notice.objects.filter(deadline_id=due.pk, channel="inbox", outcome="sent").latest("id")
    pages = {
        "notices": "/notices/", "narrowed": "/notices/?show=open&until=31/02/2026",
        "notice": f"/notices/{told.id}/", "deadlines": "/deadlines/",
        "deadline": f"/deadlines/{due.pk}/", "ledger": f"/deadlines/{due.pk}/ledger/", "rehearsal": "/rehearsal/",
        "substitutions": "/substitutions/", "ledgers": f"/ledger/?first=&last=&unit={Unit.objects.get(pk=due.unit_id).code}",
    }  # fmt: skip
    for size, name in ((PHONE, "phone"), (DESK, "desk")):
        with walk.as_("secretary", size, dark=dark) as page:
            for key, address in pages.items():
                page.goto(address)
                picture(page, f"alerts-{key}-{name}-{'dark' if dark else 'light'}")
                assert (too_wide(page), violations(page)) == (0, []), address


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_secretary_reads_answers_and_hands_over_on_a_phone(walk: Walk, scripts: bool) -> None:
    lived()
    with walk.as_("secretary", PHONE, scripts=scripts) as page:
        page.goto("/notices/")
        page.locator(".lines a").first.click()
        page.get_by_role("button", name="Đánh dấu đã đọc đến đây").click()
        assert page.get_by_role("status").inner_text() == "Đã đánh dấu là đã đọc."
        assert page.locator(".lines").get_by_text("Chưa đọc").count() == 0
        page.locator(".lines a").first.click()
        page.get_by_role("link", name="Mở thời hạn").click()
        page.get_by_text("Ghi ý kiến").click()
        page.get_by_role("button", name="Gửi ý kiến").click()  # nothing was written: the browser or the page says so
        page.get_by_label("Ý kiến (mọi người đọc").fill("Chi bộ họp ngày 20")
        page.get_by_role("button", name="Gửi ý kiến").click()
        assert "Ý kiến đã được ghi" in page.get_by_role("status").inner_text()
        page.get_by_role("link", name="Sổ báo nhắc: đã báo ai").click()
        assert "“Chi bộ họp ngày 20”" in page.locator("main").inner_text()
        page.goto("/substitutions/")
        page.get_by_label("Đến hết ngày").fill("20/11/2026")
        page.get_by_role("button", name="Chuyển việc nhắc").click()
        assert "Từ 02/11/2026 đến 20/11/2026" in page.locator("main").inner_text()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_an_auditor_finds_draws_takes_out_and_raises(walk: Walk, scripts: bool) -> None:
    lived()
    with walk.as_("auditor", scripts=scripts) as page:
        page.goto("/desk/")
        page.get_by_role("link", name="Làm sau thời hạn").click()
        page.get_by_role("link", name="Đề nghị công nhận").click()
        assert "dẫn đúng đến gốc" in page.locator("main").inner_text()
        page.get_by_role("link", name="Nêu phát hiện").click()
        page.get_by_label("Nội dung đã phát hiện").fill("Ghi muộn 28 ngày")
        page.get_by_role("button", name="Nêu phát hiện").click()
        assert "Đã nêu phát hiện" in page.get_by_role("status").inner_text()
        page.goto("/desk/samples/?lifecycle=recognition")
        page.get_by_label("Chuỗi gieo").fill("Họp 30/11")
        page.get_by_label("Số mục cần rút").fill("2")
        page.get_by_role("button", name="Rút mẫu").click()
        assert page.locator("ol.lines > li").count() == 2
        assert page.get_by_role("button", name="In").is_visible() is scripts
        picture(page, f"desk-sample-desk-{'light' if scripts else 'plain'}")
        assert not scripts or violations(page) == []  # axe is a script itself
        page.goto("/desk/exports/")
        with page.expect_download() as taken:
            page.get_by_role("button", name="Trích xuất").click()
        assert taken.value.suggested_filename.startswith("chibo-log-")
