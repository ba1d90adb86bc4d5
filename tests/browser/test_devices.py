"""The button that lets a browser take notices, with JavaScript and without, and the service worker, in Debian's Chromium.

A subscription itself is made by the browser's push service, which is not of this machine: it is not tried here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backend.contacts.devices import subscription_of
from backend.contacts.models import Device
from backend.core import vapid
from tests.backend.alerts.push_service import Browser
from tests.browser.chromium import found
from tests.browser.piped import Piped, piped
from tests.browser.serving import serving
from tests.realdb import RealDatabase
from tests.world import make_world

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SHOWN = "[...document.querySelectorAll('[id^=device-]')].filter(one => one.checkVisibility()).map(one => one.id)"
NOTICES = """navigator.serviceWorker.ready.then(one => one.getNotifications())
  .then(all => all.map(one => [one.body, one.tag, one.renotify, one.data.link]))"""
SUBSCRIBING = """
  PushManager.prototype.getSubscription = async () => null
  PushManager.prototype.subscribe = async asked => { %s }"""


@pytest.fixture
def site(committed_db: RealDatabase, settings: Any) -> Iterator[str]:
    """The pages on a server of this machine, for the secretary."""
    make_world()
    settings.CHIBO_VAPID_PUBLIC_KEY = vapid.new_pair()[vapid.PUBLIC]
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    place = settings.MIDDLEWARE.index("backend.web.passwords.OwnPasswordFirst")
    before, after = settings.MIDDLEWARE[:place], settings.MIDDLEWARE[place:]
    settings.MIDDLEWARE = [*before, "tests.browser.signed_in.SignedIn", *after]
    with serving() as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def browser(site: str, tmp_path: Path) -> Iterator[Piped]:
    """Signed in, and allowed to show notices."""
    with piped(found(tmp_path).program, tmp_path) as browser:
        browser.say("Browser.grantPermissions", origin=site, permissions=["notifications"])
        yield browser


def test_there_is_a_button_and_a_worker_for_the_whole_site(site: str, browser: Piped) -> None:
    browser.open(f"{site}/contacts/")
    scope = browser.run("navigator.serviceWorker.ready.then(one => [one.scope, one.active.scriptURL])")
    assert scope == [f"{site}/", f"{site}/service-worker.js"]
    assert browser.run(SHOWN) == ["device-form"]
    assert browser.run("document.documentElement.scrollWidth <= innerWidth")


def test_without_javascript_the_page_says_that_this_browser_cannot(site: str, browser: Piped) -> None:
    browser.open("about:blank")
    browser.say("Emulation.setScriptExecutionDisabled", value=True)
    browser.go(f"{site}/contacts/")
    assert browser.run(SHOWN) == ["device-cannot"]


def test_what_the_browser_subscribes_for_is_handed_over_in_the_form(site: str, browser: Piped) -> None:
    """The push service, which is not of this machine, is stood in for; all else is the page's own."""
    given = Browser().subscription("https://93.184.216.34/push/1")
    keys = {"p256dh": given.p256dh, "auth": given.auth}
    made = json.dumps({"endpoint": given.endpoint, "expirationTime": None, "keys": keys})
    browser.open(f"{site}/contacts/")
    browser.run("navigator.serviceWorker.ready.then(() => 1)")
    browser.run(SUBSCRIBING % f"if (asked.applicationServerKey.length === 65) return {{toJSON: () => ({made})}}")
    browser.events.clear()
    browser.run("document.querySelector('#device-form button').click()")
    browser.until("Page.loadEventFired")
    row = Device.objects.get()
    assert (row.service, subscription_of(row.pk)) == ("93.184.216.34", given)


@pytest.mark.parametrize(
    ("stub", "said"),
    [("throw new DOMException('no service', 'AbortError')", "device-failed"), ("", "device-denied")],
)
def test_what_hinders_the_browser_is_said(site: str, browser: Piped, stub: str, said: str) -> None:
    browser.open(f"{site}/contacts/")
    browser.run("navigator.serviceWorker.ready.then(() => 1)")
    browser.run(SUBSCRIBING % stub if stub else "Notification.requestPermission = async () => 'denied'")
    browser.run("document.querySelector('#device-form button').click()")
    browser.run("new Promise(done => setTimeout(done, 300))")
    assert browser.run(SHOWN) == ["device-form", said]
    assert not browser.run("document.querySelector('#device-form button').disabled")
    assert Device.objects.count() == 0


def test_the_worker_shows_what_comes_once_and_the_next_letter_in_its_place(site: str, browser: Piped) -> None:
    browser.open(f"{site}/contacts/")
    browser.run("navigator.serviceWorker.ready.then(() => 1)")
    browser.say("ServiceWorker.enable")
    registration = browser.until("ServiceWorker.workerRegistrationUpdated")["registrations"][0]["registrationId"]
    letter = {"id": "a", "title": "Chibo", "lang": "vi", "tag": "letter", "body": "3", "link": "/deadlines/"}
    seen = []
    for told in (
        letter,
        letter,
        {**letter, "id": "b", "body": "1"},
        {**letter, "id": "c", "tag": "own", "body": "KHẨN"},
    ):
        browser.say(
            "ServiceWorker.deliverPushMessage", origin=site, registrationId=registration, data=json.dumps(told)
        )  # fmt: skip
        browser.run("new Promise(done => setTimeout(done, 400))")
        seen.append(sorted(browser.run(NOTICES)))
    first, next_one = ["3", "letter", True, "/deadlines/"], ["1", "letter", True, "/deadlines/"]
    assert seen[:3] == [[first], [["3", "letter", False, "/deadlines/"]], [next_one]]
    assert seen[3] == [next_one, ["KHẨN", "own", True, "/deadlines/"]]
