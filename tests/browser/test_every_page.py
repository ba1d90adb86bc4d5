"""Every page of the table of doors, for every office: it opens or is not there as the table says, breaks no rule of WCAG 2.2 AA
in light and dark, nothing runs out of it on a phone, at a desk or at twice the size, and on a phone what is tapped is large."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from backend.accounts import doors
from tests.api.test_doors import NOT_THERE, Place, knock, place, turned_away, ways
from tests.browser.walking import (
    DESK,
    PHONE,
    Walk,
    chromium,
    overflowing,
    picture,
    too_small,
    too_wide,
    violations,
    walk,
)
from workflows.offices import GIVEN_OFFICES, Office

__all__ = ["chromium", "place", "walk"]
pytestmark = [pytest.mark.browser, pytest.mark.real, pytest.mark.slow]

NO_PAGES = {
    "service-worker.js",
    "healthz",
    "readyz",
    "metrics",
    "calendar/<slug:token>.ics",
    "members/export/",
    "api/schema/",
    "overview/csv/",
    "events/<uuid:uid>/scans/<slug:paper>/",
    "ledger/csv/",
    "api/docs/",
}
"""For programs, files and pictures; the last one is a library's."""
PAGES = sorted(route for route, methods in doors.PAGES.items() if "GET" in methods and route not in NO_PAGES)
ZOOMED = (DESK[0] // 4, DESK[1] // 4)
"""A desk's window of 640 pixels at twice the size."""
LOOKS = [(PHONE, False), (PHONE, True), (DESK, False), (DESK, True)]


def opens(route: str, office: Office) -> bool:
    opened = doors.PAGES[route]["GET"]
    return opened.lets(office)


def faults(walk: Walk, place: Place, office: Office, size: tuple[int, int], dark: bool) -> list[str]:
    """Whatever is wrong with any page for the office, a line each."""
    found: list[str] = []
    look = f"{'phone' if size == PHONE else 'desk'}-{'dark' if dark else 'light'}"
    with walk.as_(place.users[office].username, size, dark=dark) as page:
        for route in PAGES:
            address = place.address(route, way_in(place, office, route))
            answer = page.goto(address)
            status = answer.status if answer else 0
            wanted = {200} if opens(route, office) else {404}
            if route in NOT_THERE:
                wanted |= {404}
            said = [f"answers {status}"] if status not in wanted else []
            said += violations(page)
            said += too_small(page) if size == PHONE else []
            if too_wide(page):
                said.append(f"is {too_wide(page)} pixels too wide")
            if status == 200:
                picture(page, f"{office}/{route.strip('/').translate(FLAT) or 'home'}-{look}")
            found += [f"{office} {look} {address}: {one}" for one in said]
    return found


def way_in(place: Place, office: Office, route: str) -> Mapping[str, str]:
    """What the address is about where it opens to the office: of steps, one that the office may take."""
    return next(
        (one for one in ways(place, route) if not turned_away(knock(place, office, route, "GET", one), route)), {}
    )


FLAT = str.maketrans({"/": "_", "<": "", ">": "", ":": "_"})


@pytest.mark.parametrize("office", [
    Office.CELL_SECRETARY, pytest.param(Office.ORGANISATION_OFFICER, marks=pytest.mark.nightly),
    pytest.param(Office.AUDITOR, marks=pytest.mark.nightly),
])  # fmt: skip
def test_main_offices_on_a_phone(walk: Walk, place: Place, office: Office) -> None:
    assert faults(walk, place, office, PHONE, False) == []


@pytest.mark.nightly
@pytest.mark.parametrize(("size", "dark"), LOOKS)
@pytest.mark.parametrize("office", GIVEN_OFFICES)
def test_every_office_in_every_look(
    walk: Walk, place: Place, office: Office, size: tuple[int, int], dark: bool
) -> None:
    assert faults(walk, place, office, size, dark) == []


@pytest.mark.nightly
@pytest.mark.parametrize(
    "office",
    [
        Office.CELL_SECRETARY,
        Office.ORGANISATION_OFFICER,
        Office.COMMITTEE_SECRETARY,
        Office.AUDITOR,
        Office.ADMINISTRATOR,
    ],
)
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_nothing_runs_out_at_twice_the_size(walk: Walk, place: Place, office: Office, scripts: bool) -> None:
    found: list[str] = []
    with walk.as_(place.users[office].username, ZOOMED, scripts=scripts) as page:
        for route in PAGES:
            page.goto(place.address(route, {}))
            found += [f"{route}: {one}" for one in overflowing(page)]
            found += [f"{route}: too wide"] if too_wide(page) else []
    assert found == []
