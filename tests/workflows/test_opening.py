"""Which key keeps a case from being opened twice, which month's meeting is opened how, and what a case hands to the next."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.workflows.twins import case, member, paper, situation
from workflows import law
from workflows.catalogue import LIFECYCLES, steps
from workflows.lifecycles.meeting import DOCUMENTS, REGULAR, THEMATIC, oldest_made_good, opening_step
from workflows.situation import Situation
from workflows.standings import Participation, Standing

ON = date(2027, 2, 1)
PAPER = paper(ON)
ASKED, FIRST = date(2027, 3, 17), date(2027, 4, 1)
HANDED = "87.108.000.000.001"


def told(**facts: Any) -> Situation:
    return situation(ON, facts=facts, member=member())


@pytest.mark.parametrize(
    ("lifecycle", "seen", "key"),
    [
        ("removal", told(year=2026), ""),
        ("classification", told(year=2026), "year:2026"),
        ("congress", told(begun_on=ON), "term:2027-02-01"),
        ("discipline", told(), ""),
        ("discipline", told(at_unit=HANDED), "at_unit"),
        ("dues_relief", told(asked_from=ASKED, first_month=FIRST), "from:2027-03"),
        ("dues_relief", told(first_month=FIRST), "from:2027-04"),
        ("meeting", told(kind="regular", month=ASKED), "regular:2027-03"),
        ("meeting", told(kind="thematic", month=ASKED), "thematic:2027-Q1"),
        ("meeting", told(kind="regular"), ""),
        ("data_request", told(asked_for="erase"), "erase"),
        ("data_request", told(), ""),
        ("data_breach", told(detected_on=ON, detected_hour=8, detected_minute=5), "2027-02-01T08:05"),
        ("data_breach", told(), ""),
        ("finding", told(matter="late", entries=("b", "a")), "late:7e18f737311b2dc3b2f269dd78396b03"),
        ("finding", told(matter="paper"), "paper:79daaa4e13a8ab32f87ba217bf3f365a"),
    ],
)
def test_the_key_under_which_only_one_case_is_open(lifecycle: str, seen: Situation, key: str) -> None:
    assert LIFECYCLES[lifecycle].exclusive_key(seen) == key


@pytest.mark.parametrize("kind", ["regular", "thematic"])
@pytest.mark.parametrize(
    ("month", "ended", "start"),
    [
        (ASKED, [], date(2027, 3, 1)), (ASKED, ["not_held", "called_off"], date(2027, 3, 1)),
        (ASKED, ["filed"], None), (None, [], None),
    ],
)  # fmt: skip
def test_the_month_runs_for_the_meeting_that_the_law_asks_for(
    kind: str, month: date | None, ended: list[str], start: date | None
) -> None:
    seen = situation(ON, facts={"kind": kind, "month": month}, ended=lambda key: ended)
    of_the_kind, of_the_other = (REGULAR, THEMATIC) if kind == "regular" else (THEMATIC, REGULAR)
    assert of_the_kind.start(seen) == start
    assert of_the_other.start(seen) is None


def test_documents_are_due_before_the_planned_day_by_the_law_of_that_day() -> None:
    found: list[tuple[str, date]] = []

    def look_up(rule_id: str, on: date) -> law.Rule:
        found.append((rule_id, on))
        return law.rule(rule_id, on)

    planned = situation(ON, facts={"planned_on": ASKED}, look_up=look_up)
    assert DOCUMENTS.start(planned) == ASKED
    assert DOCUMENTS.due is not None
    assert DOCUMENTS.due(planned, ASKED) == date(2027, 3, 16)
    assert found == [("MTG.DOC_BEFORE", ASKED)]


def test_what_a_step_forgets_is_no_fact_of_the_case_any_more() -> None:
    step = steps("congress")["send_back"]
    assert {"minutes", "roll_call"} <= set(step.forgets)
    before = {"begun_on": "2022-02-01", "minutes": {"date": "2027-01-25"}, "roll_call": {"1": "present"}}
    assert step.facts_after(before, {"reason": "x", "begun_on": "2022-02-02"}) == {
        "begun_on": "2022-02-02", "reason": "x",
    }  # fmt: skip


def test_a_month_is_planned_until_its_last_day_and_made_good_after_it() -> None:
    november = date(2026, 11, 1)
    days = (date(2026, 11, 29), date(2026, 11, 30), date(2026, 12, 1))
    assert [opening_step(november, day) for day in days] == ["plan", "plan", "make_good"]
    assert law.rule("MTG.MAKE_GOOD", ON).value == 12
    assert [oldest_made_good(day) for day in (date(2026, 11, 1), date(2026, 11, 30))] == [date(2025, 11, 1)] * 2


def test_a_person_has_two_states_and_a_case_one() -> None:
    assert LIFECYCLES["membership"].choices() == {"standing": Standing, "participation": Participation}
    assert LIFECYCLES["removal"].choices() == {"state": LIFECYCLES["removal"].State}


GROUND = {"ground": "standards_violated", "expulsion_due": False}
PAST = {"resolution": {"date": "2026-01-20"}, "minutes": {"date": "2027-01-25"}}


@pytest.mark.parametrize(
    ("lifecycle", "step", "facts", "opened", "handed"),
    [
        ("admission", "hold_ceremony", {"helper": (3,), "ceremony_minutes": PAPER}, "recognition.begin",
         {"ceremony_on": ON, "helper": (3,), "considered_on": date(2026, 1, 20)}),
        ("congress", "approve", {"approval": PAPER}, "congress.begin", {"begun_on": date(2027, 1, 25)}),
        ("recognition", "remove", {"decision": PAPER}, "removal.take_over",
         {"decision": PAPER, "ground": "probationer_unfit"}),
        ("screening", "propose_removal", {"report": PAPER, **GROUND, "years": 2, "months": None, "secret": True},
         "removal.open", {"report": PAPER, **GROUND, "years": 2}),
        ("screening", "hand_to_discipline", {"report": PAPER, "reason": "x"}, "discipline.open", {"report": PAPER}),
        ("away", "convert", {"purpose": "work"}, "temporary_transfer.go_on", {"purpose": "work"}),
        ("temporary_transfer", "convert", {"ground": "retired"}, "transfer.go_on", {"ground": "retired"}),
    ],
)  # fmt: skip
def test_what_a_case_hands_to_the_one_it_opens(
    lifecycle: str, step: str, facts: dict[str, Any], opened: str, handed: dict[str, Any]
) -> None:
    (start,) = steps(lifecycle)[step].starts
    seen = situation(ON, facts=facts, past=PAST, member=member(), subject=case(lifecycle))
    assert f"{start.lifecycle}.{start.step}" == opened
    assert start.when(seen) is True
    assert dict(start.facts(seen)) == handed
    asked = {fact.name: fact for fact in steps(start.lifecycle)[start.step].facts}
    assert set(handed) <= set(asked)
