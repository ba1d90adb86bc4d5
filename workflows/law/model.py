"""What a row of the law is: a value, the days it holds, the texts it stands on and how surely it is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any, Literal

from django.utils.translation import gettext, override

from workflows.answers import shown
from workflows.law.citing import PRACTICE, cited

Firmness = Literal["firm", "to_confirm", "unsettled"]

FIRMNESS: dict[str, Firmness] = {
    "TEXT": "firm", "PRESS": "firm", "KEY-O": "firm", "KEY-V": "firm",
    "KEY-W": "to_confirm", "ASSUMED": "to_confirm",
    "CONFLICT": "unsettled", "RECALLED": "unsettled", "PRACTICE": "unsettled", "POLICY": "unsettled",
}  # fmt: skip
"""How far one may lean on a row, by its confidence code (rules.md section 0.1)."""

UNITS = (
    "working_days", "days", "months", "months_exclusive", "months_year_month", "years", "consecutive_years", "hours",
    "official_members", "VND_per_month",
)  # fmt: skip

FALLBACKS = {"": 31, "first_week": 7}
"""The last day of the month to which a day off may push a rule's day of the month, by the rule's `fallback`."""


PacksOn = Callable[[date], frozenset[str]]
"""The provincial rule packs that bind somebody on a day."""


class LawError(Exception):
    """The data files contradict themselves; the sentence says which row and what to do."""


@dataclass(frozen=True)
class Source:
    """A legal text. Numbers repeat between issuers and terms, so number, issuer and date belong together."""

    key: str
    number: str
    issuer: str
    issued_on: date
    effective_on: date | None = None
    clause: str = ""

    def cite(self) -> str:
        """The text for people, in the current language."""
        said = gettext("%(number)s of %(issuer)s, %(date)s") % {
            "number": self.number, "issuer": self.issuer, "date": shown(self.issued_on),
        }  # fmt: skip
        return cited(f"{said} ({self.clause})" if self.clause else said)


@dataclass(frozen=True)
class Rule:
    """One version of a parameter. `value` is an int, text, bool, list or mapping and must not be changed.

    `conf` is how the rule was seen in its oldest basis, `conf_now` how it is known for today's texts. `own` names the
    installation's own row where it settles otherwise than delivered. `assumed_before` marks a look-up for a day before
    the oldest version we know: the oldest stands in for it.
    """

    id: str
    value: Any
    conf: str
    from_: date | None = None
    to: date | None = None
    unit: str = ""
    start: str = ""
    select_on: str = ""
    at: str = ""
    basis: tuple[Source, ...] = ()
    conf_now: str = ""
    note: str = ""
    scope: str = ""
    pack: str = ""
    alt: Any = None
    base: str = ""
    alt_base: str = ""
    fallback: str = ""
    format: str = ""
    max_months: int | None = None
    secret: bool = False
    own: str = ""
    assumed_before: bool = False

    @property
    def version(self) -> str:
        """The name stored with whatever was decided under it, e.g. `PRO.DECIDE@2016-07-25`, `recognise@2026-11-01#3`."""
        return f"{self.id}@{self.from_.isoformat() if self.from_ else 'open'}{f'#{self.own}' if self.own else ''}"

    @property
    def firmness(self) -> Firmness:
        """How far its reminders may climb: firm and to_confirm climb, unsettled reminds the acting office alone."""
        return FIRMNESS[self.conf_now or self.conf]

    @property
    def unsettled(self) -> bool:
        return self.firmness == "unsettled"

    @property
    def readings(self) -> tuple[Rule, ...]:
        """The same row as conflicting sources read it: another number, or another number of another unit."""
        told = self.alt if isinstance(self.alt, list) else [] if self.alt is None else [self.alt]
        return tuple(
            replace(self, alt=None, **one) if isinstance(one, dict) else replace(self, alt=None, value=one)
            for one in told
        )  # fmt: skip

    def holds(self, day: date) -> bool:
        """Whether the version is in force on a day; a side that nobody has established is open."""
        return (self.from_ or date.min) <= day <= (self.to or date.max)

    def binds(self, packs: frozenset[str]) -> bool:
        """Whether the row holds for a unit that has these provincial packs turned on."""
        return not self.scope or self.pack in packs

    def citation(self, language: str) -> str:
        """The legal basis as people read it: number, issuer and date of each text."""
        return _cited(self.basis, language)

    def cited(self) -> str:
        """The same in the current language."""
        return texts(self.basis)


def texts(basis: tuple[Source, ...]) -> str:
    """The texts that something stands on, in the current language; without one it is practice."""
    return "; ".join(source.cite() for source in basis) if basis else cited(PRACTICE)


@lru_cache(maxsize=4096)
def _cited(basis: tuple[Source, ...], language: str) -> str:
    """Every refusal and caution carries it in both languages, and it never changes."""
    with override(language):
        return texts(basis)
