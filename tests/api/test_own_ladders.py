"""A unit's own ladders through the door: who may, what is answered, and nothing on a no."""

from __future__ import annotations

from typing import Any

import pytest

from backend.audit.models import Event
from backend.deadlines.models import Deadline
from backend.organizations.models import OwnLadder, Unit
from tests.api.conftest import Knock, traces
from tests.backend.cases.test_own_ladders import EARLY, NAME
from tests.backend.deadlines.test_ladders import RULE, reviewed
from tests.roles import as_role
from tests.workflows.test_own_ladders import document
from tests.world import World, person
from workflows.offices import Office

BODY = {"document": EARLY, "reason": "Xã xa"}


def place(world: World, action: str = "") -> str:
    return f"/api/v1/units/{world.cell.pk}/ladders/{action}"


def everything() -> list[Any]:
    kept = list(Unit.objects.order_by("pk").values_list("version", "settings"))
    return [traces(), kept, list(Deadline.objects.order_by("pk").values()), OwnLadder.objects.count()]


@pytest.fixture
def keeper(world: World, as_: Knock) -> Any:
    """An administrator of the commune."""
    person("keeper", Office.ADMINISTRATOR, world.commune)
    return as_("keeper")


def test_an_administrator_defines_looks_first_and_withdraws(world: World, as_: Knock, keeper: Any) -> None:
    one = reviewed(world)
    before = everything()
    version = {"rule": RULE, "ladder": NAME, "version": 1, "since": "2026-11-02"}
    told = {
        "unit_id": world.cell.pk, "changed": True, "ladders": [version], "deadlines": [{"rule": RULE, "count": 1}],
    }  # fmt: skip
    with as_role("chibo_app"):
        seen = keeper.post(place(world, "preview/"), BODY)
    assert (seen.status_code, seen.json(), everything()) == (200, told, before)
    with as_role("chibo_app"):
        done = keeper.post(place(world), BODY, headers={"Idempotency-Key": "own-1"})
    assert (done.status_code, done.json()) == (200, told)
    event = Event.objects.get(code="unit.configured")
    assert (event.office, event.office_unit_id, event.unit_id) == ("administrator", world.commune.pk, world.cell.pk)
    one.refresh_from_db()
    assert one.ladder == NAME
    after = everything()
    assert keeper.post(place(world), BODY, headers={"Idempotency-Key": "own-1"}).json() == told
    assert keeper.post(place(world), {**BODY, "reason": "x"}, headers={"Idempotency-Key": "own-1"}).status_code == 422
    assert everything() == after
    again = keeper.post(place(world), BODY)
    assert (again.json(), everything()) == ({**told, "changed": False, "deadlines": []}, after)
    own = as_("secretary").get(place(world)).json()["ladders"]
    assert [(row["ladder"], row["version"], row["rungs"], row["unit_id"]) for row in own] == [
        (NAME, 1, OwnLadder.objects.get().rungs, world.cell.pk)
    ]  # fmt: skip
    origin = as_("secretary").get(f"/api/v1/deadlines/{one.pk}/ledger/").json()["ladder"]
    assert (origin["ladder_label"]["vi"], origin["version"], origin["unit_id"]) == ("early", 1, world.cell.pk)
    gone = keeper.post(place(world, "withdraw/"), {"rules": [RULE], "reason": "Thôi"})
    assert gone.json() == {**told, "ladders": []}
    one.refresh_from_db()
    assert one.ladder == "thirty_working_days"


def test_a_rehearsal_of_the_cell_knows_the_committees_own_ladder(world: World, as_: Knock, keeper: Any) -> None:
    reviewed(world)
    assert keeper.post(f"/api/v1/units/{world.commune.pk}/ladders/", BODY).status_code == 200
    with as_role("chibo_app"):
        found = as_("secretary").get("/api/v1/alerts/rehearsal/?as_of=2026-11-13").json()["results"]
    assert {(row["ladder"], row["ladder_version"], row["rung"], row["kind"]) for row in found} == {
        (NAME, 1, 0, "remind")
    }


@pytest.mark.parametrize(
    ("who", "status"), [("secretary", 403), ("officer", 403), ("auditor", 403), ("other_secretary", 403)]
)
def test_whoever_does_not_administer_the_unit_is_told_so_before_the_body_is_read(
    world: World, as_: Knock, who: str, status: int
) -> None:
    before = everything()
    for action in ("", "preview/", "withdraw/"):
        assert as_(who).post(place(world, action), {"document": 1}).status_code == status, action
        body = {"rules": [RULE], "reason": "x"} if action == "withdraw/" else BODY
        assert as_(who).post(place(world, action), body).status_code == status, action
    assert everything() == before


def test_what_is_wrong_is_said_all_at_once_and_nothing_is_written(world: World, keeper: Any) -> None:
    reviewed(world)
    before = everything()
    wrong = {**document([]), "rules": {RULE: "early", "TRF.PAPER": "late"}}
    refused = keeper.post(place(world), {"document": wrong, "reason": " x "})
    assert [(one["code"], one["fact"]) for one in refused.json()["unmet"]] == [("unit.ladder_form", "ladders")] * 2
    assert "Lịch nhắc early: có từ 1 đến 31 bậc." in refused.json()["unmet"][0]["vi"]
    too_high = keeper.post(place(world), {"document": document(), "reason": "x"})
    assert (too_high.status_code, [one["code"] for one in too_high.json()["unmet"]]) == (422, ["unit.ladder_form"])
    for body in (
        {"document": EARLY}, {**BODY, "reason": ""}, {**BODY, "why": "x"}, {**BODY, "since": "soon"},
    ):  # fmt: skip
        assert keeper.post(place(world), body).status_code == 400, body
    assert keeper.post(place(world, "withdraw/"), {"rules": [RULE], "reason": "x"}).status_code == 422
    assert keeper.post(place(world, "withdraw/"), {"rules": [], "reason": "x"}).status_code == 400
    assert everything() == before
