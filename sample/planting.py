"""Plants one fault of each kind in every hundred or so rows, and remembers where."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from random import Random

from sample.people import Person

EVERY = 110
"""Each kind of fault stands once in about so many rows."""


def _no_name(one: Person, _other: Person) -> None:
    one.raw |= {"name": None, "used_name": None}


def _other_day(column: str, value: object) -> Callable[[Person, Person], None]:
    def plant(one: Person, _other: Person) -> None:
        one.raw[column] = value

    return plant


def _short_id(one: Person, _other: Person) -> None:
    one.raw["personal_id"] = one.personal_id[:-3]


def _twice(one: Person, earlier: Person) -> None:
    one.raw["personal_id"] = earlier.personal_id


def _official_first(one: Person, _other: Person) -> None:
    one.raw["official_on"] = one.joined_on - timedelta(days=200) if one.joined_on else None


def _too_young(one: Person, _other: Person) -> None:
    joined = one.born_on.replace(year=one.born_on.year + 16)
    one.raw |= {"joined_on": joined, "official_on": None, "decided_on": None}


def _year_only(one: Person, _other: Person) -> None:
    one.raw["born_on"] = str(one.born_on.year)


PLANTS: dict[str, Callable[[Person, Person], None]] = {
    "name_missing": _no_name,
    "id_missing": _other_day("personal_id", None),
    "unknown_status": _other_day("status", "chưa rõ"),
    "impossible_date": _other_day("born_on", "30/02/1977"),
    "future_birth": _other_day("born_on", "04/09/2033"),
    "bad_id_length": _short_id,
    "duplicate_id": _twice,
    "official_before_joined": _official_first,
    "under_18_at_admission": _too_young,
    "card_missing": _other_day("card", None),
    "year_only_birth": _year_only,
}
TAKEN = frozenset({"id_missing", "card_missing", "year_only_birth"})


def plant(people: Sequence[Person], random: Random, as_of: date) -> None:
    """Mark official, attending people with one fault each; an id repeated is that of an earlier, sound row."""
    settled = [
        (place, one)
        for place, one in enumerate(people)
        if place and one.kind == "attending" and one.official_on and (as_of - one.born_on).days > 30 * 366
    ]
    wanted = [code for code in PLANTS for _ in range(max(1, len(people) // EVERY // 2))]
    chosen = random.sample(settled, min(len(wanted), len(settled)))
    marked = {id(one) for _, one in chosen}
    for code, (place, one) in zip(wanted, chosen, strict=False):
        earlier = next((known for known in people[:place] if id(known) not in marked), None)
        if earlier is not None:
            PLANTS[code](one, earlier)
            one.fault = code
