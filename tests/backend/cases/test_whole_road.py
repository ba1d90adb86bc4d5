"""One person from the candidates' list to official member, each step by the office that holds it (A.2 and A.3)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.db.models import Q

from backend.accounts.policy import Actor
from backend.cases.engine import NewCase, NewMember, OnCase, OnMember, perform
from backend.cases.models import Case
from backend.cases.voiding import void
from backend.core import clock
from backend.deadlines.models import Deadline
from backend.members.models import Member
from tests.world import World, make_world, paper

pytestmark = pytest.mark.django_db
COMMITTEE = {"committee_size": 9, "committee_yes": 8}


@pytest.fixture
def world() -> World:
    return make_world()


def ballot(meeting: Case, yes: int) -> dict[str, int]:
    return {"meeting": meeting.pk, "issued": yes, "collected": yes, "valid": yes, "yes": yes, "no": 0}


def walk(actor: Actor, case: int, step: str, on: date, **facts: Any) -> None:
    perform(actor, OnCase(case), step, facts, on=on)


def admit(
    world: World,
    people: list[Member],
    candidate: Member,
    received: date = date(2025, 12, 1),
    held: date = date(2026, 1, 5),
) -> int:
    """The admission up to the ceremony on 05/01/2026; the case's id."""
    secretary, officer = world.actor("secretary"), world.actor("officer")
    opened = perform(secretary, NewCase("admission", member_id=candidate.pk), "open",
                     {"application": paper(date(2025, 6, 2))}, on=date(2025, 6, 2))  # fmt: skip
    case = opened["id"]
    walk(secretary, case, "complete_papers", date(2025, 6, 20), cv=paper(date(2025, 6, 10)),
         certificate=paper(date(2024, 5, 5)), introducers=[people[0].pk, people[1].pk],
         introducers_paper=paper(date(2025, 6, 15)), months_together=24, schooling=True)  # fmt: skip
    walk(officer, case, "send_verification", date(2025, 7, 1), request=paper(date(2025, 7, 1)), pages_stamped=True,
         no_remarks_yet=True)  # fmt: skip
    walk(officer, case, "conclude_verification", date(2025, 8, 1), conclusion=paper(date(2025, 8, 1)), relatives=4,
         verified=3, confirmed=1, excepted=0)  # fmt: skip
    walk(secretary, case, "collect_opinions", date(2025, 8, 20), opinions=paper(date(2025, 8, 20)))
    meeting = world.meeting(people, date(2025, 9, 3))
    walk(secretary, case, "propose", date(2025, 9, 3), resolution=paper(date(2025, 9, 3)), ballot=ballot(meeting, 6))
    walk(officer, case, "consider", date(2025, 10, 1), committee_resolution=paper(date(2025, 10, 1)), **COMMITTEE)
    walk(officer, case, "decide", date(2025, 11, 20), decision=paper(date(2025, 11, 20)), body="standing", **COMMITTEE)
    walk(secretary, case, "record_receipt", received, received_on=received.isoformat())
    ceremony = Deadline.objects.get(rule_id="ADM.CEREMONY", subject_id=case)
    assert (ceremony.started_on, ceremony.status) == (received, "open")
    walk(secretary, case, "hold_ceremony", held, ceremony_minutes=paper(held),
         helper=people[0].pk)  # fmt: skip
    return int(case)


def test_from_candidate_to_official_member(world: World) -> None:
    """B1 and B2: the cell is late, the official day is not."""
    clock.move_to(date(2027, 5, 3))
    secretary, officer = world.actor("secretary"), world.actor("officer")
    people = world.members(6, on=date(2025, 1, 2))
    chosen = perform(
        secretary, NewMember(world.cell.pk, {"full_name": "Lê Thị Mai", "sex": "f", "born_on": date(2000, 2, 3)}),
        "choose", {"resolution": paper(date(2025, 5, 5)), "helper": people[0].pk}, on=date(2025, 5, 5),
    )  # fmt: skip
    candidate = Member.objects.get(pk=chosen["id"])
    admission = admit(world, people, candidate)

    assert Case.objects.get(pk=admission).state == "admitted"
    assert not Deadline.objects.filter(subject_kind="case", subject_id=admission, status="open").exists()
    member = Member.objects.get(pk=candidate.pk)
    assert (member.standing, member.participation, member.joined_on) == ("probationary", "attending", date(2026, 1, 5))
    recognition = Case.objects.get(lifecycle="recognition", member=member)
    assert (recognition.state, recognition.facts["helper"]) == ("probation", people[0].pk)
    review = Deadline.objects.get(rule_id="PRO.CELL_REVIEW", subject_id=recognition.pk)
    assert (review.due_on, review.acting_unit_id) == (date(2027, 2, 23), world.cell.pk)

    walk(secretary, recognition.pk, "file_cv", date(2026, 2, 2), cv=paper(date(2026, 2, 2)))
    meeting = world.meeting(people, date(2027, 3, 12))
    walk(secretary, recognition.pk, "propose", date(2027, 3, 12), resolution=paper(date(2027, 3, 12)),
         ballot=ballot(meeting, 5))  # fmt: skip
    walk(officer, recognition.pk, "recognise", date(2027, 4, 2), decision=paper(date(2027, 4, 2)), body="standing",
         **COMMITTEE)  # fmt: skip
    member = Member.objects.get(pk=candidate.pk)
    assert (member.standing, member.official_on) == ("official", date(2027, 1, 5))
    assert member.admission_decided_on == date(2025, 11, 20)  # party age runs from here
    assert Deadline.objects.get(pk=review.pk).status == "met_late"
    walk(secretary, recognition.pk, "announce", date(2027, 5, 3), minutes=paper(date(2027, 5, 3)))
    closed = Case.objects.get(pk=recognition.pk)
    assert (closed.state, closed.closed_on) == ("announced", date(2027, 5, 3))
    assert not Deadline.objects.filter(subject_kind="case", subject_id=recognition.pk, status="open").exists()


def test_a_death_cancels_what_runs_and_asks_for_the_end_of_the_case(world: World) -> None:
    """S-14: no deadline of the dead runs on; the case itself is ended by people."""
    member = world.member("Trần Văn Cũ", "import_probationary", joined_on="2026-01-05")
    other = world.member("Lê Văn Còn", "import_probationary", joined_on="2026-01-05")
    case, theirs = world.probation(member, date(2026, 1, 5)), world.probation(other, date(2026, 1, 5))
    Deadline.objects.create(
        **columns_of(case) | {"subject_kind": "member", "subject_id": member.pk, "rule_id": "TASK.RECONSIDER"}
    )
    on, secretary = date(2026, 11, 2), world.actor("secretary")
    died = perform(secretary, OnMember(member.pk), "record_death",
                   {"certificate_of_death": paper(on), "died_on": "2026-11-01"}, on=date(2026, 11, 1))  # fmt: skip
    assert Member.objects.get(pk=member.pk).left_on == date(2026, 11, 1)
    task = {("case", "TASK.END_CASE", "open", date(2026, 11, 16))}
    cancelled = {
        ("case", "PRO.CELL_REVIEW", "cancelled", date(2027, 2, 23)),
        ("member", "TASK.RECONSIDER", "cancelled", date(2027, 2, 23)),
    }
    assert deadlines_of(case) == task | cancelled
    assert {one[2] for one in deadlines_of(theirs)} == {"open"}

    void(world.actor("deputy"), UUID(died["event"]), reason="nhầm người", paper=paper(on))
    assert {(rule, status) for _, rule, status, _ in deadlines_of(case)} == {
        ("PRO.CELL_REVIEW", "open"), ("TASK.RECONSIDER", "open"), ("TASK.END_CASE", "cancelled"),
    }  # fmt: skip
    perform(secretary, OnMember(member.pk), "record_death",
            {"certificate_of_death": paper(on), "died_on": "2026-11-01"}, on=date(2026, 11, 1))  # fmt: skip
    walk(secretary, case.pk, "end", on, proof=paper(on))
    assert Case.objects.get(pk=case.pk).state == "ended"
    assert sorted((rule, status) for _, rule, status, _ in deadlines_of(case)) == [
        ("PRO.CELL_REVIEW", "cancelled"), ("TASK.END_CASE", "cancelled"), ("TASK.END_CASE", "met"),
        ("TASK.RECONSIDER", "cancelled"),
    ]  # fmt: skip


def columns_of(case: Case) -> dict[str, Any]:
    row = Deadline.objects.filter(subject_kind="case", subject_id=case.pk).values().first()
    assert row is not None
    return {name: value for name, value in row.items() if name != "id"}


def deadlines_of(case: Case) -> set[tuple[str, str, str, date]]:
    about = Q(subject_kind="case", subject_id=case.pk) | Q(subject_kind="member", subject_id=case.member_id)
    return set(Deadline.objects.filter(about).values_list("subject_kind", "rule_id", "status", "due_on"))
