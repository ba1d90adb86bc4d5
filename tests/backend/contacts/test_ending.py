"""A calendar's address and the browsers that take notices end when the account is set anew or signed out everywhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from backend.accounts.invitations import invite_again
from backend.accounts.policy import Actor
from backend.accounts.sessions import end_all_of, end_everything
from backend.audit.models import Event
from backend.contacts.calendars import open_calendar
from backend.contacts.devices import add_device
from backend.contacts.models import CalendarAddress, Device
from backend.core import vapid
from backend.core.db import naming, scoped
from tests.backend.contacts.test_devices import of, wanted
from tests.roles import as_role
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
OPERATOR = Actor.operator("test")


@pytest.fixture
def world(settings: Any) -> World:
    settings.CHIBO_VAPID_PUBLIC_KEY = vapid.new_pair()[vapid.PUBLIC]
    return make_world()


def opened(name: str, number: int) -> None:
    """A person has a calendar's address, and a device."""
    open_calendar(of(name))
    add_device(of(name), wanted(number))


def anew(world: World) -> None:
    invite_again(world.actor("officer"), of("secretary"))


def signed_out(world: World) -> None:
    assert end_all_of(OPERATOR, of("secretary")) == 2  # neither a session nor a token is among them
    assert Event.objects.get(code="user.sessions_ended").facts == {"count": 2}
    assert end_all_of(OPERATOR, of("secretary")) == 0


@pytest.mark.parametrize("end", [anew, signed_out])
def test_they_end_with_whatever_is_signed_in_and_others_stay(world: World, end: Callable[[World], None]) -> None:
    with as_role("chibo_app"):
        opened("secretary", 1)
        opened("deputy", 2)
        end(world)
    assert list(CalendarAddress.objects.values_list("user__username", flat=True)) == ["deputy"]
    assert list(Device.objects.values_list("user__username", flat=True)) == ["deputy"]


def test_a_first_factor_of_the_own_keeps_them(world: World) -> None:
    """The session in which it was added is kept, and with it what its owner had opened."""
    opened("secretary", 1)
    with scoped(world.cell.path):
        naming(of("secretary"))
        end_everything(of("secretary"), kept_session="this one")
    assert (CalendarAddress.objects.count(), Device.objects.count()) == (1, 1)
