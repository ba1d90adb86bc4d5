"""Cases that a step would start: what can be told of them is told before the step is tried."""

from __future__ import annotations

from typing import Any

from tests.api.conftest import ON, Knock, traces
from tests.world import World, paper


def test_a_second_case_that_a_step_would_start_is_refused_before_it_is_tried(world: World, as_: Knock) -> None:
    member, secretary = world.members(4)[0], as_("secretary")

    def opened(lifecycle: str, **facts: Any) -> int:
        body = {"lifecycle": lifecycle, "step": "open", "member": member.pk, "on": ON.isoformat(), "facts": facts}
        answer = secretary.post("/api/v1/cases/", body)
        assert answer.status_code == 201, answer.json()
        return int(answer.json()["id"])

    def handing() -> dict[str, Any]:
        found = secretary.get(f"/api/v1/cases/{case}/steps/").json()["results"]
        return next(one for one in found if one["step"] == "hand_to_discipline")

    case = opened("screening", criterion="other", sign=paper(ON))
    assert (handing()["allowed"], handing()["refusals"]) == (True, [])
    opened("discipline", report=paper(ON))
    assert (handing()["allowed"], [one["code"] for one in handing()["refusals"]]) == (False, ["engine.already_open"])
    before, body = traces(), {"on": ON.isoformat(), "facts": {"report": paper(ON)}}
    address = f"/api/v1/cases/{case}/steps/hand_to_discipline/"
    answer = secretary.post(address, body, headers={"If-Match": '"1"'})
    assert (answer.status_code, [one["code"] for one in answer.json()["unmet"]]) == (422, ["engine.already_open"])
    assert traces() == before
