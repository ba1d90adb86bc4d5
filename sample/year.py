"""A year of a commune: which meetings were held, who came, who paid."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from sample.people import Person

GAP, NEGLIGENT, UNPAID = 0.05, 0.02, 0.012
MONTHS = 12


@dataclass(frozen=True)
class Held:
    """A regular meeting of a cell."""

    month: date
    held_on: date
    minutes_long: int
    filed_on: date


def months(as_of: date) -> list[date]:
    """The first days of the twelve months that end with the roster's."""
    last = as_of.year * 12 + as_of.month - 1
    return [date(number // 12, number % 12 + 1, 1) for number in range(last - MONTHS + 1, last + 1)]


def meetings(random: Random, as_of: date) -> list[Held]:
    """The meetings of one cell; now and then a month has none."""
    found = []
    for month in months(as_of):
        if random.random() < GAP:
            continue
        held = month + timedelta(days=random.randrange(2, 8))
        found.append(
            Held(month, held, random.choice([75, 90, 95, 100, 120]), held + timedelta(days=random.randrange(6)))
        )
    return found


def attendance(random: Random, members: Sequence[Person], held: Sequence[Held]) -> Iterator[tuple[date, Person, str]]:
    """(month, person, status) of one cell; nobody is counted before the month of joining."""
    careless = {id(one) for one in members if random.random() < NEGLIGENT}
    for meeting in held:
        for one in members:
            if one.joined_on and one.joined_on.replace(day=1) <= meeting.month:
                yield meeting.month, one, _word(random, one, careless=id(one) in careless)


def _word(random: Random, one: Person, *, careless: bool) -> str:
    if one.kind in {"away", "exempt"}:
        return one.kind
    if one.kind == "lapsed" or (careless and random.random() < 0.5):
        return "unexcused"
    draw = random.random()
    return "present" if draw < 0.91 else "excused" if draw < 0.99 else "unexcused"


def dues(random: Random, members: Sequence[Person], as_of: date) -> Iterator[tuple[date, Person, date]]:
    """(month, person, day of paying) of one cell."""
    careless = {id(one) for one in members if random.random() < NEGLIGENT}
    for month in months(as_of):
        for one in members:
            if not one.joined_on or one.joined_on.replace(day=1) > month:
                continue
            missed = 0.6 if one.kind == "lapsed" or id(one) in careless else UNPAID
            if random.random() >= missed:
                yield month, one, month + timedelta(days=random.randrange(26))
