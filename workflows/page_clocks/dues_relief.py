"""The clocks of a relief from dues: no term to answer was seen; that it runs out is told on its last day."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from workflows.clocks import the_day
from workflows.facts import day_in
from workflows.offices import Level
from workflows.situation import Situation
from workflows.timed import Days, Timed, day_after
from workflows.vocabulary import Clock
from workflows.workdays import month_end


def _last_day(situation: Situation) -> date | None:
    last = situation.day("last_month")
    return month_end(last) if last else None


def _past_it(days: Days) -> date | None:
    last = day_in(days.facts, "last_month")
    return day_after(month_end(last)) if last else None


CONSIDER = Clock("TASK.DUES_CONSIDER", the_day, Level.CELL, _("Request of the member"))
END = Clock("TASK.DUES_RELIEF_END", _last_day, Level.CELL, _("End of the exemption or reduction"))
ALL = ("TASK.DUES_CONSIDER", "TASK.DUES_RELIEF_END")


def labels(*states: str) -> tuple[Timed, ...]:
    """The months are over: dues are owed in full again, whether or not anybody has closed the file."""
    return (Timed("over", _("The exemption or reduction is over"), "DUE.REDUCTIONS", states, _past_it),)
