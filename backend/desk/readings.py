"""What leaves the desk is an entry of the log first: who read it, what was asked, how much there was, under which head."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backend.accounts.policy import Actor
from backend.audit.codes import EventCode, SubjectKind
from backend.audit.record import Entry, record
from backend.core import clock
from backend.core.db import execute
from backend.desk.asking import Asked


@dataclass(frozen=True)
class Reading:
    """A reading to be told: the question, the size of the head it is made under, the number of events found.

    `more` are further codes, numbers and hashes (in the line); `seed` is what somebody wrote (erasable).
    """

    code: EventCode
    asked: Asked
    size: int
    count: int
    more: Mapping[str, Any]
    seed: str = ""


def tell(actor: Actor, reading: Reading) -> None:
    """Write the entry, about the unit of the office that read. Must run inside a transaction that sees it."""
    ((number,),) = execute("SELECT nextval('audit_reading_id')")
    facts = {"asked": reading.asked.said(), "size": reading.size, "count": reading.count, **reading.more}
    record([
        Entry(
            code=reading.code, subject_kind=SubjectKind.READING, subject_id=number, version=1, who=actor.who(),
            on=clock.today(), unit_id=actor.unit_id or 0, unit_path=actor.path, facts=facts,
            detail={"seed": reading.seed} if reading.seed else {},
        )
    ])  # fmt: skip
