"""The steps of a case follow one another by their days: every later step of every page is asked, none is forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.workflows.twins import codes, situation
from workflows.catalogue import PAGES
from workflows.facts import Day, Fact, Paper
from workflows.guards.days import in_order
from workflows.vocabulary import NEW, Lifecycle, Step

ON = date(2027, 2, 1)
CASES = [page for page in PAGES if page.subject == "case"]
LATER = [(page, one) for page in CASES for one in page.steps().values() if one.sources != (NEW,)]

BESIDE = {
    ("abroad", "contact_on"): "a contact noted meanwhile orders nothing",
    ("away", "contact_on"): "a contact noted meanwhile orders nothing",
    ("congress", "plan"): "the plan may be filed before or after the summons",
    ("congress", "appointment"): "asked of the approval alone: what else follows forgets the election",
    ("congress", "begun_on"): "asked of what comes before the congress, whose summons comes after it",
    ("admission", "over_age_consent"): "the proposal looks at its day itself: dated later it is no consent (age.too_old)",
    ("admission", "received_on"): "the cell may receive the decision after the ceremony was held on its issue",
    ("appeal", "received_on"): "of the decision that the appeal is against: `received_before_lodged`",
    ("discipline", "suspension"): "runs beside the case; asked of its extension and its end",
    ("discipline", "suspension_end"): "runs beside the case; asked of the next suspension",
    ("discipline", "in_force_on"): "`judgment_in_force` on the day of the decision, which bears the order",
    ("exemption", "exempt_since"): "told by a roster; the member's history refuses a day before it",
    ("exemption", "report"): "the report to the level above may be filed at any time",
    ("meeting", "month"): "`in_its_time` holds the meeting to its month",
    ("meeting", "documents_on"): "a meeting may be held before all documents were out (a caution)",
    ("meeting", "held_on"): "asked of the minutes, which the report of the score follows",
    ("meeting", "filed_on"): "told by the office's table of a time before Chibo",
    ("readmission", "record_cleared_on"): "the gate asks it",
    ("readmission", "left_elsewhere_on"): "the gate asks it: months have passed since",
    ("recognition", "considered_on"): "a day before the ceremony",
    ("recognition", "ceremony_on"): "`after_the_twelve_months` asks more of a vote; what follows the vote follows its paper",
    ("recognition", "cv"): "filed beside the course of the case, whenever the member writes it",
    ("recognition", "class_certificate"): "filed beside the course of the case; missing, it only cautions",
    ("recognition", "report"): "the level above may decide before the report's receipt is recorded",
    ("removal", "educated_since"): "`educated_long_enough` on the day of the opening",
    ("removal", "cell_report"): "the level above may decide before the report's receipt is recorded",
    ("screening", "report_upward"): "the report to the level above may be filed at any time",
    ("temporary_transfer", "extension"): "a later end, which `later_than_before` asks",
    ("transfer", "effective_on"): "a decision may take effect after its papers were prepared",
    ("transfer", "slip_received_on"): "a member may come before the slip; asked of the report that one is missing",
    ("transfer", "missing_report"): "a member may come after all; asked of the removal",
}  # fmt: skip
"""Days told by an earlier step that not every later step is held to, and why."""


def told_before(page: type[Lifecycle], one: Step) -> list[Fact]:
    """The papers and days (but for those that lie ahead) of all steps that can come before this one."""
    steps, states, found = page.steps().values(), set(one.sources), []
    while more := [step for step in steps if step not in found and {target for _, target in step.moves} & states]:
        found += more
        states |= {source for step in more for source in step.sources} - {NEW}
    return [fact for step in found for fact in step.facts
            if isinstance(fact, Paper) or (isinstance(fact, Day) and not fact.ahead)]  # fmt: skip


def refused_after(one: Step, fact: Fact, day: date) -> bool:
    """Whether a step on ON is refused because an earlier one told the day."""
    told = {"date": day.isoformat()} if isinstance(fact, Paper) else day.isoformat()
    seen = replace(situation(ON), past={fact.name: told})
    ordering = [guard for guard in one.guards if guard.__module__ == in_order.__module__]
    return any("Refusal:day.before_earlier_step" in codes(guard, seen) for guard in ordering)


def test_every_later_step_is_held_to_the_days_told_before_it_or_it_is_said_why_not() -> None:
    free = {
        (page.key, fact.name) for page, one in LATER for fact in told_before(page, one)
        if not refused_after(one, fact, date(2027, 2, 2))
    }  # fmt: skip
    assert free == set(BESIDE)


def test_the_same_day_is_early_enough_everywhere() -> None:
    assert not [
        (one.code, fact.name) for page, one in LATER for fact in told_before(page, one) if refused_after(one, fact, ON)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lifecycle", "step", "fact"),
    [("congress", "approve", "appointment"), ("congress", "summon", "begun_on"), ("discipline", "end_suspension", "suspension"),
     ("discipline", "extend_suspension", "suspension"), ("discipline", "suspend", "suspension_end"),
     ("meeting", "file_minutes", "held_on"), ("recognition", "propose_removal", "ceremony_on"),
     ("recognition", "name_helper", "ceremony_on"), ("transfer", "report_missing", "slip_received_on"),
     ("transfer", "remove", "missing_report")],
)  # fmt: skip
def test_days_told_beside_the_course_order_the_steps_that_rest_on_them(lifecycle: str, step: str, fact: str) -> None:
    page = next(page for page in CASES if page.key == lifecycle)
    one = page.steps()[step]
    told = next(each for each in told_before(page, one) if each.name == fact)
    assert (refused_after(one, told, date(2027, 2, 2)), refused_after(one, told, ON)) == (True, False)


def test_the_latest_of_the_earlier_papers_is_named() -> None:
    papers = {"one": {"date": "2027-02-02"}, "then": {"date": "2027-02-04"}, "three": {"date": "2027-02-03"}}
    answer = in_order(papers)(replace(situation(ON), past=papers))
    assert answer.params == {"day": ON, "before": date(2027, 2, 4), "earlier": "then"}  # type: ignore[union-attr]
    assert in_order(papers)(replace(situation(ON), past={})) is None
