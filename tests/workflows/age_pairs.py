"""The guards of ages where a year of birth alone is known, or nothing: silent and not."""

from __future__ import annotations

from datetime import date

from tests.workflows.twins import member, situation
from workflows.guards import ages
from workflows.situation import Situation


def born(year: int | None, on: date) -> Situation:
    return situation(on, member=member(born_on=year and date(year, 1, 1), born_year_only=year is not None))


def voted(born_on: date, *, year_only: bool = False) -> Situation:
    """Proposed by the cell on 10/08/2026, decided on half a year later."""
    person = member(born_on=born_on, born_year_only=year_only)
    return situation(date(2027, 2, 1), member=person, past={"resolution": {"date": "2026-08-10"}})


# 216 to 720 months: of a year every month must lie on the good side
AGES = [
    ("Refusal:age.birth_unknown", ages.old_enough, born(2008, date(2026, 12, 1)), born(2008, date(2026, 11, 30))),
    ("Refusal:age.birth_unknown", ages.old_enough, born(1966, date(2026, 1, 31)), born(1966, date(2026, 2, 1))),
    ("Refusal:age.birth_unknown", ages.old_enough, born(1990, date(2026, 2, 1)), born(None, date(2026, 2, 1))),
    ("Refusal:age.too_young", ages.old_enough, born(2008, date(2026, 12, 1)),
     situation(date(2026, 11, 30), member=member(born_on=date(2008, 12, 1)))),
    ("Refusal:age.too_young_when_voted", ages.old_enough_when_voted,  # 216 months by month in August 2026
     voted(date(2008, 8, 31)), voted(date(2008, 9, 1))),
    ("Refusal:age.too_young_when_voted", ages.old_enough_when_voted,
     situation(date(2027, 2, 1), member=member(born_on=date(2010, 1, 1))), voted(date(2010, 1, 1))),
    ("Refusal:age.too_young_when_voted", ages.old_enough_when_voted,  # no month of that year is old enough: refused elsewhere
     voted(date(2009, 1, 1), year_only=True), voted(date(2009, 1, 1))),
    ("Caution:age.birth_unknown", ages.age_in_sight, born(1990, date(2026, 2, 1)), born(None, date(2026, 2, 1))),
    ("Caution:age.by_month_only", ages.old_enough, born(2008, date(2026, 12, 1)),
     situation(date(2026, 12, 1), member=member(born_on=date(2008, 12, 31)))),
]  # fmt: skip
