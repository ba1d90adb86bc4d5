"""Row-level security by path range, as migration operations (the second wall; see docs/architecture.md)."""

from __future__ import annotations

from django.db.migrations.operations import RunSQL

_SCOPE = "NULLIF(current_setting('chibo.path', true), '')"


def path_range(column: str) -> str:
    """SQL that is true where `column` lies at or below the transaction's scope; unset scope = no rows."""
    return f"({column} >= {_SCOPE} AND {column} < {_SCOPE} || '~')"


def protect(table: str, *columns: str, ancestors: bool = False) -> RunSQL:
    """Rows of `table` are visible and writable to chibo_app where one of `columns` is in scope; jobs see all.

    `ancestors` lets units above the scope be read (not written): a cell may know whose cell it is.
    """
    inside = " OR ".join(path_range(column) for column in columns)
    above = f" OR starts_with({_SCOPE}, {columns[0]})" if ancestors else ""
    forward = f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        CREATE POLICY {table}_read ON {table} FOR SELECT TO chibo_app USING ({inside}{above});
        CREATE POLICY {table}_insert ON {table} FOR INSERT TO chibo_app WITH CHECK ({inside});
        CREATE POLICY {table}_update ON {table} FOR UPDATE TO chibo_app USING ({inside}) WITH CHECK ({inside});
        CREATE POLICY {table}_delete ON {table} FOR DELETE TO chibo_app USING ({inside});
        CREATE POLICY {table}_jobs ON {table} TO chibo_jobs USING (true) WITH CHECK (true);
    """
    policies = ("read", "insert", "update", "delete", "jobs")
    backward = "".join(f"DROP POLICY {table}_{name} ON {table};" for name in policies)
    return RunSQL(forward, backward + f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;")


def forbid(table: str, *privileges: str) -> RunSQL:
    """Take privileges (e.g. DELETE, TRUNCATE) from both application roles."""
    words = ", ".join(privileges)
    return RunSQL(
        f"REVOKE {words} ON {table} FROM chibo_app, chibo_jobs",
        f"GRANT {words} ON {table} TO chibo_app, chibo_jobs",
    )
