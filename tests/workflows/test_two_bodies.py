"""Who resolved does not decide: of every step that a committee takes on a cell's resolution, told one by one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workflows.test_catalogue import also, page
from workflows import catalogue, two_bodies
from workflows.catalogue import LIFECYCLES
from workflows.guards.probation import member_has_left
from workflows.offices import Level, Right
from workflows.units import UnitRef
from workflows.vocabulary import Act

PROBATION = ("propose", "propose_removal", "record_removal_failed", "record_neither", "report_upward")
REMOVAL, DISCIPLINE = ("propose", "record_failed", "report_upward"), ("propose_expulsion", "record_failed")
AWAY = ("propose", "propose_again")
APART = {  # lifecycles.md: D-06 and D-08..D-10, S-06; L-03 and L-04; E-01; V-01; G-04..G-06; Y3, Y4; W-02, W-03
    "admission": dict.fromkeys(("consider", "decide", "refuse", "annul", "close"), ("propose",)),
    "away": dict.fromkeys(("grant", "extend"), AWAY) | {"refuse": AWAY[:1], "refuse_again": AWAY[1:]},
    "classification": dict.fromkeys(("send_back", "decide", "answer", "end"), ("propose",)),
    "congress": dict.fromkeys(("appoint", "send_back", "approve", "end"), ("hold",)),
    "discipline": dict.fromkeys(
        ("suspend", "extend_suspension", "end_suspension", "consider", "expel", "expel_on_judgment", "decide_other_form",
         "clear"), DISCIPLINE
    ),
    "recognition": dict.fromkeys(("consider", "recognise", "send_back", "remove", "annul"), PROBATION),
    "removal": dict.fromkeys(("consider", "decide", "refuse", "give_way"), REMOVAL),
    "withdrawal": dict.fromkeys(("consider", "decide", "stay"), ("propose",)),
}  # fmt: skip
TERM = "more time for the committee; nothing of the resolution is decided"
REPORT = "the report is taken up; the decision on it is another step"
AFTER = "follows the decision, which another person has recorded"
ALONE = {
    "admission.extend": TERM, "recognition.extend": TERM, "recognition.take_up_report": REPORT,
    "removal.take_up_report": REPORT, "removal.appeal": AFTER, "removal.close": AFTER, "discipline.appeal": AFTER,
    "discipline.close": AFTER, "congress.plan": "a plan for the term that is still to come",
    "congress.shift": "the day of the congress, not its election", "congress.extend": "the term, not its election",
}  # fmt: skip
"""What a committee records after a cell's resolution without deciding on it, each with the reason."""


def test_every_step_is_apart_from_what_it_decides_on() -> None:
    declared = {
        key: {name: one.apart_from for name, one in lifecycle.steps().items() if one.apart_from}
        for key, lifecycle in LIFECYCLES.items()
    }
    assert {key: steps for key, steps in declared.items() if steps} == APART


def test_no_other_step_of_a_committee_decides_on_a_resolution() -> None:
    committee = {Right.RECORD_COMMITTEE, Right.RECORD_DECISION}
    following = {
        f"{key}.{name}"
        for key, lifecycle in LIFECYCLES.items()
        for name, one in lifecycle.steps().items()
        if one.by in committee and not one.apart_from and two_bodies.resolved_before(lifecycle, one)
    }
    assert following == set(ALONE)


def test_what_either_body_may_take_settles_a_resolution_or_is_said_not_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing stands in the table that would not be a fault without it."""
    said = dict(two_bodies.ALONE)
    monkeypatch.setattr(two_bodies, "ALONE", {})
    undecided = {
        f"{key}.{name}"
        for key, lifecycle in LIFECYCLES.items()
        for name, one in lifecycle.steps().items()
        if set(two_bodies.settled_above(lifecycle, one)) - {*one.apart_from}
    }
    assert undecided == set(said)


RESOLVED = also("resolved", by=Right.RECORD_RESOLUTION)
AT_THE_BASE = also("resolved", by=Right.RECORD_RESOLUTION, at=(Level.CELL, Level.BASE))
SAME_PERSON = "probe.end: decides on what resolved resolved, and may be recorded by the same person (apart_from)."


@pytest.mark.parametrize(
    ("extra", "apart", "faults"),
    [
        (RESOLVED, (), [SAME_PERSON]),
        (RESOLVED, ("resolved",), []),
        (RESOLVED, ("other",), ["probe.end: is apart from 'other', which is no step of this page.", SAME_PERSON]),
        (AT_THE_BASE, (), []),  # not the cell alone
        (also("resolved", source="b", target="b", by=Right.RECORD_RESOLUTION, cancels=["PRO.DECIDE"]), (), []),  # after it
    ],
)  # fmt: skip
def test_a_page_on_which_one_person_could_record_both_does_not_start(
    extra: dict[str, object], apart: tuple[str, ...], faults: list[str]
) -> None:
    probe = page(by=Right.RECORD_DECISION, at=Level.BASE, extra=extra, apart_from=apart)
    assert catalogue.check([probe]) == faults


SETTLED = (
    "probe.end: settles above the cell what resolved resolved, and may be recorded by the same person (apart_from)."
)
BOTH = (Level.CELL, Level.BASE)
SENT_BACK = also("resolved", source="a", target="b", by=Right.RECORD_RESOLUTION)
ELSEWHERE = also("resolved", by=Right.RECORD_RESOLUTION, there=True, facts=[UnitRef("place", "Place")])


@pytest.mark.parametrize("right", [Right.RECORD_RESOLUTION, Right.PREPARE])
@pytest.mark.parametrize(
    ("extra", "at", "apart", "faults"),
    [
        (RESOLVED, BOTH, (), [SETTLED]),
        (RESOLVED, BOTH, ("resolved",), []),
        (RESOLVED, Level.BASE, (), [SETTLED]),
        (RESOLVED, Act("expel"), (), [SETTLED]),
        (RESOLVED, Level.CELL, (), []),  # the cell's own
        (AT_THE_BASE, BOTH, (), []),  # not the cell alone
        (SENT_BACK, BOTH, (), []),  # after it
    ],
)  # fmt: skip
def test_nor_does_one_whose_resolution_is_settled_above_by_a_step_that_the_cell_may_take_too(
    right: Right, extra: dict[str, object], at: Any, apart: tuple[str, ...], faults: list[str]
) -> None:
    probe = page(by=right, at=at, extra=extra, apart_from=apart)
    assert [fault for fault in catalogue.check([probe]) if "apart_from" in fault] == faults


def test_what_another_cell_resolved_is_noted_and_what_stays_as_it_is_settles_nothing() -> None:
    noted = page(by=Right.PREPARE, at=BOTH, extra=ELSEWHERE | {"there": "place"})
    assert catalogue.check([noted]) == []
    staying = page(
        by=Right.PREPARE, at=BOTH, extra=RESOLVED | also("stays", by=Right.PREPARE, at=BOTH), apart_from=("resolved",)
    )
    assert catalogue.check([staying]) == []


def test_a_resolution_that_another_person_has_decided_on_is_settled_no_more() -> None:
    decided = also(
        "decides", target="b", by=Right.RECORD_DECISION, at=Level.BASE, apart_from=["resolved"], cancels=["PRO.DECIDE"]
    )
    probe = page(source="b", target="b", by=Right.PREPARE, at=BOTH, extra=RESOLVED | decided)
    assert catalogue.check([probe]) == []


def test_a_case_that_another_paper_has_settled_is_ended_by_anybody() -> None:
    left = page(by=Right.RECORD_RESOLUTION, at=BOTH, extra=RESOLVED, guards=[member_has_left])
    assert catalogue.check([left]) == []
    assert catalogue.check([page(by=Right.RECORD_RESOLUTION, at=BOTH, extra=RESOLVED)]) == [SETTLED]
