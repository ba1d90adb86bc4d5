"""Every guard, yes and no: the same situation with one thing changed, and every answer said in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.age_pairs import AGES
from tests.workflows.badge_pairs import BADGES
from tests.workflows.breach_pairs import BREACH
from tests.workflows.data_pairs import DATA
from tests.workflows.dues_pairs import DUES
from tests.workflows.finding_pairs import FINDINGS
from tests.workflows.leaving_pairs import LEAVING
from tests.workflows.merging_pairs import MERGING
from tests.workflows.moving_pairs import MOVING
from tests.workflows.paper_pairs import PAPERS
from tests.workflows.record_pairs import RECORD
from tests.workflows.twins import TODAY, answers, ballot, codes, helped, member, paper, person, situation
from tests.workflows.yearly_pairs import YEARLY
from workflows.facts import Day, Number, Paper
from workflows.guards import admission, ages, days, meetings, membership, people, places, probation, terms, votes
from workflows.guards.measuring import measure
from workflows.situation import MeetingView, Situation
from workflows.voting import Ballot, BallotValue, Roll

ON = date(2027, 2, 1)
VOTE = Ballot("ballot", "Ballot", rule="PRO.VOTE")
CANDIDATE = {"standing": "candidate", "born_on": date(2000, 1, 1)}


def seen(on: date = ON, **facts: Any) -> Situation:
    return situation(on, facts=facts, member=member(**CANDIDATE))


def asked(today: date, **facts: Any) -> Situation:
    """As on a business date."""
    return replace(seen(**facts), today=today)


def with_guest(*guests: int, **facts: Any) -> Situation:
    """Everybody named is on the cell's lists, but for guests."""
    return replace(seen(**facts), lists=lambda ids: {one: one not in guests for one in ids})


def who_takes_part(ways: dict[int, str], **facts: Any) -> Situation:
    """How people take part on the day."""
    return replace(seen(**facts), takes_part=lambda ids: {one: ways[one] for one in ids if one in ways})


def filed_in(key: str) -> Callable[[str], list[str]]:
    """The cell has filed the minutes of one meeting, that of a month or quarter."""
    return lambda asked: ["filed"] if asked == key else []


def introduced(*by: int, **facts: Any) -> Situation:
    """A candidate (1) with introducers; 3 and 4 are official members, as 1 would be, and 2 is on probation."""
    known = [person(1), person(2, "probationary"), person(3), person(4)]
    facts = {"introducers": by, "months_together": 12, **facts}
    return situation(ON, facts=facts, people=known, member=member(**CANDIDATE))


def over_age(on: date, **facts: Any) -> Situation:
    past = {"over_age_consent": {"date": consent}} if (consent := facts.pop("consent", None)) else {}
    return situation(on, member=member(born_on=date(1966, 3, 1)), facts=facts, past=past)


def on_roll(guard_on: date, roll: Roll | None, **facts: Any) -> Situation:
    return situation(guard_on, facts=facts, roll_at=lambda key: roll, roll_on=lambda day: Roll(4), member=member())


PAIRS: list[tuple[str, Callable[[Situation], Any], Situation, Situation]] = [
    *PAPERS,
    ("Refusal:day.set_for_the_past", days.not_over_by_then("d"), seen(d=ON), seen(d=date(2027, 1, 31))),
    ("Refusal:day.ends_first", days.in_this_order("d", "end"), seen(d=ON, end=ON), seen(d=ON, end=date(2027, 1, 31))),
    ("Caution:day.over_already", days.not_over_when_asked("end"), seen(end=TODAY), seen(end=date(2028, 6, 29))),
    ("Refusal:day.ahead", days.nothing_ahead([]), seen(TODAY), seen(date(2028, 7, 1))),
    ("Refusal:day.fact_ahead", days.nothing_ahead([Paper("p", "P")]),
     seen(p=paper(TODAY)), seen(p=paper(date(2028, 7, 1)))),
    ("Refusal:day.fact_ahead", days.nothing_ahead([Day("d", "D")]), seen(d=TODAY), seen(d=date(2028, 7, 1))),
    ("Refusal:day.fact_ahead", days.nothing_ahead([Number("n", "N"), Day("end", "End", ahead=True), Day("d", "D")]),
     seen(n=5, end=date(2028, 7, 1), d=TODAY), seen(n=5, end=date(2028, 7, 1), d=date(2028, 7, 1))),
    ("Refusal:day.other_day", days.day_is("d"), seen(d=ON), seen(d=date(2027, 1, 31))),
    ("Refusal:day.before_earlier_step", days.not_before("resolution"),
     replace(seen(), past={"resolution": {"date": "2027-02-01"}}),
     replace(seen(), past={"resolution": {"date": "2027-02-02"}})),
    ("Refusal:fact.given_before", days.not_given_before("received_on"), seen(),
     replace(seen(), past={"received_on": "2027-01-01"})),
    ("Refusal:unit.not_a_cell", places.of_a_cell, seen(), replace(seen(), unit_level="base_committee")),
    # votes
    ("Refusal:ballot.does_not_add_up", votes.ballot_adds_up(VOTE), seen(ballot=ballot(7, 3)), seen(ballot=ballot(7, 3, 9))),
    ("Refusal:ballot.does_not_add_up", votes.ballot_adds_up(VOTE), seen(ballot=ballot(7, 3)), seen(ballot=ballot(7, 4))),
    ("Refusal:ballot.does_not_add_up", votes.ballot_adds_up(VOTE),
     on_roll(ON, Roll(10, present=8), ballot=ballot(8)), on_roll(ON, Roll(10, present=7), ballot=ballot(8))),
    ("Refusal:ballot.not_our_meeting", votes.ballot_of_a_held_meeting("ballot"), seen(ballot=ballot(8)),
     replace(seen(ballot=ballot(8)), meeting=lambda key: MeetingView(key, 8, ON, "held"))),
    ("Refusal:ballot.not_our_meeting", votes.ballot_of_a_held_meeting("ballot"), seen(ballot=ballot(8)),
     replace(seen(ballot=ballot(8)), meeting=lambda key: None)),
    ("Refusal:ballot.meeting_not_held", votes.ballot_of_a_held_meeting("ballot"),
     replace(seen(ballot=ballot(8)), meeting=lambda key: MeetingView(key, 7, ON, "filed")),
     replace(seen(ballot=ballot(8)), meeting=lambda key: MeetingView(key, 7, ON, "convened"))),
    ("Refusal:ballot.other_day", votes.ballot_of_a_held_meeting("ballot"), seen(ballot=ballot(8)),
     replace(seen(ballot=ballot(8)), meeting=lambda key: MeetingView(key, 7, date(2027, 1, 31), "held"))),
    ("Caution:ballot.no_roll_call", votes.ballot_of_a_held_meeting("ballot"),
     on_roll(ON, Roll(10), ballot=ballot(8)), on_roll(ON, None, ballot=ballot(3))),
    ("Refusal:ballot.not_carried", votes.carried(VOTE), seen(ballot=ballot(7, 3)), seen(ballot=ballot(6, 4))),
    ("Refusal:ballot.was_carried", votes.not_carried(VOTE),
     seen(ballot=ballot(6, 4)), seen(ballot=ballot(7, 3))),
    ("Caution:ballot.away_without_paper", votes.carried(VOTE),  # 4 of 6 carry it; of 10, 7 would have to agree
     on_roll(ON, Roll(10, left_out=4), ballot=ballot(4)), on_roll(ON, Roll(10, left_out=4, unpapered=4), ballot=ballot(4))),
    ("Caution:ballot.away_without_paper", votes.carried(VOTE),  # 5 are enough of 7, but not of 8
     on_roll(ON, Roll(10, left_out=4, unpapered=1), ballot=ballot(5)),
     on_roll(ON, Roll(10, left_out=4, unpapered=2), ballot=ballot(5))),
    ("Caution:ballot.was_carried", votes.not_carried(VOTE),  # the cell may have counted whom no paper excuses
     on_roll(ON, Roll(10, left_out=4, unpapered=4), ballot=ballot(3)),
     on_roll(ON, Roll(10, left_out=4, unpapered=4), ballot=ballot(4))),
    ("Refusal:ballot.was_carried", votes.not_carried(VOTE),
     on_roll(ON, Roll(10, left_out=4, unpapered=4), ballot=ballot(3)),
     on_roll(ON, Roll(10, left_out=4, unpapered=1), ballot=ballot(5))),
    ("Caution:ballot.against_carried", votes.not_carried_against(VOTE, "PRO.REMOVAL_VOTE"),
     seen(ballot=ballot(4, 6)), seen(ballot=ballot(3, 7))),
    ("Refusal:cell.too_small", votes.cell_can_act, on_roll(ON, Roll(3)), replace(seen(), roll_on=lambda day: Roll(2))),
    ("Caution:committee.not_carried", votes.committee_carried({"": "COM.PROPOSE_VOTE"}),
     seen(committee_size=9, committee_yes=6), seen(committee_size=9, committee_yes=5)),
    ("Refusal:committee.not_carried", votes.committee_carried(votes.BODY_RULES),
     seen(committee_size=9, committee_yes=6, body="whole"), seen(committee_size=9, committee_yes=5, body="whole")),
    ("Caution:committee.not_carried", votes.committee_carried(votes.BODY_RULES),
     seen(committee_size=9, committee_yes=5, body="standing"), seen(committee_size=9, committee_yes=4, body="standing")),
    ("Refusal:committee.not_carried", votes.committee_carried(votes.BODY_RULES),  # recalled, but nobody agreed
     seen(committee_size=9, committee_yes=1, body="standing"), seen(committee_size=9, committee_yes=0, body="standing")),
    ("Refusal:committee.not_carried", votes.committee_carried(votes.REMOVAL_RULES),
     seen(committee_size=8, committee_yes=5, body="standing"), seen(committee_size=8, committee_yes=4, body="standing")),
    ("Refusal:committee.does_not_add_up", votes.committee_carried({"": "COM.PROPOSE_VOTE"}),
     seen(committee_size=9, committee_yes=9), seen(committee_size=9, committee_yes=10)),
    # terms: sixty working days from 01/12/2026 end on 03/03/2027, extended by thirty on 14/04/2027
    *((code, terms.extended_in_time("ADM.DECIDE", "resolution"), replace(since, on=good), replace(since, on=bad))
      for since in [replace(seen(), past={"resolution": {"date": "2026-12-01"}})]
      for code, good, bad in [("Caution:term.extended_late", date(2027, 3, 3), date(2027, 3, 4)),
                              ("Refusal:term.extension_over", date(2027, 4, 14), date(2027, 4, 15))]),
    # people
    ("Refusal:member.other_standing", people.member_is(people.Standing.CANDIDATE), seen(),
     replace(seen(), member=member())),
    ("Refusal:age.too_young", ages.old_enough,
     situation(date(2026, 6, 1), member=member(born_on=date(2008, 6, 20))),
     situation(date(2026, 5, 31), member=member(born_on=date(2008, 6, 20)))),
    ("Caution:age.by_month_only", ages.old_enough,
     situation(date(2026, 6, 20), member=member(born_on=date(2008, 6, 20))),
     situation(date(2026, 6, 19), member=member(born_on=date(2008, 6, 20)))),
    *AGES,
    ("Caution:age.not_yet", ages.age_in_sight,
     situation(date(2026, 6, 1), member=member(born_on=date(2008, 6, 20))),
     situation(date(2026, 5, 31), member=member(born_on=date(2008, 6, 20)))),
    ("Caution:age.not_yet", ages.age_in_sight,
     situation(date(2026, 5, 1), member=member(born_on=date(2008, 6, 20)), facts={"planned_on": date(2026, 6, 1)}),
     situation(date(2026, 4, 1), member=member(born_on=date(2008, 6, 20)), facts={"planned_on": date(2026, 5, 31)})),
    ("Caution:age.not_yet", ages.age_when_chosen,
     situation(date(2026, 6, 1), member=member(born_on=date(2008, 6, 20))),
     situation(date(2026, 5, 31), member=member(born_on=date(2008, 6, 20)))),
    ("Refusal:age.too_old", ages.not_too_old, over_age(date(2026, 3, 31)),
     over_age(date(2026, 4, 1), over_age_conditions=True)),  # B12
    ("Refusal:age.too_old", ages.not_too_old,
     over_age(date(2026, 5, 10), over_age_conditions=True, consent="2026-05-10"),
     over_age(date(2026, 5, 10), over_age_conditions=True, consent="2026-05-11")),
    ("Refusal:age.conditions", ages.not_too_old,
     over_age(date(2026, 5, 10), over_age_conditions=True, consent="2026-05-01"),
     over_age(date(2026, 5, 10), consent="2026-05-01")),
    ("Caution:age.over_age_route", ages.not_too_old, over_age(date(2026, 3, 31)),
     over_age(date(2026, 4, 1), over_age_conditions=True, consent="2026-04-01")),
    ("Refusal:age.ordinary_road", ages.above_the_age, over_age(date(2026, 4, 1)), over_age(date(2026, 3, 31))),
    ("Refusal:age.birth_unknown", ages.above_the_age, over_age(date(2026, 4, 1)),
     situation(date(2026, 4, 1), member=member(born_on=None))),
    ("Refusal:certificate.not_yet", people.certificate_valid, seen(certificate=paper(ON)),
     seen(certificate=paper(date(2027, 2, 2)))),
    ("Refusal:certificate.expired", people.certificate_valid,
     replace(seen(date(2025, 1, 15)), past={"certificate": {"date": "2020-01-15"}}),
     replace(seen(date(2025, 1, 16)), past={"certificate": {"date": "2020-01-15"}})),
    ("Refusal:certificate.expired", people.certificate_valid,
     replace(seen(date(2025, 1, 10)), past={"certificate": {"date": "2020-01-15"}}),
     replace(seen(date(2025, 2, 3)), past={"certificate": {"date": "2020-01-15"}})),
    ("Refusal:certificate.expired", people.certificate_valid,
     seen(date(2025, 1, 10), certificate=paper(date(2020, 1, 15))),
     seen(date(2025, 1, 10), certificate=paper(date(2020, 1, 15)), planned_on=date(2025, 2, 3))),
    ("Refusal:dossier.paper_too_old", people.papers_fresh, seen(union_resolution=paper(date(2026, 2, 1))),
     seen(union_resolution=paper(date(2026, 1, 31)))),
    ("Refusal:dossier.paper_too_old", people.papers_fresh, seen(introducers_paper=paper(date(2026, 2, 1))),
     seen(introducers_paper=paper(date(2026, 1, 31)))),
    ("Refusal:introducers.unfit", people.introducers_fit, introduced(3, 4), introduced(3)),
    ("Refusal:introducers.unfit", people.introducers_fit, introduced(3, union_resolution=paper(ON)),
     introduced(union_resolution=paper(ON))),
    ("Refusal:introducers.unfit", people.introducers_fit, introduced(3, 4), introduced(3, 1)),
    ("Refusal:introducers.unfit", people.introducers_fit, introduced(3, 4), introduced(3, 4, 2)),
    ("Refusal:introducers.too_short", people.introducers_fit, introduced(3, 4), introduced(3, 4, months_together=11)),
    ("Caution:helper.none", people.helper_named, seen(helper=(3,)), seen()),
    ("Refusal:helper.unfit", people.helper_fits, helped(person(3)), helped(person(3, "probationary"))),
    ("Refusal:helper.unfit", people.helper_fits, helped(person(3)), helped(person(1))),
    ("Caution:helper.of_another_cell", people.helper_fits, helped(person(3)), helped(replace(person(3), unit_id=99))),
    ("Refusal:admission.too_young", people.rightly_admitted,
     situation(ON, member=member(born_on=date(2007, 12, 31), admission_decided_on=date(2025, 12, 1))),
     situation(ON, member=member(born_on=date(2008, 1, 1), admission_decided_on=date(2025, 12, 31)))),
    ("Refusal:admission.too_young", people.rightly_admitted,  # B55: eighteen at the decision, not at the vote
     situation(ON, past={"considered_on": "2025-12-01"},
               member=member(born_on=date(2007, 12, 31), admission_decided_on=date(2026, 2, 20))),
     situation(ON, past={"considered_on": "2025-11-30"},
               member=member(born_on=date(2007, 12, 31), admission_decided_on=date(2026, 2, 20)))),
    ("Refusal:admission.too_young", people.rightly_admitted,  # neither day is recorded: that of the ceremony
     situation(ON, member=member(born_on=date(2007, 12, 31), joined_on=date(2025, 12, 31))),
     situation(ON, member=member(born_on=date(2008, 1, 1), joined_on=date(2025, 12, 31)))),
    # probation
    ("Refusal:probation.not_over", probation.after_the_twelve_months,
     replace(seen(date(2027, 1, 6)), past={"ceremony_on": "2026-01-05"}),
     replace(seen(date(2027, 1, 5)), past={"ceremony_on": "2026-01-05"})),
    ("Caution:probation.class_missing", probation.class_finished,
     replace(seen(), past={"class_certificate": {"date": "2026-09-01"}}), seen()),
    ("Caution:probation.in_transit", probation.leaves_for_another_cell, seen(),
     situation(ON, member=member(participation="in_transit"))),
    ("Refusal:probation.other_ceremony", probation.ceremony_known,
     situation(ON, facts={"ceremony_on": ON}, member=member(joined_on=ON)),
     situation(ON, facts={"ceremony_on": ON}, member=member(joined_on=date(2027, 1, 31)))),
    ("Refusal:probation.attempt", probation.attempt_in_order(last=False),
     replace(seen(attempt=2), past={"attempt": 1}), replace(seen(attempt=3), past={"attempt": 1})),
    ("Refusal:probation.attempt", probation.attempt_in_order(last=True),
     replace(seen(attempt=3), past={"attempt": 2}), replace(seen(attempt=2), past={"attempt": 1})),
    ("Refusal:case.person_still_here", probation.member_has_left, replace(seen(), member=member(standing="deceased")),
     replace(seen(), member=member(standing="probationary"))),
    # membership
    ("Refusal:candidate.dossier_open", membership.no_open_admission, seen(),
     replace(seen(), open_cases=lambda key: int(key == "admission"))),
    ("Refusal:lapse.too_short", membership.lapse_long_enough, seen(months=3), seen(months=2)),
    ("Caution:age.too_young_then", membership.old_enough_then, seen(joined_on=date(2018, 1, 1)),
     seen(joined_on=date(2017, 12, 31))),
    ("Refusal:roster.official_on_before_joined_on", membership.days_in_order,
     seen(joined_on=date(2020, 1, 1), official_on=date(2021, 1, 1)),
     seen(joined_on=date(2021, 1, 2), official_on=date(2021, 1, 1))),
    ("Refusal:roster.joined_on_before_born_on", membership.days_in_order,
     seen(joined_on=date(2000, 1, 1)), seen(joined_on=date(1999, 12, 31))),
    ("Refusal:roster.left_on_before_official_on", membership.days_in_order,
     seen(official_on=date(2021, 1, 1), left_on=date(2021, 1, 1)),
     seen(official_on=date(2021, 1, 1), left_on=date(2020, 12, 31))),
    # admission
    ("Refusal:schooling.missing", admission.schooling_done, seen(schooling=True), seen(schooling=False)),
    ("Caution:dossier.contract_short", admission.contract_long_enough, seen(contract_months=12),
     seen(contract_months=11)),
    ("Refusal:verification.pages_stamped", admission.pages_ready, seen(pages_stamped=True, no_remarks_yet=True),
     seen(pages_stamped=False, no_remarks_yet=True)),
    ("Refusal:verification.no_remarks_yet", admission.pages_ready, seen(pages_stamped=True, no_remarks_yet=True),
     seen(pages_stamped=True, no_remarks_yet=False)),
    ("Refusal:verification.incomplete", admission.everyone_verified,
     seen(relatives=5, verified=2, confirmed=2, excepted=1), seen(relatives=5, verified=2, confirmed=2, excepted=0)),
    ("Refusal:verification.incomplete", admission.everyone_verified, seen(), seen(verified=1)),
    ("Refusal:decision.received_before", admission.receipt_after_decision,
     seen(decision=paper(ON), received_on=ON), seen(decision=paper(ON), received_on=date(2027, 1, 31))),
    ("Caution:ceremony.late_without_consent", admission.ceremony_in_time,
     replace(seen(date(2026, 12, 15)), past={"decision": {"date": "2026-11-02"}}),
     replace(seen(date(2026, 12, 16)), past={"decision": {"date": "2026-11-02"}})),
    ("Caution:ceremony.late_without_consent", admission.ceremony_in_time,  # by the older rule, from the receipt on
     replace(seen(date(2026, 7, 1)), past={"decision": {"date": "2026-05-04"}, "received_on": "2026-05-20"}),
     replace(seen(date(2026, 7, 2)), past={"decision": {"date": "2026-05-04"}, "received_on": "2026-05-20"})),
    ("Caution:ceremony.late_without_consent", admission.ceremony_in_time,
     replace(seen(date(2026, 12, 16), late_consent=paper(ON)), past={"decision": {"date": "2026-11-02"}}),
     replace(seen(date(2026, 12, 16)), past={"decision": {"date": "2026-11-02"}})),
    # meetings
    ("Caution:meeting.documents_late", meetings.documents_in_time,
     seen(planned_on=date(2027, 2, 9), documents_on=date(2027, 2, 8)),
     seen(planned_on=date(2027, 2, 9), documents_on=date(2027, 2, 9))),
    ("Caution:meeting.after_its_time", meetings.in_its_time,
     replace(seen(date(2027, 1, 31)), past={"month": "2027-01-01", "kind": "regular"}),
     replace(seen(date(2027, 2, 1)), past={"month": "2027-01-01", "kind": "regular"})),
    ("Refusal:meeting.before_its_time", meetings.in_its_time,
     replace(seen(date(2027, 3, 1)), past={"month": "2027-03-15", "kind": "regular"}),
     replace(seen(date(2027, 2, 28)), past={"month": "2027-03-15", "kind": "regular"})),
    ("Caution:meeting.after_its_time", meetings.in_its_time,
     replace(seen(date(2027, 3, 31)), past={"month": "2027-02-01", "kind": "thematic"}),
     replace(seen(date(2027, 4, 1)), past={"month": "2027-02-01", "kind": "thematic"})),
    ("Refusal:meeting.before_its_time", meetings.in_its_time,
     replace(seen(date(2027, 1, 1)), past={"month": "2027-02-01", "kind": "thematic"}),
     replace(seen(date(2026, 12, 31)), past={"month": "2027-02-01", "kind": "thematic"})),
    ("Caution:meeting.month_has_one", meetings.one_each,
     replace(seen(kind="regular", month=ON), ended=lambda key: ["not_held"] if key == "regular:2027-02" else ["filed"]),
     replace(seen(kind="regular", month=ON), ended=lambda key: ["filed"] if key == "regular:2027-02" else [])),
    ("Caution:meeting.month_has_one", meetings.one_each,
     replace(seen(kind="regular", month=ON), ended=lambda key: ["called_off", "not_held"]),
     replace(seen(kind="regular", month=ON), ended=lambda key: ["called_off", "reported"])),
    ("Caution:meeting.quarter_has_one", meetings.one_each,
     replace(seen(kind="thematic", month=ON), ended=filed_in("thematic:2027-Q2")),
     replace(seen(kind="thematic", month=ON), ended=filed_in("thematic:2027-Q1"))),
    ("Refusal:meeting.is_due", meetings.only_in_addition,
     replace(seen(), past={"month": "2027-01-31", "kind": "regular"}, ended=filed_in("regular:2027-01")),
     replace(seen(), past={"month": "2027-01-31", "kind": "regular"}, ended=filed_in("regular:2027-02"))),
    ("Refusal:meeting.is_due", meetings.only_in_addition,
     replace(seen(), past={"month": "2027-01-31", "kind": "thematic"}, ended=lambda key: ["held", "not_held"]),
     replace(seen(), past={"month": "2027-01-31", "kind": "thematic"}, ended=lambda key: ["not_held"])),
    ("Refusal:meeting.was_held", meetings.not_in_addition,
     replace(seen(), past={"month": "2027-01-31", "kind": "regular"}, ended=filed_in("regular:2027-02")),
     replace(seen(), past={"month": "2027-01-31", "kind": "regular"}, ended=filed_in("regular:2027-01"))),
    ("Refusal:meeting.time_is_over", meetings.not_over_yet,
     asked(date(2027, 2, 28), kind="regular", month=ON), asked(date(2027, 3, 1), kind="regular", month=ON)),
    ("Refusal:meeting.time_is_over", meetings.not_over_yet,
     asked(date(2027, 3, 31), kind="thematic", month=ON), asked(date(2027, 4, 1), kind="thematic", month=ON)),
    ("Refusal:meeting.time_not_over", meetings.lately_over,
     asked(date(2027, 3, 1), kind="regular", month=ON), asked(date(2027, 2, 28), kind="regular", month=ON)),
    ("Refusal:meeting.long_past", meetings.lately_over,
     asked(date(2028, 2, 29), kind="regular", month=ON), asked(date(2028, 3, 1), kind="regular", month=ON)),
    ("Refusal:meeting.long_past", meetings.lately_over,
     asked(date(2028, 3, 31), kind="thematic", month=ON), asked(date(2028, 4, 1), kind="thematic", month=ON)),
    ("Caution:meeting.too_short", meetings.long_enough, seen(minutes_long=90), seen(minutes_long=89)),
    ("Caution:meeting.too_short", meetings.long_enough, seen(minutes_long=120, combined=True),
     seen(minutes_long=119, combined=True)),
    ("Caution:meeting.no_roll", meetings.roll_called, seen(roll_call={1: "present"}), seen()),
    ("Caution:meeting.quorum", meetings.quorum, seen(roll_call={1: "present", 2: "present", 3: "excused"}),
     seen(roll_call={1: "present", 2: "unexcused", 3: "excused"})),
    ("Caution:meeting.quorum", meetings.quorum,
     seen(roll_call={1: "present", 2: "present", 3: "excused", 4: "away", 5: "exempt", 6: "suspended"}),
     seen(roll_call={1: "present", 2: "present", 3: "excused", 4: "unexcused", 5: "exempt", 6: "suspended"})),
    ("Caution:meeting.quorum", meetings.quorum,
     with_guest(4, roll_call={1: "present", 2: "present", 3: "excused", 4: "excused"}),
     with_guest(4, roll_call={1: "present", 2: "excused", 3: "excused", 4: "present"})),
    ("Caution:meeting.suspended_present", meetings.nobody_suspended,
     who_takes_part({1: "attending", 2: "suspended"}, roll_call={1: "present", 2: "suspended"}),
     who_takes_part({1: "attending", 2: "suspended"}, roll_call={1: "present", 2: "present"})),
    ("Caution:meeting.guests_not_yet", meetings.guests_here_by_then,
     replace(who_takes_part({1: "attending", 2: "elsewhere"}, roll_call={1: "present", 2: "present"}),
             lists=with_guest(2).lists),
     replace(who_takes_part({1: "attending", 2: "attending"}, roll_call={1: "present", 2: "excused"}),
             lists=with_guest(2).lists)),
    ("Refusal:meeting.strangers", meetings.no_strangers,
     with_guest(2, roll_call={1: "present", 2: "excused"}),
     replace(seen(roll_call={1: "present", 2: "excused"}), lists=lambda ids: {1: True})),
    ("Caution:meeting.minutes_late", meetings.minutes_in_time,
     replace(seen(date(2027, 2, 3), minutes=paper(ON)), past={"held_on": "2027-02-01"}),
     replace(seen(date(2027, 2, 4), minutes=paper(ON)), past={"held_on": "2027-02-01"})),
    ("Refusal:meeting.month_not_over", meetings.month_is_over, replace(seen(), past={"month": "2027-01-01"}),
     replace(seen(date(2027, 1, 31)), past={"month": "2027-01-01"})),
    ("Refusal:meeting.month_not_over", meetings.month_is_over,
     replace(seen(date(2027, 4, 1)), past={"month": "2027-01-01", "kind": "thematic"}),
     replace(seen(date(2027, 3, 31)), past={"month": "2027-01-01", "kind": "thematic"})),
    *YEARLY,
    *DUES,
    *BREACH,
    *DATA,
    *RECORD,
    *MOVING,
    *FINDINGS,
    *BADGES, *MERGING,
    *LEAVING,
]  # fmt: skip


@pytest.mark.parametrize(("code", "guard", "yes", "no"), PAIRS, ids=[pair[0] for pair in PAIRS])
def test_a_guard_says_yes_and_no(code: str, guard: Callable[[Situation], Any], yes: Situation, no: Situation) -> None:
    assert code not in codes(guard, yes)
    assert codes(guard, no) == [code]
    for answer in answers(guard, no):
        assert "%(" not in answer.text("vi") + answer.text("en") + answer.advice("vi")
        assert answer.text("vi") != answer.text("en")
        assert answer.rule == "" or no.rule(answer.rule).citation("vi")


def test_every_code_is_asked_here() -> None:
    """A guard's code that no pair asks for is a guard nobody tried."""
    folder = Path(votes.__file__).parent
    written = {code for path in folder.glob("*.py") for code in re.findall(r'"([a-z_]+\.[a-z_]+)"', path.read_text())}
    assert written - {pair[0].partition(":")[2] for pair in PAIRS} == set()


OFFICIALS = [person(3), person(4)]


@pytest.mark.parametrize(
    ("facts", "people_", "expected"),
    [
        ({"introducers": (3, 4), "months_together": 12}, OFFICIALS, []),
        ({"introducers": (3,), "months_together": 12}, OFFICIALS, ["Refusal:introducers.unfit"]),
        ({"introducers": (3,), "months_together": 12, "union_resolution": paper(ON)}, OFFICIALS, []),
        ({"introducers": (3, 4), "months_together": 12}, [person(3), person(4, "probationary")],
         ["Refusal:introducers.unfit"]),
        ({"introducers": (3, 1), "months_together": 12}, [person(3), person(1)], ["Refusal:introducers.unfit"]),
        ({"introducers": (3, 4), "months_together": 11}, OFFICIALS, ["Refusal:introducers.too_short"]),
        ({"introducers": (3,), "months_together": 1}, OFFICIALS,
         ["Refusal:introducers.unfit", "Refusal:introducers.too_short"]),
    ],
)  # fmt: skip
def test_introducers(facts: dict[str, Any], people_: list[Any], expected: list[str]) -> None:
    given = situation(ON, facts=facts, people=people_, member=member(**CANDIDATE))
    assert codes(people.introducers_fit, given) == expected


@pytest.mark.parametrize(
    ("roll", "yes", "no", "carried"),
    [
        (Roll(4, present=4), 2, 2, False),  # B13
        (Roll(4, present=4), 3, 1, True),
        (Roll(4, present=3), 2, 1, False),  # a plain absentee stays in
        (Roll(20, present=17), 13, 4, False),  # B15
        (Roll(20, present=17), 14, 3, True),
        (Roll(10, left_out=4, present=6), 4, 2, True),  # away, elsewhere or exempt and absent
        (Roll(10, left_out=4, present=6), 3, 3, False),
        (Roll(10, left_out=3, present=7), 5, 2, True),  # one of them came: counted
        (Roll(10, left_out=3, present=7), 4, 3, False),
        (Roll(10, suspended=1, present=9), 6, 3, False),  # the suspended stay in: a policy
        (Roll(10, in_transit=1, present=9), 6, 3, True),  # those in transit and absent are left out: a policy
        (Roll(4, left_out=4, present=0), 0, 0, False),  # nobody could vote
    ],
)
def test_two_thirds_of_all_official_members_who_count(roll: Roll, yes: int, no: int, carried: bool) -> None:
    given = on_roll(ON, roll, ballot=ballot(yes, no))
    assert codes(votes.ballot_adds_up(VOTE), given) == []
    assert (codes(votes.carried(VOTE), given) == []) is carried
    assert (codes(votes.not_carried(VOTE), given) == []) is not carried
    assert {"ROLL.SUSPENDED", "ROLL.IN_TRANSIT"} <= set(given.used), "the policies it stood on are noted"


ARITHMETIC = [
    (Roll(20, present=17), 13, "20 official members; 2/3 → 14 needed", "20 đảng viên chính thức; 2/3 → cần 14"),
    (Roll(20, left_out=2, present=18), 11,
     "20 official members − 2 away, elsewhere or exempt and absent = 18; 2/3 → 12 needed",
     "20 đảng viên chính thức − 2 đi xa, sinh hoạt nơi khác hoặc được miễn mà vắng mặt = 18; 2/3 → cần 12"),
    (Roll(20, left_out=2, in_transit=1, present=17), 11,
     "20 official members − 2 away, elsewhere or exempt and absent − 1 in transit and absent = 17; 2/3 → 12 needed",
     "20 đảng viên chính thức − 2 đi xa, sinh hoạt nơi khác hoặc được miễn mà vắng mặt "
     "− 1 đang chuyển sinh hoạt mà vắng mặt = 17; 2/3 → cần 12"),
    (Roll(10, left_out=4), 4,
     "10 official members − 4 away, elsewhere or exempt and absent, but 7 were handed a ballot = 7; 2/3 → 5 needed",
     "10 đảng viên chính thức − 4 đi xa, sinh hoạt nơi khác hoặc được miễn mà vắng mặt, "
     "nhưng đã phát phiếu cho 7 người = 7; 2/3 → cần 5"),
    (Roll(4, left_out=4, present=0), 0,
     "4 official members − 4 away, elsewhere or exempt and absent = 0; 2/3 → 1 needed",
     "4 đảng viên chính thức − 4 đi xa, sinh hoạt nơi khác hoặc được miễn mà vắng mặt = 0; 2/3 → cần 1"),
]  # fmt: skip


@pytest.mark.parametrize(("roll", "yes", "en", "vi"), ARITHMETIC)
def test_a_ballot_is_answered_with_its_arithmetic(roll: Roll, yes: int, en: str, vi: str) -> None:
    refusal = answers(votes.carried(VOTE), on_roll(ON, roll, ballot=ballot(yes, 0, 7)))[0]
    assert refusal.text("en") == f"{yes} agreed. {en}."
    assert refusal.text("vi") == f"{yes} tán thành. {vi}."


@pytest.mark.parametrize(
    ("roll", "issued", "fits"),
    [
        (Roll(10, left_out=4, present=6), 6, True),
        (Roll(10, left_out=4, present=6), 7, False),  # nobody votes who was not there
        (Roll(10, left_out=4), 10, True),  # without a roll call all may have come
        (Roll(10, left_out=4), 11, False),
        (Roll(10, suspended=2), 8, True),  # but not the suspended
        (Roll(10, suspended=2), 9, False),
        (Roll(10, left_out=10, present=0), 0, True),
        (Roll(10, left_out=10, present=0), 1, False),  # a roll was called and no official member was there
    ],
)
def test_ballots_are_issued_to_those_who_were_there(roll: Roll, issued: int, fits: bool) -> None:
    given = on_roll(ON, roll, ballot=ballot(0, 0, issued))
    assert (codes(votes.ballot_adds_up(VOTE), given) == []) is fits


@given(
    official=st.integers(1, 30), out=st.integers(0, 30), transit=st.integers(0, 30), suspended=st.integers(0, 30),
    came=st.none() | st.integers(0, 30), counts=st.lists(st.integers(0, 40), min_size=5, max_size=5),
)  # fmt: skip
def test_a_ballot_that_adds_up_is_either_carried_or_not(
    official: int, out: int, transit: int, suspended: int, came: int | None, counts: list[int]
) -> None:
    """No vote above the denominator: what is possible can be recorded one way, what is impossible no way."""
    out %= official + 1
    transit %= official - out + 1
    suspended %= official - out - transit + 1
    present = None if came is None else min(came, official - out - transit - suspended)
    roll = Roll(official, out, suspended, transit, present=present)
    seen = on_roll(ON, roll, ballot=BallotValue(5, *counts))
    ways = [codes(way, seen) == [] for way in (votes.carried(VOTE), votes.not_carried(VOTE))]
    assert sorted(ways) == [False, True]
    if not codes(votes.ballot_adds_up(VOTE), seen):
        measured = measure(seen, VOTE, seen.facts["ballot"])
        assert max(counts[3], counts[4]) <= measured.den <= official


def test_optional_facts_left_out_are_nobodys_fault() -> None:
    for _, guard, _, _ in PAIRS:
        if guard in (people.helper_fits, membership.not_covered_by_exemption, meetings.roll_called):
            continue
        said = codes(guard, situation(date(2027, 3, 1), member=member(**CANDIDATE), roll_at=lambda key: None))
        assert not [code for code in said if code.startswith(("Refusal:ballot", "Refusal:committee"))]


def test_a_vote_of_a_body_that_cannot_be_read_is_judged_by_nobody() -> None:
    """A misspelt `body` is refused as a fact; the guard, asked about the rest, must not break on it."""
    guard = votes.committee_carried(votes.BODY_RULES)
    assert codes(guard, seen(committee_size=9, committee_yes=5)) == []
    assert codes(guard, seen(committee_size=9, committee_yes=5, body="whole")) == ["Refusal:committee.not_carried"]
