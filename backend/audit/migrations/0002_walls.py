"""What the database itself refuses: changing the log, and changing a state without an event in the same transaction."""

from django.db import migrations

from backend.core.rls import append_only, forbid, protect

# Only unit_path may change (a unit that moves takes its log along), and only by the owner's function. What PostgreSQL reckons
# from other columns (days_late) is not there yet when this asks.
APPEND_ONLY = """
CREATE FUNCTION chibo_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND current_setting('chibo.moving', true) = 'yes'
     AND to_jsonb(NEW) - ARRAY['unit_path', 'days_late'] = to_jsonb(OLD) - ARRAY['unit_path', 'days_late'] THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'the log is append-only (% on %)', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
"""
TABLES = ("audit_event", "audit_leaf", "audit_node", "audit_signedhead", "audit_headstamp")

# The verifier believes a key that the log announces, and a head that an epoch names as lost: only the jobs and the owner write
# such lines. It reads the line, so the line is what is asked; what people write stands in it with its quotation marks escaped.
OF_THE_LOG = r"""
CREATE POLICY audit_event_of_the_log ON audit_event AS RESTRICTIVE FOR INSERT TO chibo_app
WITH CHECK (code !~ '^log\.(key|epoch)_' AND convert_from(line, 'UTF8') !~ '"code":"log\.(key|epoch)_');
"""

TRANSITIONS = """
CREATE FUNCTION chibo_require_event(
  kind text, subject bigint, became int, cycle text, changed text, was text, becomes text
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  done boolean;
BEGIN
  SELECT CASE
      WHEN e.voids IS NULL THEN EXISTS (
        SELECT FROM workflow_edge w
        WHERE w.lifecycle = cycle AND w.field = changed AND w.source = was AND w.target = becomes)
      ELSE EXISTS (
        SELECT FROM audit_event v
        WHERE v.uid = e.voids AND v.subject_kind = kind AND v.subject_id = subject
          AND v.changes->changed = jsonb_build_array(becomes, was))
      END
    INTO done
    FROM audit_event e
    WHERE e.subject_kind = kind AND e.subject_id = subject AND e.version = became
      AND e.xact_id = pg_current_xact_id() AND e.changes->changed = jsonb_build_array(was, becomes);
  IF done IS NOT TRUE THEN
    RAISE EXCEPTION '% %: % may not go from "%" to "%" without its event', kind, subject, changed, was, becomes
      USING ERRCODE = 'check_violation', CONSTRAINT = 'chibo_transition';
  END IF;
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
        *[append_only(table) for table in TABLES],
        *[forbid(table, "UPDATE", "DELETE", "TRUNCATE") for table in TABLES],
        # Only the jobs seal; the app writes events and their place in the queue, no more.
        migrations.RunSQL(
            """REVOKE INSERT, UPDATE, DELETE ON audit_leaf, audit_node, audit_signedhead, audit_headstamp, audit_head,
                 audit_cursor, audit_parked FROM chibo_app;
               REVOKE SELECT ON audit_parked FROM chibo_app;
               REVOKE UPDATE, DELETE ON audit_pending FROM chibo_app;
               REVOKE INSERT, DELETE ON audit_head FROM chibo_jobs;
               REVOKE UPDATE, DELETE, TRUNCATE ON audit_eventdetail, audit_healthdetail FROM chibo_app, chibo_jobs;
               INSERT INTO audit_head (id, size, epoch) VALUES (1, 0, 1);""",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL("CREATE SEQUENCE audit_reading_id AS bigint", "DROP SEQUENCE audit_reading_id"),
        migrations.RunSQL(TRANSITIONS, "DROP FUNCTION chibo_require_event(text, bigint, int, text, text, text, text)"),
        protect("audit_event", "unit_path"),
        migrations.RunSQL(OF_THE_LOG, "DROP POLICY audit_event_of_the_log ON audit_event"),
        protect("audit_eventdetail", "unit_path"),
    ]
