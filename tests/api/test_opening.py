"""One door opens every lifecycle: each first step that a person may take can be taken through it."""

from __future__ import annotations

import pytest

from backend.cases.judging import levels_of
from tests.api.conftest import ON, Knock, traces
from tests.world import World
from workflows.catalogue import LIFECYCLES, PAGES
from workflows.offices import GIVEN_OFFICES, Level, Right, holds
from workflows.vocabulary import NEW, Step

BY_OFFICE = {
    "cell_secretary": "secretary", "organisation_officer": "officer", "committee_secretary": "committee",
    "auditor": "auditor",
}  # fmt: skip


def asker(step: Step) -> str:
    """Somebody of the cell or the commune who has the right, else the province's officer."""
    if {Level.CELL, Level.BASE}.isdisjoint(levels_of(step, ON)):
        return "province"
    return next(BY_OFFICE[office.value] for office in GIVEN_OFFICES if holds(office, step.by) and office in BY_OFFICE)


FIRST = [
    step for page in PAGES for step in page.steps().values() if NEW in step.sources and step.by != Right.THROUGH_CASE
]
"""The steps from nothing that are not the consequence of another one."""


def test_there_is_a_first_step_for_every_lifecycle_and_an_office_for_every_first_step() -> None:
    assert {step.lifecycle for step in FIRST} == set(LIFECYCLES)
    assert all(any(holds(office, step.by) for office in GIVEN_OFFICES) for step in FIRST)


@pytest.mark.parametrize("step", FIRST, ids=lambda step: f"{step.lifecycle}.{step.name}")
def test_every_first_step_is_offered_and_can_be_asked_for(world: World, as_: Knock, step: Step) -> None:
    """Without its facts it is refused for their sake (422): not for the address, the body or the right."""
    member = world.member("Trần Thị Mới", "import_candidate")
    name = asker(step)
    about_member = LIFECYCLES[step.lifecycle].subject == "case" and LIFECYCLES[step.lifecycle].about == "member"
    subject = {"member": member.pk} if about_member else {"unit": world.cell.pk}
    place = f"members/{member.pk}" if about_member else f"units/{world.cell.pk}"
    offered = as_(name).get(f"/api/v1/{place}/steps/").json()["results"]
    (option,) = [
        one for one in offered if one["opens"] and (one["lifecycle"], one["step"]) == (step.lifecycle, step.name)
    ]
    assert "engine.not_permitted" not in [one["code"] for one in option["refusals"]]
    before = traces()
    entering = LIFECYCLES[step.lifecycle].subject == "member"
    asked = {**subject, "step": step.name, "on": ON.isoformat()} | ({} if entering else {"lifecycle": step.lifecycle})
    answer = as_(name).post("/api/v1/members/" if entering else "/api/v1/cases/", asked)
    assert answer.status_code == 422, answer.content
    missing = {one["fact"] for one in answer.json()["unmet"] if one["code"] == "fact.required"}
    assert missing >= {fact.name for fact in step.facts if fact.required}
    assert traces() == before
