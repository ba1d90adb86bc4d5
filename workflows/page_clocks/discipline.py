"""The clocks of a discipline case: tasks of this system, the end of a suspension, and the disputed term to appeal."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from workflows.clocks import the_day
from workflows.offices import Level
from workflows.situation import Situation
from workflows.vocabulary import Clock


def _last_day(situation: Situation, start: date) -> date:
    last: date = situation.facts["away_until"]
    return last


CONSIDER = Clock("TASK.CONSIDER_VIOLATION", the_day, Level.CELL, _("Report on the violation"))
NOTE = Clock("TASK.NOTE_DISCIPLINE", the_day, Level.CELL, _("Decision of the temporary cell"))
SUSPENDED = Clock("TASK.END_SUSPENSION", the_day, Level.BASE, _("Decision to suspend"), due=_last_day)
DECIDE = Clock("TASK.COMMITTEE_DECIDE", the_day, Level.BASE, _("Resolution of the cell"))
HAND_OVER = Clock("TASK.HAND_OVER", the_day, Level.CELL, _("Decision"))
APPEAL = Clock("DIS.APPEAL", the_day, Level.BASE, _("Receipt by the person"))
TO_DECIDE = ("TASK.CONSIDER_VIOLATION", "TASK.COMMITTEE_DECIDE")
ALL = (*TO_DECIDE, "TASK.NOTE_DISCIPLINE", "TASK.END_SUSPENSION", "TASK.HAND_OVER", "DIS.APPEAL")
"""Every rule a discipline case may have a deadline of: a step that ends the case cancels what is still open."""
