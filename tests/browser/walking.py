"""A browser that walks: Playwright with Debian's Chromium, on a phone or a desk, with scripts or without, light or dark."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, sync_playwright

from backend.accounts.models import User
from tests.browser.chromium import FLAGS, NAMES
from tests.browser.serving import serving

AXE = Path(__file__).resolve().parents[2] / "backend/web/assets/.axe.min.js"
PICTURES = Path(__file__).resolve().parents[2] / ".local" / "pictures"
PHONE, DESK = (360, 740), (1280, 900)
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@dataclass(frozen=True)
class Walk:
    """A browser and a server: `with walk.as_("secretary", PHONE) as page: page.goto("/")`."""

    browser: Browser
    base: str

    @contextmanager
    def as_(
        self,
        name: str = "",
        size: tuple[int, int] = DESK,
        *,
        scripts: bool = True,
        dark: bool = False,
        language: str = "vi",
        scale: int = 1,
    ) -> Iterator[Page]:
        """A page of somebody who is signed in (nobody: not signed in); what the page's scripts get wrong fails the test."""
        context = self.browser.new_context(
            base_url=self.base, viewport={"width": size[0], "height": size[1]}, java_script_enabled=scripts,
            color_scheme="dark" if dark else "light", locale=language, timezone_id="Asia/Ho_Chi_Minh",
            device_scale_factor=scale, reduced_motion="reduce",  # no colour is looked at while it still changes
        )  # fmt: skip
        faults: list[str] = []
        try:
            if name:
                client = Client()
                client.force_login(User.objects.get(username=name))
                cookie = client.cookies["sessionid"].value
                context.add_cookies([{"name": "sessionid", "value": cookie, "url": self.base}])
            page = context.new_page()
            page.set_default_timeout(15_000)
            page.on("pageerror", lambda error: faults.append(str(error)))
            page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
            yield page
        finally:
            context.close()
        # A status of 400 and above is told on the console too; the test says itself which it expects.
        assert [one for one in faults if "status of 4" not in one] == []


def violations(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.2 AA, a line each: rule, impact and where."""
    # Put in by the browser's own door: the page's policy lets no other script in.
    found: dict[str, Any] = page.evaluate(
        f"async () => {{ {AXE.read_text()}; return await axe.run(document, {{runOnly: {json.dumps(WCAG)}}}) }}"
    )
    return [
        f"{one['id']} ({one['impact']}): {', '.join(str(node['target'][0]) for node in one['nodes'])}"
        for one in found["violations"]
    ]


def too_wide(page: Page) -> int:
    """How many CSS pixels the page is wider than the window: 0 where nothing overflows."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def overflowing(page: Page) -> list[str]:
    """Texts that are cut off or stand beyond the window, but for what is moved by itself (`.wide`, `.drawing`)."""
    found: list[str] = page.evaluate("""() => [...document.querySelectorAll('body *')].filter(one => {
      if (one.closest('.wide, .drawing, .skip, .visually-hidden, select, details:not([open]) > :not(summary)')) return false
      const written = [...one.childNodes].some(part => part.nodeType === 3 && part.textContent.trim())
      if (!written || !one.getClientRects().length) return false
      const cut = getComputedStyle(one).overflowX === 'hidden' && one.scrollWidth > one.clientWidth + 1
      return cut || one.getBoundingClientRect().right > document.documentElement.clientWidth + 1
    }).map(one => `${one.tagName}.${one.className}: ${one.textContent.trim().slice(0, 40)}`)""")
    return found


def cut_lists(page: Page) -> list[str]:
    """Lists to choose from that are narrower than what can be chosen in them."""
    found: list[str] = page.evaluate("""() => [...document.querySelectorAll('select')].filter(one => {
      const pen = document.createElement('canvas').getContext('2d'), style = getComputedStyle(one)
      pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`
      const room = one.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight)
      return one.getClientRects().length && [...one.options].some(each => pen.measureText(each.text).width > room)
    }).map(one => one.name)""")
    return found


def too_small(page: Page) -> list[str]:
    """What is tapped and is lower than 44 CSS pixels, but for links inside a sentence; of a tick its label counts."""
    found: list[str] = (
        page.evaluate("""() => [...document.querySelectorAll('a, button, input, select, textarea, summary')]
      .filter(one => {
        if (one.closest('.skip, .visually-hidden, .btn-check, .drawing, [hidden]') || one.type === 'hidden') return false
        const box = (one.labels && /checkbox|radio/.test(one.type) && one.labels[0] || one).getBoundingClientRect()
        if (!one.getClientRects().length || box.height >= 43.5 && box.width >= 43.5) return false
        let around = one.parentElement
        while (getComputedStyle(around).display === 'inline') around = around.parentElement
        const linked = [...around.querySelectorAll('a, button')].reduce((sum, each) => sum + each.textContent.trim().length, 0)
        return one.tagName !== 'A' || around.textContent.trim().length - linked < 4
      }).map(one => `${one.tagName}.${one.className} is small: ${one.textContent.trim().slice(0, 40)}`)""")
    )
    return found


def picture(page: Page, name: str) -> Path:
    """Keep the whole page's screenshot (`.local/pictures/NAME.png`; CI keeps the folder)."""
    to = PICTURES / f"{name}.png"
    to.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=to, full_page=True)
    return to


def program() -> str:
    """Debian's Chromium; where there is none the test is skipped, but fails in CI, which has installed it."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    why = f"no browser: none of {', '.join(NAMES)} is installed"
    if os.environ.get("CI"):
        pytest.fail(why)
    pytest.skip(why)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for a module. Playwright runs a loop in this thread, which Django would take for asynchronous code."""
    found, before = program(), os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=found, args=list(FLAGS[1:]))
            yield browser
            browser.close()
    finally:
        if before is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def walk(chromium: Browser, committed_db: Any) -> Iterator[Walk]:
    """A server on a database of its own, and the browser; the test makes its world first."""
    with serving() as port:
        yield Walk(chromium, f"http://127.0.0.1:{port}")
