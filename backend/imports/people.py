"""One person's row of a roster: read, then judged against itself, the law and the rows before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from backend.imports import values
from backend.imports.columns import HEADERS, Header
from backend.imports.faults import Fault
from backend.members.names import tidy_name
from workflows.law import rule
from workflows.personal_ids import OTHER_BIRTH, OTHER_SEX, contradictions
from workflows.plain import is_plain
from workflows.profile import Name, reads
from workflows.workdays import months_between

DAYS = ("card_issued_on", "joined_on", "official_on", "admission_decided_on", "left_on")
PAST_DAYS = ("joined_on", "official_on", "left_on")
"""Days that decide a standing cannot lie ahead; a card's may (it is printed before it is handed over)."""
TEXTS = (
    "ethnicity", "religion", "card_place", "birth_province", "birth_commune", "native_province", "native_commune",
    "home_province", "home_commune", "home_detail", "note",
)  # fmt: skip
LIMITS = {"ethnicity": 60, "religion": 60, "card_place": 120, "home_detail": 200, "note": 10_000}
NAME, LONGEST_CODE = Name("full_name", ""), 20
DOUBTS = {OTHER_BIRTH.code: "id_other_birth", OTHER_SEX.code: "id_other_sex"}
_CODES = ("card_number", "old_card_number", "old_personal_id")
NUMBERS = ("personal_id", "phone", *_CODES)


@dataclass(frozen=True, slots=True)
class Person:
    """A row that can be taken. `ended_on` is the roster's day of leaving, of death, or of exemption."""

    row: int
    cell_code: str
    full_name: str
    other_name: str
    sex: str
    born_on: date
    born_year_only: bool
    personal_id: str
    old_personal_id: str
    phone: str
    card_number: str
    old_card_number: str
    card_issued_on: date | None
    admission_decided_on: date | None
    joined_on: date | None
    official_on: date | None
    ended_on: date | None
    standing: str
    participation: str
    texts: dict[str, str]

    @property
    def words(self) -> dict[str, str]:
        """What the row says in numbers and texts, by column of Member."""
        return self.texts | {name: getattr(self, name) for name in NUMBERS}


class Reader:
    """Reads rows of one sheet in order; remembers which ids it has seen."""

    def __init__(self, header: Header, file: str, sheet: str, as_of: date, cells: frozenset[str]) -> None:
        self.header, self.file, self.sheet, self.as_of, self.cells = header, file, sheet, as_of, cells
        self.seen: set[str] = set()

    def read(self, number: int, row: Sequence[Any], cell_code: str) -> tuple[Person | None, list[Fault]]:
        """The person, or None where a fault leaves the row out; and every fault of the row."""
        raw = {key: self.header.value(row, key) for key in HEADERS}
        found = [self._fault(number, code, key, raw.get(key)) for code, key in self._faults(raw)]
        if cell_code not in self.cells:
            address = self.header.address("organisation", number)
            found.append(
                Fault(number, "unknown_cell", HEADERS["organisation"], cell_code, self.file, self.sheet, address)
            )
        out = {fault.column for fault in found if fault.leaves_out}
        if out.isdisjoint({HEADERS["personal_id"], HEADERS["born_on"]}):
            born = values.day(raw["born_on"]) or date(values.year(raw["born_on"]) or 0, 1, 1)
            doubted = contradictions(values.personal_id(raw["personal_id"]), born, values.sex(raw["sex"]))
            found += [self._fault(number, DOUBTS[one.code], "personal_id", raw["personal_id"]) for one in doubted]
        return (None if out else _person(raw, number, cell_code)), found

    def _fault(self, number: int, code: str, key: str, value: Any) -> Fault:
        address = self.header.address(key, number)
        return Fault(number, code, HEADERS[key], values.text(value), self.file, self.sheet, address)

    def _faults(self, raw: dict[str, Any]) -> Iterator[tuple[str, str]]:
        yield from self._faults_of_identity(raw)
        yield from self._faults_of_birth(raw)
        yield from self._faults_of_membership(raw)
        yield from (("value_left_out", key) for key in _unreadable(raw))

    def _faults_of_identity(self, raw: dict[str, Any]) -> Iterator[tuple[str, str]]:
        if fault := _fault_of_name(values.text(raw["full_name"])):
            yield fault, "full_name"
        if raw["personal_id"] is None:
            yield "id_missing", "personal_id"
            return
        found = values.personal_id(raw["personal_id"])
        if not found:
            yield "bad_id_length", "personal_id"
        elif found in self.seen:
            yield "duplicate_id", "personal_id"
        self.seen.add(found)

    def _faults_of_birth(self, raw: dict[str, Any]) -> Iterator[tuple[str, str]]:
        born, year = values.day(raw["born_on"]), values.year(raw["born_on"])
        if born is None and year is None:
            yield "impossible_date", "born_on"
        elif (born or date(year or 0, 1, 1)) > self.as_of:
            yield "future_birth", "born_on"
        elif born is None:
            yield "year_only_birth", "born_on"

    def _faults_of_membership(self, raw: dict[str, Any]) -> Iterator[tuple[str, str]]:
        days = {key: values.day(raw[key]) for key in DAYS}
        for key in DAYS:
            found = days[key]
            ahead = found is not None and found > self.as_of and key in PAST_DAYS
            if raw[key] is not None and (found is None or ahead):
                yield "impossible_date", key
        status = values.status(raw["status"])
        candidate = status is values.CANDIDATE
        if status is None or (candidate and (raw["joined_on"] is not None or raw["official_on"] is not None)):
            yield "unknown_status", "status"  # no word of ours, or it says candidate and the dates say member
        out = status is not None and bool(status.standing)
        if status and not candidate and raw["joined_on"] is None and (not out or raw["official_on"] is not None):
            yield "impossible_date", "joined_on"
        joined, official = days["joined_on"], days["official_on"]
        if joined and official and official < joined:
            yield "official_before_joined", "official_on"
        if joined and self._too_young(raw["born_on"], joined):
            yield "under_18_at_admission", "joined_on"
        left = days["left_on"]
        if left and out and left < max(filter(None, (joined, official)), default=left):
            yield "impossible_date", "left_on"
        if official and raw["card_number"] is None:
            yield "card_missing", "card_number"

    def _too_young(self, born: Any, joined: date) -> bool:
        """Certainly younger on the day than the law admits (by months); a year alone gets the benefit of doubt."""
        born_on, year = values.day(born), values.year(born)
        first = born_on or date(year or self.as_of.year + 1, 1, 1)
        return first <= self.as_of and bool(months_between(first, joined) < rule("ADM.AGE_MIN", joined).value)


def _fault_of_name(name: str) -> str:
    """The API's own rule (`workflows.profile.Name`), told more closely; empty for a name that can stand."""
    if not any(letter.isalpha() for letter in name):
        return "name_missing"
    if len(name) > NAME.max_length:
        return "name_too_long"
    return "" if reads(NAME, name) else "bad_name"


def _unreadable(raw: dict[str, Any]) -> Iterator[str]:
    """Columns whose cell cannot be kept as it stands: no phone, no number of a card, no sex, no plain text, or too long."""
    read = {"phone": values.phone(raw["phone"]), "sex": values.sex(raw["sex"])}
    read |= {key: values.code(raw[key], LONGEST_CODE) for key in _CODES}
    yield from (key for key, value in read.items() if raw[key] is not None and not value)
    yield from (key for key in ("used_name", *TEXTS) if not _can_stand(key, values.text(raw[key])))


def _can_stand(key: str, words: str) -> bool:
    if key == "used_name":
        return not words or reads(NAME, words)
    return len(words) <= LIMITS.get(key, 80) and is_plain(words, lines=False)


def _person(raw: dict[str, Any], number: int, cell_code: str) -> Person:
    status = values.status(raw["status"])
    if status is None:
        raise AssertionError("a row without a status is left out")  # said by _faults before
    full, used = tidy_name(values.text(raw["full_name"])), tidy_name(values.text(raw["used_name"]))
    texts = {key: values.text(raw[key]) for key in TEXTS if raw[key] is not None}
    born = values.day(raw["born_on"])
    days = {key: values.day(raw[key]) for key in DAYS}
    by_dates = "official" if days["official_on"] else "probationary"
    return Person(
        row=number, cell_code=cell_code, full_name=full,
        other_name=used if used != full and _can_stand("used_name", used) else "", sex=values.sex(raw["sex"]),
        born_on=born or date(values.year(raw["born_on"]) or 0, 1, 1), born_year_only=born is None,
        personal_id=values.personal_id(raw["personal_id"]), phone=values.phone(raw["phone"]),
        old_personal_id=values.code(raw["old_personal_id"], LONGEST_CODE),
        card_number=values.code(raw["card_number"], LONGEST_CODE),
        old_card_number=values.code(raw["old_card_number"], LONGEST_CODE), card_issued_on=days["card_issued_on"],
        admission_decided_on=days["admission_decided_on"], joined_on=days["joined_on"], official_on=days["official_on"],
        ended_on=days["left_on"], standing=status.standing or by_dates, participation=status.participation,
        texts={key: words for key, words in texts.items() if _can_stand(key, words)},
    )  # fmt: skip
