"""The proposal of a recognition as one would write it in psycopg for this step alone: the engine's reads and writes.

Same rows, same locks, same checks by the database, prepared statements, one statement for all writes. What the step
writes is taken from a row that the engine wrote; nothing is computed here but the ballot.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import psycopg

from backend.core.ids import uuid7
from bench.rows import insert, parameters, specimen
from bench.world import YES, Cell

ENTER = """SELECT (SELECT concat_ws('.', count(*), max(id)) FROM deadlines_calendarday),
    (SELECT outcome FROM cases_requestkey WHERE user_id = me.person AND key = %s)
    FROM (SELECT set_config('chibo.path', %s, true), set_config('chibo.user', %s, true)::bigint AS person OFFSET 0) me"""
LOCK = """
    SELECT u.id, u.path, u.level, u.settings,
      (SELECT array_agg(a.id ORDER BY length(a.path)) FROM organizations_unit a
       WHERE a.id = ANY (string_to_array(trim(BOTH '/' FROM u.path), '/')::bigint[])),
      c.id, c.number, c.state, c.version, c.facts, c.acting_path, m.id, m.standing, m.participation, m.version, m.joined_on
    FROM organizations_unit u JOIN cases_case c ON c.unit_id = u.id JOIN members_member m ON m.id = c.member_id
    WHERE c.id = %s FOR NO KEY UPDATE OF u, m, c"""
ROLL = """SELECT c.unit_id, c.state, (SELECT jsonb_object_agg(participation, jsonb_build_array(official, present)) FROM (
      SELECT participation, count(*) AS official,
        count(*) FILTER (WHERE called ->> member_id::text = 'present') AS present
      FROM members_spell WHERE unit_id = c.unit_id AND valid @> (c.facts ->> 'held_on')::date AND retracted_at IS NULL
        AND standing = 'official' GROUP BY participation) AS roll)
    FROM cases_case c LEFT JOIN LATERAL (
      SELECT d.data -> 'facts' -> 'roll_call' FROM audit_event e LEFT JOIN audit_eventdetail d ON d.event_uid = e.uid
      WHERE e.case_id = c.id AND e.facts ? 'roll_call' ORDER BY e.id DESC LIMIT 1) AS roll_call (called)
      ON c.facts ? 'roll_call'
    WHERE c.id = %s AND c.lifecycle = 'meeting'"""
WRITE = """
    WITH stepped AS (
      UPDATE cases_case SET state = 'proposed', version = version + 1, facts = %(c_facts)s,
        acting_unit_id = %(c_acting_unit_id)s, acting_path = %(c_acting_path)s WHERE id = %(case)s),
    closed AS (
      UPDATE deadlines_deadline SET status = CASE WHEN %(on)s <= due_on THEN 'met' ELSE 'met_late' END, met_on = %(on)s,
        closed_by = %(uid)s, next_rung = NULL, next_rung_on = NULL, version = version + 1
      WHERE subject_kind = 'case' AND subject_id = %(case)s AND status = 'open' AND rule_id = 'PRO.CELL_REVIEW'),
    logged AS ({event} RETURNING id), waiting AS (INSERT INTO audit_pending (event_id) SELECT id FROM logged),
    told AS ({detail}), clocks AS ({deadline}), kept AS ({key})
    SELECT 1"""


class ByHand:
    """Proposals over a connection of its own, in the likeness of a proposal that the engine made."""

    def __init__(self, connection: psycopg.Connection, owner: psycopg.Connection, like: dict[str, Any]) -> None:
        self.connection = connection
        uid, case = like["event"], like["id"]
        self.rows = {
            "c": specimen(owner, "cases_case", "id = %(case)s", case=case),
            "e": specimen(owner, "audit_event", "uid = %(uid)s", uid=uid),
            "t": specimen(owner, "audit_eventdetail", "event_uid = %(uid)s", uid=uid),
            "d": specimen(owner, "deadlines_deadline", "occurrence = %(uid)s", uid=uid),
            "k": specimen(owner, "cases_requestkey", "recorded_at = (SELECT max(recorded_at) FROM cases_requestkey)"),
        }
        tables = {"event": ("audit_event", "e"), "detail": ("audit_eventdetail", "t"),
                  "deadline": ("deadlines_deadline", "d"), "key": ("cases_requestkey", "k")}  # fmt: skip
        parts = {name: insert(table, self.rows[prefix], prefix) for name, (table, prefix) in tables.items()}
        self.write = WRITE.format(**parts)
        self.same = {
            name: value for prefix, row in self.rows.items() for name, value in parameters(row, prefix).items()
        }

    def propose(self, cell: Cell, case: int, key: str, on: date) -> None:
        """One proposal, committed."""
        with self.connection.transaction(), self.connection.cursor() as cursor:
            cursor.execute(ENTER, [key, cell.unit.path, str(cell.secretary.user_id)], prepare=True)
            assert cursor.fetchone()[1] is None  # type: ignore[index]  # `me` is always one row
            cursor.execute(LOCK, [case], prepare=True)
            row = cursor.fetchone()
            assert row is not None
            assert row[7] == "probation"
            cursor.execute(ROLL, [cell.meeting], prepare=True)
            meeting = cursor.fetchone()
            assert meeting is not None
            official = sum(total for total, _ in meeting[2].values())
            assert 2 * official <= 3 * YES
            cursor.execute(self.write, self._values(cell, case, row[11], key, on), prepare=True)

    def _values(self, cell: Cell, case: int, member: int, key: str, on: date) -> dict[str, Any]:
        uid, now, unit, user = uuid7(), datetime.now(UTC), cell.unit, cell.secretary.user_id
        place = {
            f"{prefix}_{name}": value
            for prefix in "ed"
            for name, value in (("unit_id", unit.pk), ("unit_path", unit.path))
        }
        return {
            **self.same, **place, "uid": uid, "case": case, "on": on, "e_uid": uid, "e_subject_id": case, "e_case_id": case,
            "e_member_id": member, "e_user_id": user, "e_office_unit_id": unit.pk, "e_recorded_at": now,
            "t_event_uid": uid, "t_unit_path": unit.path, "d_subject_id": case, "d_occurrence": uid, "d_opened_at": now,
            "k_user_id": user, "k_key": key, "k_recorded_at": now,
        }  # fmt: skip
