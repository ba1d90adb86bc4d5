"""The figures of overviews by key, with what they are called; what counts for each, `counted` says."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workflows.flagging import Cause
from workflows.lifecycles.screening import Screening
from workflows.standings import ON_THE_LISTS, Participation

MEMBER, CELL = "member", "cell"
ADMISSION, CONGRESS = "admission.year", "congress.year"
MEETING_DUE, MEETING_HELD, MEETING_OVERDUE = "meeting.due", "meeting.held", "meeting.overdue"
DEADLINE_OPEN, DEADLINE_OVERDUE = "deadline.open", "deadline.overdue"
STANDINGS = tuple(f"standing.{one}" for one in ON_THE_LISTS)
WAYS = tuple(f"participation.{one}" for one in Participation)
FLAG, SCREENED = "flag.all", "screening.all"
FLAGS = tuple(f"flag.{one}" for one in Cause)
SCREENING = tuple(f"screening.{one}" for one in Screening.RUNNING)

FIGURES: Mapping[str, str | Promise] = {
    MEMBER: _("Members"),
    **{f"standing.{one}": one.label for one in ON_THE_LISTS},
    **{f"participation.{one}": one.label for one in Participation},
    CELL: _("Cells"),
    ADMISSION: _("Admitted in the year"),
    CONGRESS: _("Congresses held in the year"),
    MEETING_DUE: _("Regular meetings of the month"),
    MEETING_HELD: _("Regular meetings of the month that were held"),
    MEETING_OVERDUE: _("Regular meetings overdue"),
    FLAG: _("Flags that stand"),
    **{f"flag.{one}": one.label for one in Cause},
    SCREENED: _("Screenings under way"),
    **{f"screening.{one}": one.label for one in Screening.RUNNING},
    DEADLINE_OPEN: _("Open deadlines"),
    DEADLINE_OVERDUE: _("Overdue deadlines"),
}
RESTRICTED = frozenset({FLAG, *FLAGS, SCREENED, *SCREENING})
"""Figures for offices alone that may see screening, removal and discipline cases."""
PLANNED: tuple[str, ...] = (ADMISSION, CONGRESS)
"""Figures of a year for which a plan may be entered."""
