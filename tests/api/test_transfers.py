"""Two transfers through the door, under the application's role: each side sees its turn, and no more than that."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.core import clock
from backend.members.models import Member
from tests.realdb import RealDatabase
from tests.roles import as_role
from tests.world import World, make_world, paper, person, unit
from workflows.offices import Level, Office

pytestmark = pytest.mark.real
FAR, NEAR = "87.108.000.000.001", "87.107.000.000.002"
Ask = Callable[..., tuple[int, Any]]


@pytest.fixture
def world(committed_db: RealDatabase) -> World:
    cache.clear()
    world = make_world()
    commune = unit("87.108", "Đảng bộ xã xa", Level.BASE, world.province)
    far = unit(FAR, "Chi bộ ấp Xa", Level.CELL, commune)
    person("far_secretary", Office.CELL_SECRETARY, far)
    person("far_officer", Office.ORGANISATION_OFFICER, commune)
    person("far_committee", Office.COMMITTEE_SECRETARY, commune)
    clock.move_to(date(2026, 12, 20))
    return world


@pytest.fixture
def ask(world: World) -> Ask:
    users = {user.username: user for user in User.objects.all()}

    def ask(name: str, address: str, body: dict[str, Any] | None = None, version: int = 1) -> tuple[int, Any]:
        client = APIClient()
        client.force_authenticate(users[name])
        with as_role("chibo_app"):
            if body is None:
                told = client.get(f"/api/v1/{address}")
            else:
                told = client.post(f"/api/v1/{address}", body, headers={"If-Match": f'"{version}"'})
        return told.status_code, told.json()

    return ask


def begun(ask: Ask, member: Member, to: str) -> int:
    facts = {
        "ground": "residence",
        "ground_paper": paper(date(2026, 9, 1)),
        "effective_on": "2026-09-01",
        "to_unit": to,
    }
    opening = {"lifecycle": "transfer", "step": "ask", "member": member.pk, "on": "2026-09-01", "facts": facts}
    status, told = ask("secretary", "cases/", opening)
    assert status == 201, told
    checked = {"self_review": paper(date(2026, 9, 4)), "dues_settled": True}
    assert ask("secretary", f"cases/{told['id']}/steps/check/", {"on": "2026-09-07", "facts": checked})[0] == 200
    return int(told["id"])


def sees(ask: Ask, name: str, case: int, member: int) -> tuple[int, int, int, bool]:
    """Status of the case, of its steps and of the person, and whether the person is listed."""
    listed = member in [row["id"] for row in ask(name, "members/")[1]["results"]]
    return (
        ask(name, f"cases/{case}/")[0], ask(name, f"cases/{case}/steps/")[0], ask(name, f"members/{member}/")[0], listed,
    )  # fmt: skip


def allowed(ask: Ask, name: str, case: int) -> set[str]:
    return {one["step"] for one in ask(name, f"cases/{case}/steps/")[1]["results"] if one["allowed"]}


HIDDEN, SEEN = (404, 404, 404, False), (200, 200, 200, True)


def test_an_official_transfer_between_two_base_organisations(world: World, ask: Ask) -> None:
    member = world.member("Nguyễn Văn Chuyển")
    case = begun(ask, member, FAR)
    assert [sees(ask, name, case, member.pk) for name in ("far_secretary", "far_officer")] == [HIDDEN, HIDDEN]
    introducing = {"introduction": paper(date(2026, 9, 10)), "papers_handed_over": True}
    body = {"on": "2026-09-10", "facts": introducing}
    assert ask("secretary", f"cases/{case}/steps/introduce/", body, 2)[0] == 403
    assert ask("far_officer", f"cases/{case}/steps/introduce/", body, 2)[0] == 404
    assert ask("officer", f"cases/{case}/steps/introduce/", body, 2)[0] == 200
    assert sees(ask, "far_officer", case, member.pk) == SEEN
    assert sees(ask, "far_secretary", case, member.pk) == (404, 404, 200, True), (
        "the cell sees its guest; the turn is above"
    )
    assert allowed(ask, "far_officer", case) == {"receive_slip", "report_missing", "take_in", "send_back"}
    assert not {"withdraw", "go_out", "take_in"} & allowed(ask, "secretary", case)
    taken = {"on": "2026-09-21", "facts": {"to_unit": NEAR}}
    status, told = ask("far_officer", f"cases/{case}/steps/take_in/", taken, 3)
    assert (status, [one["code"] for one in told["unmet"]]) == (422, ["transfer.no_such_cell"])
    taken["facts"] = {"to_unit": FAR}
    assert ask("far_officer", f"cases/{case}/steps/take_in/", taken, 3)[0] == 200
    slip = {"on": "2026-09-25", "facts": {"notice_slip": paper(date(2026, 9, 25))}}
    assert ask("officer", f"cases/{case}/steps/complete/", slip, 4)[0] == 403
    assert ask("far_officer", f"cases/{case}/steps/complete/", slip, 4)[0] == 200
    assert sees(ask, "far_officer", case, member.pk) == SEEN
    assert sees(ask, "secretary", case, member.pk) == (200, 404, 404, False)
    detail = ask("far_secretary", f"members/{member.pk}/")[1]
    assert (detail["participation"], detail["guest_unit_id"]) == ("attending", None)
    _history_and_void(ask, case, member.pk)


def _history_and_void(ask: Ask, case: int, member: int) -> None:
    """What was done before is read on both sides; only the side that completed the transfer can have it voided."""
    codes = [row["code"] for row in ask("far_secretary", f"members/{member}/timeline/")[1]["results"]]
    assert {"membership.imported_official", "membership.arrived"} <= set(codes)
    story = [row["code"] for row in ask("officer", f"events/?case={case}")[1]["results"]]
    assert story == [
        "transfer.completed", "transfer.taken_in", "membership.left_for_another_cell", "transfer.introduced",
        "transfer.checked", "transfer.asked",
    ]  # fmt: skip
    arrived = next(
        row for row in ask("far_officer", f"events/?case={case}")[1]["results"] if row["code"] == "transfer.completed"
    )
    void = {"reason": "Nhầm", "paper": paper(date(2026, 9, 26))}
    assert ask("officer", f"events/{arrived['uid']}/void/", void, arrived["version"])[0] in (403, 404)
    assert ask("far_committee", f"events/{arrived['uid']}/void/", void, arrived["version"])[0] == 200
    assert sees(ask, "secretary", case, member)[2:] == (200, True)


def test_a_transfer_within_one_base_organisation(world: World, ask: Ask) -> None:
    member = world.member("Trần Văn Trong")
    case = begun(ask, member, NEAR)
    assert sees(ask, "other_secretary", case, member.pk) == HIDDEN
    introducing = {"on": "2026-09-10", "facts": {"introduction": paper(date(2026, 9, 10)), "papers_handed_over": True}}
    status, told = ask("officer", f"cases/{case}/steps/introduce/", introducing, 2)
    assert (status, [one["code"] for one in told["unmet"]]) == (422, ["transfer.stays_in_the_base"])
    assert ask("officer", f"cases/{case}/steps/introduce_within/", introducing, 2)[0] == 200
    assert ask("other_secretary", f"members/{member.pk}/")[0] == 200
    assert ask("officer", f"cases/{case}/steps/take_in/", {"on": "2026-09-14", "facts": {"to_unit": NEAR}}, 3)[0] == 200
    slip = {"on": "2026-09-15", "facts": {"notice_slip": paper(date(2026, 9, 15))}}
    assert ask("officer", f"cases/{case}/steps/complete/", slip, 4)[0] == 200
    assert [row["id"] for row in ask("other_secretary", "members/?q=trong")[1]["results"]] == [member.pk]
    assert ask("secretary", "members/?q=trong")[1]["results"] == []
