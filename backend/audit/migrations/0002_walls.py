"""What the database itself refuses: changing the log, and changing a state without an event in the same transaction."""

from django.db import migrations

from backend.core.rls import protect

# Only unit_path may change (a unit that moves takes its log along), and only by the owner's function.
APPEND_ONLY = """
CREATE FUNCTION chibo_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND TG_TABLE_NAME IN ('audit_event', 'audit_eventdetail') THEN
    NEW.unit_path := OLD.unit_path;
    IF NEW IS NOT DISTINCT FROM OLD AND current_setting('chibo.moving', true) = 'yes' THEN
      RETURN NULL;
    END IF;
  END IF;
  RAISE EXCEPTION 'the log is append-only (% on %)', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
"""
TABLES = ("audit_event", "audit_leaf", "audit_node", "audit_signedhead")

TRANSITIONS = """
CREATE FUNCTION chibo_check_transition() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  kind text := TG_ARGV[0];
  new_row jsonb := to_jsonb(NEW);
  old_row jsonb := CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(OLD) ELSE '{}'::jsonb END;
  cycle text := CASE WHEN kind = 'member' THEN 'membership' ELSE new_row->>'lifecycle' END;
  field text;
  source text;
  target text;
BEGIN
  FOREACH field IN ARRAY TG_ARGV[1:] LOOP
    source := coalesce(old_row->>field, '');
    target := new_row->>field;
    CONTINUE WHEN source = target AND TG_OP = 'UPDATE';
    IF NOT EXISTS (
      SELECT FROM audit_event e
      WHERE e.subject_kind = kind AND e.subject_id = NEW.id
        AND e.xact_id = pg_current_xact_id()
        AND e.changes->field = jsonb_build_array(source, target)
        AND (e.voids IS NOT NULL AND EXISTS (
               SELECT FROM audit_event v WHERE v.uid = e.voids AND v.changes->field = jsonb_build_array(target, source))
             OR e.voids IS NULL AND EXISTS (
               SELECT FROM workflow_edge w WHERE w.lifecycle = cycle AND w.field = chibo_check_transition.field
                 AND w.source = chibo_check_transition.source AND w.target = chibo_check_transition.target
                 AND w.step = e.step OR e.step IS NULL))
    ) THEN
      RAISE EXCEPTION '% %: % may not go from "%" to "%" without its event', kind, NEW.id, field, source, target
        USING ERRCODE = 'check_violation', CONSTRAINT = 'chibo_transition';
    END IF;
  END LOOP;
  RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE audit_event ADD COLUMN xact_id xid8 NOT NULL DEFAULT pg_current_xact_id()",
            "ALTER TABLE audit_event DROP COLUMN xact_id",
        ),
        migrations.RunSQL(APPEND_ONLY, "DROP FUNCTION chibo_append_only()"),
        *[
            migrations.RunSQL(
                f"""CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}
                      FOR EACH ROW EXECUTE FUNCTION chibo_append_only();
                    CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON {table}
                      FOR EACH STATEMENT EXECUTE FUNCTION chibo_append_only();
                    REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM chibo_app, chibo_jobs;""",
                f"DROP TRIGGER append_only ON {table}; DROP TRIGGER append_only_truncate ON {table};",
            )
            for table in TABLES
        ],
        # Only the jobs seal; the app writes events and their place in the queue, no more.
        migrations.RunSQL(
            """REVOKE INSERT, UPDATE, DELETE ON audit_leaf, audit_node, audit_signedhead, audit_head,
                 audit_cursor, audit_parked FROM chibo_app;
               REVOKE UPDATE, DELETE ON audit_pending FROM chibo_app;
               INSERT INTO audit_head (id, size, epoch) VALUES (1, 0, 1);""",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(TRANSITIONS, "DROP FUNCTION chibo_check_transition()"),
        protect("audit_event", "unit_path"),
        protect("audit_eventdetail", "unit_path"),
    ]
