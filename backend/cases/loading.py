"""Locking reads: unit, then member, then case, in key order, and the proxies made of them.

Every step takes its unit FOR NO KEY UPDATE: the roll of a cell must stand still while a ballot is measured against
it, and cells are small (docs/adr/0001-one-lock-for-the-cell.md).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from backend.cases.orders import Loaded, UnitRow
from backend.cases.registry import proxies
from backend.core.db import execute
from backend.organizations.laddering import nearest
from backend.organizations.settings import reminder_day
from workflows.catalogue import LIFECYCLES
from workflows.offices import Level

MEMBER_COLUMNS = (
    "id", "standing", "participation", "version", "unit_id", "unit_path", "guest_unit_id", "guest_path", "sex", "born_on",
    "born_year_only", "admission_decided_on", "joined_on", "official_on", "left_on", "away_until",
    "party_age_from", "badge_years",
)  # fmt: skip
CASE_COLUMNS = (
    "id", "lifecycle", "number", "state", "version", "member_id", "unit_id", "unit_path", "acting_unit_id", "acting_path",
    "exclusive_key", "facts", "opened_on", "closed_on", "parent_uid",
)  # fmt: skip
_UNIT = """u.id, u.path, u.level, (
    SELECT array_agg(ARRAY[a.id::text, a.level, a.path, a.settings::text] ORDER BY length(a.path))
    FROM organizations_unit a WHERE a.id = ANY (string_to_array(trim(BOTH '/' FROM u.path), '/')::bigint[])),
    u.closed_on IS NULL"""
_M = ", ".join(f"m.{name}" for name in MEMBER_COLUMNS)
_C = ", ".join(f"c.{name}" for name in CASE_COLUMNS)
# ruff: noqa: S608  (the statements are made of the constants above)
_CASES_OF_MEMBERS = f"""SELECT {_UNIT}, {_C}, {_M}
    FROM organizations_unit u JOIN cases_case c ON c.unit_id = u.id JOIN members_member m ON m.id = c.member_id
    WHERE c.id = ANY (%s) ORDER BY u.id, m.id, c.id
    FOR NO KEY UPDATE OF u, m, c"""
_CASES_OF_UNITS = f"""SELECT {_UNIT}, {_C}
    FROM organizations_unit u JOIN cases_case c ON c.unit_id = u.id
    WHERE c.id = ANY (%s) AND c.member_id IS NULL ORDER BY u.id, c.id
    FOR NO KEY UPDATE OF u, c"""
_MEMBERS = f"""SELECT {_UNIT}, {_M}
    FROM organizations_unit u JOIN members_member m ON m.unit_id = u.id
    WHERE m.id = ANY (%s) ORDER BY u.id, m.id
    FOR NO KEY UPDATE OF u, m"""
_UNITS = f"SELECT {_UNIT} FROM organizations_unit u WHERE u.id = ANY (%s) ORDER BY u.id FOR NO KEY UPDATE OF u"
_OPEN_UNITS = _UNITS.replace("ANY (%s)", "ANY (%s) AND u.closed_on IS NULL")
_ABOUT = "c.member_id = ANY (%s) AND c.state <> '' AND (c.closed_on IS NULL OR c.id = ANY (%s))"
_WIDTH = 5
_NAMED = "SELECT code, id, path, level, chain, NOT closed FROM chibo_units_named(%s)"


class Units(dict[int, UnitRow]):
    """The units of one read by id: each is made once, however many rows begin with it."""

    def of(self, values: Sequence[Any]) -> UnitRow:
        """The unit that a row begins with."""
        key, path, level, chain, is_open = values[:_WIDTH]
        if key not in self:
            settled = [json.loads(kept) for *_, kept in chain if kept != "{}"]
            day, ladders = reminder_day(settled), nearest(settled)
            ancestry = tuple((int(one), name, above) for one, name, above, _ in chain)
            self[key] = UnitRow(key, path, Level(level), day, ancestry, is_open, ladders)
        return self[key]


def member_row(values: Sequence[Any]) -> Any:
    return proxies()["membership"].from_db("default", MEMBER_COLUMNS, values)


def case_row(values: Sequence[Any]) -> Any:
    return proxies()[values[1]].from_db("default", CASE_COLUMNS, values)


def lock_cases(ids: Iterable[int]) -> dict[int, Loaded]:
    """Cases by id with their units and members, locked. What is not visible is not there.

    A case of another unit whose turn it is here is there to be seen only: `crossing.lock_across` locks it.
    """
    wanted = list(ids)
    found = _by_case(_read(_CASES_OF_MEMBERS, wanted), _MEMBERS_CASE)
    if len(found) < len(wanted):
        found |= _by_case(_read(_CASES_OF_UNITS, wanted))
    hidden = [one for one in wanted if one not in found]
    return found | _by_case(_read(_unlocked(_CASES_OF_MEMBERS), hidden), _MEMBERS_CASE) if hidden else found


_MEMBERS_CASE = _WIDTH + len(CASE_COLUMNS)
"""Where the member begins in a row of _CASES_OF_MEMBERS."""


def _by_case(rows: Iterable[Sequence[Any]], width: int | None = None) -> dict[int, Loaded]:
    units, found = Units(), dict[int, Loaded]()
    for row in rows:
        member = member_row(row[width:]) if width else None
        found[row[_WIDTH]] = Loaded(units.of(row), case_row(row[_WIDTH:width]), member)
    codes = {key: code for key, one in found.items() if (code := code_there(one.case.lifecycle, one.case.facts))}
    named = named_units(set(codes.values()))
    for key, code in codes.items():
        found[key].there = named.get(code)
    return found


def code_there(lifecycle: str, facts: Mapping[str, Any]) -> str:
    """The code of a case's other unit; empty where there is none."""
    there = LIFECYCLES[lifecycle].there
    return str(facts.get(there) or "") if there else ""


def named_units(codes: Iterable[str]) -> dict[str, UnitRow]:
    """Units by the codes that stand on papers, wherever they lie, closed ones too; without their settings."""
    wanted = [code for code in codes if code]
    rows = execute(_NAMED, [wanted], prepared=len(wanted) == 1) if wanted else []
    return {code: Units().of(row) for code, *row in rows}


def lock_members(ids: Iterable[int]) -> dict[int, Loaded]:
    """Members by id with their units, locked.

    A guest of the scope is there to be seen only: the official cell cannot be locked from outside, and no office
    outside it holds a right to a step.
    """
    wanted = set(ids)
    found = _by_member(_read(_MEMBERS, list(wanted)))
    hidden = wanted - set(found)
    return found | _by_member(_read(_unlocked(_MEMBERS), list(hidden))) if hidden else found


def _by_member(rows: Iterable[Sequence[Any]]) -> dict[int, Loaded]:
    units = Units()
    found = (Loaded(units.of(row), None, member_row(row[_WIDTH:])) for row in rows)
    return {loaded.member.pk: loaded for loaded in found}


def lock_units(ids: Iterable[int]) -> dict[int, UnitRow]:
    """Open units by id, locked: nothing new begins in a closed one."""
    found = (Units().of(row) for row in _read(_OPEN_UNITS, list(ids)))
    return {unit.id: unit for unit in found}


def lock_units_as_they_are(ids: Iterable[int]) -> None:
    """Take units' locks in the one order, closed ones too."""
    _read(_UNITS, list(ids))


def see_case(case_id: int) -> Loaded | None:
    """One case with its unit and member as they stand, without a lock: to look, never to change."""
    found = _by_case(_read(_unlocked(_CASES_OF_MEMBERS), [case_id]), _MEMBERS_CASE)
    return (found or _by_case(_read(_unlocked(_CASES_OF_UNITS), [case_id]))).get(case_id)


def see_cases_about(members: Iterable[int], besides: Iterable[int] = ()) -> dict[int, Loaded]:
    """The open cases about members, and of the others those named besides, by id, the oldest first of each; without a lock."""
    rows = execute(_unlocked(_CASES_OF_MEMBERS).replace("c.id = ANY (%s)", _ABOUT), [list(members), list(besides)])
    return _by_case(rows, _MEMBERS_CASE)


def see_member(member_id: int) -> Loaded | None:
    """One member with the unit, without a lock."""
    return _by_member(_read(_unlocked(_MEMBERS), [member_id])).get(member_id)


def see_members(ids: Iterable[int]) -> dict[int, Loaded]:
    """Members by id with their units, without a lock."""
    return _by_member(_read(_unlocked(_MEMBERS), list(ids)))


def see_unit(unit_id: int) -> UnitRow | None:
    """One open unit, without a lock."""
    for row in _read(_unlocked(_OPEN_UNITS), [unit_id]):
        return Units().of(row)
    return None


def see_units(ids: Iterable[int]) -> dict[int, UnitRow]:
    """Units by id as they stand, closed ones too, without a lock."""
    found = (Units().of(row) for row in _read(_unlocked(_UNITS), list(ids)))
    return {unit.id: unit for unit in found}


def _read(statement: str, ids: list[int]) -> list[tuple[Any, ...]]:
    return execute(statement, [ids], prepared=len(ids) == 1)


def _unlocked(statement: str) -> str:
    return statement.partition("FOR NO KEY UPDATE")[0]
