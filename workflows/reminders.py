"""The day of the month from which reminders run, where it is not the due day: the unit's own, or its province's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from workflows import law
from workflows.law import FALLBACKS, PacksOn
from workflows.workdays import Calendar, month_end, month_start


@dataclass(frozen=True)
class Reminder:
    """A day of the month; on a day off it moves on, to `until` at most. `version` is the rule's, empty = the unit's own."""

    day: int
    until: int = FALLBACKS[""]
    version: str = ""

    @property
    def rules(self) -> dict[str, str]:
        """The version of the law it stands on, by the rule's id."""
        return {self.version.partition("@")[0]: self.version} if self.version else {}

    def on(self, due_on: date, calendar: Calendar) -> date:
        """The reminder's day in the month of the due day.

        A month without such a day has it on its last. On a day off it is the next working day up to `until`, else the
        last one before (letters leave on working days only), else, in a month that has neither, the day as it stands.
        """
        first, last = month_start(due_on), month_end(due_on)
        day = min(first + timedelta(days=self.day - 1), last)
        later, earlier = calendar.on_or_after(day), calendar.add_working_days(day, -1)
        if later <= min(first + timedelta(days=self.until - 1), last):
            return later
        return earlier if earlier >= first else day


Remind = Callable[[int | None, PacksOn, date], Reminder | None]
"""From a unit's own reminder day, its packs by day and the start of a clock to the day of the month, if there is one."""


def of_meeting(own_day: int | None, packs_on: PacksOn, month: date) -> Reminder | None:
    """Of the monthly meeting: the day the unit set, else that of the province's pack on the first of the month (MTG.DAY).

    None where neither is: the due day is said.
    """
    if own_day is not None:
        return Reminder(own_day)
    rule = law.rule("MTG.DAY", month)
    return Reminder(rule.value, FALLBACKS[rule.fallback], rule.version) if rule.binds(packs_on(month)) else None
