"""The clocks of an appeal: the term of the level that resolves it, by what it is against."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from workflows.clocks import Start, the_day
from workflows.offices import Level
from workflows.situation import Situation
from workflows.vocabulary import Clock

TERM = {"removal": "REM.RESOLVE", "expulsion": "TASK.RESOLVE_APPEAL"}


def _at(level: Level, against: str) -> Start:
    def start(situation: Situation) -> date | None:
        said = {name: situation.facts.get(name) or situation.past.get(name) for name in ("appeal_to", "against")}
        return situation.day("appeal") if said == {"appeal_to": level.value, "against": against} else None

    return start


def _due(level: Level, against: str, rule_id: str) -> Clock:
    part = "central" if level == Level.CENTRAL else "province_or_commune"

    def due(situation: Situation, start: date) -> date:
        return situation.calendar.add_working_days(start, situation.rule(rule_id, start).value[part])

    return Clock(rule_id, _at(level, against), level, _("Receipt of the appeal"), due=due)


RESOLVE = tuple(
    _due(level, against, rule_id)
    for level in (Level.UPPER, Level.PROVINCE, Level.CENTRAL) for against, rule_id in TERM.items()
)  # fmt: skip
JUDGE_LATE = tuple(
    Clock("TASK.JUDGE_LATE_APPEAL", _at(level, against), level, _("Late appeal"))
    for level in (Level.UPPER, Level.PROVINCE, Level.CENTRAL) for against in TERM
)  # fmt: skip
FURTHER = Clock("TASK.FURTHER_APPEAL", the_day, Level.BASE, _("Decision on the appeal"))
RULES = tuple(TERM.values())
ALL = (*RULES, "TASK.JUDGE_LATE_APPEAL", "TASK.FURTHER_APPEAL")
