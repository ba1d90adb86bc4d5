"""The pictures of `docs/guide/` and the README: `make pictures` takes them anew. No test by its name, so no run collects it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import FloatRect, Page

from backend.audit.models import Event
from backend.deadlines.models import Deadline
from backend.imports import working
from tests.backend.imports.books import GOOD, write_roster
from tests.browser.hamlet import AWAY, MISSES, OVERDUE, PROPOSED, Hamlet, make_hamlet
from tests.browser.palettes import smaller
from tests.browser.walking import Walk, chromium, walk

__all__ = ["chromium", "walk"]
pytestmark = [pytest.mark.browser, pytest.mark.real]
TO = Path(__file__).resolve().parents[2] / "docs" / "guide" / "pictures"
PHONE, DESK, TWICE = (360, 800), (1100, 800), 2


def shot(page: Page, name: str, top: str = "", height: int = 0) -> None:
    """What the window shows with `top` (a selector) at its upper edge, down to `height` CSS pixels (0: all of it)."""
    page.wait_for_load_state("networkidle")
    page.evaluate(
        """top => { const to = top ? document.querySelector(top).getBoundingClientRect().top + scrollY - 8 : 0
                    scrollTo({top: to, behavior: 'instant'}) }""",
        top,
    )
    page.wait_for_timeout(300)
    size = page.viewport_size
    assert size is not None
    clip: FloatRect = {"x": 0, "y": 0, "width": size["width"], "height": height or size["height"]}
    taken = page.screenshot(clip=clip)
    blank = page.context.new_page()
    (TO / f"{name}.png").write_bytes(smaller(blank, taken))
    blank.close()


def test_pictures(walk: Walk, tmp_path: Path) -> None:
    """All of them; what they weigh and whether each is shown is looked at by `tests/docs/test_guide.py`."""
    hamlet = make_hamlet()
    TO.mkdir(parents=True, exist_ok=True)
    signing_in(walk)
    secretary(walk, hamlet)
    officers(walk, hamlet)
    roster(walk, tmp_path / "danh-sach.xlsx")
    auditor(walk, hamlet)


def signing_in(walk: Walk) -> None:
    with walk.as_("hanh", DESK) as page:
        page.goto("/")
        page.goto("/invitations/")
        form = page.locator("form").filter(has=page.locator("button[value=new]"))
        for name, value in (("username", "tam"), ("full_name", "Lê Minh Tâm"), ("unit", "98.101.000.000.001"),
                            ("since", "2026-11-30")):  # fmt: skip
            form.locator(f"[name={name}]").fill(value)
        form.locator("[name=office]").select_option("cell_committee")
        form.locator("button").click()
        page.locator("code").wait_for()
        shot(page, "giay-moi", height=520)
    with walk.as_("", PHONE, scale=TWICE) as page:
        page.goto("/invitation/")
        shot(page, "ma-moi")


def secretary(walk: Walk, hamlet: Hamlet) -> None:
    meeting = Deadline.objects.get(
        rule_id="MTG.REGULAR", due_on="2026-11-30", unit_path=hamlet.cells["ấp Mỹ Hưng"].path
    )
    late = Deadline.objects.get(rule_id="PRO.CELL_REVIEW", subject_id=hamlet.cases[OVERDUE].pk)
    with walk.as_("lan", PHONE, scale=TWICE) as page:
        page.goto("/")
        shot(page, "hom-nay")
        page.goto(f"/deadlines/{late.pk}/")
        shot(page, "thoi-han")
        page.goto("/notices/")
        shot(page, "thong-bao")
        page.goto(f"/members/{hamlet.members[OVERDUE].pk}/")
        shot(page, "dang-vien")
        page.goto(f"/cases/{hamlet.cases[AWAY].pk}/")
        shot(page, "di-xa")
        page.goto(f"/meetings/{meeting.subject_id}/")
        held(page, hamlet)
        page.goto(f"/cases/{hamlet.cases[OVERDUE].pk}/steps/propose/")
        voted(page)


def held(page: Page, hamlet: Hamlet) -> None:
    """The month's meeting: tapped, reckoned, checked, recorded."""
    page.locator(f"label[for='roll-{hamlet.members[MISSES].pk}-unexcused']").click()
    page.locator("label[for=others]").click()
    page.fill("[name=minutes_long]", "95")
    page.fill("[name='minutes.number']", "11-BB/CB")
    page.wait_for_timeout(1_000)
    shot(page, "diem-danh", f"li:has(#roll-{hamlet.members[MISSES].pk}-present)")
    shot(page, "du-hop", "#reckoned")
    page.locator("button[value=record]").click()
    page.get_by_text("Buổi sinh hoạt và điểm danh").wait_for()
    shot(page, "da-ghi")


def voted(page: Page) -> None:
    """A proposal with too few votes, then with enough."""
    for label, value in (("Số văn bản", "12-NQ/CB"), ("Nơi ban hành", "Chi bộ ấp Mỹ Hưng"),
                         ("Ngày ghi trên văn bản", "30/11/2026"), ("Số phiếu phát ra", "8"), ("Số phiếu thu về", "8"),
                         ("Số phiếu hợp lệ", "8"), ("Số phiếu tán thành", "5"), ("Số phiếu không tán thành", "3")):  # fmt: skip
        page.get_by_label(label, exact=True).fill(value)
    page.wait_for_timeout(1_000)
    shot(page, "bo-phieu", "#fact-ballot")
    page.get_by_role("button", name="Ghi nhận").click()
    page.locator(".alert-danger").wait_for()
    shot(page, "tu-choi", "#fact-ballot")
    page.get_by_label("Số phiếu tán thành", exact=True).fill("7")
    page.get_by_label("Số phiếu không tán thành", exact=True).fill("1")
    page.get_by_role("button", name="Xem trước kết quả").click()
    page.get_by_role("heading", name="Nếu ghi nhận thì").wait_for()
    shot(page, "xem-truoc")


def officers(walk: Walk, hamlet: Hamlet) -> None:
    with walk.as_("dung", DESK) as page:
        page.goto("/")
        shot(page, "bao-len")
        page.goto("/overview/")
        page.wait_for_timeout(1_500)
        shot(page, "tong-quan")
        shot(page, "cac-chi-bo", "#below")
        shot(page, "bieu-do", ".drawn", 560)
        page.goto("/overview/list/?figure=waiting")
        shot(page, "danh-sach")
        page.goto("/overview/plans/")
        shot(page, "ke-hoach")
        page.goto(f"/cases/{hamlet.cases[PROPOSED].pk}/steps/consider/")
        shot(page, "quyet-dinh")


def roster(walk: Walk, to: Path) -> None:
    """Tried by the worker: one row is taken, one left out."""
    wrong = {**GOOD, "full_name": "Trần Văn Mười", "personal_id": "087080000009", "born_on": "31/02/1980"}
    write_roster(to, [GOOD, wrong], group="Chi bộ ấp Mỹ Hưng (98.101.000.000.001)")
    with walk.as_("hanh", DESK) as page:
        page.goto("/imports/")
        page.set_input_files("#id_roster", to)
        page.fill("#id_as_of", "31/10/2026")
        page.get_by_role("button", name="Gửi và chạy thử").click()
        working.work()
        page.get_by_text("Đã chạy thử; chưa có gì thay đổi.").wait_for()
        shot(page, "nhap-danh-sach")


def auditor(walk: Walk, hamlet: Hamlet) -> None:
    event = Event.objects.filter(code="recognition.proposed").latest("id")
    with walk.as_("kiet", DESK) as page:
        for name, address in (
            ("nhat-ky", "/desk/"), ("cac-muc", "/desk/events/?lifecycle=recognition"),
            ("mot-muc", f"/desk/events/{event.uid}/"), ("phat-hien", f"/desk/events/{event.uid}/finding/"),
            ("rut-mau", "/desk/samples/"), ("trich-xuat", "/desk/exports/"), ("toan-ven", "/desk/head/"),
        ):  # fmt: skip
            page.goto(address)
            shot(page, name)
