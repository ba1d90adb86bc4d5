"""What a row of another room must have in common with its events; the rooms register their tables when they start."""

from __future__ import annotations

from collections.abc import Sequence

from psycopg import sql

_CHECKS: dict[str, sql.Composed] = {}

# Rows and events agree when the row stands at the version of its last event, no version is missing in between, and
# every state field has the value that the last event which moved it gave to it. A field no event ever moved is empty.
_HEAD = """
SELECT {kind} || ' ' || coalesce(s.id, e.subject_id) || ': ' || CASE
    WHEN s.id IS NULL THEN 'has events but no row'
    WHEN e.last IS NULL THEN 'has a row but no event'
    WHEN e.last <> e.events THEN 'its events have a gap: ' || e.events || ' for version ' || e.last
    WHEN e.last <> s.version THEN 'the row is at version ' || s.version || ', its last event at ' || e.last
    ELSE {wrong} END
FROM {table} s
FULL JOIN (
  SELECT subject_id, max(version) AS last, count(*) AS events{targets}
  FROM audit_event WHERE subject_kind = {kind} GROUP BY subject_id) e ON e.subject_id = s.id
WHERE s.id IS NULL OR e.last IS NULL OR e.last <> e.events OR e.last <> s.version OR {wrong} IS NOT NULL
ORDER BY coalesce(s.id, e.subject_id) LIMIT 1
"""
_TARGET = ", (array_agg(changes->{name}->>1 ORDER BY version DESC) FILTER (WHERE changes ? {name}))[1] AS {column}"
_WRONG = (
    " WHEN coalesce(e.{column}, '') <> s.{field} THEN {name} || ' is \"' || s.{field}"
    " || '\", its last event says \"' || coalesce(e.{column}, '') || '\"'"
)


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


def _wrong(names: Sequence[dict[str, sql.Composable]]) -> sql.Composable:
    """What is said of the first state field that disagrees; nothing for a table without such fields."""
    if not names:
        return sql.SQL("NULL::text")
    return sql.SQL("(CASE{} END)").format(sql.SQL("").join(sql.SQL(_WRONG).format(**name) for name in names))


def checks() -> dict[str, sql.Composed]:
    """One query per kind; each answers the first disagreement in plain words, or no row."""
    return dict(_CHECKS)
