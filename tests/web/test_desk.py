"""The auditor's desk on the pages: what the log is asked, an entry in words, paths and times, samples and extracts."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache

from backend.accesses.models import Access
from backend.audit.models import Event
from tests.api.conftest import ON, proposal, traces
from tests.realdb import RealDatabase
from tests.roles import as_role
from tests.api.test_desk import sealed
from tests.web.people import text
from tests.web.test_acting import of
from tests.world import World, make_world, paper

pytestmark = pytest.mark.real
__all__ = ["proposal"]


@pytest.fixture
def world(committed_db: RealDatabase) -> World:
    cache.clear()
    return make_world()


def page(who: str, address: str, status: int = 200) -> str:
    with as_role("chibo_app"):
        answer = of(who).get(address)
    assert answer.status_code == status, (address, answer.status_code)
    return text(answer)


def test_scratch(world, proposal):
    from backend.cases.engine import OnCase, perform

    case, facts = proposal
    perform(world.actor("secretary"), OnCase(case.pk), "propose", facts, on=ON)
    sealed()
    event = Event.objects.get(code="recognition.proposed")
    print(bytes(event.line).decode())
    from pathlib import Path

    for name, address in {
        "desk": "/desk/",
        "log": "/desk/events/",
        "entry": f"/desk/events/{event.uid}/",
        "path": f"/desk/cases/{case.pk}/",
        "times": "/desk/times/?lifecycle=recognition",
        "samples": "/desk/samples/",
        "exports": "/desk/exports/?late=2",
        "head": "/desk/head/",
        "finding": f"/desk/events/{event.uid}/finding/",
        "notices": "/notices/",
    }.items():
        Path(f"/tmp/p-desk-{name}.html").write_text(page("auditor", address))
