"""Acceptance scenarios on the pages themselves, with their dates (numbers as in the domain's list).

Here every guard of a step is asked at once, with an honest record of everything else. The clocks' dates stand in
`test_clocks`, what the engine writes in `tests/backend/cases`.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.workflows.twins import ballot, member, paper, person, situation
from workflows import law
from workflows.answers import Refusal
from workflows.asking import answers
from workflows.catalogue import LIFECYCLES
from workflows.offices import Level
from workflows.situation import Situation
from workflows.voting import Roll

TEN = Roll(10, present=10)


def said(lifecycle: str, name: str, seen: Situation) -> tuple[list[str], list[str]]:
    """Codes of the refusals and of the cautions of one step."""
    found = list(answers(LIFECYCLES[lifecycle].steps()[name].guards, seen))
    refusals = [one.code for one in found if isinstance(one, Refusal)]
    return refusals, [one.code for one in found if not isinstance(one, Refusal)]


def admission(on: date, *, born: date = date(2000, 1, 1), roll: Roll = TEN, **facts: Any) -> Situation:
    """A sound proposal of admission at a meeting on a day, ten official members, seven for."""
    past = {"certificate": {"date": f"{on.year - 1}-01-15"}, "introducers_paper": {"date": f"{on.year}-01-01"}}
    given = {"resolution": paper(on), "ballot": ballot(7, 3), **facts}
    return situation(
        on, facts=given, past=past, roll_at=lambda key: roll, member=member(standing="candidate", born_on=born)
    )


def recognition(on: date, *, roll: Roll = TEN, past: dict[str, Any] | None = None, **facts: Any) -> Situation:
    """A sound proposal of recognition after a ceremony on 05/01/2026, ten official members, seven for."""
    known = {"ceremony_on": "2026-01-05", "class_certificate": {"date": "2026-09-01"}, **(past or {})}
    given = {"resolution": paper(on), "ballot": ballot(7, 3), **facts}
    return situation(
        on, facts=given, past=known, roll_at=lambda key: roll,
        member=member(standing="probationary", born_on=date(2000, 1, 1), joined_on=date(2026, 1, 5)),
    )  # fmt: skip


def test_b1_the_cell_speaks_after_the_twelve_months() -> None:
    """05/01/2027 is their last day; the first possible resolution is of the 6th."""
    assert said("recognition", "propose", recognition(date(2027, 1, 5))) == (["probation.not_over"], [])
    assert said("recognition", "propose", recognition(date(2027, 1, 6))) == ([], [])


def test_b2_a_late_cell_is_not_refused() -> None:
    assert said("recognition", "propose", recognition(date(2027, 3, 12))) == ([], [])


@pytest.mark.parametrize(
    ("meeting", "refusals"),
    [(date(2025, 1, 10), []), (date(2025, 1, 15), []), (date(2025, 1, 16), ["certificate.expired"]),
     (date(2025, 2, 3), ["certificate.expired"])],
)  # fmt: skip
def test_b9_a_certificate_is_good_for_sixty_months(meeting: date, refusals: list[str]) -> None:
    seen = admission(meeting)
    seen.past = {**seen.past, "certificate": {"date": "2020-01-15"}}
    assert said("admission", "propose", seen) == (refusals, [])


@pytest.mark.parametrize(
    ("meeting", "refusals", "cautions"),
    [
        (date(2026, 5, 31), ["age.too_young"], []),
        (date(2026, 6, 5), [], ["age.by_month_only"]),
        (date(2026, 6, 19), [], ["age.by_month_only"]),
        (date(2026, 6, 20), [], []),
    ],
)
def test_b11_age_is_counted_by_month(meeting: date, refusals: list[str], cautions: list[str]) -> None:
    assert said("admission", "propose", admission(meeting, born=date(2008, 6, 20))) == (refusals, cautions)


def test_b12_above_sixty_needs_consent_and_every_condition() -> None:
    born = date(1966, 3, 15)
    assert said("admission", "propose", admission(date(2026, 3, 31), born=born)) == ([], [])
    on = date(2026, 5, 10)
    assert said("admission", "propose", admission(on, born=born)) == (["age.too_old", "age.conditions"], [])
    consent = {"over_age_consent": paper(date(2026, 5, 4))}
    assert said("admission", "propose", admission(on, born=born, **consent)) == (["age.conditions"], [])
    later = {"over_age_consent": paper(date(2026, 5, 11)), "over_age_conditions": True}
    assert said("admission", "propose", admission(on, born=born, **later)) == (["age.too_old"], [])
    full = admission(on, born=born, **consent, over_age_conditions=True)
    assert said("admission", "propose", full) == ([], ["age.over_age_route"])


@pytest.mark.parametrize(
    ("roll", "yes", "no", "carried"),
    [
        (Roll(4, present=4), 2, 2, False), (Roll(4, present=4), 3, 1, True),
        (Roll(4, present=3), 2, 1, False), (Roll(4, present=3), 3, 0, True),
    ],
)  # fmt: skip
def test_b13_two_thirds_of_four(roll: Roll, yes: int, no: int, carried: bool) -> None:
    seen = admission(date(2026, 11, 2), roll=roll, ballot=ballot(yes, no))
    assert said("admission", "propose", seen) == ([] if carried else ["ballot.not_carried"], [])
    assert said("admission", "record_not_carried", seen) == (["ballot.was_carried"] if carried else [], [])


@pytest.mark.parametrize(("yes", "carried"), [(12, False), (13, False), (14, True)])
def test_b15_a_mixed_cell_of_twenty_two(yes: int, carried: bool) -> None:
    """Twenty official members are the denominator: neither 22 with the probationers nor the 17 present."""
    seen = recognition(date(2027, 2, 1), roll=Roll(20, present=17), ballot=ballot(yes, 17 - yes))
    refusals, _ = said("recognition", "propose", seen)
    assert refusals == ([] if carried else ["ballot.not_carried"])


def test_b17_a_cell_of_two_cannot_act_but_one_of_three_can() -> None:
    """All reasons at once; the resolution of the same day in a cell of three is good."""
    two = recognition(date(2027, 2, 1), roll=Roll(2, present=2), ballot=ballot(2))
    assert said("recognition", "propose", two) == (["cell.too_small"], [])
    three = recognition(date(2027, 2, 1), roll=Roll(3, present=3), ballot=ballot(2, 1))
    assert said("recognition", "propose", three) == ([], [])


def test_b18_recognition_changes_nothing_about_the_cell_committee() -> None:
    """Eight official members and a probationer: nine from the decision on, and only a congress may elect then."""
    assert law.rule("ORG.CHIUY", date(2027, 1, 6)).value["min_official"] == 9
    step = LIFECYCLES["recognition"].steps()["recognise"]
    assert ([clock.rule for clock in step.opens], step.starts) == (["PRO.ANNOUNCE"], ())
    eight = recognition(date(2027, 2, 1), roll=Roll(8, present=8), ballot=ballot(6, 2))
    assert said("recognition", "propose", eight) == ([], [])


@pytest.mark.parametrize(("confirmed", "refusals"), [(2, []), (1, ["verification.incomplete"])])
def test_b20_parents_in_the_party_are_confirmed_by_their_committees(confirmed: int, refusals: list[str]) -> None:
    facts = {
        "conclusion": paper(date(2026, 8, 3)),
        "relatives": 2,
        "verified": 0,
        "confirmed": confirmed,
        "excepted": 0,
    }
    seen = situation(date(2026, 8, 3), facts=facts, member=member(standing="candidate"))
    assert said("admission", "conclude_verification", seen) == (refusals, [])


@pytest.mark.parametrize(
    ("months", "union", "introducers", "refusals"),
    [
        (12, False, (3, 4), []),
        (11, False, (3, 4), ["introducers.too_short"]),
        (12, False, (3,), ["introducers.unfit"]),
        (12, True, (3,), []),
        (12, True, (5,), ["introducers.unfit"]),  # a probationer cannot introduce
        (12, False, (3, 1), ["introducers.unfit"]),  # nobody introduces oneself
    ],
)
def test_introducers_of_the_dossier(
    months: int, union: bool, introducers: tuple[int, ...], refusals: list[str]
) -> None:
    on = date(2026, 8, 3)
    facts = {"cv": paper(on), "certificate": paper(on), "introducers": introducers, "introducers_paper": paper(on),
             "months_together": months, "schooling": True, "union_resolution": paper(on) if union else None}  # fmt: skip
    known = [person(1), person(3), person(4), person(5, "probationary")]
    candidate = member(standing="candidate", born_on=date(2000, 1, 1))
    assert said("admission", "complete_papers", situation(on, facts=facts, people=known, member=candidate)) == (
        refusals,
        [],
    )


def test_three_failed_ballots_and_no_fourth() -> None:
    """Rules, section 2: the first two are recorded, the third is reported upward."""
    short = {"ballot": ballot(6, 4)}
    for attempt, before, step in ((1, None, "record_neither"), (2, 1, "record_neither"), (3, 2, "report_upward")):
        seen = recognition(date(2027, 2, 1), past={"attempt": before}, attempt=attempt, **short)
        assert said("recognition", step, seen) == ([], [])
        other = "report_upward" if step == "record_neither" else "record_neither"
        assert said("recognition", other, seen) == (["probation.attempt"], [])


def test_b47_minutes_may_be_filed_within_two_days_of_a_meeting_without_the_handbook() -> None:
    """The meeting stands with its paper roll call; only the filing is counted."""
    held = situation(date(2026, 6, 10), past={"month": "2026-06-01", "kind": "regular"},
                     facts={"held_on": date(2026, 6, 10), "minutes_long": 95, "roll_call": {1: "present"}})  # fmt: skip
    assert said("meeting", "hold", held) == ([], [])
    for day, cautions in ((12, []), (13, ["meeting.minutes_late"])):
        filed = situation(
            date(2026, 6, day), past={"held_on": "2026-06-10"}, facts={"minutes": paper(date(2026, 6, 10))}
        )
        assert said("meeting", "file_minutes", filed) == ([], cautions)


@pytest.mark.parametrize("kind", ["regular", "thematic"])
@pytest.mark.parametrize(
    ("minutes", "combined", "cautions"),
    [(90, False, []), (89, False, ["meeting.too_short"]), (120, True, []), (119, True, ["meeting.too_short"])],
)
def test_b50_a_combined_session_counts_for_both_from_120_minutes(
    kind: str, minutes: int, combined: bool, cautions: list[str]
) -> None:
    on = date(2026, 6, 10)
    facts = {"held_on": on, "minutes_long": minutes, "combined": combined, "roll_call": {1: "present"}}
    seen = situation(on, past={"month": "2026-06-01", "kind": kind}, facts=facts)
    assert said("meeting", "hold", seen) == ([], cautions)


def test_b50_a_thematic_meeting_has_no_hold_on_the_regular_ones_deadline() -> None:
    assert law.rule("MTG.THEMATIC", date(2026, 6, 1)).value["may_replace_regular"] is False
    clocks = {clock.rule: clock for clock in LIFECYCLES["meeting"].steps()["plan"].opens}
    thematic = situation(date(2026, 6, 1), facts={"kind": "thematic", "month": date(2026, 6, 1)})
    assert [rule for rule, clock in clocks.items() if clock.start(thematic)] == ["MTG.THEMATIC"]
    assert clocks["MTG.THEMATIC"].acting == Level.CELL


@pytest.mark.parametrize(("vote", "refusals"), [(date(2025, 10, 5), ["admission.too_young"]), (date(2025, 12, 5), [])])
def test_b55_the_age_is_that_of_the_vote(vote: date, refusals: list[str]) -> None:
    """17 years and 10 months at the vote, eighteen by the decision of 20/12/2025: recognition is blocked."""
    seen = recognition(date(2027, 1, 20), past={"considered_on": vote.isoformat()})
    seen.member.born_on, seen.member.admission_decided_on = date(2007, 12, 1), date(2025, 12, 20)
    assert said("recognition", "propose", seen) == (refusals, [])
