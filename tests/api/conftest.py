"""A world and people who knock at the API's door, each in one office."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import translation
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.audit.models import Event, Pending
from backend.cases.models import Case, RequestKey
from backend.deadlines.models import Deadline
from backend.members.models import Member, Spell
from tests.world import World, make_world, paper

ON = date(2026, 11, 2)
Knock = Callable[[str], APIClient]


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """A request leaves its language with the thread; the next test begins with its own."""
    yield
    translation.deactivate()


@pytest.fixture
def world(db: None) -> World:
    cache.clear()
    return make_world()


@pytest.fixture
def as_(world: World) -> Knock:
    def sign_in(name: str) -> APIClient:
        client = APIClient()
        client.force_authenticate(User.objects.get(username=name))
        return client

    return sign_in


@pytest.fixture
def proposal(world: World) -> tuple[Case, dict[str, Any]]:
    """A probationer whose twelve months ended, and the facts of a proposal carried 4 of 6."""
    people = world.members(6)
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    case = world.probation(new, date(2025, 10, 30))
    meeting = world.meeting(people, ON)
    totals = {"meeting": meeting.pk, "issued": 6, "collected": 6, "valid": 6, "yes": 4, "no": 2}
    return case, {"resolution": paper(ON), "ballot": totals}


def traces() -> tuple[Any, ...]:
    """Everything a step could have left."""
    return (
        [model.objects.count() for model in (Event, Pending, Deadline, Spell, RequestKey)],
        sorted(Case.objects.values_list("pk", "state", "version")),
        sorted(Member.objects.values_list("pk", "standing", "participation", "version")),
    )
