"""Cases that a step would start: what can be told of them is told before the step is tried."""

from __future__ import annotations

from typing import Any

from backend.cases.engine import NewCase, OnCase, perform
from tests.api.conftest import ON, Knock, traces
from tests.world import World, paper


def test_a_second_case_that_a_step_would_start_is_refused_before_it_is_tried(world: World, as_: Knock) -> None:
    member, secretary = world.members(4)[0], as_("secretary")
    stay = {
        "purpose": "work",
        "from_on": ON.isoformat(),
        "away_until": "2027-06-30",
        "place": "Cà Mau",
        "request": paper(ON),
    }
    away = {"request": paper(ON), "away_from": ON.isoformat(), "asked_until": "2027-06-30", "place": "Cà Mau", "job": "x",
            "reach": "x", "reason": "x", "organisation_there": False}  # fmt: skip
    leave = NewCase("away", member_id=member.pk)
    case = perform(world.actor("secretary"), leave, "ask", away, on=ON)["id"]
    perform(world.actor("secretary"), OnCase(case), "propose", {"resolution": paper(ON)}, on=ON)
    granted = {"approval": paper(ON), "away_until": "2027-06-30"}
    perform(world.actor("officer"), OnCase(case), "grant", granted, on=ON)

    def converting() -> dict[str, Any]:
        found = secretary.get(f"/api/v1/cases/{case}/steps/").json()["results"]
        return next(one for one in found if one["step"] == "convert")

    both = ["engine.already_open", "transfer.another_open"]
    assert (converting()["allowed"], converting()["refusals"]) == (True, [])
    perform(world.actor("secretary"), NewCase("temporary_transfer", member_id=member.pk), "ask", stay, on=ON)
    assert (converting()["allowed"], sorted(one["code"] for one in converting()["refusals"])) == (False, both)
    before, body = traces(), {"on": ON.isoformat(), "facts": stay}
    answer = secretary.post(f"/api/v1/cases/{case}/steps/convert/", body, headers={"If-Match": '"3"'})
    assert (answer.status_code, sorted(one["code"] for one in answer.json()["unmet"])) == (422, both)
    assert traces() == before
