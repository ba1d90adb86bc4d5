"""The clocks of transfers: the procedure, the paper, the dossier that does not come, the end of a stay."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from workflows.clocks import day_of, the_day
from workflows.guards.moving import is_internal
from workflows.offices import Level
from workflows.situation import Situation
from workflows.timed import Days, Timed, ahead_of, day_after, past, recorded
from workflows.vocabulary import Clock


def _leaves_the_base(situation: Situation) -> date | None:
    return None if is_internal(situation) else situation.day("effective_on")


def _stays_in_the_base(situation: Situation) -> date | None:
    return situation.day("effective_on") if is_internal(situation) else None


PROCEDURE = Clock("TRF.OFFICIAL", _leaves_the_base, Level.CELL, _("Decision in effect, or change of residence"))
INTERNAL = Clock("TASK.TRANSFER_INTERNAL", _stays_in_the_base, Level.CELL, _("Decision in effect"))
PAPER = Clock("TRF.PAPER", day_of("introduction"), Level.BASE, _("Introduction paper"), there=True)
MISSING = Clock("TRF.DOSSIER_MISSING", day_of("slip_received_on"), Level.BASE, _("Notice slip received"), there=True)
SLIP = Clock("TASK.NOTICE_SLIP", the_day, Level.BASE, _("Member taken in"), there=True)
NOTE = Clock("TASK.NOTE_MISSING", the_day, Level.CELL, _("Report that the member has not come"))
ALL = (
    "TRF.OFFICIAL", "TASK.TRANSFER_INTERNAL", "TRF.PAPER", "TRF.DOSSIER_MISSING", "TASK.NOTICE_SLIP", "TASK.NOTE_MISSING",
)  # fmt: skip

INTRODUCE = Clock("TASK.TEMP_INTRODUCE", the_day, Level.CELL, _("Request of the member"))
STAY_ENDS = Clock("TASK.TEMP_END", day_of("away_until"), Level.CELL, _("End of the temporary transfer"))
WAY_BACK = Clock("TRF.PAPER", day_of("introduction_back"), Level.CELL, _("Introduction paper for the way back"))
TEMPORARY = ("TASK.TEMP_INTRODUCE", "TRF.PAPER", "TASK.TEMP_END")


def _overdue(days: Days) -> date | None:
    return day_after(days.due.get("TRF.PAPER"))


def paper_late(*states: str) -> Timed:
    """T-06: the paper's days are over; whoever is at fault writes why. It is taken in all the same."""
    label = _("Introduction paper not presented in its days: the reason is to be written")
    return Timed("paper_late", label, "TRF.PAPER", states, _overdue)


def vanished(*states: str) -> Timed:
    """T-08: three months after the notice slip and no dossier; the place of destination looks for the member."""
    label = _("No dossier three months after the notice slip")
    since = lambda days: day_after(days.due.get("TRF.DOSSIER_MISSING"))  # noqa: E731
    return Timed("vanished", label, "TRF.DOSSIER_MISSING", states, since)


def stay_ending(*states: str) -> tuple[Timed, ...]:
    """Introduced ahead; T-10: the end of the stay is near, or has passed."""
    return (
        Timed("not_begun", _("The temporary transfer begins on the first day of the stay"), "TRF.TEMP", states,
              recorded("introduction"), until=recorded("from_on")),
        Timed("ends_soon", _("The temporary transfer ends soon: return, extend or transfer for good?"), "TRF.END_WARN",
              states, ahead_of("away_until", "TRF.END_WARN"), until=past("away_until")),
        Timed("over", _("The end of the temporary transfer has passed"), "TRF.TEMP", states, past("away_until")),
    )  # fmt: skip
