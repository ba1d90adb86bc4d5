"""The clocks of a recognition: which day starts which term or task, and whose turn it is."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from workflows.clocks import day_of, end_of, months_after, the_day
from workflows.offices import Level
from workflows.situation import Situation
from workflows.vocabulary import Clock
from workflows.workdays import add_months, month_end

TWELVE_MONTHS = months_after("ceremony_on", "PRO.LENGTH")


def _next_month_end(situation: Situation, start: date) -> date:
    return month_end(add_months(start, 1))


def _still_to_end(situation: Situation) -> date | None:
    ends = TWELVE_MONTHS(situation)
    return ends if ends and situation.on < ends else None


def _returned_later(situation: Situation) -> date | None:
    return None if _still_to_end(situation) else situation.on


REVIEW = Clock("PRO.CELL_REVIEW", TWELVE_MONTHS, Level.CELL, _("End of the twelve months"))
CV = Clock("PRO.CV", day_of("ceremony_on"), Level.CELL, _("Admission ceremony"))
DECIDE = Clock("PRO.DECIDE", the_day, Level.BASE, _("Resolution of the cell"))
EXTENDED = Clock("PRO.DECIDE_EXT", end_of("PRO.DECIDE", "resolution"), Level.BASE, _("End of the term to decide"))
REVIEW_AGAIN = Clock("PRO.CELL_REVIEW", _still_to_end, Level.CELL, _("End of the twelve months"))
RECONSIDER = Clock("TASK.RECONSIDER", _returned_later, Level.CELL, _("Notice to the cell"))
CLASS = Clock("TASK.NEW_MEMBER_CLASS", day_of("ceremony_on"), Level.CELL, _("Admission ceremony"))
ANNOUNCE = Clock("PRO.ANNOUNCE", the_day, Level.CELL, _("Recognition decision"), due=_next_month_end)
REPORT = Clock("TASK.REPORT_THREE_BALLOTS", the_day, Level.BASE, _("Third failed ballot"))
DECIDE_REMOVAL = Clock("TASK.COMMITTEE_DECIDE", the_day, Level.BASE, _("Resolution of the cell"))
DECIDE_REPORT = Clock("TASK.COMMITTEE_DECIDE", the_day, Level.BASE, _("Report of the cell"))
ALL = (
    "PRO.CELL_REVIEW", "PRO.CV", "PRO.DECIDE", "PRO.DECIDE_EXT", "PRO.ANNOUNCE", "TASK.NEW_MEMBER_CLASS",
    "TASK.RECONSIDER", "TASK.REPORT_THREE_BALLOTS", "TASK.COMMITTEE_DECIDE",
)  # fmt: skip
"""Every rule a recognition may have a deadline of: a step that ends the case cancels what is still open."""
TO_DECIDE = ("PRO.DECIDE", "PRO.DECIDE_EXT", "TASK.REPORT_THREE_BALLOTS", "TASK.COMMITTEE_DECIDE")
"""Met by the committee's decision, whichever it is."""
