"""Guards of terms that can be made longer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.utils.translation import gettext_noop

from workflows.answers import Answer, Caution, Refusal
from workflows.clocks import Start, end_of, term_end
from workflows.situation import Guard, Situation


def extended_in_time(term: str, fact: str) -> Guard:
    """A term that began with a recorded day is extended while it runs: later than that is said, and stays late.

    The extension (the rule of the same name with `_EXT`) begins where the term ended: past its own last day it would
    extend nothing.
    """
    extension = f"{term}_EXT"

    def last(situation: Situation, ended: date) -> date:
        return term_end(situation.rule(extension, ended), ended, situation.calendar)

    return extended_while_it_runs(term, extension, end_of(term, fact), last)


def extended_while_it_runs(term: str, extension: str, end: Start, last_day: Callable[[Situation, date], date]) -> Guard:
    """As `extended_in_time`, for a term that is no one sum: `end` is its last day, `last_day` that of the extension."""

    def guard(situation: Situation) -> Answer | None:
        ended = end(situation)
        if ended is None or situation.on <= ended:
            return None
        last = last_day(situation, ended)
        if situation.on <= last:
            message = gettext_noop("The term had run out on %(ended)s when it was extended.")
            return Caution("term.extended_late", message, {"ended": ended}, term)
        return Refusal(
            "term.extension_over", gettext_noop("The term ran out on %(ended)s; extended, it would have ended on %(last)s."),
            {"ended": ended, "last": last}, extension,
            gettext_noop("Record the decision itself: it is late, and can still be made."),
        )  # fmt: skip

    return guard
