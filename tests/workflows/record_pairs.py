"""The guards of a correction: each with a situation in which it is silent, and one in which not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from tests.workflows.twins import member, situation
from workflows.answers import Refusal
from workflows.guards import correcting
from workflows.profile import CORRECTED, PROFILE
from workflows.situation import CaseView, RecordView, Situation

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


def corrected(
    known: tuple[Refusal, ...] = (), who: Any = None, said: dict[str, Any] | None = None, **facts: Any
) -> Situation:
    """Lê A, a man born on 01/05/1990 and admitted on 10/05/2020, with a phone and no personal id; or what else is `said`."""
    stood = SAID | (said or {})

    def record(given: Any) -> RecordView:
        changes = {name: (stood.get(name), value) for name, value in given.items() if stood.get(name) != value}
        says = stood | {name: now for name, (_, now) in changes.items()}
        empty = frozenset(fact.name for fact in PROFILE if not stood.get(fact.name))
        return RecordView(changes, empty, says, known if "personal_id" in changes else ())

    return replace(situation(facts=facts, member=who or member(admission_decided_on=ADMITTED)), record=record)


OTHER_MAN = {"personal_id": "001190000077"}
"""The id of a woman born in 1990."""
TOO_YOUNG = {"born_on": date(2002, 6, 1)}


def proposed(on: str | None, closed: date | None = None, **facts: Any) -> Situation:
    """A candidate with a dossier that the cell proposed on a day, or has not yet."""
    told = {"resolution": {"date": on}} if on else {"application": {"date": "2026-06-01"}}
    case = CaseView(9, "proposed", date(2026, 6, 1), closed, told)
    found = {"admission": [case]}
    return replace(corrected(who=member(standing="candidate"), **facts), cases=lambda key: found.get(key, []))


BORN = correcting.born_before_admission
RECORD: list[tuple[str, Callable[[Situation], Any], Situation, Situation]] = [
    ("Refusal:record.nothing_corrected", correcting.something_corrected, corrected(full_name="Lê B"), corrected()),
    ("Refusal:record.nothing_corrected", correcting.something_corrected, corrected(phone="0987654321"),
     corrected(full_name=corrected().record({}).says["full_name"], sex="m")),
    ("Refusal:record.nothing_corrected", correcting.something_corrected,
     corrected(born_on=date(1990, 5, 1), born_year_only=True), corrected(born_year_only=True)),
    ("Refusal:record.nothing_corrected", correcting.something_corrected, corrected(full_name="Lê B"),
     corrected(**dict.fromkeys(fact.name for fact in CORRECTED))),
    ("Refusal:member.known_elsewhere", correcting.nobody_elses_id, corrected((KNOWN,), phone="0987654321"),
     corrected((KNOWN,), personal_id="001090000077")),
    ("Caution:person.id_of_another_birth", correcting.speaks_of_one_person, corrected(personal_id="001090000077"),
     corrected(personal_id="001091000077")),
    ("Caution:person.id_of_another_sex", correcting.speaks_of_one_person, corrected(personal_id="001090000077"),
     corrected(personal_id="001190000077")),
    ("Caution:person.id_of_another_sex", correcting.speaks_of_one_person, corrected(said=OTHER_MAN, phone="0987654321"),
     corrected(said=OTHER_MAN | {"sex": "f"}, sex="m")),
    ("Caution:person.id_of_another_birth", correcting.speaks_of_one_person,
     corrected(said={"personal_id": "001091000077"}, phone="0987654321"),
     corrected(said={"personal_id": "001090000077"}, born_on=date(1991, 5, 1))),
    ("Caution:record.too_young_then", BORN, corrected(said=TOO_YOUNG, phone="0987654321"),
     corrected(who=member(joined_on=ADMITTED), **TOO_YOUNG)),
    ("Caution:record.too_young_then", BORN, corrected(who=member(), **TOO_YOUNG),
     corrected(who=member(official_on=ADMITTED), **TOO_YOUNG)),
    ("Caution:record.too_young_then", BORN, corrected(born_on=date(2002, 5, 31)), corrected(born_on=date(2002, 6, 1))),
    ("Caution:record.too_young_then", BORN, corrected(born_on=date(2002, 7, 1), born_year_only=True),
     corrected(born_on=date(2003, 1, 1), born_year_only=True)),
    ("Caution:record.too_young_then", BORN, proposed("2026-08-10", born_on=date(2008, 8, 31)),
     proposed("2026-08-10", born_on=date(2008, 9, 1))),
    ("Caution:record.too_young_then", BORN, proposed("2026-08-10", closed=date(2026, 9, 1), born_on=date(2008, 9, 1)),
     proposed("2026-08-10", born_on=date(2008, 9, 1))),
    ("Caution:record.too_young_then", BORN, proposed(None, born_on=date(2012, 9, 1)),
     proposed("2026-08-10", born_on=date(2012, 9, 1))),
    ("Refusal:record.nothing_emptied", correcting.something_emptied, corrected(phone=True), corrected(phone=False)),
    ("Refusal:record.empty_already", correcting.something_emptied, corrected(phone=True),
     corrected(phone=True, note=True, religion=True)),
]  # fmt: skip
