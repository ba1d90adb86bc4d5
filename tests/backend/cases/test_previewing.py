"""A step that is only tried: it says what it would do, and leaves nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from backend.accounts.policy import Actor
from backend.cases.engine import NewCase, OnCase, OnMember, perform
from backend.cases.entering import enter
from backend.cases.models import Case
from backend.cases.previewing import Change, preview
from backend.core import nudge
from backend.core.db import execute, scoped
from backend.core.errors import NotPermitted, Refused, Stale
from tests.api.conftest import ON, proposal, traces, world
from tests.world import BEGUN, World, paper

__all__ = ["proposal", "world"]
pytestmark = pytest.mark.django_db
Proposal = tuple[Case, dict[str, Any]]


def test_it_says_what_moves_and_which_deadlines_open_and_end(world: World, proposal: Proposal) -> None:
    case, facts = proposal
    before = traces()
    found = preview(lambda: perform(world.actor("secretary"), OnCase(case.pk), "propose", facts, on=ON))
    assert found.changes == (Change("recognition", "state", "probation", "proposed"),)
    assert [(one.rule_id, one.due_on) for one in found.opened] == [("PRO.DECIDE", date(2026, 12, 15))]
    assert [(one.rule_id, one.status) for one in found.ended] == [("PRO.CELL_REVIEW", "met")]
    assert (found.started, found.outcome["state"], found.outcome["version"]) == ((), "proposed", 2)
    assert traces() == before
    assert perform(world.actor("secretary"), OnCase(case.pk), "propose", facts, on=ON)["version"] == 2


def test_the_cases_that_a_step_opens_are_said(world: World) -> None:
    member = world.member("Phạm Văn Xa", participation="away", away_until="2027-06-30")
    days = {"away_from": "2026-01-01", "away_until": "2027-06-30"}
    taken = perform(Actor.operator("test"), NewCase("away", member_id=member.pk), "take_over", days, on=BEGUN)
    facts = {
        "request": paper(ON),
        "purpose": "work",
        "from_on": ON.isoformat(),
        "away_until": "2027-10-31",
        "place": "Bình Dương",
    }
    before = traces()
    found = preview(lambda: perform(world.actor("secretary"), OnCase(taken["id"]), "convert", facts, on=ON))
    assert found.started == ("temporary_transfer",)
    assert {(one.lifecycle, one.source, one.target) for one in found.changes} == {
        ("away", "away", "converted"), ("temporary_transfer", "", "asked"),
    }  # fmt: skip
    assert traces() == before


def test_a_new_case_gets_the_number_that_it_would_have_had(world: World) -> None:
    """No number is used up: the next one that is really opened gets it."""
    facts = {"kind": "regular", "month": "2026-12-01"}
    target, actor = NewCase("meeting", unit_id=world.cell.pk), world.actor("secretary")
    tried = preview(lambda: perform(actor, target, "plan", facts, on=ON)).outcome["number"]
    assert perform(actor, target, "plan", facts, on=ON)["number"] == tried


def test_nobody_is_nudged_and_the_scope_does_not_outlive_it(
    world: World, proposal: Proposal, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, facts = proposal
    sent: list[str] = []
    monkeypatch.setattr(nudge, "_broker", lambda: sent.append("asked"))
    preview(lambda: perform(world.actor("secretary"), OnCase(case.pk), "propose", facts, on=ON))
    assert sent == []
    with scoped("/"):
        assert execute("SELECT count(*) FROM cases_case WHERE state = 'proposed'") == [(0,)]


def test_a_person_is_entered_on_trial(world: World) -> None:
    before = traces()
    profile = {"full_name": "Trần Thị Mới", "sex": "f", "born_on": "1990-02-03"}
    found = preview(
        lambda: enter(
            world.actor("secretary"), world.cell.pk, "choose", {"resolution": paper(ON)}, profile=profile, on=ON
        )
    )
    assert ("membership", "standing", "candidate") in {(one.lifecycle, one.field, one.target) for one in found.changes}
    assert traces() == before


def test_what_refuses_the_step_refuses_the_trial(world: World, proposal: Proposal) -> None:
    case, facts = proposal
    before = traces()
    with pytest.raises(Refused):
        preview(lambda: perform(world.actor("secretary"), OnCase(case.pk), "propose", {}, on=ON))
    with pytest.raises(Stale):
        preview(lambda: perform(world.actor("secretary"), OnCase(case.pk), "propose", facts, on=ON, expected_version=9))
    with pytest.raises(NotPermitted):
        preview(lambda: perform(world.actor("auditor"), OnMember(case.member_id or 0), "record_lapse", {}, on=ON))
    assert traces() == before
