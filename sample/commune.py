"""A whole commune: units, people by cell, a year of meetings, and the truth about all of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from random import Random
from typing import Any

from sample import words, year
from sample.people import Person, people
from sample.planting import TAKEN, plant

THREE = 3


@dataclass(frozen=True)
class Cell:
    """A cell with its people and its year. `attendance` and `dues` are (month, person, word or day)."""

    code: str
    name: str
    people: list[Person]
    meetings: list[year.Held]
    attendance: list[tuple[date, Person, str]]
    dues: list[tuple[date, Person, date]]


@dataclass(frozen=True)
class Commune:
    """Everything the files are written from."""

    as_of: date
    cells: list[Cell]

    @property
    def units(self) -> list[tuple[str, str, str, str]]:
        """code, parent_code, name, level."""
        top = [
            (words.PROVINCE_CODE, "", f"Đảng bộ {words.PROVINCE}", "province"),
            (words.COMMUNE_CODE, words.PROVINCE_CODE, f"Đảng bộ {words.COMMUNE}", "base_committee"),
        ]
        return top + [(cell.code, words.COMMUNE_CODE, cell.name, "cell") for cell in self.cells]

    @property
    def people(self) -> Iterator[Person]:
        return (one for cell in self.cells for one in cell.people)


def make(cells: int, members_per_cell: int, *, seed: int, as_of: date) -> Commune:
    """An invented commune; the same arguments give the same commune."""
    random = Random(seed)  # noqa: S311  (invented data, not secrets)
    sizes = [max(3, round(members_per_cell * random.uniform(0.6, 1.4))) for _ in range(cells)]
    everyone = list(people(sum(sizes), seed=seed + 1, as_of=as_of))
    plant(everyone, random, as_of)
    waiting = iter(everyone)
    return Commune(
        as_of, [_cell(random, place, list(islice(waiting, size)), as_of) for place, size in enumerate(sizes)]
    )


def _cell(random: Random, place: int, members: list[Person], as_of: date) -> Cell:
    names = [f"Chi bộ {name}" for pair in zip(words.PLACES, words.OFFICES, strict=False) for name in pair]
    name = names[place] if place < len(names) else f"{names[place % len(names)]} {place // len(names) + 1}"
    counted = [one for one in members if one.counts]
    held = year.meetings(random, as_of)
    attendance = list(year.attendance(random, counted, held))
    paid = list(year.dues(random, counted, as_of))
    return Cell(f"{words.COMMUNE_CODE}.000.000.{place + 1:03}", name, members, held, attendance, paid)


def truth(commune: Commune, rows: Sequence[tuple[int, Person]]) -> dict[str, Any]:
    """What was planted. `rows` are the people with the row of the sheet in which each stands."""
    everyone = [one for _, one in rows]
    gaps = {cell.code: _gaps(cell, commune.as_of) for cell in commune.cells}
    return {
        "as_of": commune.as_of.isoformat(), "rows": len(rows), "clean": sum(not one.fault for one in everyone),
        "taken": sum(not one.fault or one.fault in TAKEN for one in everyone),
        "faults": [[row, one.fault] for row, one in rows if one.fault],
        "by_status": dict(Counter(one.kind for one in everyone)),
        "duplicates": [[row, one.raw["personal_id"]] for row, one in rows if one.fault == "duplicate_id"],
        "cells": len(commune.cells),
        "cells_without_a_regular_meeting": {code: months for code, months in gaps.items() if months},
        "three_unexcused_months_in_as_of_year": _often(_absent(commune), everyone),
        "three_unpaid_months_in_as_of_year": _often(_unpaid(commune), everyone),
        "probationary": sum(one.joined_on is not None and one.official_on is None for one in everyone),
    }  # fmt: skip


def _gaps(cell: Cell, as_of: date) -> list[str]:
    held = {meeting.month for meeting in cell.meetings}
    return [f"{month:%Y-%m}" for month in year.months(as_of) if month not in held]


def _absent(commune: Commune) -> Counter[str]:
    this_year = commune.as_of.year
    lines = (line for cell in commune.cells for line in cell.attendance)
    return Counter(one.personal_id for month, one, word in lines if word == "unexcused" and month.year == this_year)


def _unpaid(commune: Commune) -> Counter[str]:
    """Members who attend, lapsed or are away (who pay too: rules.md section 4), from the month of joining on."""
    paid = {(one.personal_id, month) for cell in commune.cells for month, one, _ in cell.dues}
    this_year = [month for month in year.months(commune.as_of) if month.year == commune.as_of.year]
    return Counter(
        one.personal_id
        for one in commune.people
        if one.kind in {"attending", "lapsed", "away"} and one.joined_on
        for month in this_year
        if month >= one.joined_on.replace(day=1) and (one.personal_id, month) not in paid
    )


def _often(months: Counter[str], everyone: Sequence[Person]) -> list[str]:
    """Ids of people who can be counted: those left out, or without an id, have no months."""
    silent = {one.personal_id for one in everyone if one.fault and one.fault not in TAKEN - {"id_missing"}}
    return sorted(key for key, count in months.items() if count >= THREE and key not in silent)
