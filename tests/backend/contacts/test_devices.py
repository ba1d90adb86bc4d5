"""Devices of a person: one person's each, sealed, few, and none at an address that may not be called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from backend.accounts.models import User
from backend.audit.models import Event
from backend.contacts.devices import MOST, Subscription, add_device, devices_of, remove_device, subscription_of
from backend.contacts.models import Device
from backend.core import clock, vapid
from backend.core.errors import NotFound, Refused
from tests.backend.alerts.push_service import Browser
from tests.roles import as_role
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
BROWSER = Browser()


@pytest.fixture(autouse=True)
def public(settings: Any) -> None:
    settings.CHIBO_VAPID_PUBLIC_KEY = vapid.new_pair()[vapid.PUBLIC]


@pytest.fixture
def world() -> Iterator[World]:
    world = make_world()
    with as_role("chibo_app"):
        yield world


def wanted(number: int = 1) -> Subscription:
    return BROWSER.subscription(f"https://93.184.216.34/push/secret-{number}")


def of(name: str) -> int:
    return User.objects.values_list("pk", flat=True).get(username=name)


def refused(subscription: Subscription) -> list[str]:
    before = (Device.objects.count(), Event.objects.count())
    with pytest.raises(Refused) as told:
        add_device(of("secretary"), subscription)
    assert (Device.objects.count(), Event.objects.count()) == before
    return [one.code for one in told.value.answers]


def test_a_subscription_is_kept_sealed_and_opened_to_send(world: World) -> None:
    row, new = add_device(of("secretary"), wanted())
    assert (new, row.service) == (True, "93.184.216.34")
    stored = bytes(row.subscription) + bytes(row.digest)
    assert not [part for part in vars(wanted()).values() if str(part).encode() in stored]
    assert b"secret-1" not in stored
    assert subscription_of(row.pk) == wanted()
    event = Event.objects.get(code="user.device_added")
    assert b"93.184" not in bytes(event.line)


def test_the_same_again_changes_nothing_and_new_keys_take_the_place_of_the_old(world: World) -> None:
    row, _ = add_device(of("secretary"), wanted())
    assert add_device(of("secretary"), wanted()) == (row, False)
    other = replace(wanted(), auth=Browser().subscription("").auth)
    again, new = add_device(of("secretary"), other)
    assert (again.pk, new, subscription_of(row.pk)) == (row.pk, True, other)
    assert Event.objects.filter(code="user.device_added").count() == 2


def test_a_device_is_told_what_the_last_person_there_is_to_know(world: World) -> None:
    add_device(of("secretary"), wanted())
    add_device(of("deputy"), wanted())
    assert (devices_of(of("secretary")), len(devices_of(of("deputy")))) == ([], 1)
    events = (
        Event.objects.filter(code__startswith="user.device").order_by("id").values_list("code", "subject_id", "office")
    )
    assert list(events) == [
        ("user.device_added", of("secretary"), ""), ("user.device_removed", of("secretary"), "system"),
        ("user.device_added", of("deputy"), ""),
    ]  # fmt: skip


def test_so_many_and_no_more_and_those_set_aside_do_not_count(world: World) -> None:
    rows = [add_device(of("secretary"), wanted(number))[0] for number in range(MOST)]
    assert refused(wanted(MOST)) == ["device.too_many"]
    with as_role("chibo_jobs"):
        Device.objects.filter(pk=rows[0].pk).update(gone_at=clock.now())
    add_device(of("secretary"), wanted(MOST))
    assert rows[0].pk not in {one.pk for one in devices_of(of("secretary"))}, "what was set aside is forgotten"
    assert len(devices_of(of("secretary"))) == MOST


def test_one_that_was_set_aside_comes_back_by_being_added_again(world: World) -> None:
    row, _ = add_device(of("secretary"), wanted())
    with as_role("chibo_jobs"):
        Device.objects.filter(pk=row.pk).update(gone_at=clock.now())
    assert subscription_of(row.pk) is None
    again, new = add_device(of("secretary"), wanted())
    assert (new, again.gone_at, subscription_of(again.pk)) == (True, None, wanted())


def test_nobody_elses_is_removed(world: World) -> None:
    row, _ = add_device(of("secretary"), wanted())
    with pytest.raises(NotFound):
        remove_device(of("deputy"), row.pk)
    assert len(devices_of(of("secretary"))) == 1
    remove_device(of("secretary"), row.pk)
    assert devices_of(of("secretary")) == []


@pytest.mark.parametrize(
    ("changed", "codes"),
    [
        ({"endpoint": "http://93.184.216.34/"}, ["target.not_secure"]),
        ({"endpoint": "https://10.0.0.5/push"}, ["target.not_public"]),
        ({"endpoint": "https://[::1]/push"}, ["target.not_public"]),
        ({"endpoint": "https://169.254.169.254/latest"}, ["target.not_public"]),
        ({"endpoint": "javascript:alert(1)"}, ["target.no_url"]),
        ({"endpoint": "https://a:b@93.184.216.34/"}, ["target.no_url"]),
        ({"p256dh": ""}, ["device.no_key"]),
        ({"p256dh": "A" * 87}, ["device.no_key"]),
        ({"p256dh": "not base64"}, ["device.no_key"]),
        ({"auth": "AAAA"}, ["device.no_secret"]),
        ({"auth": "a+/b" * 6}, ["device.no_secret"]),
        ({"p256dh": "x", "auth": "x"}, ["device.no_key", "device.no_secret"]),
    ],
)
def test_what_is_no_subscription_is_refused_and_leaves_nothing(
    world: World, changed: dict[str, str], codes: list[str]
) -> None:
    assert refused(replace(wanted(), **changed)) == codes


def test_without_keys_the_channel_is_off_and_says_so(world: World, settings: Any) -> None:
    settings.CHIBO_VAPID_PUBLIC_KEY = ""
    assert refused(wanted()) == ["device.off"]
