"""The guards of a correction: each with a situation in which it is silent, and one in which not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from tests.workflows.twins import member, situation
from workflows.answers import Refusal
from workflows.guards import correcting
from workflows.profile import PROFILE
from workflows.situation import RecordView, Situation

ADMITTED = date(2020, 5, 10)
SAID: dict[str, Any] = {
    "full_name": "Lê A",
    "sex": "m",
    "born_on": date(1990, 5, 1),
    "born_year_only": False,
    "phone": "0912345678",
}
KNOWN = Refusal(
    "member.known_elsewhere", "Somebody with this personal id is on the lists of another unit.", fact="personal_id"
)


def corrected(known: tuple[Refusal, ...] = (), **facts: Any) -> Situation:
    """Lê A, a man born on 01/05/1990 and admitted on 10/05/2020, with a phone and no personal id."""

    def record(given: Any) -> RecordView:
        changes = {name: (SAID.get(name), value) for name, value in given.items() if SAID.get(name) != value}
        says = SAID | {name: now for name, (_, now) in changes.items()}
        empty = frozenset(fact.name for fact in PROFILE if not SAID.get(fact.name))
        return RecordView(changes, empty, says, known if "personal_id" in changes else ())

    return replace(situation(facts=facts, member=member(admission_decided_on=ADMITTED)), record=record)


BORN = correcting.born_before_admission
RECORD: list[tuple[str, Callable[[Situation], Any], Situation, Situation]] = [
    ("Refusal:record.nothing_corrected", correcting.something_corrected, corrected(full_name="Lê B"), corrected()),
    ("Refusal:record.nothing_corrected", correcting.something_corrected, corrected(phone="0987654321"),
     corrected(phone="0912345678", sex="m")),
    ("Refusal:record.nothing_corrected", correcting.something_corrected,
     corrected(born_on=date(1990, 5, 1), born_year_only=True), corrected(born_year_only=True)),
    ("Refusal:member.known_elsewhere", correcting.nobody_elses_id, corrected((KNOWN,), phone="0987654321"),
     corrected((KNOWN,), personal_id="001090000077")),
    ("Caution:person.id_of_another_birth", correcting.speaks_of_one_person, corrected(personal_id="001090000077"),
     corrected(personal_id="001091000077")),
    ("Caution:person.id_of_another_sex", correcting.speaks_of_one_person, corrected(personal_id="001090000077"),
     corrected(personal_id="001190000077")),
    ("Caution:record.too_young_then", BORN, corrected(born_on=date(2002, 5, 31)), corrected(born_on=date(2002, 6, 1))),
    ("Caution:record.too_young_then", BORN, corrected(born_on=date(2002, 7, 1), born_year_only=True),
     corrected(born_on=date(2003, 1, 1), born_year_only=True)),
    ("Refusal:record.nothing_emptied", correcting.something_emptied, corrected(phone=True), corrected(phone=False)),
    ("Refusal:record.empty_already", correcting.something_emptied, corrected(phone=True),
     corrected(phone=True, note=True, religion=True)),
]  # fmt: skip
