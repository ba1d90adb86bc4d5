"""Guards of leaving on one's own request: only without a violation, pending or known."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_noop

from workflows.answers import Answer, Caution, Refusal
from workflows.situation import Situation


def no_violation(situation: Situation) -> Iterator[Answer]:
    """Discipline comes first, leaving afterwards (01-HD/TW mục 11.2); an open screening or removal is looked at."""
    remedy = gettext_noop("Consider the discipline first, then the request to leave.")
    if situation.open_cases("discipline"):
        message = gettext_noop("A discipline case of this person is open.")
        yield Refusal("withdrawal.discipline_open", message, rule="WDR.NO_VIOLATION", remedy=remedy)
    if situation.facts.get("no_violation") is False:
        message = gettext_noop("A member with a violation cannot leave on request.")
        yield Refusal("withdrawal.violation", message, rule="WDR.NO_VIOLATION", remedy=remedy, fact="no_violation")
    if situation.open_cases("screening") or situation.open_cases("removal"):
        message = gettext_noop("A screening or removal of this person is open: is there a violation to consider first?")
        yield Caution("withdrawal.other_case_open", message, rule="WDR.NO_VIOLATION")
