"""One browser and two people at the same moment: it is one person's, and nobody is answered with an error."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from backend.accounts.models import User
from backend.audit.models import Event
from backend.contacts.devices import add_device
from backend.contacts.models import Device
from backend.core import vapid
from tests.backend.alerts.push_service import Browser
from tests.realdb import RealDatabase, together
from tests.world import make_world

pytestmark = pytest.mark.real


def test_a_browser_that_two_people_add_at_once_is_one_persons(committed_db: RealDatabase, settings: Any) -> None:
    settings.CHIBO_VAPID_PUBLIC_KEY = vapid.new_pair()[vapid.PUBLIC]
    make_world()
    names = ("secretary", "deputy", "officer")
    people = [User.objects.get(username=name).pk for name in names]
    wanted = Browser().subscription("https://93.184.216.34/push/one")
    together(*[partial(add_device, one, wanted) for one in people])
    assert Device.objects.get().user_id in people
    codes = list(Event.objects.filter(code__startswith="user.device").values_list("code", flat=True))
    assert (codes.count("user.device_added"), codes.count("user.device_removed")) == (3, 2)
