"""What is kept, since when and how long: counted, never deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from backend.core import clock
from backend.core.db import WHOLE, execute, scoped
from workflows import law
from workflows.law.words import value_of
from workflows.processing import Keeping, register


@dataclass(frozen=True)
class Kept:
    """The rows of one table that have a day by which they grow old; `term` in words, empty where none is settled."""

    keeping: Keeping
    rows: int
    since: date | None
    term: str


def kept() -> list[Kept]:
    """Every table of the register, as the caller's role sees it."""
    today = clock.now().date()
    with scoped(WHOLE):
        return [_counted(one, today) for one in register()[1]]


def _counted(one: Keeping, today: date) -> Kept:
    sql = f"SELECT count({one.day}), min({one.day})::date FROM {one.table}"  # noqa: S608  (names of our own register)
    ((rows, since),) = execute(sql)
    return Kept(one, rows, since, value_of(law.rule(one.rule, on=today)) if one.rule else "")
