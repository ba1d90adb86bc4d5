"""The clocks of a withdrawal: no term was seen, so they are tasks of this system."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from workflows.clocks import the_day
from workflows.offices import Level
from workflows.vocabulary import Clock

CONSIDER = Clock("TASK.CONSIDER_WITHDRAWAL", the_day, Level.CELL, _("Written request"))
DECIDE = Clock("TASK.COMMITTEE_DECIDE", the_day, Level.BASE, _("Resolution of the cell"))
ALL = ("TASK.CONSIDER_WITHDRAWAL", "TASK.COMMITTEE_DECIDE")
