"""Guests: seen and opened at the temporary cell under the application's role, without opening the official one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.cases.models import Case
from backend.members.models import Member
from tests.api.conftest import ON, traces
from tests.realdb import RealDatabase
from tests.roles import as_role
from tests.world import World, make_world, paper, unit
from workflows.offices import Level

pytestmark = pytest.mark.real


@pytest.fixture
def world(committed_db: RealDatabase) -> World:
    cache.clear()
    return make_world()


@pytest.fixture
def far(world: World) -> World:
    """The other cell stands in another commune, so that nothing above it is in the commune's scope."""
    commune = unit("87.108", "Đảng bộ xã xa", Level.BASE, world.province)
    world.other = unit("87.108.000.000.001", "Chi bộ ấp Xa", Level.CELL, commune)
    return world


@pytest.fixture
def guest(far: World) -> Member:
    return far.guest("Phạm Thị Khách", far.other, far.cell, step="import_probationary", joined_on="2025-10-30")


@pytest.fixture
def beside(far: World) -> Member:
    """Another member of the guest's official cell, who is nobody's guest."""
    return far.member("Trần Văn Nhà", unit=far.other)


@pytest.fixture
def case(far: World, guest: Member) -> Case:
    return far.probation(guest, date(2025, 10, 30))


@pytest.fixture
def knock(world: World) -> Iterator[Any]:
    users = {user.username: user for user in User.objects.all()}

    def get(name: str, address: str, body: dict[str, Any] | None = None) -> Any:
        client = APIClient()
        client.force_authenticate(users[name])
        if body is None:
            return client.get(f"/api/v1/{address}")
        return client.post(f"/api/v1/{address}", body, headers={"If-Match": '"1"'})

    with as_role("chibo_app"):
        yield get


def test_a_guest_is_listed_and_found_where_one_attends(guest: Member, beside: Member, far: World, knock: Any) -> None:
    for name in ("secretary", "officer"):
        for asked in ("members/", "members/?q=khach", f"members/?unit={far.cell.pk}"):
            assert [row["id"] for row in knock(name, asked).json()["results"]] == [guest.pk], (name, asked)
        assert knock(name, "members/?q=nha").json()["results"] == []
    assert knock("other_secretary", "members/").json()["results"] == []


def test_a_guest_is_opened_with_the_own_history_and_not_with_the_cases(
    guest: Member, case: Case, beside: Member, knock: Any
) -> None:
    detail = knock("secretary", f"members/{guest.pk}/").json()
    assert (detail["full_name"], detail["unit_id"], detail["standing"]) == (
        guest.full_name,
        guest.unit_id,
        "probationary",
    )
    timeline = knock("secretary", f"members/{guest.pk}/timeline/").json()["results"]
    assert [(row["code"], row["subject_kind"]) for row in timeline] == [("membership.imported_probationary", "member")]
    for place in (
        f"members/{beside.pk}/",
        f"members/{beside.pk}/timeline/",
        f"cases/{case.pk}/",
        f"cases/{case.pk}/steps/",
    ):
        assert knock("secretary", place).status_code == 404, place
    for place in ("cases/", "deadlines/", f"events/?member={guest.pk}"):
        assert knock("secretary", place).json()["results"] == [], place


def test_the_official_cell_is_named_and_stays_closed(guest: Member, beside: Member, far: World, knock: Any) -> None:
    """Its row can be read by the database's own policy (the engine needs its level); no list or page shows it."""
    for place in (f"units/{far.other.pk}/", f"units/{far.other.pk}/steps/", f"units/{far.other.pk}/children/"):
        assert knock("secretary", place).status_code == 404, place
    assert [row["id"] for row in knock("secretary", "units/").json()["results"]] == [far.cell.pk]


def test_steps_of_a_guest_are_shown_and_belong_to_the_official_cell(guest: Member, far: World, knock: Any) -> None:
    options = knock("secretary", f"members/{guest.pk}/steps/").json()["results"]
    lapse = next(one for one in options if one["step"] == "record_lapse")
    assert (lapse["allowed"], [one["code"] for one in lapse["refusals"]]) == (False, ["engine.not_permitted"])
    assert {one["allowed"] for one in options} == {False}
    assert {one["code"] for one in knock("officer", f"members/{guest.pk}/steps/").json()["results"][0]["refusals"]}


def test_a_step_on_a_guest_is_forbidden_not_hidden_and_leaves_nothing(guest: Member, far: World, knock: Any) -> None:
    body = {"on": ON.isoformat(), "facts": {"resolution": paper(ON), "ground": "meetings", "months": 3}}
    opening = {"lifecycle": "recognition", "member": guest.pk, "step": "begin", "facts": {"ceremony_on": "2025-10-30"}}
    with as_role("chibo_owner"):
        before = traces()
    for name in ("secretary", "officer"):
        assert knock(name, f"members/{guest.pk}/steps/record_lapse/", body).status_code == 403
        assert knock(name, "cases/", opening).status_code == 403
        bulk = {
            "step": "record_lapse",
            **body,
            "subjects": [{"member": guest.pk, "version": 1, "facts": body["facts"]}],
        }
        del bulk["facts"]
        assert [one["status"] for one in knock(name, "bulk/steps/", bulk).json()["results"]] == [403]
    with as_role("chibo_owner"):
        assert traces() == before


def test_a_guest_who_has_gone_home_is_not_there_any_more(guest: Member, far: World, knock: Any) -> None:
    with as_role("chibo_owner"):
        Member.objects.filter(pk=guest.pk).update(guest_unit=None, guest_path=None)
    for place in ("", "timeline/", "steps/"):
        assert knock("secretary", f"members/{guest.pk}/{place}").status_code == 404
    assert knock("secretary", "members/").json()["results"] == []
