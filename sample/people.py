"""Invented people, one after another, as fast as benches need them: no file, no mess."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from sample import words

_KINDS = [kind for kind, share in words.SHARES.items() for _ in range(share)]
_SCATTER = 7_919
"""Coprime to a million: serials of personal ids repeat only after a million people."""


@dataclass
class Person:
    """One person as the office knows him or her; `faults` are the codes that are planted in the row."""

    kind: str
    sex: str
    name: str
    born_on: date
    personal_id: str
    joined_on: date | None
    official_on: date | None
    card: str
    phone: str
    religion: str
    status: str
    ended_on: date | None
    raw: dict[str, Any] = field(default_factory=dict)
    fault: str = ""

    @property
    def counts(self) -> bool:
        """Whether months of attendance and dues are kept for the person."""
        return self.kind in {"attending", "away", "exempt", "lapsed"}

    @property
    def decided_on(self) -> date | None:
        """The admission decision comes a few weeks before the ceremony."""
        return self.joined_on - timedelta(days=9 + self.joined_on.day) if self.joined_on else None


def people(count: int, *, seed: int, as_of: date) -> Iterator[Person]:
    """`count` people, the same for the same seed; about 20 microseconds each."""
    random = Random(seed)  # noqa: S311  (invented data, not secrets)
    for number in range(count):
        yield person(random, number, as_of)


def person(random: Random, number: int, as_of: date) -> Person:
    """One person. `number` keeps personal ids and phones apart."""
    kind = random.choice(_KINDS)
    sex = "m" if random.random() < 0.6 else "f"
    name = " ".join((random.choice(words.FAMILIES), random.choice(words.MIDDLES[sex]), random.choice(words.GIVEN[sex])))
    joined = _joined(random, kind, as_of)
    official = _later_year(joined, 1) if joined and not _on_probation(kind, joined, as_of) else None
    born = _born(random, joined, as_of)
    serial = (number * _SCATTER + 104_729) % 1_000_000
    century = (0 if born.year < 2000 else 2) + (sex == "f")
    ended = None
    if kind in {"exempt", "removed", "deceased", "transferred"}:
        ended = as_of - timedelta(days=random.randrange(10, 600))
    return Person(
        kind=kind, sex=sex, name=name, born_on=born,
        personal_id=f"{words.ID_PREFIX}{century}{born.year % 100:02}{serial:06}", joined_on=joined, official_on=official,
        card=f"89{(serial * 31 + 17) % 10**10:010}" if official else "", phone=f"09{(serial * 97) % 10**8:08}",
        religion=random.choice(words.RELIGIONS), status=random.choice(words.STATUSES[kind]), ended_on=ended,
    )  # fmt: skip


def _joined(random: Random, kind: str, as_of: date) -> date | None:
    if kind == "candidate":
        return None
    if kind == "attending" and random.random() < 0.09:  # on probation: some nearly done, a few overdue
        return (as_of - timedelta(days=random.randrange(20, 400))).replace(day=random.randrange(1, 15))
    return date(as_of.year - random.randrange(3, 42), random.randrange(1, 13), random.randrange(1, 29))


def _on_probation(kind: str, joined: date, as_of: date) -> bool:
    return kind == "attending" and (as_of - joined).days < 410


def _born(random: Random, joined: date | None, as_of: date) -> date:
    first = joined or as_of
    return date(first.year - random.randrange(19, 36), random.randrange(1, 13), random.randrange(1, 29))


def _later_year(day: date, years: int) -> date:
    return day.replace(year=day.year + years)
