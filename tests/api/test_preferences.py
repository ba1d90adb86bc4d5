"""How one wants to be told, through the door: for oneself alone, with the floor said in words."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.alerts.models import Preference
from backend.audit.models import Event
from tests.api.conftest import Knock, traces
from tests.roles import as_role
from tests.world import World

PLACE = "/api/v1/me/preferences/"
HALF = "Giờ yên tĩnh phải có giờ bắt đầu và giờ kết thúc khác nhau; hoặc không đặt cả hai."
NOTHING = {
    "muted": [], "quiet_from": None, "quiet_until": None, "letter_hour": None,
    "can_be_muted": ["mail", "chat", "push"], "day_from": 7, "day_until": 20,
}  # fmt: skip


def test_one_chooses_for_oneself_sees_it_again_and_goes_back(world: World, as_: Knock) -> None:
    secretary, wanted = (
        as_("secretary"),
        {"muted": ["mail", "mail"], "quiet_from": 18, "quiet_until": 8, "letter_hour": 9},
    )
    with as_role("chibo_app"):
        assert secretary.get(PLACE).json() == NOTHING
        done = secretary.put(PLACE, wanted)
        assert (done.status_code, done.json()) == (200, {**NOTHING, **wanted, "muted": ["mail"]})
        assert secretary.get(PLACE).json() == done.json()
        assert as_("deputy").get(PLACE).json() == NOTHING
    before = traces()
    assert secretary.put(PLACE, wanted).json() == done.json()
    assert traces() == before, "the same again is nothing new"
    assert Event.objects.get(code="user.preferences_chosen").user_id == world.actor("secretary").user_id
    with as_role("chibo_app"):
        assert secretary.put(PLACE, {}).json() == NOTHING
    assert Event.objects.filter(code="user.preferences_chosen").count() == 2


@pytest.mark.parametrize(
    ("wanted", "codes", "vi"),
    [
        ({"muted": ["inbox"]}, ["preferences.not_muted"], "Không thể tắt nhắc việc qua “inbox”; có thể tắt: mail, chat, push."),
        ({"quiet_from": 9}, ["preferences.half_quiet"], HALF),
        (
            {"quiet_from": 10, "quiet_until": 8}, ["preferences.too_quiet"],
            "Trong ngày (7:00 đến 20:00) chỉ còn 2 giờ nhận được thư; cần ít nhất 4 giờ.",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_chosen_is_said_and_nothing_is_written(
    world: World, as_: Knock, wanted: Any, codes: list[str], vi: str
) -> None:
    before = traces()
    refused = as_("secretary").put(PLACE, wanted)
    assert (refused.status_code, [one["code"] for one in refused.json()["unmet"]]) == (422, codes)
    assert refused.json()["unmet"][0]["vi"] == vi
    assert (traces(), Preference.objects.count()) == (before, 0)


@pytest.mark.parametrize(
    "wanted",
    [
        {"mute": ["mail"]},
        {"letter_hour": 24},
        {"quiet_from": -1, "quiet_until": 3},
        {"muted": "mail"},
        {"letter_hour": "x"},
    ],
)
def test_what_is_no_preference_is_named(world: World, as_: Knock, wanted: Any) -> None:
    before = traces()
    answer = as_("secretary").put(PLACE, wanted)
    assert answer.status_code == 400
    assert {one["field"].split(".")[0] for one in answer.json()["errors"]} <= set(wanted)
    assert (traces(), Preference.objects.count()) == (before, 0)


def test_nobody_chooses_without_signing_in_or_with_a_one_time_password(world: World, as_: Knock) -> None:
    assert APIClient().put(PLACE, {}).status_code == 401
    User.objects.filter(username="secretary").update(password_must_change=True)
    assert as_("secretary").put(PLACE, {"muted": ["mail"]}).status_code == 403
    assert Client().put(PLACE, {}).status_code in {401, 403}
    assert Preference.objects.count() == 0


ADDRESS = "/api/v1/me/address/"


def test_one_sets_or_confirms_the_own_address_and_letters_come_again(world: World, as_: Knock) -> None:
    User.objects.filter(username="secretary").update(address_dead_since="2026-11-01")
    secretary = as_("secretary")
    with as_role("chibo_app"):
        assert secretary.get(ADDRESS).json() == {"email": "secretary@example.org", "dead_since": "2026-11-01"}
        done = secretary.put(ADDRESS, {"email": "secretary@example.org"})
        assert (done.status_code, done.json()) == (200, {"email": "secretary@example.org", "dead_since": None})
        assert as_("secretary").put(ADDRESS, {"email": "new@example.org"}).json()["email"] == "new@example.org"
    events = list(Event.objects.filter(code="user.address_set").order_by("pk"))
    assert [(one.facts, one.user_id, one.office) for one in events] == [
        ({"confirmed": same}, world.actor("secretary").user_id, "") for same in (True, False)
    ]
    assert b"new@example.org" not in bytes(events[1].line)
    assert User.objects.get(username="deputy").address_confirmed_at is None


@pytest.mark.parametrize("body", [{}, {"email": ""}, {"email": "x"}, {"email": None}, {"address": "a@example.org"}])
def test_what_is_no_address_changes_nothing(world: World, as_: Knock, body: Any) -> None:
    before = (traces(), User.objects.filter(username="secretary").values().get())
    assert as_("secretary").put(ADDRESS, body).status_code == 400
    assert (traces(), User.objects.filter(username="secretary").values().get()) == before
