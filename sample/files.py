"""Writes a commune as its office would keep it: five files with the usual mess, and truth.json beside them."""

from __future__ import annotations

import csv
import json
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from random import Random
from typing import Any

import openpyxl

from sample import words
from sample.commune import Cell, Commune, truth
from sample.people import Person

WIDTH = len(words.HEADERS)


def write(commune: Commune, folder: Path, *, seed: int) -> dict[str, Any]:
    """Write everything into the folder (made if missing); gives the truth back."""
    folder.mkdir(parents=True, exist_ok=True)
    told = truth(commune, _roster(commune, folder / "roster.xlsx", Random(seed)))  # noqa: S311  (invented data)
    _table(folder / "units.csv", ["code", "parent_code", "name", "level"], commune.units)
    _table(
        folder / "meetings.csv", ["cell_code", "month", "kind", "held_on", "minutes_long", "minutes_filed_on"],
        ((cell.code, f"{one.month:%Y-%m}", "regular", one.held_on, one.minutes_long, one.filed_on)
         for cell in commune.cells for one in cell.meetings),
    )  # fmt: skip
    for name, column in (("attendance", "status"), ("dues", "paid_on")):
        lines = (
            (cell.code, f"{month:%Y-%m}", one.personal_id, value)
            for cell in commune.cells
            for month, one, value in getattr(cell, name)
            if one.fault not in {"id_missing", "duplicate_id", "bad_id_length"}
        )
        _table(folder / f"{name}.csv", ["cell_code", "month", "personal_id", column], lines)
    (folder / "truth.json").write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return told


def _table(path: Path, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)


def _roster(commune: Commune, path: Path, random: Random) -> list[tuple[int, Person]]:
    """The sheet; the row in which each person stands."""
    book = openpyxl.Workbook()
    book.properties.created = book.properties.modified = datetime(2000, 1, 1)  # noqa: DTZ001  (the format knows no zone)
    sheet: Any = book.active
    sheet.title = "Đảng viên"
    day = f"{commune.as_of:%d/%m/%Y}"
    for title in (
        f"ĐẢNG BỘ {words.PROVINCE.upper()}",
        f"ĐẢNG BỘ {words.COMMUNE.upper()}",
        "DANH SÁCH ĐẢNG VIÊN",
        f"({day})",
    ):
        sheet.append([title])
    sheet.append([])
    sheet.append(words.HEADERS)
    sheet.append([f"({number})" for number in range(1, WIDTH + 1)])
    rows: list[tuple[int, Person]] = []
    line = 7
    for cell in commune.cells:
        line += 1
        sheet.append([f"{cell.name} ({cell.code})"])
        sheet.merge_cells(start_row=line, end_row=line, start_column=1, end_column=WIDTH)
        for one in cell.people:
            if random.random() < 0.02:
                sheet.append([None])
                line += 1
            line += 1
            rows.append((line, one))
            sheet.append(_row(one, len(rows), cell, random))
    sheet.append([])
    sheet.append([None, f"Tổng cộng: {len(rows)} đồng chí"])
    sheet.append([None] * 19 + ["T/M ĐẢNG ỦY"])
    book.save(path)
    return rows


def _row(one: Person, number: int, cell: Cell, random: Random) -> list[Any]:
    given = {
        "name": one.name, "used_name": one.name, "born_on": one.born_on, "personal_id": one.personal_id,
        "card": one.card or None, "joined_on": one.joined_on, "official_on": one.official_on,
        "decided_on": one.decided_on, "status": one.status, **one.raw,
    }  # fmt: skip
    days = _Days(random)
    carded = given["official_on"] and one.official_on
    sex = "Nam" if one.sex == "m" else "Nữ"
    home = [words.PROVINCE.removeprefix("tỉnh ").strip(), words.COMMUNE] * 3
    return [
        number, _name(given["name"], random), given["used_name"], sex.lower() if random.random() < 0.06 else sex,
        days.write(given["born_on"]), "Kinh", one.religion, _id(given["personal_id"], random), _card(given["card"], random),
        f"Tỉnh ủy {home[0]}" if carded else None, days.write(one.official_on) if carded else None, None,
        f"Đảng bộ {words.COMMUNE} - {cell.name}", *home, cell.name.removeprefix("Chi bộ "), days.write(given["joined_on"]),
        days.write(given["official_on"]), days.write(given["decided_on"]), None, one.phone, given["status"],
        days.write(one.ended_on), None,
    ]  # fmt: skip


class _Days:
    """One row's way of writing days: text with slashes, text with dashes, or real dates."""

    def __init__(self, random: Random) -> None:
        self.style = random.choices(["slashes", "dashes", "real"], [72, 8, 20])[0]

    def write(self, day: Any) -> Any:
        if not isinstance(day, date) or self.style == "real":
            return day
        return f"{day:%d/%m/%Y}" if self.style == "slashes" else f"{day.day}-{day.month}-{day.year}"


def _name(name: str | None, random: Random) -> str | None:
    if name is None:
        return None
    style = random.random()
    if style < 0.05:
        return unicodedata.normalize("NFD", name)
    if style < 0.10:
        return name.upper()
    return "  " + name.replace(" ", "  ") if style < 0.13 else name


def _id(value: str | None, random: Random) -> str | int | None:
    lost = value is not None and len(value) == 12 and random.random() < 0.06
    return int(value) if lost and value else value


def _card(value: str | None, random: Random) -> str | None:
    return f"{value[:2]}.{value[2:5]}.{value[5:]}" if value and random.random() < 0.05 else value
