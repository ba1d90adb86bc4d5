"""Guards of leaving on one's own request: only without a violation, pending or known."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_noop

from workflows.answers import Answer, Caution, Refusal
from workflows.page_facts.leaving import GROUNDS
from workflows.situation import Situation

VIOLATIONS = ("standards_violated", "political_standards")
"""Grounds of a removal that are a violation by themselves; the others are until the cell has proposed the removal."""
IN_CELL = ("opened", "asked", "reviewed")
"""States of a removal on which the cell has not voted with success."""
VIOLATED = ("violated_again", "degenerated", "exemplary_conduct")
"""Criteria of a screening that say of a violation."""


def no_violation(situation: Situation) -> Iterator[Answer]:
    """Discipline comes first, leaving afterwards (01-HD/TW mục 11.2); nor does leaving forestall a removal."""
    remedy = gettext_noop("Consider the discipline first, then the request to leave.")
    if situation.open_cases("discipline"):
        message = gettext_noop("A discipline case of this person is open.")
        yield Refusal("withdrawal.discipline_open", message, rule="WDR.NO_VIOLATION", remedy=remedy)
    if situation.facts.get("no_violation") is False:
        message = gettext_noop("A member with a violation cannot leave on request.")
        yield Refusal("withdrawal.violation", message, rule="WDR.NO_VIOLATION", remedy=remedy, fact="no_violation")
    removals = [case for case in situation.cases("removal") if case.closed_on is None]
    screenings = [case for case in situation.cases("screening") if case.closed_on is None]
    proposed = [
        case.facts["ground"] for case in removals if case.facts["ground"] in VIOLATIONS or case.state not in IN_CELL
    ]
    if any(case.closed_on is None and case.state == "removal_proposed" for case in situation.cases("recognition")):
        proposed.append("probationer_unfit")
    if proposed:
        yield Refusal(
            "withdrawal.removal_open", gettext_noop("A removal of this person is open on the ground: %(ground)s."),
            {"ground": dict(GROUNDS)[proposed[0]]}, "WDR.NO_VIOLATION",
            gettext_noop("Bring the removal to its end first; who is not removed may ask to leave afterwards."),
        )  # fmt: skip
        return
    missing = any(case.closed_on is None and case.facts.get("missing_report") for case in situation.cases("transfer"))
    if any(case.facts.get("criterion") in VIOLATED for case in screenings):
        yield Refusal(
            "withdrawal.screening_open", gettext_noop("A screening of this person for a violation is open."),
            rule="WDR.NO_VIOLATION", remedy=gettext_noop("Bring the screening to its end first, or hand it to discipline."),
        )  # fmt: skip
    elif removals or screenings:
        message = gettext_noop("A screening or removal of this person is open: is there a violation to consider first?")
        yield Caution("withdrawal.other_case_open", message, rule="WDR.NO_VIOLATION")
    elif missing:
        message = gettext_noop("The member was reported missing on a transfer: is there a violation to consider first?")
        yield Caution("withdrawal.other_case_open", message, rule="WDR.NO_VIOLATION")
