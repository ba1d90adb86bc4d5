"""Where guards say nothing at all: what stands in the middle, what is not known, and what is none of their business."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.workflows.merging_pairs import beside
from tests.workflows.twins import codes, member, paper, situation
from tests.workflows.yearly_pairs import at_congress, elected, lowered
from workflows.facts import Day, Paper
from workflows.guards import (
    badges,
    classification,
    correcting,
    counters,
    days,
    discipline,
    elections,
    findings,
    meetings,
    membership,
    merging,
    moving,
    own,
    people,
    places,
    reorganising,
    returning,
    taking_part,
)
from workflows.guards import papers as paper_days
from workflows.lifecycles.congress import SECRETARY
from workflows.offices import Level
from workflows.situation import Situation
from workflows.voting import Roll

ON = date(2027, 2, 1)
ISSUED = {"decision": {"date": "2026-05-04"}}  # its clock starts with the receipt


def seen(on: date = ON, past: dict[str, Any] | None = None, who: Any = None, **facts: Any) -> Situation:
    return situation(on, facts=facts, past=past or {}, member=who or member())


def meeting(on: date, kind: str = "regular") -> Situation:
    return seen(on, past={"month": "2027-02-10", "kind": kind})


def held(**facts: Any) -> Situation:
    """Some meeting of whatever time was held."""
    return replace(seen(**facts), ended=lambda key: ["filed"])


def never(_: Any) -> Any:
    """What a guard must not ask for, where it is not needed."""
    raise AssertionError


SILENT: list[tuple[Callable[[Situation], Any], Situation]] = [
    (membership.days_in_order, seen(joined_on=ON, official_on=ON, left_on=ON)),
    (membership.old_enough_then, seen(joined_on=ON)),  # born on a day that is not known
    (membership.old_enough_then, seen(joined_on=ON, who=member(born_on=date(2020, 1, 1), born_year_only=True))),
    *((meetings.in_its_time, meeting(date(2027, 2, day))) for day in (1, 15, 28)),
    *((meetings.in_its_time, meeting(day, "thematic")) for day in (date(2027, 1, 1), ON, date(2027, 3, 31))),
    (meetings.one_each, held(month=ON)),
    (meetings.one_each, held(kind="regular")),
    (elections.enough_present, at_congress(Roll(12), {"summoned": 12})),  # nobody was counted
    (elections.enough_present, at_congress(Roll(12, present=7), {"summoned": 12}, roll_call=None)),
    (meetings.nobody_suspended, replace(seen(), takes_part=lambda ids: dict.fromkeys([*ids, 7], "attending"))),
    (discipline.stay_has_begun, seen(who=member(participation="elsewhere"))),  # no history of that day
    (elections.winners_of_the_cell(SECRETARY), at_congress(Roll(12, present=12))),
    (people.rightly_admitted, seen(who=member(joined_on=ON))),  # born on a day that is not known
    (people.rightly_admitted, seen(who=member(born_on=date(2020, 1, 1)))),
    (people.rightly_admitted, seen(who=member(born_on=date(2020, 1, 1), born_year_only=True, joined_on=ON))),
    (people.another_than("propose"), replace(seen(), user_id=None)),  # no person decides, none had recorded it
    (people.another_than("propose"), replace(seen(), user_id=5)),  # nobody resolved anything
    (
        people.another_than("p"),
        replace(seen(), user_id=5, recorded_by=lambda _: 5, office_level=Level.CELL),
    ),  # the cell's own
    (own.not_ones_own, replace(seen(), member=None, own_id=5)),  # about a unit
    (own.not_ones_own, seen()),  # an account that is tied to no record
    (own.not_oneself("named"), replace(seen(), own_id=5)),  # not named yet
    (own.not_oneself("named"), seen(named=(5,))),
    (merging.standings_agree, beside()),
    (badges.badge_of_the_law, seen(badge_years=34)),  # decided on a day that is not known
    (badges.badge_after_death, seen(died_on=ON)),  # since when a member is not known
    (classification.cap_still_holds, lowered(good=4)),  # nobody is rated excellent
    (classification.cap_still_holds, lowered("excellent", good=5, excellent=1)),  # judged when it is decided
    (classification.cap_still_holds, replace(lowered(good=4, excellent=1), facts={})),
    *((days.in_this_order("from_on", "back_by"), seen(**{name: ON})) for name in ("from_on", "back_by")),
    (days.not_over_when_asked("back_by"), seen(from_on=ON)),
    (*paper_days.dated_in_life([Paper("p", "P")]), seen(p=paper(ON))),  # born on a day that is not known
    (
        *paper_days.dated_in_life([Paper("p", "P")]),
        seen(p=paper(date(2000, 1, 1)), who=member(standing="removed", joined_on=ON)),
    ),
    (counters.months_as_counted, seen(ground="meetings")),  # nobody has said how many
    (counters.months_as_counted, seen(months=3)),
    (meetings.guests_here_by_then, seen()),  # no roll was called
    (
        meetings.guests_here_by_then,
        replace(seen(roll_call={1: "present"}), lists=lambda ids: {1: True}, takes_part=never),
    ),
    (reorganising.nowhere_between, replace(seen(), cases=never)),  # nobody has said to which cell
    (reorganising.to_a_cell, seen(to_unit="99.999")),  # said by `somewhere_to_go`
    (findings.entries_of_the_unit, replace(seen(), entries=never)),  # none is named, and none is looked for
    (meetings.guests_here_by_then, replace(seen(roll_call={1: "present"}), takes_part=lambda ids: {1: "attending"})),
    (meetings.guests_here_by_then, replace(seen(roll_call={1: "present"}), lists=lambda ids: {1: False})),  # no history
    *((returning.official_by_the_law, seen(**{name: ON})) for name in returning.DAYS),  # the other day is not known
    (moving.as_introduced, seen(past={"to_unit": "87.107.000.000.002"})),  # nobody has said yet which cell
    (moving.as_introduced, seen(to_unit="87.107.000.000.002")),
    (
        correcting.born_before_admission,
        replace(seen(), record=never),
    ),  # nothing is to be corrected, and nothing looked up
    (days.not_given_before("received_on"), seen(past={"received_on": ""})),
]


@pytest.mark.parametrize(("guard", "given"), SILENT)
def test_a_guard_is_silent(guard: Callable[[Situation], Any], given: Situation) -> None:
    assert codes(guard, given) == []


def test_an_election_is_noted_with_its_roll() -> None:
    given = at_congress(Roll(11, present=10), secretary_election=elected(6))
    assert codes(elections.winners_carried(SECRETARY), given) == []
    kept = {"official": 11, "left_out": 0, "suspended": 0, "in_transit": 0, "exempt": 0, "present": 10, "unpapered": 0}
    assert given.counted == {"secretary_election": {**kept, "denominator": 11}}


def test_a_guard_of_standing_settles_whether_its_step_may_follow_a_leaving() -> None:
    assert people.settled([places.of_a_cell, people.member_is(people.Standing.OFFICIAL)]) is True
    assert people.settled([places.of_a_cell, taking_part.takes_part(taking_part.Participation.AWAY)]) is False


def test_a_step_without_papers_is_not_asked_whether_they_are_older_than_the_member() -> None:
    assert paper_days.dated_in_life([Day("d", "D")]) == ()
