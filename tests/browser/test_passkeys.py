"""A passkey from beginning to end in Debian's Chromium, with an authenticator of its own (WebAuthn through DevTools)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache

from backend.audit.models import Event
from tests.browser.chromium import found
from tests.browser.piped import Piped, piped
from tests.browser.serving import serving
from tests.browser.test_policy import LISTENING
from tests.realdb import RealDatabase
from tests.web.people import PASSWORD, with_password
from tests.world import make_world

pytestmark = [pytest.mark.browser, pytest.mark.slow]
IN_THE_PHONE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


class Page:
    """What a person does on a page, and where it leads."""

    def __init__(self, browser: Piped, site: str) -> None:
        self.browser, self.site = browser, site

    def go(self, place: str) -> str:
        self.browser.go(f"{self.site}{place}")
        return self.where()

    def where(self) -> str:
        return str(self.browser.run("location.pathname"))

    def fill(self, name: str, value: str) -> None:
        self.browser.run(f"document.querySelector('[name={name}]').value = {value!r}")

    def press(self, button: str) -> str:
        self.browser.events.clear()
        self.browser.run(f"document.querySelector({button!r}).click()")
        self.browser.until("Page.loadEventFired")
        return self.where()

    def forbidden(self) -> Any:
        """What the policy stopped on this page."""
        return self.browser.run("told")


@pytest.fixture
def page(committed_db: RealDatabase, settings: Any, tmp_path: Path) -> Iterator[Page]:
    settings.ALLOWED_HOSTS = ["localhost"]
    settings.CHIBO_REQUIRE_SECOND_FACTOR = True
    cache.clear()
    make_world()
    with_password("officer")
    with serving() as port, piped(found(tmp_path).program, tmp_path) as browser:
        browser.open("about:blank")
        browser.say("Page.addScriptToEvaluateOnNewDocument", source=LISTENING)
        browser.say("WebAuthn.enable")
        yield Page(browser, f"http://localhost:{port}")


def sign_in(page: Page) -> str:
    page.go("/sign-in/")
    page.fill("username", "officer")
    page.fill("password", PASSWORD)
    return page.press("form[action='/sign-in/'] button")


def add_passkey(page: Page, *, alone: bool) -> str:
    assert sign_in(page) == "/second-factor/"  # the office asks for one
    assert page.go("/second-factor/passkeys/") == "/sign-in/confirm/"
    page.fill("password", PASSWORD)
    assert page.press("main form:has([name=password]) button") == "/second-factor/passkeys/"
    if alone:
        page.browser.run("document.getElementById('id_passwordless').click()")
    assert page.forbidden() == []
    return page.press("#passkey-add")


def test_a_passkey_is_added_and_asked_for_after_the_password(page: Page) -> None:
    page.browser.say("WebAuthn.addVirtualAuthenticator", options=IN_THE_PHONE)
    assert add_passkey(page, alone=False) == "/second-factor/codes/"
    assert Authenticator.objects.filter(type="webauthn").count() == 1
    assert Event.objects.latest("id").code == "user.factor_added"
    assert page.go("/deadlines/") == "/deadlines/"
    page.go("/more/")
    page.press("form[action='/sign-out/'] button")
    assert sign_in(page) == "/sign-in/second/"
    assert page.go("/deadlines/") == "/sign-in/second/"  # half signed in is not signed in
    assert page.forbidden() == []
    assert page.press("#passkey-use") == "/"
    assert page.go("/deadlines/") == "/deadlines/"


def test_a_passkey_alone_signs_in(page: Page) -> None:
    page.browser.say("WebAuthn.addVirtualAuthenticator", options=IN_THE_PHONE)
    assert add_passkey(page, alone=True) == "/second-factor/codes/"
    page.go("/more/")
    page.press("form[action='/sign-out/'] button")
    page.go("/sign-in/")
    assert page.press("#passkey-sign-in") == "/"
    assert page.forbidden() == []
    assert page.go("/deadlines/") == "/deadlines/"


def test_another_passkey_signs_nobody_in(page: Page) -> None:
    first = page.browser.say("WebAuthn.addVirtualAuthenticator", options=IN_THE_PHONE)["authenticatorId"]
    assert add_passkey(page, alone=True) == "/second-factor/codes/"
    held = page.browser.say("WebAuthn.getCredentials", authenticatorId=first)["credentials"][0]
    page.browser.say("WebAuthn.removeVirtualAuthenticator", authenticatorId=first)
    page.go("/more/")
    page.press("form[action='/sign-out/'] button")
    other = page.browser.say("WebAuthn.addVirtualAuthenticator", options=IN_THE_PHONE)["authenticatorId"]
    key = page.browser.run(
        """crypto.subtle.generateKey({name: 'ECDSA', namedCurve: 'P-256'}, true, ['sign'])
             .then(pair => crypto.subtle.exportKey('pkcs8', pair.privateKey))
             .then(raw => btoa(String.fromCharCode(...new Uint8Array(raw))))"""
    )
    page.browser.say("WebAuthn.addCredential", authenticatorId=other, credential={**held, "privateKey": key})
    page.go("/sign-in/")
    assert page.press("#passkey-sign-in") == "/sign-in/"
    assert "The code or the passkey was not taken. Try again." in page.browser.run("document.body.textContent")
    assert page.go("/deadlines/") == "/sign-in/"


def test_without_javascript_the_page_says_so_and_the_password_works(page: Page) -> None:
    page.browser.say("Emulation.setScriptExecutionDisabled", value=True)
    page.go("/sign-in/")
    shown = "[...document.querySelectorAll('[id^=passkey-]')].filter(one => one.checkVisibility()).map(one => one.id)"
    assert page.browser.run(shown) == ["passkey-cannot"]
    assert sign_in(page) == "/second-factor/"
