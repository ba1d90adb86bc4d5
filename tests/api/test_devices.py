"""Devices through the door and on the page: one's own alone, as browsers give them, and what is said where one went silent."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from backend.accounts.models import User
from backend.contacts.models import Device
from backend.core import clock, vapid
from tests.api.conftest import Knock, traces
from tests.backend.alerts.push_service import Browser
from tests.roles import as_role
from tests.world import World

PLACE, PAGE = "/api/v1/me/devices/", "/contacts/"
NEVER = 987_654_321
KEY = vapid.new_pair()[vapid.PUBLIC]


@pytest.fixture(autouse=True)
def public(settings: Any) -> None:
    settings.CHIBO_VAPID_PUBLIC_KEY = KEY


def given(number: int = 1, **changed: Any) -> dict[str, Any]:
    """As `PushSubscription.toJSON()`."""
    one = Browser().subscription(f"https://93.184.216.34/push/secret-{number}")
    return {
        "endpoint": one.endpoint, "expirationTime": None, "keys": {"p256dh": one.p256dh, "auth": one.auth}, **changed,
    }  # fmt: skip


def of(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=name))
    return client


def text(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_one_adds_sees_and_removes_the_own_devices(world: World, as_: Knock) -> None:
    secretary, wanted = as_("secretary"), given()
    with as_role("chibo_app"):
        assert secretary.get(PLACE).json() == {"public_key": KEY, "most": 5, "devices": []}
        made = secretary.post(PLACE, wanted)
        assert (made.status_code, made.json()["service"], made.json()["gone_at"]) == (201, "93.184.216.34", None)
        assert secretary.get(PLACE).json()["devices"] == [made.json()]
        assert "secret-1" not in secretary.get(PLACE).content.decode()
        again = secretary.post(PLACE, wanted)
        assert (again.status_code, again.json()) == (200, made.json())
        assert as_("deputy").get(PLACE).json()["devices"] == []
        assert secretary.delete(f"{PLACE}{made.json()['id']}/").status_code == 204
        assert secretary.get(PLACE).json()["devices"] == []


def test_anothers_device_is_as_one_that_never_was(world: World, as_: Knock) -> None:
    with as_role("chibo_app"):
        made = as_("secretary").post(PLACE, given()).json()["id"]
        before = traces()
        answers = [as_("deputy").delete(f"{PLACE}{one}/") for one in (made, NEVER)]
        assert [one.status_code for one in answers] == [404, 404]
        assert answers[0].json() == answers[1].json()
        assert traces() == before
        assert len(as_("secretary").get(PLACE).json()["devices"]) == 1


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"endpoint": "https://10.0.0.5/push"}, 422, "target.not_public"),
        ({"endpoint": "http://93.184.216.34/"}, 422, "target.not_secure"),
        ({"keys": {"p256dh": "AAAA", "auth": "AAAA"}}, 422, "device.no_key"),
        ({"keys": {"p256dh": "AAAA"}}, 400, ""),
        ({"keys": {"p256dh": "A", "auth": "A", "more": "A"}}, 400, ""),
        ({"keys": "AAAA"}, 400, ""),
        ({"url": "https://93.184.216.34/"}, 400, ""),
    ],
)
def test_what_is_no_subscription_is_refused_in_a_sentence(
    world: World, as_: Knock, changed: dict[str, Any], status: int, code: str
) -> None:
    before = traces()
    refused = as_("secretary").post(PLACE, given(**changed))
    assert refused.status_code == status
    if code:
        assert refused.json()["unmet"][0]["code"] == code
        assert refused.json()["unmet"][0]["fact"] in {"endpoint", "p256dh"}
    assert (traces(), Device.objects.count()) == (before, 0)


def test_without_keys_the_channel_says_that_it_is_off(world: World, as_: Knock, settings: Any) -> None:
    settings.CHIBO_VAPID_PUBLIC_KEY = ""
    assert as_("secretary").get(PLACE).json()["public_key"] is None
    refused = as_("secretary").post(PLACE, given())
    assert (refused.status_code, refused.json()["unmet"][0]["code"]) == (422, "device.off")
    page = text(of("secretary").get(PAGE))
    assert "Hệ thống này không gửi thông báo tới thiết bị vì chưa có khóa cho việc đó." in page
    assert "devices.js" not in page
    assert Client().get(PLACE).status_code == 401


def typed(**changed: str) -> dict[str, str]:
    one = given()
    return {"do": "add_device", "endpoint": one["endpoint"], **one["keys"], **changed}


def test_the_page_takes_what_its_script_fills_in_and_removes_it(world: World) -> None:
    secretary = of("secretary")
    page = text(secretary.get(PAGE))
    assert f'data-key="{KEY}" hidden' in page
    assert "Trình duyệt này không nhận được thông báo" in page, "said until the script finds that it can"
    assert "Từ nay thiết bị này cũng nhận thông báo." in text(secretary.post(PAGE, typed(), follow=True))
    device = Device.objects.get()
    shown = text(secretary.get(PAGE))
    assert "93.184.216.34" in shown
    assert "secret-1" not in shown
    for answer in (
        of("deputy").post(PAGE, {"do": "remove_device", "device": str(one)}) for one in (device.pk, "x", "")
    ):
        assert answer.status_code == 404
    done = text(secretary.post(PAGE, {"do": "remove_device", "device": device.pk}, follow=True))
    assert "Không gửi thông báo tới thiết bị đó nữa." in done
    assert Device.objects.count() == 0


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"endpoint": "https://10.0.0.5/"}, "10.0.0.5"),
        ({"p256dh": "AAAA"}, "Đây không phải là khóa của trình duyệt"),
        ({"auth": ""}, "Mục này là bắt buộc."),
    ],
)
def test_what_cannot_be_added_is_said_on_the_page(world: World, changed: dict[str, str], said: str) -> None:
    page = text(of("secretary").post(PAGE, typed(**changed)))
    assert said in page[page.index("device-form") :]
    assert Device.objects.count() == 0


def test_whoever_has_a_silent_device_is_told_on_the_first_page_and_how_to_mend_it(world: World) -> None:
    secretary = of("secretary")
    secretary.post(PAGE, typed())
    assert "Một thiết bị của đồng chí không còn nhận thông báo." not in text(secretary.get("/"))
    Device.objects.update(gone_at=clock.now())
    assert "Một thiết bị của đồng chí không còn nhận thông báo." in text(secretary.get("/"))
    assert "không còn nhận thông báo. Hãy đăng ký lại" in text(secretary.get(PAGE))
    assert "thiết bị của đồng chí" not in text(of("deputy").get("/"))
    assert "thiết bị của đồng chí" not in text(Client().get("/"))


@pytest.mark.parametrize("place", [PAGE, "/webhooks/"])
def test_nothing_is_written_into_the_page_that_a_policy_would_have_to_allow(world: World, place: str) -> None:
    answer = of("officer").get(place)
    policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
    assert (policy["default-src"], policy["script-src"], policy["frame-ancestors"]) == ("'none'", "'self'", "'none'")
    page = text(answer)
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert not [sign for sign in ("style=", "<style", "onclick", "onload", "javascript:", "<script>") if sign in page]


def test_the_service_worker_stands_at_the_root_for_everybody_and_is_asked_for_anew() -> None:
    answer = Client().get("/service-worker.js")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/javascript; charset=utf-8")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert b"notificationclick" in answer.content
    assert Client().post("/service-worker.js").status_code == 405


def test_the_script_is_a_file_of_ours(world: World) -> None:
    answer = of("secretary").get("/static/web/devices.js")
    assert answer.status_code == 200
    assert b"/service-worker.js" in b"".join(answer.streaming_content)  # type: ignore[attr-defined]
