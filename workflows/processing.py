"""The register of processing purposes, and how long what is kept: data of workflows/law/processing.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from workflows import law
from workflows.law.model import FIRMNESS, LawError, Source
from workflows.law.reader import load, read_basis
from workflows.offices import GIVEN_OFFICES, Office
from workflows.purposes import Purpose, purposes_of

FILE = Path(__file__).parent / "law" / "processing.yaml"
JOBS = ("let_go", "work_imports")
BY = (*JOBS, "erase_details", "operator", "never")
"""What lets go: standing jobs, a command of the operator's, the operator by hand, nothing at all."""
Both = Mapping[str, str]
"""The same in Vietnamese (`vi`) and English (`en`)."""


@dataclass(frozen=True)
class Processing:
    """One purpose: what for, of which data, on which ground as far as it was seen, told to whom."""

    code: Purpose
    what: Both
    data: tuple[Both, ...]
    ground: Both
    basis: tuple[Source, ...]
    conf: str
    recipients: Both

    @property
    def offices(self) -> tuple[Office, ...]:
        """The offices that may give it as their reason."""
        return tuple(office for office in GIVEN_OFFICES if self.code in purposes_of(office))


@dataclass(frozen=True)
class Keeping:
    """How long the rows of a table are kept: by a row of the law, else until somebody decides (`by`).

    `day` is the column by which they grow old.
    """

    table: str
    day: str
    what: Both
    by: str
    rule: str = ""


@cache
def register() -> tuple[tuple[Processing, ...], tuple[Keeping, ...]]:
    """Every purpose once, and what is kept. Raises LawError, in a sentence, where the file contradicts itself."""
    return read(load(FILE))


def read(file: Mapping[str, Any]) -> tuple[tuple[Processing, ...], tuple[Keeping, ...]]:
    """What a file says. Raises LawError."""
    purposes = tuple(_purpose(row, file["data"]) for row in file["purposes"])
    if sorted(one.code for one in purposes) != sorted(Purpose):
        raise LawError(f"processing.yaml must tell of each purpose once: {', '.join(Purpose)}.")
    return purposes, tuple(_keeping(row) for row in file["keeping"])


def _purpose(row: Mapping[str, Any], data: Mapping[str, Both]) -> Processing:
    if unknown := [name for name in row["data"] if name not in data]:
        raise LawError(f"{row['code']}: no such data: {', '.join(unknown)}; add them below `data:` first.")
    if row["conf"] not in FIRMNESS:
        raise LawError(f"{row['code']}: conf is {row['conf']!r}; use one of {', '.join(FIRMNESS)}.")
    basis = read_basis(row["code"], row["basis"], law.sources())
    told = {name: row[name] for name in ("what", "ground", "conf", "recipients")}
    return Processing(Purpose(row["code"]), data=tuple(data[name] for name in row["data"]), basis=basis, **told)


def _keeping(row: Mapping[str, Any]) -> Keeping:
    one = Keeping(**row)
    if one.by not in BY:
        raise LawError(f"{one.table}: by is {one.by!r}; use one of {', '.join(BY)}.")
    if one.rule:
        _there(one)
    elif one.by in JOBS:
        raise LawError(f"{one.table}: nothing is deleted by itself without a row of the law.")
    return one


def _there(one: Keeping) -> None:
    try:
        law.versions(one.rule)
    except KeyError:
        raise LawError(f"{one.table}: the rule {one.rule!r} is not in the law.") from None
