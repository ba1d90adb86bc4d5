"""People on their way through the pages, from sign-in to sign-out: by pointing, or by keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, Response, expect

from tests.browser.walking import Walk, picture, too_wide
from tests.web.people import PASSWORD, with_password

ENTRANCE = re.compile("^(Chibo|Đăng nhập)$")
STOPS = 200
"""No page has so many places to stop at with the Tab key."""
FOCUSED = "one => one === document.activeElement"
SEEN = """one => {
  if (one !== document.activeElement) return 'not focused'
  const shown = one.matches('.btn-check') ? one.labels[0] : one
  const look = getComputedStyle(shown), box = shown.getBoundingClientRect()
  if (look.outlineStyle === 'none' || parseFloat(look.outlineWidth) < 2) return 'no outline'
  if (!box.width || !box.height || box.bottom <= 0 || box.top >= innerHeight) return 'out of the window'
  const above = document.elementFromPoint(box.left + box.width / 2, Math.min(box.bottom, innerHeight) - 1 - (
    Math.min(box.bottom, innerHeight) - Math.max(box.top, 0)) / 2)
  return above && !shown.contains(above) && !above.contains(shown) ? `covered by ${above.outerHTML.slice(0, 60)}` : ''
}"""
"""What keeps a focused element from being seen: its line around, its place, or what lies over it; empty where nothing does."""


def shows(place: Locator) -> None:
    """One sees that this has the focus, as soon as the page has moved there."""
    for _ in range(20):
        if not (hidden := place.evaluate(SEEN)):
            return
        place.page.wait_for_timeout(100)
    raise AssertionError(f"{hidden}: {place}")


@dataclass
class Hands:
    """Points at what it means."""

    page: Page

    def press(self, button: Locator) -> None:
        button.click()

    def write(self, field: Locator, words: str) -> None:
        field.fill(words)

    def go(self, label: str) -> None:
        """To one of the pages that stand on every page; on a phone some of them stand behind “More”."""
        way = self.page.locator("nav.ways").get_by_role("link", name=label, exact=True)
        if not way.is_visible():
            self.press(self.page.locator("nav.ways a[href='/more/']"))
            way = self.page.locator("main").get_by_role("link", name=label, exact=True)
        self.press(way)

    def choose(self, choice: Locator) -> None:
        """A radio or a tick; where its label stands for it, that is what is tapped."""
        label = self.page.locator(f"label[for='{choice.get_attribute('id')}']")
        label.click()
        assert choice.is_checked()


class Keys(Hands):
    """Never points: Tab to each place, Enter on buttons and links, arrows among radios, Space for a tick."""

    def reach(self, place: Locator) -> None:
        """Forward from where one stands; from the page's end it begins again."""
        expect(place).to_be_visible()
        for _ in range(STOPS):
            if place.evaluate(FOCUSED):
                shows(place)
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"not reached by the Tab key: {place}")

    def press(self, button: Locator) -> None:
        self.reach(button)
        self.page.keyboard.press("Enter")

    def write(self, field: Locator, words: str) -> None:
        self.reach(field)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(words)

    def choose(self, choice: Locator) -> None:
        if choice.get_attribute("type") == "checkbox":
            self.reach(choice)
            self.page.keyboard.press("Space")
        else:
            self._among_radios(choice)
        assert choice.is_checked()

    def _among_radios(self, choice: Locator) -> None:
        """A group is one stop: arrows go on inside it."""
        group = self.page.locator(f"input[name='{choice.get_attribute('name')}']")
        for _ in range(STOPS):
            if group.evaluate_all("all => all.includes(document.activeElement)"):
                break
            self.page.keyboard.press("Tab")
        if not choice.is_checked():
            self.page.keyboard.press("Space")
        for _ in range(group.count()):
            if choice.is_checked():
                break
            self.page.keyboard.press("ArrowDown")
        shows(choice)


@contextmanager
def journey(walk: Walk, name: str, size: tuple[int, int], *, scripts: bool, keys: bool = False) -> Iterator[Hands]:
    """From the form to sign in (somebody with a password) to the one after signing out, which shows nobody any more."""
    with_password(name)
    kept: list[str] = []
    with walk.as_("", size, scripts=scripts) as page:
        page.on("response", lambda answer: kept.append(answer.url) if may_be_kept(answer) else None)
        hands = Keys(page) if keys else Hands(page)
        page.goto("/")
        hands.write(page.get_by_label("Tên đăng nhập"), name)
        hands.write(page.get_by_label("Mật khẩu"), PASSWORD)
        hands.press(page.get_by_role("button", name="Đăng nhập", exact=True))
        page.get_by_role("heading", level=1, name="Hôm nay").wait_for()
        yield hands
        _leave(hands)
        assert page.evaluate("Object.keys(localStorage)") == []
    assert kept == []


def may_be_kept(answer: Response) -> bool:
    """A page, or a part of one, that the browser may show again to whoever comes after."""
    shown = answer.request.resource_type in {"document", "fetch", "xhr"} and answer.status < 300
    return shown and "no-store" not in answer.headers.get("cache-control", "")


def _leave(hands: Hands) -> None:
    page = hands.page
    looked_at = page.url
    hands.go("Thêm")
    hands.press(page.get_by_role("button", name="Đăng xuất"))
    signed_out(page)
    for _ in range(2):
        page.go_back()
        signed_out(page)
    page.goto(looked_at)
    signed_out(page)


def signed_out(page: Page) -> None:
    """The form to sign in, and nothing of what was shown before."""
    expect(page.get_by_role("heading", level=1)).to_have_text(ENTRANCE)
    expect(page.get_by_label("Mật khẩu")).to_be_visible()
    expect(page.locator("nav.ways, .lines, .timeline")).to_have_count(0)


def fits(hands: Hands, name: str) -> None:
    assert too_wide(hands.page) == 0, name
    picture(hands.page, f"journeys/{name}")
