"""The clocks of a screening: tasks of this system, and the period of help that the cell sets."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from workflows.clocks import term_end, the_day
from workflows.offices import Level
from workflows.situation import Situation
from workflows.vocabulary import Clock


def _help_ends(situation: Situation, start: date) -> date:
    """The day the cell has set; else the policy's months."""
    chosen: date | None = situation.facts.get("help_until")
    return chosen or term_end(situation.rule("SCR.HELP", start), start, situation.calendar)


CONSIDER = Clock("TASK.SCREENING_LIST", the_day, Level.CELL, _("Sign noted"))
GUIDE = Clock("TASK.SCREENING_GUIDANCE", the_day, Level.BASE, _("Draft list"))
VOTE = Clock("TASK.SCREENING_VOTE", the_day, Level.CELL, _("Guidance of the committee"))
REPORT = Clock("TASK.SCREENING_REPORT", the_day, Level.CELL, _("Counting record"))
HELP = Clock("SCR.HELP", the_day, Level.CELL, _("Counting record"), due=_help_ends)
ALL = ("TASK.SCREENING_LIST", "TASK.SCREENING_GUIDANCE", "TASK.SCREENING_VOTE", "TASK.SCREENING_REPORT", "SCR.HELP")
"""Every rule a screening may have a deadline of: a step that ends the case cancels what is still open."""
