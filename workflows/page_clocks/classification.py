"""The clocks of a classification. No terms were seen: all are tasks."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from workflows.clocks import the_day
from workflows.offices import Level
from workflows.vocabulary import Clock

PROPOSE = Clock("TASK.CLASSIFY", the_day, Level.CELL, _("Classification opened"))
PROPOSE_AGAIN = Clock("TASK.CLASSIFY", the_day, Level.CELL, _("Notice to the cell"))
DECIDE = Clock("TASK.CLASSIFY_DECIDE", the_day, Level.BASE, _("Resolution of the cell"))
ANNOUNCE = Clock("TASK.CLASSIFY_ANNOUNCE", the_day, Level.CELL, _("Decision on the classification"))
ANSWER = Clock("TASK.CLASSIFY_ANSWER", the_day, Level.BASE, _("Complaint"))
ALL = ("TASK.CLASSIFY", "TASK.CLASSIFY_DECIDE", "TASK.CLASSIFY_ANNOUNCE", "TASK.CLASSIFY_ANSWER")
