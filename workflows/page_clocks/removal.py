"""The clocks of a removal: tasks of this system, for which no term was seen, and the term to appeal."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from workflows.clocks import the_day
from workflows.offices import Level
from workflows.vocabulary import Clock

CONSIDER = Clock("TASK.CONSIDER_REMOVAL", the_day, Level.CELL, _("Report on the ground"))
ANSWER = Clock("TASK.SELF_REVIEW", the_day, Level.CELL, _("Written request"))
DECIDE = Clock("TASK.COMMITTEE_DECIDE", the_day, Level.BASE, _("Resolution of the cell"))
REPORT = Clock("TASK.REPORT_THREE_BALLOTS", the_day, Level.BASE, _("Third failed ballot"))
DECIDE_REPORT = Clock("TASK.COMMITTEE_DECIDE", the_day, Level.BASE, _("Report of the cell"))
HAND_OVER = Clock("TASK.HAND_OVER", the_day, Level.CELL, _("Decision"))
APPEAL = Clock("REM.APPEAL", the_day, Level.BASE, _("Receipt by the person"))
IN_CELL = ("TASK.CONSIDER_REMOVAL", "TASK.SELF_REVIEW")
TO_DECIDE = ("TASK.COMMITTEE_DECIDE", "TASK.REPORT_THREE_BALLOTS")
ALL = (*IN_CELL, *TO_DECIDE, "TASK.HAND_OVER", "REM.APPEAL")
"""Every rule a removal may have a deadline of: a step that ends the case cancels what is still open."""
