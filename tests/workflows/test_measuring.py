"""The denominator of a vote and its arithmetic: who is left out, by which policy, on which day, and told again later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.utils.translation import override

from tests.workflows.twins import ballot, codes, situation
from workflows import law
from workflows.guards import votes
from workflows.guards.measuring import measure, measure_on, retold
from workflows.law import Rule
from workflows.situation import MeetingView, Situation
from workflows.voting import Ballot, Roll

ON = date(2027, 2, 1)
VOTE = Ballot("ballot", "Ballot", rule="PRO.VOTE")
SCREENED = Ballot("ballot", "Ballot", rule="SCR.VOTE")


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with override("en"):
        yield


def on_roll(roll: Roll | None, issued: int, yes: int = 0, **policies: bool) -> Situation:
    """A ballot at meeting 5; `suspended` and `in_transit` say otherwise than the law whether they count."""

    def look_up(rule_id: str, on: date) -> Rule:
        rule, own = law.rule(rule_id, on), policies.get(rule_id.removeprefix("ROLL.").lower())
        return rule if own is None else replace(rule, value=own)

    rolls = {} if roll is None else {5: roll}
    return situation(
        ON,
        facts={"ballot": ballot(yes, 0, issued)},
        look_up=look_up,
        roll_at=rolls.get,
        roll_on={ON: Roll(10)}.__getitem__,
    )


def told(seen: Situation, vote: Ballot = VOTE) -> tuple[int, int, str]:
    """(denominator, needed, the sum and the part in words)."""
    measured = measure(seen, vote, seen.facts["ballot"])
    return measured.den, measured.needed, f"{measured.sum}; {measured.share}"


@pytest.mark.parametrize(
    ("roll", "issued", "policies", "expected"),
    [
        (None, 7, {}, (10, 7, "10 official members; 2/3 → 7 needed")),  # whoever took no ballot counts all the same
        (None, 10, {}, (10, 7, "10 official members; 2/3 → 7 needed")),
        (Roll(10, left_out=4), 5, {},
         (6, 4, "10 official members − 4 away, elsewhere or exempt and absent = 6; 2/3 → 4 needed")),
        (Roll(10, left_out=4), 6, {},
         (6, 4, "10 official members − 4 away, elsewhere or exempt and absent = 6; 2/3 → 4 needed")),
        (Roll(10, left_out=4), 7, {},
         (7, 5, "10 official members − 4 away, elsewhere or exempt and absent, "
          "but 7 were handed a ballot = 7; 2/3 → 5 needed")),
        (Roll(10, left_out=4, suspended=5), 7, {"suspended": False},  # no more than could be handed one
         (5, 4, "10 official members − 4 away, elsewhere or exempt and absent − 5 suspended, "
          "but 5 were handed a ballot = 5; 2/3 → 4 needed")),
        (Roll(10, left_out=4, present=6), 7, {},
         (6, 4, "10 official members − 4 away, elsewhere or exempt and absent = 6; 2/3 → 4 needed")),
        (Roll(10, suspended=2, present=8), 8, {}, (10, 7, "10 official members; 2/3 → 7 needed")),
        (Roll(10, suspended=2, present=8), 8, {"suspended": False},
         (8, 6, "10 official members − 2 suspended = 8; 2/3 → 6 needed")),
        (Roll(10, in_transit=2, present=8), 8, {},
         (8, 6, "10 official members − 2 in transit and absent = 8; 2/3 → 6 needed")),
        (Roll(10, in_transit=2, present=8), 8, {"in_transit": True}, (10, 7, "10 official members; 2/3 → 7 needed")),
    ],
)  # fmt: skip
def test_who_counts_by_roll_and_policy(
    roll: Roll | None, issued: int, policies: dict[str, bool], expected: tuple[int, int, str]
) -> None:
    assert told(on_roll(roll, issued, **policies)) == expected


def test_a_screening_leaves_out_all_exempt_and_nobody_else() -> None:
    roll = Roll(20, left_out=3, in_transit=2, exempt=2, present=15)
    assert told(on_roll(roll, 15), SCREENED) == (18, 12, "20 official members − 2 exempt = 18; 2/3 → 12 needed")
    assert told(on_roll(replace(roll, exempt=0), 15), SCREENED) == (20, 14, "20 official members; 2/3 → 14 needed")


def test_nobody_is_enough_where_nobody_counts() -> None:
    seen = on_roll(Roll(2, left_out=2, present=0), 0)
    measured = measure(seen, VOTE, seen.facts["ballot"])
    assert (measured.den, measured.reached(0), measured.reached(1), measured.needed) == (0, False, False, 1)
    seen = on_roll(Roll(1, present=1), 1)
    measured = measure(seen, VOTE, seen.facts["ballot"])
    assert (measured.den, measured.reached(0), measured.reached(1), measured.needed) == (1, False, True, 1)


def test_a_measured_vote_is_kept_with_its_roll_and_told_the_same_again() -> None:
    seen = on_roll(Roll(10, left_out=3, suspended=1, in_transit=1, exempt=2), 7, yes=5)
    measured = measure(seen, VOTE, seen.facts["ballot"])
    kept = {
        "official": 10,
        "left_out": 3,
        "suspended": 1,
        "in_transit": 1,
        "exempt": 2,
        "present": None,
        "unpapered": 0,
    }
    assert seen.counted == {"ballot": {**kept, "denominator": 7}}
    again = retold({"roll": seen.counted["ballot"], "issued": 7}, seen.used, "PRO.VOTE")
    assert again == measured
    assert str(again.sum) == (
        "10 official members − 3 away, elsewhere or exempt and absent − 1 in transit and absent, "
        "but 7 were handed a ballot = 7"
    )
    said = {**again.params(ballot(5, 1)), "sum": "", "share": ""}
    assert said == {"den": 7, "official": 10, "exempt": 2, "yes": 5, "no": 1, "needed": 5, "sum": "", "share": ""}


@pytest.mark.parametrize(
    ("threshold", "said"),
    [("3*yes>=2*den", "2/3 → 6 needed"), ("2*yes>den", "more than 1/2 → 5 needed"), ("yes>=4", "4 needed")],
)
def test_the_part_that_must_agree_in_words(threshold: str, said: str) -> None:
    def look_up(rule_id: str, on: date) -> Rule:
        rule = law.rule(rule_id, on)
        return replace(rule, value=threshold) if rule_id == "PRO.VOTE" else rule

    seen = replace(on_roll(Roll(8, present=8), 8), look_up=look_up)
    assert str(measure_on(seen, "ballot", "PRO.VOTE", Roll(8, present=8), 8).share) == said


@pytest.mark.parametrize(("official", "said"), [(2, ["Refusal:cell.too_small"]), (3, [])])
def test_a_cell_acts_on_the_roll_of_its_meeting_and_elects_on_the_list_of_the_day(
    official: int, said: list[str]
) -> None:
    at_the_meeting = replace(on_roll(Roll(official), 0), roll_on={ON: Roll(9)}.__getitem__)
    assert codes(votes.cell_can_act, at_the_meeting) == said
    on_the_day = replace(on_roll(Roll(9), 0), roll_on={ON: Roll(official)}.__getitem__)
    assert codes(votes.cell_can_elect, on_the_day) == said
    assert codes(votes.cell_can_act, replace(on_the_day, facts={})) == said


def at_meeting(**fields: Any) -> list[str]:
    view = MeetingView(**{"id": 5, "unit_id": 7, "held_on": ON, "state": "held", **fields})
    seen = situation(ON, facts={"ballot": ballot(8)}, meeting={5: view}.get, roll_at={5: Roll(10, present=10)}.get)
    return codes(votes.ballot_of_a_held_meeting("ballot"), seen)


def test_a_ballot_is_taken_at_a_held_meeting_of_the_cell_on_the_day() -> None:
    assert [at_meeting(state=state) for state in ("held", "filed", "reported")] == [[], [], []]
    assert at_meeting(state="convened") == at_meeting(held_on=None) == ["Refusal:ballot.meeting_not_held"]
    assert at_meeting(unit_id=8) == ["Refusal:ballot.not_our_meeting"]
    assert at_meeting(held_on=date(2027, 1, 31)) == at_meeting(held_on=date(2027, 2, 2)) == ["Refusal:ballot.other_day"]


@pytest.mark.parametrize(
    ("totals", "adds_up"),
    [
        ((10, 10, 10, 6, 4), True), ((10, 9, 8, 4, 3), True), ((0, 0, 0, 0, 0), True),
        ((10, 10, 9, 6, 4), False), ((10, 9, 10, 5, 4), False), ((9, 10, 9, 5, 4), False), ((11, 10, 10, 5, 4), False),
    ],
)  # fmt: skip
def test_each_total_of_a_ballot_is_at_most_the_one_after_it(totals: tuple[int, ...], adds_up: bool) -> None:
    names = ("issued", "collected", "valid", "yes", "no")
    seen = situation(ON, facts={"ballot": replace(ballot(0), **dict(zip(names, totals, strict=True)))})
    assert (codes(votes.ballot_adds_up(VOTE), seen) == []) is adds_up


@pytest.mark.parametrize(
    ("size", "yes", "said"),
    [(9, 6, []), (9, 5, ["Refusal:committee.not_carried"]), (1, 1, []), (1, 0, ["Refusal:committee.not_carried"]),
     (0, 0, ["Refusal:committee.does_not_add_up"]), (9, 9, []), (9, 10, ["Refusal:committee.does_not_add_up"]),
     (None, 5, []), (9, None, [])],
)  # fmt: skip
def test_a_committee_votes_with_two_thirds_of_all(size: int | None, yes: int | None, said: list[str]) -> None:
    facts = {"committee_size": size, "committee_yes": yes, "who": "whole", "body": "standing"}
    assert codes(votes.committee_carried(votes.BODY_RULES, "who"), situation(ON, facts=facts)) == said


def test_the_unpapered_are_added_where_they_were_left_out_and_nobody_twice() -> None:
    roll = Roll(10, left_out=4, exempt=1, present=6, unpapered=3)
    measured = measure(on_roll(roll, 6), VOTE, ballot(0, 0, 6))
    assert (measured.den, measured.with_the_unpapered().den) == (6, 9)
    screened = measure(on_roll(roll, 6), SCREENED, ballot(0, 0, 6))  # leaves out the exempt and nobody else
    assert (screened.den, screened.with_the_unpapered().den) == (9, 9)
    handed = measure(on_roll(replace(roll, present=None), 8), VOTE, ballot(0, 0, 8))  # some of them had come
    assert (handed.den, handed.with_the_unpapered().den) == (8, 10)


def test_a_vote_hangs_on_papers_from_the_vote_that_is_enough_without_them_to_the_last_that_is_not_with_them() -> None:
    measured = measure(on_roll(Roll(10, left_out=4, unpapered=4, present=6), 6), VOTE, ballot(0, 0, 6))
    assert [votes for votes in range(11) if measured.hangs_on_papers(votes)] == [4, 5, 6]


def test_what_was_kept_before_anybody_asked_for_papers_is_told_again() -> None:
    seen = on_roll(Roll(10, left_out=3), 7, yes=5)
    told_of = measure(seen, VOTE, seen.facts["ballot"])
    kept = {"issued": 7, "roll": {name: value for name, value in vars(told_of.roll).items() if name != "unpapered"}}
    again = retold(kept, seen.used, "PRO.VOTE")
    assert (again.den, again.roll) == (7, Roll(10, left_out=3))
