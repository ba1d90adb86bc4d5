"""The pages of signing in and of one's account in a browser: on a phone and at a desk, light and dark, without scripts."""

from __future__ import annotations

import pytest

from tests.browser.walking import DESK, PHONE, Walk, chromium, picture, too_wide, violations, walk
from tests.world import make_world

__all__ = ["chromium", "walk"]
pytestmark = [pytest.mark.browser, pytest.mark.real]
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


def test_what_is_touched_is_large_enough(walk: Walk) -> None:
    make_world()
    with walk.as_("officer", PHONE) as page:
        for address in OWN:
            page.goto(address)
            for one in page.locator("main input:not([type=hidden], [type=checkbox]), main select, main button").all():
                box = one.bounding_box()
                assert box is None or box["height"] >= 44, (address, one.evaluate("one => one.outerHTML"))
