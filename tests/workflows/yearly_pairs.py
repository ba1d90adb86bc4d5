"""The guards of congress and classification: each with a situation in which it is silent, and one in which not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from tests.workflows.twins import member, paper, person, situation
from workflows import law
from workflows.electing import ElectionValue, Winner
from workflows.guards import classification as cls
from workflows.guards import congress, elections, votes
from workflows.lifecycles.congress import COMMITTEE, DEPUTY, SECRETARY
from workflows.page_facts.classification import DECIDED, PROPOSED
from workflows.situation import Situation
from workflows.voting import Roll

ON = date(2027, 2, 1)
BEGUN = {"begun_on": "2022-06-30"}  # thirty months: to 30/12/2024
PILOT = {"begun_on": "2025-08-15"}  # sixty months: to 15/08/2030

MET = {"conditions_met": True}
AGREED = {"consent": {"date": "2024-03-01"}}
PLANNED = {"plan": {"date": "2024-03-01"}}


def seen(on: date = ON, past: dict[str, Any] | None = None, **facts: Any) -> Situation:
    return situation(on, facts=facts, past=past or {}, member=member())


def elected(*votes: int, most: int = 10, first: int = 3) -> ElectionValue:
    """Members 3, 4, … with so many votes each, on a ballot that everybody cast."""
    winners = tuple(Winner(first + place, count) for place, count in enumerate(votes))
    return ElectionValue(most, most, most, winners)


def at_congress(roll: Roll, past: dict[str, Any] | None = None, **facts: Any) -> Situation:
    """A congress with its roll call; members 3 to 9 are official members of the cell."""
    given = {"roll_call": {1: "present"}, **facts}
    here = [person(one) for one in range(3, 10)]

    def roll_called(called: Mapping[int, str]) -> Roll:
        return roll if dict(called) == given["roll_call"] else Roll(0, present=0)

    return replace(situation(ON, facts=given, past=past or {}, people=here), roll_called=roll_called)


def takes_part(how: str) -> Situation:
    return situation(ON, facts={"year": ON.year}, member=member(participation=how))


def took_part(now: str, then: dict[date, str]) -> Situation:
    """Of 2026, asked in 2027."""
    return situation(date(2027, 2, 1), facts={"year": 2026}, member=member(participation=now), way_on=then.get)


def joined(day: date, *packs: str) -> Situation:
    return situation(
        ON, facts={"year": 2026}, member=member(joined_on=day), packs_on={ON: frozenset(packs)}.__getitem__
    )


def decided(**levels: int) -> Situation:
    """Somebody is to be rated excellent after so many others were decided."""
    return situation(
        ON, facts={"decided_level": "excellent"}, member=member(), tally={"decided_level": levels}.__getitem__
    )


def lowered(level: str = "completed", **counts: int) -> Situation:
    """One who was rated good gets another level on a complaint, beside others."""
    given = seen(past={"decided_level": "good", "score": 80}, decided_level=level)
    return replace(given, tally={"decided_level": counts}.__getitem__)


def where_the_law(given: Situation, rule_id: str, **says: Any) -> Situation:
    """The same where a row of the law says something else."""

    def look_up(rule: str, on: date) -> law.Rule:
        found = law.rule(rule, on)
        return replace(found, **says) if rule == rule_id else found

    return replace(given, look_up=look_up)


def other_base(given: Situation) -> Situation:
    """The same where the law takes all those classified for the base of the cap."""
    return where_the_law(given, "CLS.CAP", base="ALL_CLASSIFIED", alt_base="TOT_IN_TCCSD")


ALL_THERE = Roll(11, present=11)
YEARLY: list[tuple[str, Callable[[Situation], Any], Situation, Situation]] = [
    # congress: the term
    ("Refusal:congress.term_open", congress.no_open_term, seen(),
     replace(seen(), open_cases=lambda key: int(key == "congress"))),
    ("Refusal:congress.end_without_act", congress.end_on_a_paper,
     seen(term_end=ON, extension_act=paper(ON)), seen(term_end=ON)),
    ("Refusal:congress.end_too_early", congress.end_after_beginning,
     seen(past=BEGUN, term_end=date(2024, 12, 31)), seen(past=BEGUN, term_end=date(2024, 12, 30))),
    ("Refusal:congress.end_too_early", congress.end_after_beginning,
     seen(begun_on=ON, term_end=date(2027, 2, 2)), seen(begun_on=ON, term_end=ON)),
    ("Refusal:congress.end_too_early", congress.end_after_beginning,
     seen(past=BEGUN | {"term_end": "2027-12-31"}, term_end=date(2028, 1, 1)),
     seen(past=BEGUN | {"term_end": "2027-12-31"}, term_end=date(2027, 12, 31))),
    ("Refusal:congress.shift_too_long", congress.shifted_within,
     seen(past=BEGUN, held_by=date(2025, 6, 30)), seen(past=BEGUN, held_by=date(2025, 7, 1))),
    ("Refusal:congress.shift_too_long", congress.shifted_within,
     seen(past=BEGUN, held_by=date(2024, 6, 30)), seen(past=BEGUN, held_by=date(2024, 6, 29))),
    ("Refusal:congress.shift_too_long", congress.shifted_within,
     seen(past=PILOT, held_by=date(2031, 2, 15)), seen(past=PILOT, held_by=date(2031, 2, 16))),
    ("Refusal:congress.shift_too_long", congress.shifted_within,
     seen(past=BEGUN | {"term_end": "2027-12-31"}, held_by=date(2028, 6, 30)),
     seen(past=BEGUN | {"term_end": "2027-12-31"}, held_by=date(2028, 7, 1))),
    ("Refusal:congress.shift_too_long", congress.shifted_within,
     seen(past=BEGUN, term_end=date(2027, 12, 31), held_by=date(2028, 6, 30)),
     seen(past=BEGUN, term_end=date(2027, 12, 31), held_by=date(2028, 7, 1))),
    *(("Caution:congress.not_agreed", congress.when_it_was_due, seen(on=good, past=BEGUN | past),
       seen(on=bad, past=BEGUN | past))
      for past, good, bad in (
          ({}, date(2024, 12, 30), date(2024, 12, 29)), ({}, date(2024, 12, 30), date(2024, 12, 31)),
          (AGREED | {"held_by": "2025-05-20"}, date(2025, 5, 20), date(2025, 5, 21)),
          (AGREED | {"held_by": "2024-09-10"}, date(2024, 9, 1), date(2024, 12, 31)),
          (AGREED | {"held_by": "2024-09-10"}, date(2024, 12, 30), date(2024, 12, 31)),
          (PLANNED, date(2024, 6, 30), date(2024, 6, 29)), (PLANNED, date(2025, 6, 30), date(2025, 7, 1)),
          ({"term_end": "2027-12-31"}, date(2027, 12, 31), date(2024, 12, 30)))),
    ("Caution:congress.not_agreed", congress.when_it_was_due, seen(), seen(past=BEGUN)),
    ("Caution:congress.deputies", elections.deputies_named(DEPUTY), seen(deputy_election=elected(6)),
     seen(deputy_election=replace(elected(6), winners=(Winner(1, 6), Winner(2, 6))))),
    ("Caution:congress.deputies", elections.deputies_named(DEPUTY), seen(),
     seen(deputy_election=replace(elected(6), winners=(Winner(1, 6), Winner(2, 6))))),
    # congress: the summons and who came
    ("Refusal:congress.not_all_summoned", congress.all_summoned, seen(summoned=10), seen(summoned=9)),
    ("Refusal:congress.not_all_summoned", congress.all_summoned, seen(summoned=10), seen(summoned=11)),
    ("Refusal:congress.not_all_summoned", congress.all_summoned,
     replace(seen(summoned=9), roll_on=lambda day: Roll(10, suspended=1)),
     replace(seen(summoned=8), roll_on=lambda day: Roll(10, suspended=1))),
    ("Refusal:cell.too_small", votes.cell_can_elect, replace(seen(), roll_on=lambda day: Roll(3)),
     replace(seen(), roll_on=lambda day: Roll(2))),
    ("Caution:congress.quorum", elections.enough_present,
     at_congress(Roll(12, present=8), {"summoned": 12}), at_congress(Roll(12, present=7), {"summoned": 12})),
    # elections of a congress
    ("Refusal:election.does_not_add_up", elections.election_adds_up(SECRETARY),
     at_congress(ALL_THERE, secretary_election=elected(10)), at_congress(ALL_THERE, secretary_election=elected(11))),
    ("Refusal:election.does_not_add_up", elections.election_adds_up(SECRETARY),
     at_congress(Roll(11, present=10), secretary_election=elected(6)),
     at_congress(Roll(11, present=9), secretary_election=elected(6))),
    ("Refusal:election.not_won", elections.winners_carried(SECRETARY),  # P54: 11 official, 10 present, 5 are not enough
     at_congress(Roll(11, present=10), secretary_election=elected(6)),
     at_congress(Roll(11, present=10), secretary_election=elected(5))),
    ("Refusal:election.not_won", elections.winners_carried(COMMITTEE),
     at_congress(Roll(11, left_out=2, present=9), committee_election=elected(9, 5, most=9)),
     at_congress(Roll(11, left_out=2, present=9), committee_election=elected(9, 4, most=9))),
    ("Refusal:election.not_won", elections.winners_carried(SECRETARY),
     at_congress(Roll(12, present=12), secretary_election=elected(7)),
     at_congress(Roll(12, present=12), secretary_election=elected(6))),
    ("Caution:ballot.away_without_paper", elections.winners_carried(COMMITTEE),  # 6 of 11, were they counted
     at_congress(Roll(11, left_out=2, unpapered=2, present=9), committee_election=elected(9, 6, most=9)),
     at_congress(Roll(11, left_out=2, unpapered=2, present=9), committee_election=elected(9, 5, most=9))),
    ("Refusal:election.not_of_the_cell", elections.winners_of_the_cell(COMMITTEE),
     at_congress(ALL_THERE, committee_election=elected(8, 8)),
     at_congress(ALL_THERE, committee_election=elected(8, 8, first=9))),
    *(("Refusal:election.not_of_the_cell", elections.winners_of_the_cell(SECRETARY),
       at_congress(ALL_THERE, secretary_election=elected(8)),
       replace(at_congress(ALL_THERE, secretary_election=elected(8)), members=lambda ids, one=one: [one]))
      for one in (person(3, "probationary"), person(3, unit_id=8))),
    ("Refusal:election.twice", elections.one_seat_each(SECRETARY, COMMITTEE),
     at_congress(ALL_THERE, secretary_election=elected(8), committee_election=elected(8, first=9)),
     at_congress(ALL_THERE, secretary_election=elected(8), committee_election=elected(8, 8))),
    *(("Refusal:congress.not_of_the_committee", elections.of_the_committee(COMMITTEE, office),
       at_congress(ALL_THERE, committee_election=elected(9, 8), **{office.name: elected(8, first=4)}),
       at_congress(ALL_THERE, committee_election=elected(9, 8), **{office.name: elected(8, first=5)}))
      for office in (SECRETARY, DEPUTY)),
    ("Refusal:congress.not_of_the_committee", elections.of_the_committee(COMMITTEE, DEPUTY),
     at_congress(ALL_THERE, deputy_election=elected(8, first=5)),  # a cell too small for a committee
     at_congress(ALL_THERE, committee_election=elected(9, 8), deputy_election=elected(8, 7, first=4))),
    ("Refusal:congress.not_of_the_committee", elections.of_the_committee(COMMITTEE, SECRETARY),
     at_congress(ALL_THERE, committee_election=elected(9, 8)),
     at_congress(ALL_THERE, committee_election=elected(9, 8), secretary_election=elected(8, first=2))),
    ("Caution:congress.no_committee", elections.committee_fits,
     at_congress(Roll(8, present=8)), at_congress(Roll(9, present=9))),
    ("Refusal:congress.too_small_for_committee", elections.committee_fits,
     at_congress(Roll(9, present=9), committee_election=elected(8, 8, 8)),
     at_congress(Roll(8, present=8), committee_election=elected(8, 8, 8))),  # B18
    ("Refusal:congress.committee_too_large", elections.committee_fits,
     at_congress(ALL_THERE, committee_election=elected(*[8] * 7)),
     at_congress(ALL_THERE, committee_election=elected(*[8] * 8))),
    ("Refusal:congress.secretary", congress.secretary_settled,
     at_congress(ALL_THERE, secretary_election=elected(8), failed_ballots=2), at_congress(ALL_THERE, failed_ballots=2)),
    ("Refusal:congress.secretary", congress.secretary_settled, at_congress(ALL_THERE, failed_ballots=3),
     at_congress(ALL_THERE, secretary_election=elected(8), failed_ballots=3)),
    ("Refusal:congress.no_secretary", congress.secretary_known, seen(past={"failed_ballots": 2}),
     seen(past={"failed_ballots": 3})),
    ("Refusal:congress.no_secretary", congress.secretary_known, seen(past={"failed_ballots": 3, "secretary": 4}),
     seen(past={"failed_ballots": 3})),
    ("Refusal:congress.secretary_elected", congress.appointed_after_failed_ballots,
     at_congress(ALL_THERE, {"failed_ballots": 3}, secretary=(4,)),
     at_congress(ALL_THERE, {"failed_ballots": 2}, secretary=(4,))),
    ("Refusal:election.not_of_the_cell", congress.appointed_after_failed_ballots,
     at_congress(ALL_THERE, {"failed_ballots": 3}, secretary=(9,)),
     at_congress(ALL_THERE, {"failed_ballots": 3}, secretary=(10,))),
    ("Refusal:congress.not_of_the_committee", congress.appointed_after_failed_ballots,
     at_congress(ALL_THERE, {"failed_ballots": 3, "committee_election": {"winners": [{"member": 4}]}}, secretary=(4,)),
     at_congress(ALL_THERE, {"failed_ballots": 3, "committee_election": {"winners": [{"member": 5}]}}, secretary=(4,))),
    # classification
    ("Refusal:classification.year_ahead", cls.year_has_come, seen(year=2027), seen(year=2028)),
    ("Refusal:classification.done", cls.once_a_year,
     replace(seen(year=2026), ended=lambda key: ["ended"] if key == "year:2026" else ["announced"]),
     replace(seen(year=2026), ended=lambda key: ["announced"] if key == "year:2026" else [])),
    ("Refusal:classification.left_out", cls.not_left_out, takes_part("away"), takes_part("exempt")),
    ("Refusal:classification.left_out", cls.not_left_out, takes_part("elsewhere"), takes_part("suspended")),
    ("Refusal:classification.left_out", cls.not_left_out,
     took_part("suspended", {date(2026, 12, 31): "attending"}), took_part("attending", {date(2026, 12, 31): "exempt"})),
    ("Refusal:classification.no_member_yet", cls.member_by_then, joined(date(2026, 12, 31)), joined(date(2027, 1, 1))),
    ("Refusal:classification.too_new", cls.member_long_enough,
     joined(date(2026, 6, 30), "lao_cai"), joined(date(2026, 7, 1), "lao_cai")),
    ("Refusal:classification.too_new", cls.member_long_enough,  # B43
     joined(date(2025, 8, 15), "lao_cai"), joined(date(2026, 8, 15), "lao_cai")),
    ("Refusal:classification.too_new", cls.member_long_enough,
     where_the_law(joined(date(2025, 12, 31), "lao_cai"), "CLS.MIN_MEMBERSHIP", value=12),
     where_the_law(joined(date(2026, 1, 1), "lao_cai"), "CLS.MIN_MEMBERSHIP", value=12)),
    ("Caution:classification.new_member", cls.member_long_enough, joined(date(2026, 6, 30)), joined(date(2026, 7, 1))),
    ("Caution:classification.new_member", cls.member_long_enough, joined(date(2027, 1, 1)), joined(date(2026, 12, 31))),
    ("Refusal:classification.above_score", cls.level_fits(PROPOSED),
     seen(level="excellent", score=90), seen(level="excellent", score=89)),
    ("Refusal:classification.above_score", cls.level_fits(PROPOSED),
     seen(level="good", score=70), seen(level="good", score=69)),
    ("Refusal:classification.above_score", cls.level_fits(DECIDED),
     seen(past={"score": 50}, decided_level="completed"), seen(past={"score": 49}, decided_level="completed")),
    ("Caution:classification.below_score", cls.level_fits(PROPOSED),
     seen(level="good", score=89), seen(level="good", score=90)),
    ("Refusal:classification.conditions", cls.conditions_met(PROPOSED),
     seen(level="excellent", conditions_met=True), seen(level="excellent", conditions_met=False)),
    ("Refusal:classification.conditions", cls.conditions_met(PROPOSED),
     seen(level="completed", conditions_met=False), seen(level="good", conditions_met=False)),
    *(("Refusal:classification.conditions", cls.conditions_met(DECIDED), seen(past=MET | {"level": good}, decided_level=level),
       seen(past={"level": bad, "conditions_met": met}, decided_level=level))
      for good, level, bad, met in (("good", "good", "good", False), ("excellent", "good", "completed", True),
                                    ("excellent", "excellent", "good", True))),
    ("Refusal:classification.conditions", cls.conditions_met(DECIDED),
     seen(past=MET | {"level": "completed", "decided_level": "good"}, decided_level="good"),
     seen(past=MET | {"level": "excellent", "decided_level": "completed"}, decided_level="good")),
    ("Refusal:classification.conditions", cls.conditions_met(DECIDED),
     seen(past=MET | {"level": "completed"}, decided_level="good", conditions_met=True), seen(past=MET, decided_level="good")),
    ("Refusal:classification.over_cap", cls.within_cap, decided(good=10, excellent=1), decided(good=9, excellent=1)),
    ("Refusal:classification.over_cap", cls.within_cap, decided(good=5), decided(good=4)),
    ("Refusal:classification.over_cap", cls.within_cap,
     where_the_law(decided(good=1), "CLS.CAP", value=1), where_the_law(decided(), "CLS.CAP", value=1)),
    ("Caution:classification.over_cap", cls.within_cap,  # by all classified, those rated good only caution
     other_base(decided(good=10, excellent=1, completed=40)), other_base(decided(good=9, excellent=1, completed=40))),
    ("Refusal:classification.over_cap", cls.within_cap,
     other_base(decided(good=20, excellent=3)), other_base(decided(good=15, excellent=3))),
    ("Caution:classification.cap_exceeded", cls.cap_still_holds, lowered(good=5, excellent=1), lowered(good=4, excellent=1)),
    ("Caution:classification.cap_exceeded", cls.cap_still_holds,  # too many before as well
     lowered(good=3, excellent=1), lowered(good=9, excellent=2)),
    ("Caution:classification.cap_exceeded", cls.cap_still_holds, lowered("good", good=4, excellent=1),
     lowered("not_completed", good=4, excellent=1)),
    ("Caution:classification.cap_exceeded", cls.cap_still_holds,  # of all classified nobody is one less
     other_base(lowered(good=4, excellent=1)), lowered(good=4, excellent=1)),
]  # fmt: skip
