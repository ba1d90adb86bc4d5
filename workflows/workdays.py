"""Working days and months over a calendar that is handed in.

The day of the event is day 0; a term of n working days ends with its nth working day (rules.md section 0.4).
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from itertools import accumulate, compress

FIRST, LAST = date(1900, 1, 1), date(2200, 12, 31)
_BASE = FIRST.toordinal()
_SIZE = LAST.toordinal() - _BASE + 1
_WEEKEND = 5


@dataclass(frozen=True, eq=False)
class Calendar:
    """Mon-Fri weeks with days off (holidays, days swapped away) and days worked instead (make-up Saturdays).

    A day that is both off and worked is worked. `names` says why a day is off, for explanations. Look-ups are
    answered from tables made once per calendar, so a sweep may ask 10^5 times.
    """

    off: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()
    names: Mapping[date, str] = field(default_factory=dict)

    @cached_property
    def _tables(self) -> tuple[bytearray, array[int], array[int]]:
        week = bytes(int((FIRST + timedelta(days=i)).weekday() < _WEEKEND) for i in range(7))
        flags = bytearray((week * (_SIZE // 7 + 1))[:_SIZE])
        for days, flag in ((self.off, 0), (self.worked, 1)):
            for day in days:
                flags[_place(day)] = flag
        return flags, array("l", accumulate(flags)), array("l", compress(range(_BASE, _BASE + _SIZE), flags))

    def is_working(self, day: date) -> bool:
        return bool(self._tables[0][_place(day)])

    def add_working_days(self, start: date, days: int) -> date:
        """The nth working day after `start` (before it, for a negative number); `start` itself for 0."""
        if days == 0:
            return start
        flags, counts, ordinals = self._tables
        place = _place(start)
        index = counts[place] + (days - 1 if days > 0 else days - flags[place])
        if not 0 <= index < len(ordinals):
            raise ValueError(f"{days} working days from {start} lie outside the calendar.")
        return date.fromordinal(ordinals[index])

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative where `end` comes first."""
        counts = self._tables[1]
        return counts[_place(end)] - counts[_place(start)]

    def next_working_day(self, day: date) -> date:
        """The first working day after the day."""
        return self.add_working_days(day, 1)

    def on_or_after(self, day: date) -> date:
        """The day itself where it is worked, else the next working day."""
        return day if self.is_working(day) else self.next_working_day(day)

    def off_days_between(self, start: date, end: date) -> list[tuple[date, str]]:
        """Weekdays off after `start` up to `end`, with their names: what an explanation must mention."""
        return self._named(self._exceptions[0], start, end)

    def worked_days_between(self, start: date, end: date) -> list[tuple[date, str]]:
        """Weekend days worked after `start` up to `end`, with their names."""
        return self._named(self._exceptions[1], start, end)

    @cached_property
    def _exceptions(self) -> tuple[list[date], list[date]]:
        """Weekdays off and weekend days worked, in order."""
        off = sorted(day for day in self.off - self.worked if day.weekday() < _WEEKEND)
        return off, sorted(day for day in self.worked if day.weekday() >= _WEEKEND)

    def _named(self, days: list[date], start: date, end: date) -> list[tuple[date, str]]:
        found = days[bisect_right(days, start) : bisect_right(days, end)]
        return [(day, self.names.get(day, "")) for day in found]


def _place(day: date) -> int:
    place = day.toordinal() - _BASE
    if not 0 <= place < _SIZE:
        raise ValueError(f"{day} lies outside the calendar ({FIRST} to {LAST}).")
    return place


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or the month's last day where it has no such day (29/02 gives 28/02)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def months_between(start: date, end: date) -> int:
    """Months from one day to another counted by month alone ("tính theo tháng"): the days play no part.

    The reading of the phrase is a policy (scenario B11, open question 11); it is made here and nowhere else.
    """
    return (end.year - start.year) * 12 + end.month - start.month


def month_start(day: date) -> date:
    return day.replace(day=1)


def month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def quarter(day: date) -> int:
    return (day.month - 1) // 3 + 1


def quarter_start(day: date) -> date:
    return date(day.year, quarter(day) * 3 - 2, 1)


def quarter_end(day: date) -> date:
    return month_end(date(day.year, quarter(day) * 3, 1))
