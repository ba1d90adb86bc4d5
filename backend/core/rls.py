"""Row-level security as migration operations (the second wall; see docs/architecture.md).

Every table that tells of a unit, a member or a person takes one of these; `tests/backend/core/test_every_wall.py`
holds it. Whoever says no scope sees no rows, but for what signing in must find before anybody is known.
"""

from __future__ import annotations

from django.db.migrations.operations import RunSQL

_SCOPE = "NULLIF(current_setting('chibo.path', true), '')"
_USER = "NULLIF(current_setting('chibo.user', true), '')::bigint"


def path_range(column: str) -> str:
    """SQL that is true where `column` lies at or below the transaction's scope; unset scope = no rows."""
    return f"({column} >= {_SCOPE} AND {column} < {_SCOPE} || '~')"


def or_above(column: str) -> str:
    """SQL that is true where `column` lies in the transaction's scope or above it; unset scope = no rows."""
    return f"({path_range(column)} OR starts_with({_SCOPE}, {column}))"


def person(column: str) -> str:
    """SQL that is true where `column` names the person of this transaction; nobody named = no rows."""
    return f"{column} = {_USER}"


def protect(table: str, *columns: str, ancestors: bool = False) -> RunSQL:
    """Rows of `table` are visible and writable to chibo_app where one of `columns` is in scope; jobs see all.

    `ancestors` lets units above the scope be read (not written): a cell may know whose cell it is.
    """
    inside = " OR ".join(path_range(column) for column in columns)
    return _walls(table, inside, read=f"{inside} OR {or_above(columns[0])}" if ancestors else inside)


def belongs(table: str, parent: str, key: str, *, read_by: str = "") -> RunSQL:
    """Rows of `table` go with the row of `parent` that `key` names: who sees that one sees these, and nobody else.

    `read_by` is asked besides of whoever reads.
    """
    inside = f"EXISTS (SELECT FROM {parent} whole WHERE whole.id = {table}.{key})"
    return _walls(table, inside, read=f"{inside} AND {read_by}" if read_by else "")


def own(table: str, column: str) -> RunSQL:
    """Rows of `table` are those of the one person that `column` names."""
    return _walls(table, person(column))


def signing_in(table: str, known: str) -> RunSQL:
    """Rows that must be found before anybody is known; once a scope is set, only those for which `known` holds."""
    return _walls(table, f"{_SCOPE} IS NULL OR {known}")


def also_read(table: str, name: str, allowed: str) -> RunSQL:
    """A second way to see rows (never to write them). Asked last, after the table's own policy: it may cost more."""
    policy = f"{table}_also_{name}"  # PostgreSQL asks permissive policies from the last name to the first
    return RunSQL(
        f"CREATE POLICY {policy} ON {table} FOR SELECT TO chibo_app USING ({allowed})",
        f"DROP POLICY {policy} ON {table}",
    )


def forbid(table: str, *privileges: str) -> RunSQL:
    """Take privileges (e.g. DELETE, TRUNCATE) from both application roles."""
    words = ", ".join(privileges)
    return RunSQL(
        f"REVOKE {words} ON {table} FROM chibo_app, chibo_jobs",
        f"GRANT {words} ON {table} TO chibo_app, chibo_jobs",
    )


def append_only(table: str) -> RunSQL:
    """Rows of `table` are never changed nor taken away, by whomever (`chibo_append_only`, made with the log's own walls)."""
    return RunSQL(
        f"""CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}
              FOR EACH ROW EXECUTE FUNCTION chibo_append_only();
            CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON {table}
              FOR EACH STATEMENT EXECUTE FUNCTION chibo_append_only();""",
        f"DROP TRIGGER append_only ON {table}; DROP TRIGGER append_only_truncate ON {table};",
    )


def _walls(table: str, inside: str, read: str = "") -> RunSQL:
    forward = f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        CREATE POLICY {table}_read ON {table} FOR SELECT TO chibo_app USING ({read or inside});
        CREATE POLICY {table}_insert ON {table} FOR INSERT TO chibo_app WITH CHECK ({inside});
        CREATE POLICY {table}_update ON {table} FOR UPDATE TO chibo_app USING ({inside}) WITH CHECK ({inside});
        CREATE POLICY {table}_delete ON {table} FOR DELETE TO chibo_app USING ({inside});
        CREATE POLICY {table}_jobs ON {table} TO chibo_jobs USING (true) WITH CHECK (true);
    """
    policies = ("read", "insert", "update", "delete", "jobs")
    backward = "".join(f"DROP POLICY {table}_{name} ON {table};" for name in policies)
    return RunSQL(forward, backward + f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;")
