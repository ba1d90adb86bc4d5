"""Tables partitioned by month: the migration operation that makes them, and the call that makes a month ready."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import CreateModel
from django.db.migrations.state import ProjectState

FUNCTION = """
CREATE FUNCTION chibo_ensure_month(parent text, month date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  part text := parent || to_char(month, '_YYYY_MM');
BEGIN
  IF NOT EXISTS (SELECT FROM pg_partitioned_table WHERE partrelid = to_regclass(parent)) THEN
    RAISE EXCEPTION '% is not a table partitioned by month', parent;
  END IF;
  IF to_regclass(part) IS NOT NULL THEN
    RETURN;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext(part));
  IF EXISTS (SELECT FROM pg_class WHERE relname = part AND relnamespace = 'public'::regnamespace) THEN
    RETURN;  -- made while this waited; a look-up by name alone would still answer from before
  END IF;
  -- Made beside its parent and attached: that waits for no reader or writer of the parent, and none waits for it.
  -- CREATE … PARTITION OF would lock the whole parent, and two that had read it would wait for each other.
  EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES)', part, parent);
  -- A partition reached directly would pass its parent's policies by.
  EXECUTE format('REVOKE ALL ON %I FROM chibo_app, chibo_jobs', part);
  EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                 parent, part, date_trunc('month', month)::date, (date_trunc('month', month) + interval '1 month')::date);
END $$;
REVOKE ALL ON FUNCTION chibo_ensure_month(text, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION chibo_ensure_month(text, date) TO chibo_app, chibo_jobs;
"""


class CreatePartitioned(CreateModel):
    """CreateModel for a table partitioned by range of its `month` column; months are added by `ensure_month`."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        model: Any = to_state.apps.get_model(app_label, self.name)
        editor: Any = schema_editor
        sql, params = editor.table_sql(model)
        editor.execute(f"{sql} PARTITION BY RANGE (month)", params or None)
        editor.deferred_sql.extend(editor._model_indexes_sql(model))  # as create_model itself does


def ensure_month(table: str, month: date) -> None:
    """Make sure that rows of this month have a partition to go to. Cheap when they have."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT chibo_ensure_month(%s, %s)", [table, month])
