"""Party age and party badges: which badge is reached by which ceremony (rules.md sections 2 and 11).

Lists are for people to consider: a badge is asked for, decided and awarded by them, and recorded with its paper. Who is ill
is not known here; whoever comes within the months of an early award is named where that is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from workflows import law
from workflows.workdays import add_months, month_end

STARTS = ("party_age_from", "admission_decided_on", "joined_on")
"""The days from which party age counts, the first that is known: what a paper confirms (or follows from a readmission), the
admission decision (PRO.PARTY_AGE), else the day of joining that stands on the card (PRO.PARTY_AGE_CARD)."""


class Kind(TextChoices):
    """Why somebody is on the list of a ceremony."""

    REACHED = "reached", _("Reached by the ceremony")
    THIS_MONTH = "this_month", _("Reached later in the month, where party age counts by month")
    OUTSTANDING = "outstanding", _("Reached before, no award recorded")
    EARLY = "early", _("May be awarded early on request, if seriously ill")
    POSTHUMOUS = "posthumous", _("Deceased, may be awarded after death on request")


@dataclass(frozen=True)
class Found:
    """A badge of so many years, the day on which it is reached, and why it is on the list."""

    years: int
    reached_on: date
    kind: Kind


class Start(NamedTuple):
    """The day from which party age counts, and the name of what it is (one of STARTS)."""

    day: date
    fact: str


def party_age_start(member: Any) -> Start | None:
    """From when a member's party age counts; None where no day is known."""
    for name in STARTS:
        day: date | None = getattr(member, name)
        if day is not None:
            return Start(day, name)
    return None


def reached(start: date, years: int) -> date:
    """The day on which so many years are full; of 29 February, the 28th where there is none (lifecycles.md S-09)."""
    return add_months(start, 12 * years)


def party_age(start: date, on: date) -> tuple[int, int]:
    """Full years and months of party age on a day, counted as `reached` counts years."""
    months = (on.year - start.year) * 12 + on.month - start.month
    return divmod(months - (add_months(start, months) > on), 12)


def milestones(on: date) -> tuple[int, ...]:
    """The years for which there is a badge on a day."""
    return tuple(law.rule("BDG.MILESTONES", on).value)


def ceremony_from(day: date) -> date:
    """The first ceremony on the day or after it."""
    return min(one for year in (day.year, day.year + 1) for one in _ceremonies(year, day) if one >= day)


def ceremony_before(day: date) -> date:
    """The last ceremony before the day."""
    return max(one for year in (day.year - 1, day.year) for one in _ceremonies(year, day) if one < day)


def _ceremonies(year: int, day: date) -> Iterator[date]:
    for text in law.rule("BDG.DATES", day).value:
        yield date.fromisoformat(f"{year}-{text}")


def early_months(years: int, on: date) -> int:
    """How many months before its day a badge may be awarded at most to the seriously ill."""
    months: dict[str, int] = law.rule("BDG.EARLY", on).value
    spans = [(*map(int, name.split("_")[1:]), count) for name, count in months.items() if name.startswith("ill_")]
    return next((count for first, last, count in spans if first <= years <= last), 0)


def posthumous_months(on: date) -> int:
    """How many months before its day a badge may be awarded at most after death."""
    months: int = law.rule("BDG.EARLY", on).value["deceased"]
    return months


def deferred_until(form: str, decided_on: date) -> date | None:
    """The day from which a badge is considered again after a form of discipline; None for a form that defers none."""
    months = law.rule("BDG.DEFER", decided_on).value.get(form)
    return add_months(decided_on, months) if months else None


@dataclass(frozen=True)
class Ceremony:
    """A ceremony on a day. `early` asks for those too who may be awarded early."""

    on: date
    early: bool = False

    @property
    def before(self) -> date:
        """The ceremony before: whoever had reached a badge by it stood on its list."""
        return self._counted(ceremony_before(self.on))

    @property
    def since(self) -> date:
        """What was reached up to this day and is not recorded is on no list any more."""
        return add_months(self.before, -law.rule("BDG.OUTSTANDING", self.on).value)

    def until(self, years: int) -> date:
        """The last day on which a badge may be reached to be on the list of the living."""
        last = month_end(self.on)
        return max(last, add_months(self.on, early_months(years, self.on))) if self.early else last

    def kind(self, years: int, day: date, died_on: date | None = None) -> Kind | None:
        """Why a badge that is reached on a day is on this list; None where it is not."""
        if not self.since < day:
            return None
        if died_on is not None and died_on <= self.on:
            return Kind.POSTHUMOUS if self._after_death(day, died_on) else None
        if day <= self.before:
            return Kind.OUTSTANDING
        if day <= self._counted(self.on):
            return Kind.REACHED
        if day <= month_end(self.on):
            return Kind.THIS_MONTH
        return Kind.EARLY if day <= self.until(years) else None

    def found(self, start: date, awarded: int | None, died_on: date | None = None) -> Found | None:
        """The badge for which somebody is on this list; `awarded` are the years of the last one that is recorded."""
        for years in milestones(self.on):
            day = reached(start, years)
            kind = self.kind(years, day, died_on)
            if kind is not None and (awarded is None or years > awarded):
                return Found(years, day, kind)
        return None

    def died_since(self) -> date:
        """Whoever died on this day or before it is on no list any more."""
        return add_months(self.on, -law.rule("BDG.OUTSTANDING", self.on).value)

    def _after_death(self, day: date, died_on: date) -> bool:
        return self.died_since() < died_on and day <= add_months(died_on, posthumous_months(self.on))

    def _counted(self, day: date) -> date:
        """By day, or where the law says so by month."""
        return month_end(day) if law.rule("BDG.COUNTED_BY", self.on).value == "month" else day
