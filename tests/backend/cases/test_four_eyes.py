"""Who recorded what the cell resolved does not record what the committee decides on it: on the spot, in bulk, foreseen."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from backend.accounts.acting import actor_for
from backend.accounts.assigning import give_office
from backend.accounts.models import User
from backend.accounts.policy import Actor
from backend.audit.models import Event
from backend.cases.engine import NewCase, OnCase, Order, perform, perform_many
from backend.cases.models import Case
from backend.cases.options import case_options
from backend.cases.voiding import void
from backend.core import clock
from backend.core.errors import Refused
from backend.members.models import Member
from tests.backend.cases import test_classification as yearly
from tests.backend.cases.stepping import refused, step
from tests.backend.cases.test_away import ASKED
from tests.backend.cases.test_congress import APPROVED, HELD, ballot, held, summon, term
from tests.backend.cases.test_perform import ON, proposal, traces
from tests.backend.cases.test_perform import ballot as vote
from tests.world import World, as_if_today, make_world, paper, person
from workflows.offices import Office

pytestmark = pytest.mark.django_db
SAME = ["person.recorded_the_resolution"]
VOTES = {"committee_size": 9, "committee_yes": 8}


@pytest.fixture
def world() -> World:
    return make_world()


def both(world: World) -> tuple[Actor, Actor]:
    """One person in two offices: deputy of the cell, and organisation officer of the commune."""
    person("two_offices", Office.CELL_DEPUTY, world.cell)
    user = User.objects.get(username="two_offices")
    below = user.assignments.get()
    above = give_office(
        Actor.operator("test"), user, Office.ORGANISATION_OFFICER, world.commune.pk, since=date(2026, 1, 1)
    )
    return actor_for(user, below.pk, clock.today()), actor_for(user, above.pk, clock.today())


def test_a_person_with_an_office_in_both_bodies_is_told_whom_to_ask(world: World) -> None:
    in_the_cell, in_the_committee = both(world)
    case, _, facts = proposal(world)
    perform(in_the_cell, OnCase(case.pk), "propose", facts, on=ON)
    told = {"committee_resolution": paper(ON), **VOTES}
    before = traces()
    with pytest.raises(Refused) as caught:
        step(in_the_committee, case.pk, "consider", ON, **told)
    (answer,) = caught.value.answers
    assert traces() == before
    assert (answer.code, answer.text("vi"), answer.advice("vi")) == (
        SAME[0],
        "Chính đồng chí đã ghi nhận nghị quyết của chi bộ; người khác phải ghi nhận quyết định của cấp ủy về việc này.",
        "Hãy nhờ người khác có chức trách trong cấp ủy ghi nhận.",
    )
    step(world.actor("committee"), case.pk, "consider", ON, **told)
    decision = {"decision": paper(ON), "body": "standing", **VOTES}
    assert refused(in_the_committee, case.pk, "recognise", ON, **decision) == SAME
    step(world.actor("committee"), case.pk, "recognise", ON, **decision)
    assert Case.objects.get(pk=case.pk).state == "recognised"


def test_it_is_foreseen_with_its_reason(world: World) -> None:
    case, _, facts = proposal(world)
    perform(world.actor("officer"), OnCase(case.pk), "propose", facts, on=ON)  # for a cell that has no computer
    assert Event.objects.get(code="recognition.proposed").behalf_unit_id == world.cell.pk

    def foreseen(who: str) -> dict[str, list[str]]:
        _, found = case_options(world.actor(who), case.pk, ON)
        return {
            one.step.name: [said.code for said in one.refusals if said.code == SAME[0]]
            for one in found if one.step.apart_from
        }  # fmt: skip

    assert foreseen("officer") == dict.fromkeys(("consider", "recognise", "send_back", "remove", "annul"), SAME)
    assert not any(foreseen("committee").values())


def test_in_bulk_each_case_is_judged_by_who_resolved_it(world: World) -> None:
    """The paper of a classification is the minutes: not its name, the step counts."""
    people = world.members(4)[:2]
    with as_if_today(date(2027, 1, 20)):
        (mine,) = yearly.proposed(world, people[:1], who="officer")
        (theirs,) = yearly.proposed(world, people[1:])
        facts = {"decision": paper(yearly.DECIDED), "decided_level": "good"}
        orders = [Order(OnCase(case), "decide", yearly.DECIDED, facts) for case in (mine, theirs)]
        results = perform_many(world.actor("officer"), orders)
    assert [[one.code for one in getattr(result.error, "answers", [])] for result in results] == [SAME, []]
    states = dict(Case.objects.filter(pk__in=(mine, theirs)).values_list("pk", "state"))
    assert states == {mine: "proposed", theirs: "decided"}


def test_an_approval_that_is_no_decision_by_name_comes_from_another_person_too(world: World) -> None:
    """W-02 and W-03: the cell proposes, the base committee agrees."""
    member = world.member("Nguyễn Văn Xa")
    secretary, officer = world.actor("secretary"), world.actor("officer")
    case = perform(secretary, NewCase("away", member_id=member.pk), "ask", ASKED, on=date(2026, 9, 1))["id"]
    step(officer, case, "propose", date(2026, 9, 10), resolution=paper(date(2026, 9, 10)))
    granting = {"approval": paper(date(2026, 9, 25)), "away_until": "2027-04-30"}
    assert refused(officer, case, "grant", date(2026, 9, 25), **granting) == SAME
    step(world.actor("committee"), case, "grant", date(2026, 9, 25), **granting)
    assert Case.objects.get(pk=case).state == "away"


def test_whoever_recorded_a_congress_does_not_approve_it(world: World) -> None:
    people = world.members(5)
    case = term(world)
    summon(world, case, 5)
    elected = held(people, secretary_election=ballot(5, (people[0], 5)))
    step(world.actor("officer"), case, "hold", HELD, **elected)
    approval = {"approval": paper(APPROVED)}
    assert refused(world.actor("officer"), case, "approve", APPROVED, **approval) == SAME
    step(world.actor("committee"), case, "approve", APPROVED, **approval)
    assert Case.objects.get(pk=case).state == "approved"


def test_the_last_resolution_counts_and_one_that_was_voided_does_not(world: World) -> None:
    case, _, facts = proposal(world)
    officer, decision = world.actor("officer"), {"decision": paper(ON), "body": "standing", **VOTES}
    done = perform(officer, OnCase(case.pk), "propose", facts, on=ON)
    entry = Event.objects.get(uid=done["event"])
    void(world.actor("committee"), entry.uid, reason="Nhầm", paper=paper(ON))
    perform(world.actor("secretary"), OnCase(case.pk), "propose", facts, on=ON)
    step(officer, case.pk, "recognise", ON, **decision)
    assert Case.objects.get(pk=case.pk).state == "recognised"


def voided(world: World, who: str, case: Case, facts: dict[str, Any]) -> None:
    """A proposal by somebody, taken back by another person: the case is on probation again."""
    done = perform(world.actor(who), OnCase(case.pk), "propose", facts, on=ON)
    void(world.actor("committee"), UUID(done["event"]), reason="Nhầm", paper=paper(ON))
    assert Case.objects.get(pk=case.pk).state == "probation"


def test_whoever_recorded_a_voided_resolution_is_free_again(world: World) -> None:
    """To annul needs no resolution before it, but who recorded one that stands does not record it."""
    case, _, facts = proposal(world)
    officer, decision = world.actor("officer"), {"annulment": paper(ON)}
    voided(world, "officer", case, facts)
    perform(officer, OnCase(case.pk), "propose", facts, on=ON)
    assert refused(officer, case.pk, "annul", ON, **decision) == SAME
    second = Event.objects.filter(case_id=case.pk, step="propose", voids=None).latest("id")
    void(world.actor("committee"), second.uid, reason="Nhầm", paper=paper(ON))
    step(officer, case.pk, "annul", ON, **decision)
    assert Case.objects.get(pk=case.pk).state == "annulled"


def test_a_voided_resolution_does_not_free_whoever_recorded_the_one_before_it(world: World) -> None:
    """The officer's failed ballot stands; the secretary's proposal after it was voided."""
    case, meeting, facts = proposal(world)
    officer, decision = world.actor("officer"), {"annulment": paper(ON)}
    step(officer, case.pk, "record_neither", ON, resolution=paper(ON), ballot=vote(meeting, 3, 3), attempt=1)
    voided(world, "secretary", case, facts)
    assert refused(officer, case.pk, "annul", ON, **decision) == SAME
    step(world.actor("committee"), case.pk, "annul", ON, **decision)
    assert Case.objects.get(pk=case.pk).state == "annulled"


def test_the_name_of_a_step_of_the_member_is_no_resolution_of_the_case(world: World) -> None:
    """Events of a member carry the case too: `membership.recognise` is none of `recognition`'s steps."""
    case, _, facts = proposal(world)
    perform(world.actor("secretary"), OnCase(case.pk), "propose", facts, on=ON)
    decision = {"decision": paper(ON), "body": "standing", **VOTES}
    step(world.actor("officer"), case.pk, "recognise", ON, **decision)
    own = Event.objects.filter(case_id=case.pk).values_list("subject_kind", "step", "user_id")
    officer, secretary = (world.actor(name).user_id for name in ("officer", "secretary"))
    assert set(own) >= {
        ("case", "propose", secretary),
        ("case", "recognise", officer),
        ("member", "recognise", officer),
    }


def settling(
    world: World, lifecycle: str, opening: str, facts: dict[str, Any], resolving: str, told: dict[str, Any]
) -> int:
    """A case in which the officer recorded what the cell resolved, for the cell."""
    member = world.members(4)[0]
    present = list(Member.objects.filter(unit=world.cell).order_by("pk"))
    case = int(perform(world.actor("secretary"), NewCase(lifecycle, member_id=member.pk), opening, facts, on=ON)["id"])
    if resolving in ("propose_expulsion", "record_failed"):
        told = told | {"ballot": told["ballot"] | {"meeting": world.meeting(present, ON).pk}}
    step(world.actor("officer"), case, resolving, ON, **told)
    return case


WRITTEN = {"resolution": paper(ON)}
VOTE = {"issued": 4, "collected": 4, "valid": 4}
EXPEL = ("discipline", "open", {"report": paper(ON), "reason": "x"})
FOR, AGAINST = ({**WRITTEN, "ballot": {**VOTE, "yes": yes, "no": 4 - yes}} for yes in (4, 1))
FORM = {"decision": paper(ON), "form": "warning"}
LEAVE = ("withdrawal", "request", {"request": paper(ON), "cause": "other", "reason": "x", "no_violation": True})
FAR_AWAY = ("away", "ask", ASKED | {"request": paper(ON), "away_from": "2026-11-10"})
NOTICE = {"notice": paper(ON), "reason": "x"}
SETTLED: list[tuple[tuple[str, str, dict[str, Any]], str, dict[str, Any], str, dict[str, Any], str]] = [
    (EXPEL, "propose_expulsion", FOR, "decide_other_form", FORM, "other_form"),
    (EXPEL, "record_failed", AGAINST, "decide_other_form", FORM, "other_form"),
    (EXPEL, "propose_expulsion", FOR, "clear", {"conclusion": paper(ON), "reason": "x"}, "cleared"),
    (LEAVE, "propose", WRITTEN | {"no_violation": True}, "stay", NOTICE, "stays"),
    (FAR_AWAY, "propose", WRITTEN, "refuse", NOTICE, "refused"),
]  # fmt: skip


@pytest.mark.parametrize(("opened", "resolving", "told", "name", "facts", "state"), SETTLED)
def test_a_step_of_either_body_settles_what_the_cell_resolved_through_another_person(
    world: World, opened: tuple[str, str, dict[str, Any]], resolving: str, told: dict[str, Any], name: str,
    facts: dict[str, Any], state: str,
) -> None:  # fmt: skip
    case = settling(world, *opened, resolving, told)
    assert refused(world.actor("officer"), case, name, ON, **facts) == SAME
    step(world.actor("committee" if name in ("refuse", "refuse_again") else "province"), case, name, ON, **facts)
    assert Case.objects.get(pk=case).state == state


@pytest.mark.parametrize(("opened", "resolving", "told", "name", "facts", "state"), SETTLED)
def test_the_cell_s_own_recorder_settles_for_the_cell(
    world: World, opened: tuple[str, str, dict[str, Any]], resolving: str, told: dict[str, Any], name: str,
    facts: dict[str, Any], state: str,
) -> None:  # fmt: skip
    """Who recorded its resolution at the base may sit in the cell as well: there it is the cell's own act."""
    below, above = both(world)
    world.actors["officer"] = above
    case = settling(world, *opened, resolving, told)
    assert refused(above, case, name, ON, **facts) == SAME
    step(below, case, name, ON, **facts)
    assert Case.objects.get(pk=case).state == state


def test_more_time_is_not_agreed_to_by_whoever_proposed_it_and_an_earlier_round_counts_for_nothing(
    world: World,
) -> None:
    member, officer, secretary = world.member("Nguyễn Văn Xa"), world.actor("officer"), world.actor("secretary")
    case = perform(secretary, NewCase("away", member_id=member.pk), "ask", ASKED, on=date(2026, 9, 1))["id"]
    step(officer, case, "propose", date(2026, 9, 10), resolution=paper(date(2026, 9, 10)))
    step(
        world.actor("committee"),
        case,
        "grant",
        date(2026, 9, 25),
        approval=paper(date(2026, 9, 25)),
        away_until="2027-04-30",
    )
    again = {name: ASKED[name] for name in ("place", "job", "reach", "reason")} | {
        "request": paper(ON),
        "asked_until": "2027-06-30",
    }
    step(secretary, case, "ask_again", ON, **again)
    step(officer, case, "refuse_again", ON, **NOTICE)  # nothing was resolved on this request
    step(secretary, case, "ask_again", ON, **again)
    step(officer, case, "propose_again", ON, **WRITTEN)
    assert refused(officer, case, "refuse_again", ON, **NOTICE) == SAME
    step(world.actor("committee"), case, "refuse_again", ON, **NOTICE)
    assert Case.objects.get(pk=case).state == "away"
