"""Letters as a cheap phone, a desk and a printer show them, in Debian's Chromium; the pictures stay in .local/pictures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.core import mail

from backend.alerts.delivery import deliver
from backend.alerts.models import Notice
from backend.alerts.sweep import sweep
from backend.core import clock
from backend.organizations.models import Unit
from tests.backend.alerts.rows import CALENDAR, DUE, chain, deadline, person, unit
from tests.browser.chromium import Chromium, found
from workflows.offices import Level, Office

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db]
PICTURES = Path(__file__).resolve().parents[2] / ".local" / "pictures"
PHONE, DESK = 360, 1000
NIGHT = CALENDAR.add_working_days(DUE, 1)
NAMES = ("Đảng bộ xã Mỹ Phước", "Đảng bộ phường Nguyễn Trung Trực – Vĩnh Thạnh Vân", "Đảng bộ xã Hòa Điền")


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Chromium:
    return found(tmp_path_factory.mktemp("chromium"))


def named(level: Level, above: Unit, name: str, code: str) -> Unit:
    made = unit(level, above)
    Unit.objects.filter(pk=made.pk).update(name=name, code=code)
    return Unit.objects.get(pk=made.pk)


def sent_on(day: date) -> EmailMessage:
    """The only letter of the morning."""
    clock.move_to(day)
    sweep()
    deliver()
    (letter,) = mail.outbox
    return letter  # type: ignore[return-value]


def secretarys() -> Any:
    """Overdue, this week and later, one rule still to be confirmed, in Vietnamese."""
    commune = named(Level.BASE, chain()[0], NAMES[0], "87.101")
    cell = named(Level.CELL, commune, "Chi bộ ấp Mỹ Phước 1", "87.101.000.000.001")
    person(Office.CELL_SECRETARY, cell)
    for number, rule, due, firmness in (
        (7, "PRO.CELL_REVIEW", CALENDAR.add_working_days(NIGHT, -1), "firm"),
        (12, "ADM.CEREMONY", CALENDAR.add_working_days(NIGHT, 1), "to_confirm"),
        (13, "TRF.PAPER", CALENDAR.add_working_days(NIGHT, 7), "firm"),
        (14, "TASK.REGULARISE_AWAY", CALENDAR.add_working_days(NIGHT, 7), "unsettled"),
    ):
        deadline(cell, reference=f"CN-2027-{number:04d}", rule_id=rule, due=due, firmness=firmness)
    return sent_on(NIGHT)


def commune_officers() -> Any:
    """Few cells below: each listed, one of them without a secretary."""
    commune = named(Level.BASE, chain()[0], NAMES[1], "87.102")
    person(Office.ORGANISATION_OFFICER, commune)
    for number in range(1, 4):
        cell = named(Level.CELL, commune, f"Chi bộ khu phố Nguyễn Trung Trực {number}", f"87.102.000.000.{number:03d}")
        if number > 1:
            person(Office.CELL_SECRETARY, cell, email="")
        for place in range(number):
            deadline(cell, reference=f"CN-2027-{10 * number + place:04d}")
    return sent_on(NIGHT)


def province_officers() -> Any:
    """Three hundred and sixty overdue cells in sixty communes: counted."""
    province = named(Level.PROVINCE, chain()[0], "Đảng bộ tỉnh An Giang", "87")
    person(Office.COMMITTEE_SECRETARY, province)
    for place in range(60):
        name = NAMES[place % 3] if place < 3 else f"Đảng bộ xã Vĩnh Hòa {place}"
        commune = named(Level.BASE, province, name, f"87.{200 + place}")
        for number in range(1 + place % 11):
            cell = named(Level.CELL, commune, f"Chi bộ ấp {number}", f"87.{200 + place}.000.000.{number:03d}")
            deadline(cell, reference=f"CN-{place}-{number}")
    return sent_on(CALENDAR.add_working_days(DUE, 6))


def urgent() -> Any:
    cell = named(Level.CELL, chain()[1], "Chi bộ ấp Mỹ Phước 1", "87.101.000.000.001")
    person(Office.CELL_SECRETARY, cell)
    deadline(cell, reference="CN-2027-0007")
    clock.move_to(NIGHT)
    sweep()
    Notice.objects.update(critical=True)
    deliver()
    return mail.outbox[0]


LETTERS = {"secretary": secretarys, "commune": commune_officers, "province": province_officers, "urgent": urgent}


class Parts(HTMLParser):
    """What a page would load, run or style from elsewhere."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name == "href"]
        assert not [value for _, value in attrs if value and ("url(" in value or "javascript:" in value)]


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_can_be_read_on_a_phone_at_a_desk_and_on_paper(chromium: Chromium, name: str) -> None:
    letter = LETTERS[name]()
    html = str(letter.alternatives[0][0])
    PICTURES.mkdir(parents=True, exist_ok=True)
    phone = chromium.measure(html, PHONE)
    assert (phone.width, phone.requests) == (PHONE, 0)
    assert phone.right <= PHONE - 16, "nothing is cut off, and there is a margin"
    assert phone.font >= 14
    assert phone.contrast >= 4.5  # WCAG 2.2, 1.4.3
    assert phone.link >= 24  # 2.5.8
    desk = chromium.measure(html, DESK)
    assert (desk.width, desk.right <= 640 + (DESK - 640) / 2) == (DESK, True), "lines stay short enough to read"
    for width, high in ((PHONE, phone.height), (DESK, desk.height)):
        shown, blank = (
            chromium.picture(page, width, min(high, 4000), PICTURES / f"{kind}-{name}-{width}.png")
            for kind, page in (("letter", html), ("blank", "<body></body>"))
        )
        assert (shown.width, shown.height) == (max(width, 500), min(high, 4000))
        assert shown.size > 4 * blank.size, "something is written there"
    assert 1 <= chromium.pages(html, PICTURES / f"letter-{name}.pdf") <= 3


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_loads_nothing_and_stays_short(name: str) -> None:
    letter = LETTERS[name]()
    parts = Parts(str(letter.alternatives[0][0]))
    assert parts.tags <= {
        "html", "head", "meta", "title", "body", "div", "h1", "h2", "h3", "p", "ul", "li", "a", "br", "table", "tr", "td",
    }  # fmt: skip
    assert parts.attributes <= {"lang", "charset", "name", "content", "style", "href", "role"}
    assert all(link.startswith("http://localhost:8000") for link in parts.links)
    raw = letter.message().as_bytes()
    assert len(raw) < 64_000, "Gmail cuts letters off at 102 kB"
    assert max(map(len, raw.split(b"\n"))) <= 999  # RFC 5322, 2.1.1


def test_what_the_browser_measures_is_what_is_there(chromium: Chromium) -> None:
    """The control: a page that breaks each rule is measured so."""
    bad = '<body style="margin:0"><div style="width:700px;font-size:9px;color:#ccc">x <a href="/">y</a></div><img src="http://x.invalid/a.png">'
    told: Callable[[str, int], Any] = chromium.measure
    broken = told(bad, PHONE)
    assert (broken.width, broken.right, broken.font) == (700, 700, 9)
    assert broken.contrast < 2
    assert broken.link < 20
    assert broken.requests == 1
