"""Guards are asked before everything is told: what is missing is nobody's fault, and breaks nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.workflows.dues_pairs import RECORDING
from tests.workflows.test_guards import PAIRS
from tests.workflows.twins import answers, codes, member, paper, situation
from workflows.answers import Answer
from workflows.guards import ages, appeals, membership, probation, removal, screening
from workflows.situation import Situation

ON = date(2027, 2, 1)
GUARDS = [pair[1:] for pair in PAIRS if pair not in RECORDING]  # dues are recorded by a call, not by a step's facts


def with_less(seen: Situation) -> Iterator[Situation]:
    """The situation without one of its facts (left out, or None), and without one earlier fact."""
    for name in seen.facts:
        yield replace(seen, facts={key: value for key, value in seen.facts.items() if key != name})
        yield replace(seen, facts={**seen.facts, name: None})
    for name in seen.past:
        yield replace(seen, past={key: value for key, value in seen.past.items() if key != name})


@pytest.mark.parametrize(("guard", "yes", "no"), GUARDS)
def test_a_guard_asked_with_less_answers_or_is_silent(guard: Any, yes: Situation, no: Situation) -> None:
    for seen in (*with_less(yes), *with_less(no)):
        assert all(isinstance(one, Answer) and one.text("en") for one in answers(guard, seen))


def said(guard: Any, seen: Situation) -> list[tuple[str, str]]:
    return [(one.code, one.advice("en")) for one in answers(guard, seen)]


NAME_IT = "Give that number."
NO_MORE = "No more requests are needed: the cell may vote without the self-review."


@pytest.mark.parametrize(
    ("number", "before", "advice"),
    [(1, None, ""), (2, None, NAME_IT), (2, 1, ""), (3, 2, ""), (2, 2, NAME_IT), (4, 2, NAME_IT), (4, 3, NO_MORE),
     (3, 3, NO_MORE), (None, 3, "")],
)  # fmt: skip
def test_requests_for_the_self_review_are_counted(number: int | None, before: int | None, advice: str) -> None:
    seen = situation(ON, facts={"request_number": number}, past={"request_number": before}, member=member())
    assert said(removal.request_in_order, seen) == ([("self_review.request_number", advice)] if advice else [])


@pytest.mark.parametrize(
    ("sent", "receipt", "faulty"),
    [
        (ON, ON, False),
        (ON, date(2027, 1, 31), True),
        (ON, date(2027, 2, 2), False),
        (None, ON, False),
        (ON, None, False),
    ],
)
def test_a_receipt_is_not_older_than_its_request(sent: date | None, receipt: date | None, faulty: bool) -> None:
    facts = {name: day and paper(day) for name, day in (("request", sent), ("receipt", receipt))}
    seen = situation(ON, facts=facts, member=member())
    assert (codes(removal.received_after_sent, seen) == ["Refusal:self_review.receipt_before"]) is faulty


NEITHER, LAST = (
    "Record it as a ballot that reached neither side.",
    "Record it as the last failed ballot and report upward.",
)


@pytest.mark.parametrize(
    ("attempt", "before", "last", "advice"),
    [(1, None, False, ""), (2, 1, False, ""), (3, 2, True, ""), (1, 1, False, NEITHER), (3, 2, False, LAST),
     (2, 1, True, NEITHER), (4, 3, True, ""), (4, 3, False, LAST), (3, 3, True, LAST), (None, 1, False, "")],
)  # fmt: skip
def test_failed_ballots_are_counted(attempt: int | None, before: int | None, last: bool, advice: str) -> None:
    seen = situation(ON, facts={"attempt": attempt}, past={"attempt": before}, member=member())
    assert said(probation.attempt_in_order(last=last), seen) == ([("probation.attempt", advice)] if advice else [])


@pytest.mark.parametrize(
    ("on", "held", "over"),
    [(date(2029, 2, 28), "2028-02-29", False), (date(2029, 3, 1), "2028-02-29", True),
     (date(2027, 1, 5), "2026-01-05", False), (date(2027, 1, 6), "2026-01-05", True)],
)  # fmt: skip
def test_the_twelve_months_are_over_on_the_day_after_their_last(on: date, held: str, over: bool) -> None:
    seen = situation(on, past={"ceremony_on": held}, member=member())
    assert (codes(probation.after_the_twelve_months, seen) == []) is over


@pytest.mark.parametrize(
    ("joined", "held", "faulty"), [(ON, ON, False), (None, ON, False), (ON, None, False), (date(2027, 1, 31), ON, True)]
)
def test_a_recognition_starts_from_the_ceremony_of_the_record(
    joined: date | None, held: date | None, faulty: bool
) -> None:
    seen = situation(ON, facts={"ceremony_on": held}, member=member(joined_on=joined))
    assert bool(codes(probation.ceremony_known, seen)) is faulty


@pytest.mark.parametrize(
    ("ground", "facts", "faulty"),
    [
        ("activity_dropped", {"months": 3}, False), ("activity_dropped", {"months": 2}, True), ("activity_dropped", {}, True),
        ("dues_unpaid", {"months": 3}, False), ("dues_unpaid", {"months": 2, "years": 9}, True),
        ("standards_violated", {"years": 2}, False), ("standards_violated", {"years": 1, "months": 9}, True),
        ("will_declined", {"months": 0}, False), (None, {"months": 0}, False),
    ],
)  # fmt: skip
def test_grounds_that_are_counted(ground: str | None, facts: dict[str, int], faulty: bool) -> None:
    seen = situation(ON, facts={"ground": ground, **facts}, member=member())
    assert (codes(removal.ground_is_counted, seen) == ["Refusal:ground.too_few"]) is faulty


@pytest.mark.parametrize(
    ("since", "faulty"), [(date(2026, 2, 1), False), (date(2026, 2, 2), True), (None, True), (date(2026, 1, 31), False)]
)
def test_education_for_twelve_months(since: date | None, faulty: bool) -> None:
    seen = situation(ON, facts={"ground": "will_declined", "educated_since": since}, member=member())
    assert bool(codes(removal.educated_long_enough, seen)) is faulty
    assert codes(removal.educated_long_enough, replace(seen, facts={**seen.facts, "ground": "dues_unpaid"})) == []


@pytest.mark.parametrize(
    ("received", "on", "against", "said_in_time", "said_late"),
    [
        (date(2026, 12, 28), date(2027, 2, 16), "removal", [], ["Refusal:appeal.not_late"]),
        (date(2026, 12, 28), date(2027, 2, 17), "removal", ["Refusal:appeal.late"], []),
        (date(2026, 12, 28), date(2027, 1, 27), "expulsion", [], ["Refusal:appeal.not_late"]),
        (date(2026, 12, 28), date(2027, 1, 28), "expulsion", ["Caution:appeal.late_on_one_reading"],
         ["Refusal:appeal.not_late"]),
        (date(2026, 12, 28), date(2027, 2, 16), "expulsion", ["Caution:appeal.late_on_one_reading"],
         ["Refusal:appeal.not_late"]),
        (date(2026, 12, 28), date(2027, 2, 17), "expulsion", ["Refusal:appeal.late"], []),
        (None, date(2027, 2, 17), "removal", [], []),
        (date(2026, 12, 28), date(2027, 2, 17), None, [], []),
    ],
)  # fmt: skip
def test_an_appeal_is_in_time_or_late_to_the_day(
    received: date | None, on: date, against: str | None, said_in_time: list[str], said_late: list[str]
) -> None:
    seen = situation(on, facts={"against": against, "received_on": received}, member=member(standing="removed"))
    assert codes(appeals.in_time, seen) == said_in_time
    assert codes(appeals.too_late, seen) == said_late


@pytest.mark.parametrize(
    ("rule_id", "on", "late"),
    [("REM.APPEAL", date(2027, 2, 16), False), ("REM.APPEAL", date(2027, 2, 17), True),
     ("DIS.APPEAL", date(2027, 1, 28), False), ("DIS.APPEAL", date(2027, 2, 16), False),  # late on one reading only
     ("DIS.APPEAL", date(2027, 2, 17), True)],
)  # fmt: skip
def test_what_is_lodged_after_the_longest_reading_of_the_term_came_late(rule_id: str, on: date, late: bool) -> None:
    seen = situation(on, past={"hand_over": {"date": "2026-12-28"}}, member=member())
    assert appeals.came_late(rule_id)(seen) is late
    assert appeals.came_late(rule_id)(replace(seen, past={})) is False
    assert (codes(appeals.term_over(rule_id), seen) == []) is late
    assert codes(appeals.term_over(rule_id), replace(seen, past={})) == []


@pytest.mark.parametrize("running", ["recognition", "away", "transfer", "discipline"])
def test_each_case_left_running_is_ended_before_a_restoration(running: str) -> None:
    seen = situation(ON, running=lambda: frozenset({running}), member=member())
    assert codes(appeals.nothing_else_runs, seen) == ["Refusal:restore.cases_open"]
    assert codes(appeals.nothing_else_runs, replace(seen, running=frozenset)) == []


@pytest.mark.parametrize(("years", "faulty"), [(2, False), (3, False), (1, True), (None, True)])
def test_two_years_running_are_a_sign(years: int | None, faulty: bool) -> None:
    seen = situation(ON, facts={"criterion": "not_completed", "years": years}, member=member())
    assert bool(codes(screening.failed_long_enough, seen)) is faulty
    assert codes(screening.failed_long_enough, replace(seen, facts={**seen.facts, "criterion": "other"})) == []


@pytest.mark.parametrize(("until", "faulty"), [("2027-02-01", False), ("2027-01-31", False), ("2027-02-02", True)])
def test_the_period_of_help(until: str, faulty: bool) -> None:
    assert bool(codes(screening.help_was_given, situation(ON, past={"help_until": until}, member=member()))) is faulty


@pytest.mark.parametrize(("flag", "faulty"), [(True, False), (None, False), (False, True)])
def test_what_is_not_said_is_no_no(flag: bool | None, faulty: bool) -> None:
    seen = situation(ON, facts={"secret": flag, "card_collected": flag}, member=member())
    assert bool(codes(screening.secret_ballot, seen)) is faulty
    assert bool(codes(removal.card_collected, seen)) is faulty


def test_somebody_whose_birth_is_unknown_is_not_told_an_age() -> None:
    nobody = situation(ON, member=member(born_on=None))
    assert codes(ages.old_enough, nobody) == ["Refusal:age.birth_unknown"]
    assert codes(ages.age_in_sight, nobody) == ["Caution:age.birth_unknown"]
    assert codes(ages.age_when_chosen, nobody) == ["Caution:age.birth_unknown"]
    assert codes(membership.lapse_long_enough, nobody) == []
