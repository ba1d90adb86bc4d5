"""The auditor's desk and the notices in a browser: on a phone and at a desk, light and dark, with scripts and without."""

from __future__ import annotations

from datetime import date

import pytest

from backend.alerts.sweep import sweep
from backend.audit.models import Event
from backend.cases.engine import OnCase, perform
from tests.api.conftest import ON
from tests.api.test_desk import sealed
from tests.browser.walking import DESK, PHONE, Walk, chromium, picture, too_wide, violations, walk
from tests.roles import as_role
from tests.world import World, make_world, paper

__all__ = ["chromium", "walk"]
pytestmark = [pytest.mark.browser, pytest.mark.real]


def lived() -> World:
    """A recognition proposed weeks after its day, sealed; and what the sweep has said of the next one's deadline."""
    world = make_world()
    people = world.members(6)
    cases = []
    for name, ceremony in (("Trần Thị Mới", date(2025, 9, 10)), ("Trần Văn Mới", date(2025, 9, 11))):
        new = world.member(name, "import_probationary", joined_on=ceremony.isoformat())
        cases.append(world.probation(new, ceremony))
    meeting = world.meeting(people, ON)
    totals = {"meeting": meeting.pk, "issued": 6, "collected": 6, "valid": 6, "yes": 4, "no": 2}
    perform(
        world.actor("secretary"), OnCase(cases[0].pk), "propose", {"resolution": paper(ON), "ballot": totals}, on=ON
    )
    with as_role("chibo_jobs"):
        sweep(ON)
    sealed()
    return world


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_desk_fits_and_breaks_no_rule(walk: Walk, dark: bool) -> None:
    lived()
    event = Event.objects.get(code="recognition.proposed")
    pages = {
        "desk": "/desk/", "log": "/desk/events/?lifecycle=recognition", "entry": f"/desk/events/{event.uid}/",
        "path": f"/desk/cases/{event.case_id}/", "times": "/desk/times/?lifecycle=recognition",
        "samples": "/desk/samples/", "exports": "/desk/exports/?late=2", "head": "/desk/head/",
        "finding": f"/desk/events/{event.uid}/finding/",
    }  # fmt: skip
    for size, name in ((PHONE, "phone"), (DESK, "desk")):
        with walk.as_("auditor", size, dark=dark) as page:
            for key, address in pages.items():
                page.goto(address)
                picture(page, f"desk-{key}-{name}-{'dark' if dark else 'light'}")
                assert (too_wide(page), violations(page)) == (0, []), address


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_notices_fit_and_are_read(walk: Walk, dark: bool) -> None:
    lived()
    for size, name in ((PHONE, "phone"), (DESK, "desk")):
        with walk.as_("secretary", size, dark=dark) as page:
            page.goto("/notices/")
            picture(page, f"notices-{name}-{'dark' if dark else 'light'}")
            assert (too_wide(page), violations(page)) == (0, [])
