"""The cell's congress on PostgreSQL: the end of the term, the roll an election is measured against, the next term."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from backend.audit.models import Event
from backend.cases.engine import NewCase, OnMember, perform
from backend.cases.models import Case
from backend.cases.replay import replay
from backend.cases.voiding import void
from backend.core import clock
from backend.core.errors import NotPermitted, Refused
from backend.members.models import Member
from tests.backend.cases.stepping import deadlines, refused, step
from tests.world import World, make_world, paper

pytestmark = pytest.mark.django_db
BEGUN, SUMMONED, HELD, APPROVED = date(2024, 5, 10), date(2026, 10, 5), date(2026, 10, 20), date(2026, 10, 28)
OFF_TERM = ["congress.not_agreed"]
"""Held three weeks before the end of the term, and the base committee recorded no plan."""


@pytest.fixture
def world() -> World:
    return make_world()


def term(world: World, begun: date = BEGUN, **facts: Any) -> int:
    facts = {"begun_on": begun.isoformat(), **facts}
    opened = perform(
        world.actor("secretary"), NewCase("congress", unit_id=world.cell.pk), "record_term", facts, on=date(2026, 9, 1)
    )
    return int(opened["id"])


def summon(world: World, case: int, count: int) -> None:
    facts = {"summons": paper(SUMMONED), "planned_on": HELD.isoformat(), "summoned": count}
    step(world.actor("secretary"), case, "summon", SUMMONED, **facts)


def ballot(cast: int, *winners: tuple[Member, int]) -> dict[str, Any]:
    named = [{"member": member.pk, "votes": votes} for member, votes in winners]
    return {"issued": cast, "collected": cast, "valid": cast, "winners": named}


def held(present: list[Member], away: Sequence[Member] = (), **facts: Any) -> dict[str, Any]:
    roll = {str(one.pk): "present" for one in present} | {str(one.pk): "away" for one in away}
    return {"minutes": paper(HELD), "roll_call": roll, "failed_ballots": 0, **facts}


def test_the_end_of_the_term_is_the_law_of_its_first_day(world: World) -> None:
    """Thirty months by the Charter's text until 30/06/2025, sixty since; the plan is due six months before."""
    assert deadlines(term(world)) == {
        "CON.TERM": ("open", date(2026, 11, 10)), "TASK.CONGRESS_PLAN": ("open", date(2026, 5, 10)),
    }  # fmt: skip
    facts = {"begun_on": "2025-08-15"}
    other = perform(
        world.actor("officer"), NewCase("congress", unit_id=world.other.pk), "record_term", facts, on=date(2026, 9, 1)
    )
    assert deadlines(other["id"])["CON.TERM"] == ("open", date(2030, 8, 15))
    with pytest.raises(Refused) as caught:
        term(world)
    assert [one.code for one in caught.value.answers] == ["congress.term_open", "engine.already_open"]


def test_a_shift_is_six_months_at_most_and_an_extension_has_its_own_act(world: World) -> None:
    case, officer, on = term(world), world.actor("officer"), date(2026, 10, 1)
    late = {"consent": paper(on), "held_by": "2027-05-11"}
    assert refused(officer, case, "shift", on, **late) == ["congress.shift_too_long"]
    step(officer, case, "shift", on, **late | {"held_by": "2027-05-10"})
    assert deadlines(case)["CON.TERM"] == ("open", date(2027, 5, 10))
    again = {"consent": paper(on), "held_by": "2027-05-11"}
    assert refused(officer, case, "shift", on, **again) == [
        "congress.shift_too_long"
    ]  # from the term's end, not the shift
    with pytest.raises(NotPermitted):
        step(world.actor("secretary"), case, "shift", on, **late)

    act = {"extension_act": paper(on), "term_end": "2027-12-31", "legal_basis": "Công văn 2502"}
    step(officer, case, "extend", on, **act)
    assert deadlines(case)["CON.TERM"] == ("open", date(2027, 12, 31))
    statuses = Event.objects.filter(case_id=case).values_list("code", flat=True).order_by("id")
    assert list(statuses) == ["congress.term_recorded", "congress.shifted", "congress.extended"]


def test_a_winner_needs_more_than_half_of_all_but_those_away_who_stayed_away(world: World) -> None:
    people = world.members(8)
    away = [
        world.member(f"Lê Đi {place}", participation="away", away_until="2026-12-31")
        for place in ("Xa", "Biền", "Biệt")
    ]
    case = term(world)
    assert refused(world.actor("secretary"), case, "summon", SUMMONED, summons=paper(SUMMONED),
                   planned_on=HELD.isoformat(), summoned=8) == ["congress.not_all_summoned"]  # fmt: skip
    summon(world, case, 11)
    # 11 official, 2 away and absent, one of the away came: 9 count, more than half is 5
    present = [*people, away[0]]
    facts = held(present, away[1:], committee_election=ballot(9, (people[0], 9), (people[1], 5), (people[2], 4)),
                 secretary_election=ballot(9, (people[0], 5)))  # fmt: skip
    assert refused(world.actor("secretary"), case, "hold", HELD, **facts) == ["election.not_won"]
    facts["committee_election"] = ballot(9, (people[0], 9), (people[1], 5))
    done = step(world.actor("secretary"), case, "hold", HELD, **facts)
    assert (done["state"], [one["code"] for one in done["cautions"]]) == ("held", OFF_TERM)
    sealed = Event.objects.get(case_id=case, code="congress.held").facts
    assert sealed["secretary_election"]["roll"] == {
        "official": 11, "left_out": 2, "suspended": 0, "in_transit": 0, "exempt": 0, "present": 9, "unpapered": 0,
        "denominator": 9,
    }  # fmt: skip
    assert sealed["roll_call"] == {"present": 9, "away": 2}  # who was there is detail
    assert deadlines(case) == {
        "CON.TERM": ("met", date(2026, 11, 10)), "TASK.CONGRESS_PLAN": ("missed", date(2026, 5, 10)),
        "TASK.CONGRESS_APPROVE": ("open", date(2026, 12, 2)),
    }  # fmt: skip


def test_an_approved_election_opens_the_next_term_from_the_day_of_the_congress(world: World) -> None:
    people = world.members(4)
    case = term(world)
    summon(world, case, 4)
    chosen = held(people[:2], secretary_election=ballot(2, (people[0], 2)))
    assert refused(world.actor("secretary"), case, "hold", HELD, **chosen) == ["election.not_won"]  # 2 of 4 is half
    done = step(
        world.actor("secretary"), case, "hold", HELD, **held(people[:3], secretary_election=ballot(3, (people[0], 3)))
    )
    assert [one["code"] for one in done["cautions"]] == OFF_TERM  # 3 of 4
    step(world.actor("officer"), case, "approve", APPROVED, approval=paper(APPROVED))
    closed, following = Case.objects.filter(lifecycle="congress").order_by("id")
    assert (closed.state, closed.closed_on) == ("approved", APPROVED)
    assert (following.state, following.exclusive_key, following.parent_uid) == (
        "in_term", "term:2026-10-20", Event.objects.get(code="congress.approved").uid,
    )  # fmt: skip
    assert deadlines(following.pk)["CON.TERM"] == ("open", date(2031, 10, 20))
    assert deadlines(case)["TASK.CONGRESS_APPROVE"][0] == "met"


def test_three_failed_ballots_let_the_committee_above_appoint(world: World) -> None:
    people = world.members(3)
    stranger = world.member("Trần Khác", unit=world.other)
    case, officer = term(world), world.actor("officer")
    summon(world, case, 3)
    secretary = world.actor("secretary")
    two = held(people, failed_ballots=2)
    assert refused(secretary, case, "hold", HELD, **two) == ["congress.secretary"]
    step(secretary, case, "hold", HELD, **two | {"failed_ballots": 3})
    assert refused(officer, case, "approve", APPROVED, approval=paper(APPROVED)) == ["congress.no_secretary"]
    naming = {"appointment": paper(APPROVED), "secretary": stranger.pk}
    assert refused(officer, case, "appoint", APPROVED, **naming) == ["election.not_of_the_cell"]
    step(officer, case, "appoint", APPROVED, **naming | {"secretary": people[1].pk})
    done = step(officer, case, "approve", APPROVED, approval=paper(APPROVED))
    assert done["state"] == "approved"


def test_an_election_not_approved_is_held_again(world: World) -> None:
    people = world.members(3)
    case, officer = term(world), world.actor("officer")
    summon(world, case, 3)
    step(world.actor("secretary"), case, "hold", HELD, **held(people, secretary_election=ballot(3, (people[0], 3))))
    step(officer, case, "send_back", APPROVED, notice=paper(APPROVED), reason="Sai quy trình")
    found = deadlines(case)
    assert (found["TASK.CONGRESS_APPROVE"][0], found["TASK.CONGRESS_AGAIN"]) == ("met", ("open", date(2026, 12, 10)))
    assert Case.objects.get(pk=case).state == "in_term"
    step(officer, case, "end", APPROVED, decision=paper(APPROVED))
    assert (Case.objects.get(pk=case).closed_on, Case.objects.filter(lifecycle="congress").count()) == (APPROVED, 1)


def test_nothing_of_the_first_election_holds_for_the_second(world: World) -> None:
    """Appointed after the first: not yet after the second. Undone, the first one's facts are there again."""
    people, again, late = world.members(3), date(2026, 10, 30), date(2026, 11, 2)
    case, officer, secretary = term(world), world.actor("officer"), world.actor("secretary")
    summon(world, case, 3)
    step(secretary, case, "hold", HELD, **held(people, failed_ballots=3))
    step(officer, case, "appoint", APPROVED, appointment=paper(APPROVED), secretary=people[1].pk)
    first = Case.objects.get(pk=case).facts
    step(officer, case, "send_back", APPROVED, notice=paper(APPROVED), reason="Sai quy trình")
    assert set(Case.objects.get(pk=case).facts) == {"begun_on", "notice"}
    before = {"summons": paper(date(2026, 10, 27)), "planned_on": again.isoformat(), "summoned": 3}
    assert refused(secretary, case, "summon", date(2026, 10, 27), **before) == ["day.before_earlier_step"]
    step(secretary, case, "summon", again, **before | {"summons": paper(again)})
    step(secretary, case, "hold", late, **held(people, failed_ballots=3) | {"minutes": paper(late)})
    assert refused(officer, case, "approve", late, approval=paper(late)) == ["congress.no_secretary"]
    assert list(replay()) == []
    for code in ("congress.held", "congress.summoned", "congress.returned"):
        void(
            world.actor("committee"), Event.objects.filter(code=code).latest("id").uid, reason="Nhầm", paper=paper(late)
        )
    assert Case.objects.get(pk=case).facts == first
    assert list(replay()) == []


def test_who_is_on_probation_or_gone_cannot_be_elected(world: World) -> None:
    people = world.members(3)
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2026-05-30")
    case = term(world)
    summon(world, case, 3)
    facts = held([*people, new], secretary_election=ballot(3, (new, 3)))
    assert refused(world.actor("secretary"), case, "hold", HELD, **facts) == ["election.not_of_the_cell"]
    clock.move_to(date(2026, 11, 2))
    dead = {"certificate_of_death": paper(date(2026, 10, 19)), "died_on": "2026-10-19"}
    perform(world.actor("secretary"), OnMember(people[2].pk), "record_death", dead, on=date(2026, 10, 19))
    facts = held(people[:2], secretary_election=ballot(2, (people[0], 2)))
    assert refused(world.actor("secretary"), case, "hold", HELD, **facts) == ["cell.too_small"]
