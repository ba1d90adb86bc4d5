"""Cases that two units share, and members who are handed over: what lies on both sides of a border of the tree.

A page names the other unit by a fact (`Lifecycle.there`); its steps with `there` are taken by offices of that unit.
What such a step changes lies in both units, so its rows are locked and written with a scope that reaches both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from backend.cases.changes import Changes
from backend.cases.loading import (
    CASE_COLUMNS,
    case_row,
    code_there,
    lock_cases,
    lock_members,
    lock_units_as_they_are,
    named_units,
    see_units,
)  # fmt: skip
from backend.cases.numbers import draw_numbers
from backend.cases.orders import Loaded, UnitRow
from backend.cases.registry import levels_of, steps_of
from backend.core.db import execute, reaching
from workflows.catalogue import LIFECYCLES, PAGES
from workflows.vocabulary import NEW, Step

_SHARED = "SELECT lifecycle, unit_id, unit_path, facts FROM cases_case WHERE id = ANY (%s)"
_OPEN = f"""SELECT {", ".join(CASE_COLUMNS)} FROM cases_case
    WHERE member_id = %s AND closed_on IS NULL AND state <> '' AND id <> %s ORDER BY id"""  # noqa: S608  (constants)


@cache
def crossing_steps() -> frozenset[str]:
    """The names of steps that the other unit of a case takes."""
    return frozenset(name for page in PAGES for name, one in page.steps().items() if one.there)


def lock_across(ids: Iterable[int]) -> dict[int, Loaded]:
    """Cases by id as `lock_cases`, with the units of both sides locked before them, in the one order.

    What is not visible from the actor's side is not there: only then is the scope widened, to lock the rest.
    """
    wanted = list(ids)
    shared = execute(_SHARED, [wanted])
    others = named_units({code_there(lifecycle, facts) for lifecycle, _, _, facts in shared}).values()
    with reaching([path for _, _, path, _ in shared] + [one.path for one in others]):
        lock_units_as_they_are({unit_id for _, unit_id, _, _ in shared} | {one.id for one in others})
        return lock_cases(wanted) if shared else {}


@cache
def bringing_steps() -> frozenset[str]:
    """The names of steps that open and end a case of two units at once: the member goes along to the other unit."""
    return frozenset(
        name for page in PAGES if page.there for name, one in page.steps().items()
        if NEW in one.sources and one.target in page.final and page.there in {fact.name for fact in one.facts}
    )  # fmt: skip


@cache
def met_there() -> frozenset[str]:
    """The rules of clocks that may run for the other unit of their case."""
    clocks = [clock for page in PAGES for one in page.steps().values() for clock in one.opens]
    return frozenset(clock.rule for clock in clocks if clock.there)


_HOMES = "SELECT DISTINCT unit_id FROM members_member WHERE id = ANY (%s)"


def lock_along(ids: Iterable[int], codes: Iterable[str]) -> dict[int, Loaded]:
    """Members by id as `lock_members`, with the units they leave and those named locked before them, in the one order.

    What is not in the actor's scope is not there: nobody goes along to it (its page says so).
    """
    wanted = list(ids)
    homes = {key for (key,) in execute(_HOMES, [wanted])}
    lock_units_as_they_are(homes | {one.id for one in named_units(set(codes)).values()})
    return lock_members(wanted)


_GUESTS = """
    SELECT unit_id, unit_path, guest_unit_id, guest_path FROM members_member
    WHERE id = ANY (%s) AND guest_unit_id IS NOT NULL"""


def lock_guests(ids: Iterable[int]) -> dict[int, Loaded]:
    """Members by id as `lock_members`, with the units of both their cells locked before them, in the one order."""
    wanted = list(ids)
    guests = execute(_GUESTS, [wanted])
    with reaching(path for _, home, _, place in guests for path in (home, place)):
        lock_units_as_they_are({key for home, _, place, _ in guests for key in (home, place)})
        return lock_members(wanted)


def place_of_guest(member: Any) -> UnitRow | None:
    """The unit where a member is a guest, wherever it lies; None for everybody else."""
    if member is None or member.guest_unit_id is None:
        return None
    with reaching([member.guest_path]):
        return see_units({member.guest_unit_id}).get(member.guest_unit_id)


def turn(loaded: Loaded, on: date) -> tuple[int, str]:
    """(id, path) of the unit whose turn it is: that of the first step that leaves the state, else the case's own."""
    step = leaving_step(loaded.case.lifecycle, str(loaded.case.state))
    if step is None:
        return loaded.unit.at_level(loaded.unit.level)
    return loaded.place(step.there).at_level(levels_of(step, on)[0])


def leaving_step(lifecycle: str, state: str) -> Step | None:
    """The first step of a page that leaves a state; None where none does."""
    steps = steps_of(lifecycle).values()
    return next((one for one in steps if any(source == state != target for source, target in one.moves)), None)


def hand_over(loaded: Loaded, on: date, changes: Changes) -> dict[str, list[str]]:
    """The member's other open cases and all open deadlines go with the member to `loaded.there`, days unchanged (R-10).

    Each case gets a number of its new cell. Gives case id -> [number before, number now], for the log. Both units are in
    reach (`emitting.emit`).
    """
    to, own = loaded.place(there=True), loaded.case.pk if loaded.case is not None else 0
    cases = [case_row(row) for row in execute(_OPEN, [loaded.member.pk, own])]
    wanted = [(to, LIFECYCLES[case.lifecycle].number_code, case.opened_on.year) for case in cases]
    numbers = draw_numbers(wanted) if wanted else []
    before = [case.number for case in cases]
    carry(loaded.member, dict(zip(numbers, cases, strict=True)), to, on, changes)
    return {str(case.pk): [was, now] for case, was, now in zip(cases, before, numbers, strict=True)}


def hand_back(member: Any, moved: Mapping[str, Sequence[str]], to: UnitRow, on: date, changes: Changes) -> None:
    """The same cases and deadlines back to the unit they came from, under their old numbers."""
    rows = execute(_OPEN, [member.pk, 0]) if moved else []
    cases = {moved[str(case.pk)][0]: case for case in map(case_row, rows) if str(case.pk) in moved}
    carry(member, cases, to, on, changes)


def carry(member: Any, cases: Mapping[str, Any], to: UnitRow, on: date, changes: Changes) -> None:
    """Rows that put cases (by the number they get) and the member's open deadlines at a unit and those above it."""
    codes = {number: code_there(case.lifecycle, case.facts) for number, case in cases.items()}
    theirs = named_units(set(codes.values()))
    for number, case in cases.items():
        acting_id, acting_path = turn(Loaded(to, case, member, theirs.get(codes[number])), on)
        changes.add("handed_cases", {
            "id": case.pk, "number": number, "unit_id": to.id, "unit_path": to.path,
            "acting_unit_id": acting_id, "acting_path": acting_path,
        })  # fmt: skip
    changes.add("handed_deadlines", {
        "member_id": member.pk, "cases": [case.pk for case in cases.values()], "unit_id": to.id, "unit_path": to.path,
        "acting": to.by_level(),
        "numbers": {str(case.pk): number for number, case in cases.items()},
    })  # fmt: skip
