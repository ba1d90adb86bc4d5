"""What a row of another room must have in common with its events; the rooms register their tables when they start."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_noop
from psycopg import sql

from backend.audit.codes import SubjectKind
from workflows.answers import Phrase

_CHECKS: dict[str, sql.Composed] = {}
_PLACES: list[sql.Composed] = []

# Rows and events agree when the row stands at the version of its last event, no version is missing in between, and
# every state field has the value that the last event which moved it gave to it. A field no event ever moved is empty.
_HEAD = """
SELECT coalesce(s.id, e.subject_id), CASE
    WHEN s.id IS NULL THEN ARRAY['no_row']
    WHEN e.last IS NULL THEN ARRAY['no_event']
    WHEN e.last <> e.events THEN ARRAY['gap', e.events::text, e.last::text]
    WHEN e.last <> s.version THEN ARRAY['version', s.version::text, e.last::text]
    ELSE {wrong} END
FROM {table} s
FULL JOIN (
  SELECT subject_id, max(version) AS last, count(*) AS events{targets}
  FROM audit_event WHERE subject_kind = {kind} GROUP BY subject_id) e ON e.subject_id = s.id
WHERE s.id IS NULL OR e.last IS NULL OR e.last <> e.events OR e.last <> s.version OR {wrong} IS NOT NULL
ORDER BY coalesce(s.id, e.subject_id) LIMIT 1
"""
# The path beside a line decides who sees it; no seal covers it, for it goes along when a unit moves.
_MISPLACED = """
SELECT e.id, e.uid FROM audit_event e LEFT JOIN {table} u ON u.id = e.unit_id
LEFT JOIN audit_eventdetail d ON d.event_uid = e.uid
WHERE e.unit_path <> u.path OR d.unit_path <> e.unit_path ORDER BY e.id LIMIT 1
"""
_TARGET = ", (array_agg(changes->{name}->>1 ORDER BY version DESC) FILTER (WHERE changes ? {name}))[1] AS {column}"
_WRONG = " WHEN coalesce(e.{column}, '') <> s.{field} THEN ARRAY['state', {name}, s.{field}, coalesce(e.{column}, '')]"
_SAID: dict[str, tuple[str, tuple[str, ...]]] = {
    "no_row": (gettext_noop("has events but no row"), ()),
    "no_event": (gettext_noop("has a row but no event"), ()),
    "gap": (gettext_noop("its events have a gap: %(events)s for version %(last)s"), ("events", "last")),
    "version": (
        gettext_noop("the row is at version %(version)s, its last event at %(last)s"), ("version", "last"),
    ),
    "state": (
        gettext_noop("%(field)s is “%(stored)s”, its last event says “%(said)s”"), ("field", "stored", "said"),
    ),
}  # fmt: skip
"""What is said of a disagreement, by the first word of its answer; the other words are its parameters."""


def register_subject(kind: str, table: str, fields: Sequence[str]) -> None:
    """Let `verify_log` compare `table` (id, version and these state fields) with the events of subjects of `kind`.

    Called from AppConfig.ready of the room that owns the table; the log itself knows no table above it.
    """
    names: list[dict[str, sql.Composable]] = [
        {"name": sql.Literal(field), "field": sql.Identifier(field), "column": sql.Identifier(f"to_{field}")}
        for field in fields
    ]
    _CHECKS[kind] = sql.SQL(_HEAD).format(
        kind=sql.Literal(kind),
        table=sql.Identifier(table),
        targets=sql.SQL("").join(sql.SQL(_TARGET).format(**name) for name in names),
        wrong=_wrong(names),
    )


def register_places(table: str) -> None:
    """Let `verify_log` compare where events stand with `table` (id, path). Called as `register_subject`."""
    _PLACES.append(sql.SQL(_MISPLACED).format(table=sql.Identifier(table)))


def misplaced() -> Iterator[tuple[int, UUID]]:
    """(id, uid) of the first event that stands under another path than its unit, or its detail than the event."""
    for check in _PLACES:
        with connection.cursor() as cursor:
            cursor.execute(check)
            yield from cursor.fetchall()


def _wrong(names: Sequence[dict[str, sql.Composable]]) -> sql.Composable:
    """What is said of the first state field that disagrees; nothing for a table without such fields."""
    if not names:
        return sql.SQL("NULL::text[]")
    return sql.SQL("(CASE{} END)").format(sql.SQL("").join(sql.SQL(_WRONG).format(**name) for name in names))


def kinds() -> list[str]:
    """The kinds of subjects that are compared, in order."""
    return sorted(_CHECKS)


def disagreements() -> Iterator[Phrase]:
    """The first disagreement of each kind, if there is one. Inside the caller's transaction."""
    for kind, check in _CHECKS.items():
        with connection.cursor() as cursor:
            cursor.execute(check)
            row = cursor.fetchone()
        if row:
            key, (code, *values) = row
            said, names = _SAID[code]
            words = {
                "kind": SubjectKind(kind).label,
                "id": key,
                "said": Phrase(said, dict(zip(names, values, strict=True))),
            }
            yield Phrase(gettext_noop("Row and events disagree: %(kind)s %(id)s: %(said)s."), words)
