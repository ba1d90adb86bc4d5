"""Rows like those the engine wrote: read one, write it again by hand, or multiply it by the million in plain SQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

JSONB = 3802


def specimen(connection: psycopg.Connection, table: str, where: str, **values: Any) -> dict[str, Any]:
    """One row as parameters for an INSERT: what the database itself fills in is left out."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} WHERE {where} LIMIT 1", values)
        row, columns = cursor.fetchone(), cursor.description
    connection.rollback()
    if row is None or columns is None:
        raise LookupError(f"no row of {table} to take as a specimen")
    pairs = zip(columns, row, strict=True)
    return {
        column.name: Jsonb(value) if column.type_code == JSONB and value is not None else value
        for column, value in pairs
        if column.name not in {"id", "xact_id", "days_late"}
    }


def insert(table: str, row: Mapping[str, Any], prefix: str) -> str:
    """An INSERT of one row with named parameters `<prefix>_<column>`."""
    places = ", ".join(f"%({prefix}_{name})s" for name in row)
    return f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})"


def parameters(row: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    return {f"{prefix}_{name}": value for name, value in row.items()}


def multiply(connection: psycopg.Connection, table: str, key: int, changed: Mapping[str, str], source: str) -> None:
    """Copies of row `key`, one for each row of `source`, with some columns computed; the table's own triggers sleep."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND column_name <> 'id'", [table]
        )
        names = [*(name for (name,) in cursor.fetchall()), *({"id"} & set(changed))]
        picked = ", ".join(changed.get(name, f"s.{name}") for name in names)
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(names)}) SELECT {picked} FROM {source}, {table} s WHERE s.id = {key}"
        )
        connection.commit()  # foreign keys are checked here
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    connection.commit()
