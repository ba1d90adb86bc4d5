"""A whole journey through the door: screened, removed, appealed, restored; and who may not even see it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from backend.accounts.models import User
from backend.alerts.models import Notice
from backend.alerts.sweep import sweep
from backend.cases.models import Case
from backend.deadlines.models import Deadline
from backend.members.models import Member
from tests.api.conftest import ON, Knock, traces
from tests.leaving import GROUND, SIGN
from tests.world import World, paper, person
from workflows.offices import Office

VOTES = {"body": "standing", "committee_size": 9, "committee_yes": 8}


class Journey:
    """Takes steps through the API, each by its office, with the version that the case has."""

    def __init__(self, as_: Knock) -> None:
        self.as_ = as_

    def open(self, who: str, lifecycle: str, step: str, member: int, facts: dict[str, Any]) -> int:
        body = {"lifecycle": lifecycle, "step": step, "member": member, "facts": facts, "on": ON.isoformat()}
        told = self.as_(who).post("/api/v1/cases/", body)
        assert told.status_code == 201, told.json()
        return int(told.json()["id"])

    def ask(self, who: str, case: int, step: str, **facts: Any) -> Any:
        version = Case.objects.get(pk=case).version
        body = {"facts": facts, "on": ON.isoformat()}
        return self.as_(who).post(f"/api/v1/cases/{case}/steps/{step}/", body, headers={"If-Match": f'"{version}"'})

    def step(self, who: str, case: int, step: str, **facts: Any) -> dict[str, Any]:
        told = self.ask(who, case, step, **facts)
        assert told.status_code == 200, told.json()
        return dict(told.json())


@pytest.fixture
def journey(as_: Knock) -> Journey:
    return Journey(as_)


def test_from_a_sign_to_the_restored_member(world: World, journey: Journey) -> None:
    people = world.members(6)
    member, meeting = people[0].pk, world.meeting(people, ON).pk
    total = {"meeting": meeting, "issued": 6, "collected": 6, "valid": 6}
    screening = journey.open("secretary", "screening", "open", member, SIGN)
    journey.step("secretary", screening, "draft_list", minutes=paper(ON), opinions=paper(ON), request=paper(ON))
    journey.step("officer", screening, "give_guidance", guidance=paper(ON))
    helped = {"resolution": paper(ON), "secret": True, "helper": people[1].pk, "ballot": {**total, "yes": 4, "no": 2}}
    assert journey.step("secretary", screening, "enlist", **helped)["state"] == "helped"
    looked = {"resolution": paper(ON), "secret": True, "self_review": paper(ON), **GROUND}
    refused = journey.ask("secretary", screening, "propose_removal", **looked, ballot={**total, "yes": 4, "no": 2})
    assert [one["code"] for one in refused.json()["unmet"]] == ["ballot.was_carried"]
    journey.step("secretary", screening, "propose_removal", **looked, ballot={**total, "yes": 3, "no": 3})

    (removal,) = journey.as_("secretary").get("/api/v1/cases/?lifecycle=removal").json()["results"]
    assert (removal["state"], removal["member_id"]) == ("opened", member)
    case = removal["id"]
    journey.step("secretary", case, "file_self_review", self_review=paper(ON))
    journey.step("secretary", case, "propose", resolution=paper(ON), ballot={**total, "yes": 4, "no": 2})
    journey.step("officer", case, "decide", decision=paper(ON), **VOTES)
    journey.step("secretary", case, "hand_over", hand_over=paper(ON), card_collected=False)
    assert journey.as_("secretary").get(f"/api/v1/members/{member}/").json()["standing"] == "removed"

    journey.step("officer", case, "appeal", appeal=paper(ON), appeal_to="province")
    (appeal,) = journey.as_("province").get("/api/v1/cases/?lifecycle=appeal").json()["results"]
    assert journey.ask("officer", appeal["id"], "annul", restoration=paper(ON)).status_code == 403
    assert journey.step("province", appeal["id"], "annul", restoration=paper(ON))["state"] == "restored"
    told = journey.as_("secretary").get(f"/api/v1/members/{member}/").json()
    assert (told["standing"], told["joined_on"], told["official_on"]) == ("official", "2015-01-05", "2016-01-05")
    assert Member.objects.get(pk=member).left_on is None


def test_a_helper_and_another_cell_see_nothing_of_a_removal(world: World, as_: Knock, journey: Journey) -> None:
    member = world.members(3)[0]
    person("helper", Office.HELPER, world.cell, member_id=member.pk)
    case = journey.open("secretary", "removal", "open", member.pk, GROUND)
    before = traces()
    for who in ("helper", "other_secretary"):
        assert User.objects.get(username=who).pk
        assert as_(who).get(f"/api/v1/cases/{case}/").status_code == 404
        assert as_(who).get(f"/api/v1/cases/{case}/steps/").status_code == 404
        assert as_(who).get("/api/v1/cases/").json()["results"] == []
        assert as_(who).get(f"/api/v1/deadlines/?case={case}").json()["results"] == []
        refused = 403 if who == "helper" else 404  # a helper takes no step at all
        assert journey.ask(who, case, "file_self_review", self_review=paper(ON)).status_code == refused
    assert traces() == before
    assert as_("auditor").get(f"/api/v1/cases/{case}/").status_code == 200


def test_the_ground_stands_in_no_notice(world: World, journey: Journey) -> None:
    member = world.members(3)[0]
    facts = {**GROUND, "reason": "Bỏ đóng đảng phí, đi buôn"}
    case = Case.objects.get(pk=journey.open("secretary", "removal", "open", member.pk, facts))
    assert (case.facts["ground"], "reason" in case.facts) == ("dues_unpaid", False)
    sweep(date(2026, 12, 15))
    task = Deadline.objects.get(subject_kind="case", subject_id=case.pk)
    told = Notice.objects.filter(deadline_id=task.pk)
    assert told.exists()
    said = " ".join(str(vars(one)) for one in told)
    assert member.full_name not in said
    assert "dues_unpaid" not in said
    assert "đi buôn" not in said
