"""What a cell says: text, days, ids, statuses. Nothing is guessed: what is not certain is None."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from backend.core.folding import fold
from backend.members.names import tidy

_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_YEAR = re.compile(r"(?:19|20)\d\d")
_GROUPING = re.compile(r"[\s.'-]")
_CENTURY = date(1900, 1, 1)
ID_LENGTH = 12
_MAX_LOST_ZEROS = 2
"""Codes of birth provinces run from 001 to 096: a number loses at most two leading zeros."""


def text(value: Any) -> str:
    """A cell as text: composed, single spaces; whole numbers without a decimal point."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.strftime("%d/%m/%Y")
    return tidy(str(value).replace("\x00", ""))


@lru_cache(maxsize=16_384)
def day(value: Any) -> date | None:
    """The day of a real date, of `dd/mm/yyyy`, `d-m-yyyy`, `d.m.yyyy` or `yyyy-mm-dd`; None for anything else."""
    if isinstance(value, datetime):
        found: date | None = value.date()
    elif isinstance(value, date):
        found = value
    else:
        found = _written_day(text(value))
    return found if found is not None and found >= _CENTURY else None


def _written_day(words: str) -> date | None:
    if match := _DAY_FIRST.fullmatch(words):
        third, second, first = (int(part) for part in match.groups())
    elif match := _YEAR_FIRST.fullmatch(words):
        first, second, third = (int(part) for part in match.groups())
    else:
        return None
    try:
        return date(first, second, third)
    except ValueError:
        return None


def year(value: Any) -> int | None:
    """A year alone (`1971`), as offices write where the day of birth is not known."""
    words = text(value)
    return int(words) if _YEAR.fullmatch(words) else None


@lru_cache(maxsize=1_024)
def month(value: Any) -> date | None:
    """The first day of a month written `yyyy-mm`."""
    match = _MONTH.fullmatch(text(value))
    number = int(match[2]) if match else 0
    return date(int(match[1]), number, 1) if match and 1 <= number <= 12 and int(match[1]) >= _CENTURY.year else None


def months_between(earlier: date, later: date) -> int:
    """How many months lie between the months of two days."""
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def number(words: str, limit: int) -> int | None:
    """A whole number from 1 to the limit; None for anything else."""
    found = int(words) if words.isascii() and words.isdecimal() and len(words) < 10 else 0
    return found if 1 <= found <= limit else None


def digits(value: Any) -> str:
    """A number as people group it (spaces, dots, dashes), without the grouping."""
    return _GROUPING.sub("", text(value))


@lru_cache(maxsize=65_536)
def personal_id(value: Any) -> str:
    """The 12 digits of a personal id, with the leading zeros a number cell has lost; empty where it cannot be one."""
    plain = digits(value)
    lost = ID_LENGTH - len(plain)
    if not (plain.isascii() and plain.isdecimal()) or lost < 0:
        return ""
    if lost and (lost > _MAX_LOST_ZEROS or plain.startswith("0")):
        return ""
    return plain.zfill(ID_LENGTH)


def phone(value: Any) -> str:
    """A phone number, a lost leading zero put back; empty where it cannot be one (two numbers in a cell, words)."""
    plain = digits(value)
    if len(plain) == 9 and not plain.startswith("0"):
        plain = "0" + plain
    bare = plain.removeprefix("+")
    return plain if bare.isascii() and bare.isdecimal() and 8 <= len(bare) <= 15 else ""


def code(value: Any, limit: int) -> str:
    """A number of a card or an old paper, letters allowed, without grouping; empty where it cannot be one."""
    plain = digits(value)
    return plain if plain.isascii() and plain.isalnum() and len(plain) <= limit else ""


def sex(value: Any) -> str:
    """`m`, `f`, or empty for anything else."""
    return {"nam": "m", "nu": "f"}.get(fold(text(value)), "")


@dataclass(frozen=True)
class Status:
    """What a roster's word means: the standing it fixes (empty: the dates decide) and the participation."""

    standing: str
    participation: str


ATTENDING, AWAY = Status("", "attending"), Status("", "away")
EXEMPT, LAPSED = Status("", "exempt"), Status("", "lapsed")
REMOVED, DECEASED = Status("removed", ""), Status("deceased", "")
TRANSFERRED, CANDIDATE = Status("transferred_out", ""), Status("candidate", "")
_STATUSES = {
    "Đang sinh hoạt Đảng": ATTENDING, "Đang sinh hoạt": ATTENDING, "Đang SHĐ": ATTENDING,
    "Đi làm ăn xa": AWAY, "Tạm miễn SH (đi làm xa)": AWAY,
    "Miễn công tác và SHĐ": EXEMPT, "Miễn SH": EXEMPT, "Bỏ sinh hoạt": LAPSED,
    "Đã xóa tên": REMOVED, "Từ trần": DECEASED, "Đã chuyển sinh hoạt": TRANSFERRED,
    "Quần chúng ưu tú": CANDIDATE, "Cảm tình Đảng": CANDIDATE,
}  # fmt: skip
STATUSES = {fold(words): status for words, status in _STATUSES.items()}


def status(value: Any) -> Status | None:
    """The meaning of a status; None for a word that is not in the list."""
    return STATUSES.get(fold(text(value)))
