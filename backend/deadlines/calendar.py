"""The working calendar of Việt Nam: the `holidays` library as the seed, CalendarDay overrides on top."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache

import holidays

from backend.core.db import execute
from backend.deadlines.models import CalendarDay, Competence
from workflows.law import Rule, settle
from workflows.workdays import Calendar

YEARS = range(2000, 2041)
"""The library knows swaps as they were announced; later years are a guess until someone enters an override."""

TET = re.compile(r"\bTết\b(?! Dương lịch)")
"""The days of Tết have a name each; an explanation speaks of them as one."""

FINGERPRINT = """(SELECT concat_ws('.', count(*), sum(hashtext(d::text))) FROM deadlines_calendarday d) || '/'
    || (SELECT concat_ws('.', count(*), sum(hashtext(c::text))) FROM deadlines_competence c)"""
"""What changes with every change of the overrides, of the calendar and of who decides: an expression for a statement that
has to be sent anyway."""
_kept: dict[str, tuple[Calendar, Mapping[str, tuple[Rule, ...]]]] = {}


@cache
def seed() -> tuple[Mapping[date, str], frozenset[date]]:
    """Weekdays off by name, and the make-up Saturdays that are worked."""
    table = holidays.country_holidays("VN", years=YEARS, language="vi")
    off = {day: "Tết" if TET.search(name) else name for day, name in table.items() if day.weekday() < 5}
    worked: set[date] = set()
    for year in YEARS:
        day = date(year, 1, 1)
        while day.year == year:
            if day.weekday() >= 5 and table.is_working_day(day):
                worked.add(day)
            day += timedelta(days=1)
    return off, frozenset(worked)


def build(overrides: list[tuple[date, bool, str]]) -> Calendar:
    """The seed with overrides (day, off, name) on top."""
    off, worked = dict(seed()[0]), set(seed()[1])
    for day, is_off, name in overrides:
        off.pop(day, None)
        worked.discard(day)
        if is_off:
            off[day] = name
        else:
            worked.add(day)
    return Calendar(frozenset(off), frozenset(worked), off)


def calendar(fingerprint: str | None = None) -> Calendar:
    """The calendar as the overrides stand now; rebuilt only when they changed. Must run inside a transaction.

    What the installation has settled about who decides is read with it, for `law.competent_levels` of this transaction.

    `fingerprint` is what another statement of the same transaction read as `FINGERPRINT`.
    """
    key = fingerprint if fingerprint is not None else str(execute(f"SELECT {FINGERPRINT}")[0][0])
    kept = _kept.get(key)
    if kept is None:
        _kept.clear()
        days = CalendarDay.objects.filter(withdrawn=False).values_list("day", "off", "name")
        kept = _kept[key] = build(list(days)), _settled()
    settle(kept[1])
    return kept[0]


def _settled() -> dict[str, tuple[Rule, ...]]:
    found: dict[str, tuple[Rule, ...]] = {}
    for row in Competence.objects.filter(withdrawn=False).order_by("act", "from_date"):
        found[row.act] = (*found.get(row.act, ()), row.rule())
    return found
