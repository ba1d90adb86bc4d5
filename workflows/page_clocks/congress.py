"""The clocks of a congress: the end of the term, and what the base committee owes before and after it."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from workflows import law
from workflows.clocks import day_of, the_day
from workflows.guards.congress import legal_end
from workflows.offices import Level
from workflows.situation import Situation
from workflows.timed import Days, day_after
from workflows.vocabulary import Clock
from workflows.workdays import add_months


def _ends(situation: Situation, began: date) -> date:
    """The day by which the congress is held: the agreed one, else the end of the term."""
    return situation.facts.get("held_by") or legal_end(situation) or began


def _still_to_plan(situation: Situation) -> date | None:
    return None if situation.past.get("plan") else situation.day("begun_on")


def _months_before(situation: Situation, began: date) -> date:
    return add_months(_ends(situation, began), -situation.rule("TASK.CONGRESS_PLAN").value)


def before_the_end(days: Days) -> date | None:
    """The first day of the months in which the congress is prepared (G-01)."""
    ends = days.due.get("CON.TERM")
    return add_months(ends, -law.rule("CON.PREPARE", ends).value) if ends else None


def past_the_end(days: Days) -> date | None:
    """The first day past the end of the term."""
    return day_after(days.due.get("CON.TERM"))


TERM = Clock("CON.TERM", day_of("begun_on"), Level.CELL, _("Beginning of the term"), due=_ends)
PLAN = Clock("TASK.CONGRESS_PLAN", _still_to_plan, Level.BASE, _("Beginning of the term"), due=_months_before)
APPROVE = Clock("TASK.CONGRESS_APPROVE", the_day, Level.BASE, _("Day of the congress"))
AGAIN = Clock("TASK.CONGRESS_AGAIN", the_day, Level.CELL, _("Notice to the cell"))
TERM_AND_PLAN = ("CON.TERM", "TASK.CONGRESS_PLAN")
"""Set anew wherever the end of the term moves."""
ALL = (*TERM_AND_PLAN, "TASK.CONGRESS_APPROVE", "TASK.CONGRESS_AGAIN")
