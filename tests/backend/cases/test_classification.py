"""The annual classification on PostgreSQL: a commune at once, and the cap counted over what its committee has decided."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from backend.cases.engine import NewCase, OnCase, Order, perform, perform_many
from backend.cases.models import Case
from backend.cases.voiding import void
from backend.core import clock
from backend.core.errors import Refused
from backend.members.models import Member
from tests.backend.cases.stepping import deadlines, refused, step
from tests.world import World, make_world, paper

pytestmark = pytest.mark.django_db
OPENED, VOTED, DECIDED, TOLD = date(2026, 12, 1), date(2026, 12, 10), date(2026, 12, 21), date(2027, 1, 5)


@pytest.fixture
def world() -> World:
    made = make_world()
    clock.move_to(date(2027, 1, 20))
    return made


def opened(world: World, member: Member) -> int:
    review = NewCase("classification", member_id=member.pk)
    return int(perform(world.actor("officer"), review, "open", {"year": 2026}, on=OPENED)["id"])


def proposed(
    world: World, people: Sequence[Member], score: int = 80, level: str = "good", who: str = "secretary"
) -> list[int]:
    """Cases of these people, each proposed by all of their cell, which is met for it."""
    secretary, cases = world.actor(who), [opened(world, one) for one in people]
    cell = list(Member.objects.filter(unit=people[0].unit, standing="official"))
    held = Case.objects.filter(lifecycle="meeting", unit=people[0].unit).first()
    meeting = (held or world.meeting(cell, VOTED, unit=people[0].unit)).pk
    totals = dict.fromkeys(("issued", "collected", "valid", "yes"), len(cell))
    ballot = {"meeting": meeting, **totals, "no": 0}
    for case in cases:
        step(secretary, case, "hand_in", OPENED, self_review=paper(OPENED))
        step(secretary, case, "file_opinions", OPENED, opinions=paper(OPENED))
        step(secretary, case, "propose", VOTED, minutes=paper(VOTED), score=score, level=level, conditions_met=True,
             ballot=ballot)  # fmt: skip
    return cases


def decide(world: World, *cases: tuple[int, str]) -> list[list[str]]:
    """Decide all at once; for each case the codes that refused it."""
    orders = [
        Order(OnCase(case), "decide", DECIDED, {"decision": paper(DECIDED), "decided_level": level})
        for case, level in cases
    ]
    results = perform_many(world.actor("officer"), orders)
    return [[one.code for one in getattr(result.error, "answers", [])] for result in results]


def test_a_member_is_classified_from_self_review_to_announcement(world: World) -> None:
    people = world.members(4)
    (case,) = proposed(world, people[:1])
    assert deadlines(case) == {
        "TASK.CLASSIFY": ("met", date(2027, 1, 13)), "TASK.CLASSIFY_DECIDE": ("open", date(2027, 1, 22)),
    }  # fmt: skip
    high = {"decision": paper(DECIDED), "decided_level": "excellent"}
    assert refused(world.actor("officer"), case, "decide", DECIDED, **high) == [
        "classification.above_score", "classification.conditions", "classification.over_cap",
    ]  # fmt: skip
    step(world.actor("officer"), case, "decide", DECIDED, **high | {"decided_level": "good"})
    step(world.actor("secretary"), case, "announce", TOLD, announcement=paper(TOLD))
    assert Case.objects.get(pk=case).closed_on == TOLD
    with pytest.raises(Refused) as caught:
        opened(world, people[0])
    assert [one.code for one in caught.value.answers] == ["classification.done"]

    step(world.actor("secretary"), case, "complain", TOLD, complaint=paper(TOLD))
    assert deadlines(case)["TASK.CLASSIFY_ANSWER"] == ("open", date(2027, 2, 23))
    step(world.actor("officer"), case, "answer", date(2027, 1, 20), answer=paper(date(2027, 1, 20)),
         decided_level="completed")  # fmt: skip
    found = Case.objects.get(pk=case)
    assert (found.state, found.facts["decided_level"], found.closed_on) == ("answered", "completed", date(2027, 1, 20))


def test_half_of_the_cell_is_not_more_than_half(world: World) -> None:
    people = world.members(4)
    case, secretary = opened(world, people[0]), world.actor("secretary")
    meeting = world.meeting(people, VOTED).pk
    step(secretary, case, "hand_in", OPENED, self_review=paper(OPENED))
    step(secretary, case, "file_opinions", OPENED, opinions=paper(OPENED))
    facts: dict[str, Any] = {"minutes": paper(VOTED), "score": 80, "level": "good", "conditions_met": True}
    tied = {"meeting": meeting, "issued": 4, "collected": 4, "valid": 4, "yes": 2, "no": 2}
    assert refused(secretary, case, "propose", VOTED, **facts, ballot=tied) == ["ballot.not_carried"]
    assert step(secretary, case, "propose", VOTED, **facts, ballot=tied | {"yes": 3, "no": 1})["state"] == "proposed"


def test_the_cap_is_counted_over_the_base_organisation_and_over_the_whole_run(world: World) -> None:
    """20 % of those rated good: 1 of 5, 2 of 10. What a run decides counts for what follows in it."""
    people, others = world.members(9), world.members(4, unit=world.other)
    good = [*proposed(world, people[:6]), *proposed(world, others, who="other_secretary")]
    best = proposed(world, people[6:], 95, "excellent")
    assert decide(world, *((case, "good") for case in good[:4]), (best[0], "excellent")) == [
        *[[]] * 4, ["classification.over_cap"],
    ]  # fmt: skip
    assert decide(world, (best[0], "excellent"), (good[4], "good"), (best[1], "excellent"), (best[2], "excellent")) == [
        ["classification.over_cap"], [], [], ["classification.over_cap"],
    ]  # fmt: skip
    rest = [(case, "good") for case in good[5:]]
    assert decide(world, (best[0], "excellent"), *rest, (best[2], "excellent"), (good[0], "excellent")) == [
        ["classification.over_cap"], *[[]] * 5, [],
        ["engine.wrong_state", "classification.above_score", "classification.conditions", "classification.over_cap"],
    ]  # fmt: skip
    assert decide(world, (best[0], "completed")) == [[]]
    levels = [Case.objects.get(pk=case).facts["decided_level"] for case in best]
    assert levels == ["completed", "excellent", "excellent"]


def test_a_decision_that_was_voided_counts_no_more(world: World) -> None:
    people = world.members(6)
    good, (best,) = proposed(world, people[:5]), proposed(world, people[5:], 95, "excellent")
    decide(world, *((case, "good") for case in good))
    last = step(world.actor("officer"), best, "decide", DECIDED, decision=paper(DECIDED), decided_level="excellent")
    void(world.actor("committee"), last["event"], reason="Ghi nhầm", paper=paper(DECIDED))
    found = Case.objects.get(pk=best)
    assert (found.state, "decided_level" in found.facts) == ("proposed", False)
    assert decide(world, (best, "excellent")) == [[]]


def test_a_commune_is_opened_at_once_with_an_answer_for_each(world: World) -> None:
    here, there = world.members(2), world.member("Lê Văn Xa", unit=world.other)
    away = world.member("Đỗ Thị Xa", participation="away", away_until="2027-06-30")
    exempt = world.member("Phạm Thị Già", participation="exempt")
    candidate = world.member("Ngô Thị Ưu Tú", "import_candidate")
    asked = [*here, there, away, exempt, candidate]
    orders = [Order(NewCase("classification", one.pk), "open", OPENED, {"year": 2026}) for one in asked]
    results = perform_many(world.actor("officer"), orders)
    codes = [[one.code for one in getattr(result.error, "answers", [])] for result in results]
    assert codes == [[], [], [], [], ["classification.left_out"], ["member.other_standing"]]
    assert list(Case.objects.order_by("id").values_list("member_id", "exclusive_key", "unit_id")) == [
        (one.pk, "year:2026", one.unit_id) for one in (*here, there, away)
    ]
