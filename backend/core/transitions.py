"""The check that no state changes without its event, as a migration operation (docs/architecture.md)."""

from __future__ import annotations

from django.db.migrations.operations import RunSQL

_CHECK = """
  IF {when} THEN
    PERFORM public.chibo_require_event(
      '{kind}', NEW.id, NEW.version, {cycle}, '{field}', coalesce(OLD.{field}, ''), NEW.{field});
  END IF;"""


def only_with_event(table: str, kind: str, cycle: str, *fields: str) -> RunSQL:
    """Rows of `table` enter, and move in one of `fields`, only along an edge whose event stands in the same transaction.

    `cycle` is SQL for the lifecycle's key. The first field needs its event on entry too, whatever it is; the others may
    be empty then (a candidate takes no part yet). Deferred to the COMMIT, so that state and event may come in any order.
    """
    checks = "".join(
        _CHECK.format(
            when=("TG_OP = 'INSERT' OR " if field == fields[0] else "") + f"coalesce(OLD.{field}, '') <> NEW.{field}",
            kind=kind, cycle=cycle, field=field,
        )
        for field in fields
    )  # fmt: skip
    return RunSQL(
        f"""
CREATE FUNCTION {table}_check_transition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN{checks}
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER {kind}_transition AFTER INSERT OR UPDATE OF {", ".join(fields)} ON {table}
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {table}_check_transition();
""",
        f"DROP TRIGGER {kind}_transition ON {table}; DROP FUNCTION {table}_check_transition()",
    )
