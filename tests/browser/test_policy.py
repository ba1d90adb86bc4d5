"""The policy of the pages in Debian's Chromium: the API's documentation needs nothing that it forbids."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.chromium import found
from tests.browser.piped import Piped, piped
from tests.browser.serving import serving
from tests.realdb import RealDatabase

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LISTENING = """window.told = []
addEventListener('securitypolicyviolation', one => told.push([one.violatedDirective, one.blockedURI]))
addEventListener('error', one => told.push(['error', one.message]))"""


@pytest.fixture
def browser(committed_db: RealDatabase, settings: Any, tmp_path: Path) -> Iterator[tuple[Piped, str]]:
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    with serving() as port, piped(found(tmp_path).program, tmp_path) as browser:
        browser.open("about:blank")
        browser.say("Page.addScriptToEvaluateOnNewDocument", source=LISTENING)
        yield browser, f"http://127.0.0.1:{port}"


def test_the_documentation_of_the_api_works_under_its_policy(browser: tuple[Piped, str]) -> None:
    page, site = browser
    page.go(f"{site}/api/docs/")
    page.run(
        """new Promise(done => { const look = () => document.querySelectorAll('.opblock').length > 80
             ? done(1) : setTimeout(look, 100); look() })"""
    )
    assert page.run("told") == []


def test_control_a_script_in_the_page_is_stopped(browser: tuple[Piped, str]) -> None:
    page, site = browser
    page.go(f"{site}/")
    page.run("document.body.append(Object.assign(document.createElement('script'), {text: 'window.bad = 1'}))")
    assert page.run("[window.bad, told]") == [None, [["script-src-elem", "inline"]]]
