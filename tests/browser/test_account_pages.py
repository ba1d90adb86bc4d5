"""The pages of signing in and of one's account in a browser: on a phone and at a desk, light and dark, without scripts."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from playwright.sync_api import Page

from tests.browser.walking import DESK, PHONE, Walk, chromium, picture, too_wide, violations, walk
from tests.web.people import PASSWORD, code, with_password
from tests.world import make_world

__all__ = ["chromium", "walk"]
pytestmark = [pytest.mark.browser, pytest.mark.real, pytest.mark.nightly]
STRANGER = {"/": "home", "/sign-in/": "sign-in", "/invitation/": "invitation"}
OWN = {
    "/password/": "password", "/second-factor/": "second-factor", "/sessions/": "sessions", "/tokens/": "tokens",
    "/preferences/": "preferences", "/contacts/": "contacts", "/webhooks/": "webhooks",
}  # fmt: skip


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_forms_fit_and_break_no_rule(walk: Walk, dark: bool) -> None:
    make_world()
    for size, where in ((PHONE, "phone"), (DESK, "desk")):
        for person, pages in (("", STRANGER), ("officer", OWN)):
            with walk.as_(person, size, dark=dark) as page:
                for address, name in pages.items():
                    page.goto(address)
                    assert (too_wide(page), violations(page)) == (0, []), address
                    picture(page, f"{name}-{where}-{'dark' if dark else 'light'}")


def test_what_is_wrong_stands_beside_its_field(walk: Walk) -> None:
    make_world()
    with walk.as_("secretary", PHONE) as page:
        page.goto("/password/")
        page.fill("[name=old_password]", "x")
        page.fill("[name=new_password]", "một mật khẩu")
        page.fill("[name=again]", "một mật khẩu khác")
        page.click("main form:first-of-type button")
        wrong = page.locator("[name=again]")
        told = wrong.get_attribute("aria-describedby")
        assert wrong.get_attribute("aria-invalid") == "true"
        assert page.locator(f"#{told}").inner_text() == "Hai lần nhập mật khẩu khác nhau; không có gì thay đổi."
        assert violations(page) == []
        picture(page, "password-wrong-phone")


def sound(page: Page, name: str) -> None:
    """The page as it stands fits, and breaks no rule."""
    assert (too_wide(page), violations(page)) == (0, []), name
    picture(page, f"{name}-phone")


def test_a_second_factor_from_setting_up_to_signing_in(walk: Walk) -> None:
    cache.clear()
    make_world()
    with_password("officer")
    with walk.as_("", PHONE) as page:
        sign_in(page)
        page.goto("/second-factor/app/")
        sound(page, "confirm")
        page.fill("[name=password]", PASSWORD)
        press(page, "main form button")
        sound(page, "factor-app")
        secret = page.locator("main code").inner_text()
        page.fill("[name=code]", "000000")
        press(page, "main form button")
        sound(page, "factor-app-wrong")
        assert page.get_attribute("[name=code]", "aria-invalid") == "true"
        page.fill("[name=code]", code(page.locator("main code").inner_text() or secret))
        press(page, "main form button")
        sound(page, "factor-codes")
        for address in ("passkeys/", "app/remove/", "codes/new/"):
            page.goto(f"/second-factor/{address}")
            sound(page, f"factor-{address.strip('/').replace('/', '-')}")
        page.goto("/more/")
        press(page, "form[action='/sign-out/'] button")
        sign_in(page)
        assert page.url.endswith("/sign-in/second/")
        sound(page, "factor-step")


def press(page: Page, button: str) -> None:
    with page.expect_navigation():
        page.click(button)


def sign_in(page: Page) -> None:
    page.goto("/sign-in/")
    page.fill("[name=username]", "officer")
    page.fill("[name=password]", PASSWORD)
    press(page, "form[action='/sign-in/'] button")


def test_what_is_touched_is_large_enough(walk: Walk) -> None:
    make_world()
    with walk.as_("officer", PHONE) as page:
        for address in OWN:
            page.goto(address)
            for one in page.locator("main input:not([type=hidden], [type=checkbox]), main select, main button").all():
                box = one.bounding_box()
                assert box is None or box["height"] >= 44, (address, one.evaluate("one => one.outerHTML"))
