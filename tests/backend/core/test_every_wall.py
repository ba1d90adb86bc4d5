"""Every table of the database: behind a wall, or open for a reason; and every wall tried from both sides."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import connection
from psycopg.errors import InsufficientPrivilege

from tests.backend.core.two_of_everything import PATHS, Two, two_of_everything
from tests.realdb import RealDatabase

HASHES = "positions and hashes of the log: nothing of what an event says"
DJANGOS = "Django's own catalogue; no right of Chibo comes from it"
OPEN = {
    "alerts_heartbeat": "the standing jobs: when they ran, and how many they handled",
    "alerts_incident": "parts that stood still, and since when",
    "alerts_pulse": "the standing jobs: when each last ran",
    "audit_cursor": "how far each follower has come",
    "audit_head": HASHES,
    "audit_headstamp": HASHES,
    "audit_leaf": HASHES,
    "audit_node": HASHES,
    "audit_pending": HASHES,
    "audit_signedhead": HASHES,
    "auth_group": DJANGOS,
    "auth_group_permissions": DJANGOS,
    "auth_permission": DJANGOS,
    "core_businessdate": "one day, the same for everybody",
    "core_keymark": "one word of ours, sealed: whether this server's keys are the database's",
    "deadlines_calendarday": "the calendar of the country",
    "deadlines_competence": "who decides which act at which level, the same for everybody",
    "django_content_type": DJANGOS,
    "django_migrations": DJANGOS,
    "django_session": "found by its secret key before anybody is known; sealed",
    "handovers_trustedkey": "keys of other installations, the same for everybody",
    "organizations_ownladder": "rungs of ladders, known by their contents; whose they are stands with the unit",
    "workflow_edge": "the catalogue of lifecycles",
    "workflow_reader": "the catalogue of lifecycles: which offices read of health",
    "workflow_state": "the catalogue of lifecycles",
}
"""Tables without row-level security that the application may touch, each with why it may stand open."""
TELLING = re.compile(r"unit|member|user|person|path|address|e?mail|phone|note|reason|detail|facts|message")
TELLS_NOTHING = {("alerts_heartbeat", "message"): "counts by name, made by the job"}
BEFORE_SIGNING_IN = {
    "accounts_invitation", "accounts_user", "contacts_calendaraddress", "accounts_token", "mfa_authenticator",
    "usersessions_usersession",
}  # fmt: skip
"""What must be found before anybody is known: open while no scope is set, closed as soon as one is."""

_TABLES = """
SELECT c.relname, c.relrowsecurity, c.relispartition,
  bool_or(has_table_privilege('chibo_app', c.oid, p)), bool_or(has_table_privilege('chibo_jobs', c.oid, p)),
  (SELECT array_agg(DISTINCT role) FROM pg_policies, unnest(roles) role WHERE tablename = c.relname),
  (SELECT array_agg(attname::text) FROM pg_attribute a WHERE a.attrelid = c.oid AND attnum > 0 AND NOT attisdropped)
FROM pg_class c, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) p
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
GROUP BY c.oid ORDER BY 1"""


def tables() -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        return cursor.fetchall()


@pytest.mark.django_db
def test_every_table_stands_behind_a_wall_or_is_open_for_a_reason() -> None:
    touched = {name: walled for name, walled, _, app, _, _, _ in tables() if app}
    assert {name for name, walled in touched.items() if not walled} == set(OPEN)
    for name, walled, _, _, _, roles, _ in tables():
        assert not walled or {"chibo_app", "chibo_jobs"} <= set(roles), name


@pytest.mark.django_db
def test_what_stands_open_tells_of_nobody() -> None:
    for name, _, _, _, _, _, columns in tables():
        telling = [one for one in columns if TELLING.search(one) and (name, one) not in TELLS_NOTHING]
        assert name not in OPEN or not telling, (name, telling)


def test_a_partition_cannot_be_reached_past_the_walls_of_its_table(two: Two) -> None:
    parts = {name: (app, jobs) for name, _, is_part, app, jobs, _, _ in tables() if is_part}
    assert {name.removesuffix("_2026_11") for name in parts} >= {"alerts_notice", "participation_attendance"}
    assert set(parts.values()) == {(False, False)}


@pytest.fixture
def two(committed_db: RealDatabase) -> Two:
    return two_of_everything()


@pytest.fixture
def rows(two: Two) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table behind a wall, as the owner sees them."""
    walled = [name for name, protected, is_part, _, _, _, _ in tables() if protected and not is_part]
    with connection.cursor() as cursor:
        return {name: _read(cursor, name) for name in walled}


_WRITTEN = """
SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''"""
"""The columns of a table that somebody writes, and PostgreSQL does not reckon."""


def _read(cursor: Any, table: str) -> list[dict[str, Any]]:
    cursor.execute(f"SELECT to_jsonb(t)::text FROM {table} t")
    return sorted((json.loads(row) for (row,) in cursor.fetchall()), key=str)


@contextmanager
def within(own: psycopg.Connection[Any], two: Two) -> Iterator[psycopg.Cursor[Any]]:
    """A transaction of the secretary here, as the application scopes it; rolled back at its end."""
    with own.transaction(force_rollback=True), own.cursor() as cursor:
        settings = {"path": two.here.unit.path, "user": str(two.here.user.pk), "office": "cell_secretary"}
        for name, value in settings.items():
            cursor.execute("SELECT set_config(%s, %s, true)", (f"chibo.{name}", value))
        yield cursor


def allowed(cursor: psycopg.Cursor[Any], sql: str, *params: Any) -> bool:
    """Whether the database let the statement change anything."""
    try:
        with cursor.connection.transaction(force_rollback=True):
            return bool(cursor.execute(sql, params).rowcount)
    except InsufficientPrivilege:
        return False


def test_there_is_a_row_on_both_sides_of_every_wall(two: Two, rows: dict[str, list[dict[str, Any]]]) -> None:
    """Whoever adds a table adds it to `two_of_everything`, or the walls below are tried with nothing."""
    assert {name for name, found in rows.items() if {two.is_here(name, row) for row in found} != {True, False}} == set()


def test_the_application_reads_its_scope_and_no_more(
    two: Two, rows: dict[str, list[dict[str, Any]]], committed_db: RealDatabase
) -> None:
    with psycopg.connect(committed_db.url("app")) as app, within(app, two) as cursor:
        for table, found in rows.items():
            assert _read(cursor, table) == [row for row in found if two.is_here(table, row)], table


def test_the_jobs_read_all_whatever_the_scope_was(
    two: Two, rows: dict[str, list[dict[str, Any]]], committed_db: RealDatabase
) -> None:
    with psycopg.connect(committed_db.url("jobs")) as jobs, within(jobs, two) as cursor:
        for table, found in rows.items():
            assert _read(cursor, table) == found, table


def test_the_application_changes_nothing_across_its_scope(
    two: Two, rows: dict[str, list[dict[str, Any]]], committed_db: RealDatabase
) -> None:
    with psycopg.connect(committed_db.url("app")) as app, within(app, two) as cursor:
        for table, found in rows.items():
            row = next(row for row in found if not two.is_here(table, row))
            name, same = next(iter(row)), json.dumps(row)
            assert not allowed(cursor, f"UPDATE {table} t SET {name} = {name} WHERE to_jsonb(t) = %s::jsonb", same), (
                table
            )
            assert not allowed(cursor, f"DELETE FROM {table} t WHERE to_jsonb(t) = %s::jsonb", same), table
            ((columns,),) = cursor.execute(_WRITTEN, [table]).fetchall()
            copy = (
                f"INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_record(NULL::{table}, %s::jsonb)"
            )
            assert not allowed(cursor, copy, same), table


def test_control_the_same_statements_work_inside_the_scope(
    two: Two, rows: dict[str, list[dict[str, Any]]], committed_db: RealDatabase
) -> None:
    """What the tests around this one see refused is refused by the walls, not by the statements."""
    changed = set()
    with psycopg.connect(committed_db.url("app")) as app, within(app, two) as cursor:
        for table, found in rows.items():
            row = next(row for row in found if two.is_here(table, row))
            name = next(iter(row))
            sql = f"UPDATE {table} t SET {name} = {name} WHERE to_jsonb(t) = %s::jsonb"
            changed |= {table} if allowed(cursor, sql, json.dumps(row)) else set()
    never = {
        "audit_event", "audit_eventdetail", "audit_healthdetail", "cases_requestkey", "organizations_unit",
        "organizations_unitspell",
        "accesses_access", "handovers_history", "handovers_issue", "handovers_line", "handovers_linedetail",
        "reports_dailycount", "reports_plantarget",
    }  # fmt: skip
    assert (
        changed == set(rows) - never
    )  # append-only, written by the jobs alone, or the first row is a unit above, which is read only


def test_the_application_carries_nothing_out_of_its_scope(
    two: Two, rows: dict[str, list[dict[str, Any]]], committed_db: RealDatabase
) -> None:
    """A row here is not given away: whatever places it cannot be set to what places the row there."""
    with psycopg.connect(committed_db.url("app")) as app, within(app, two) as cursor:
        for table, found in rows.items():
            mine = next(row for row in found if two.is_here(table, row))
            other = next(row for row in found if not two.is_here(table, row))
            places = [name for name in (*PATHS, "letter_id", "line_id", "case_id", "task_id") if other.get(name)] or [
                "user_id" if "user_id" in mine else "id"
            ]
            setting = ", ".join(f"{name} = %s" for name in places)
            sql = f"UPDATE {table} t SET {setting} WHERE to_jsonb(t) = %s::jsonb"
            assert not allowed(cursor, sql, *[other[name] for name in places], json.dumps(mine)), table


@pytest.mark.parametrize("ending", ["commit", "rollback", "error", "savepoint", "autocommit"])
def test_no_scope_outlives_its_transaction_on_a_kept_connection(
    two: Two, rows: dict[str, list[dict[str, Any]]], committed_db: RealDatabase, ending: str
) -> None:
    with psycopg.connect(committed_db.url("app"), autocommit=True) as app:
        _scoped_and_ended(app, two, ending)
        for table, found in rows.items():
            assert _read(app.cursor(), table) == (found if table in BEFORE_SIGNING_IN else []), table


def _scoped_and_ended(app: psycopg.Connection[Any], two: Two, ending: str) -> None:
    path, user = two.here.unit.path, two.here.user.pk
    scope = f"SELECT set_config('chibo.path', '{path}', true), set_config('chibo.user', '{user}', true)"
    seen = "SELECT count(*) FROM members_member"
    if ending == "autocommit":
        app.execute(scope)
        return
    app.execute("BEGIN")
    if ending == "savepoint":
        app.execute("SAVEPOINT within")
    app.execute(scope)
    assert app.execute(seen).fetchone() == (1,)
    if ending == "error":
        with pytest.raises(psycopg.errors.DivisionByZero):
            app.execute("SELECT 1/0")
    if ending == "savepoint":
        app.execute("ROLLBACK TO SAVEPOINT within")
        assert app.execute(seen).fetchone() == (0,)
    app.execute("COMMIT" if ending in {"commit", "error"} else "ROLLBACK")
