"""Who looked is written by one function, changed by nobody, read where the file belongs, and let go by whole months."""

from datetime import date

from django.db import migrations

from backend.core.rls import append_only, forbid, protect
from workflows import law

KEPT = law.rule("PDP.ACCESS_KEPT", on=date(2026, 1, 1)).value

# The place is the file's own, looked up past the walls (of a guest it lies outside the scope): nobody writes it.
NOTE = """
CREATE SEQUENCE accesses_access_id AS bigint;
CREATE FUNCTION chibo_note_access(look jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  scope text := NULLIF(current_setting('chibo.path', true), '');
  of_member bigint := (look ->> 'member_id')::bigint;
  of_case bigint := (look ->> 'case_id')::bigint;
  this_month date := date_trunc('month', now())::date;
  place text;
BEGIN
  IF of_case IS NOT NULL THEN
    SELECT c.unit_path, coalesce(of_member, c.member_id) INTO place, of_member FROM cases_case c WHERE c.id = of_case;
  END IF;
  IF of_member IS NOT NULL THEN
    SELECT m.unit_path INTO place FROM members_member m WHERE m.id = of_member;
  END IF;
  PERFORM chibo_ensure_month('accesses_access', this_month);
  INSERT INTO accesses_access (
    month, id, seen_at, door, member_id, case_id, filters, count, unit_path, user_id, office, office_unit_id, purpose)
  VALUES (
    this_month, nextval('accesses_access_id'), now(), look ->> 'door', of_member, of_case, look -> 'filters',
    (look ->> 'count')::int, coalesce(place, scope), (look ->> 'user_id')::bigint, look ->> 'office',
    (look ->> 'office_unit_id')::bigint, look ->> 'purpose');
END $$;
REVOKE ALL ON FUNCTION chibo_note_access(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION chibo_note_access(jsonb) TO chibo_app, chibo_jobs;
"""

DROP = f"""
CREATE FUNCTION chibo_drop_accesses(before date) RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  part text;
BEGIN
  IF before > current_date - interval '{KEPT} months' THEN
    RAISE EXCEPTION 'accesses are kept for {KEPT} months' USING ERRCODE = 'insufficient_privilege';
  END IF;
  FOR part IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'accesses_access'::regclass
      AND to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month' <= before ORDER BY 1
  LOOP
    EXECUTE format('DROP TABLE %I', part);
    RETURN NEXT part;
  END LOOP;
END $$;
REVOKE ALL ON FUNCTION chibo_drop_accesses(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION chibo_drop_accesses(date) TO chibo_jobs;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accesses", "0001_initial"), ("cases", "0002_walls"), ("members", "0002_walls"), ("audit", "0002_walls"),
        ("core", "0001_initial"),
    ]  # fmt: skip

    operations = [
        append_only("accesses_access"),
        protect("accesses_access", "unit_path"),
        forbid("accesses_access", "INSERT", "UPDATE", "DELETE", "TRUNCATE"),
        migrations.RunSQL(NOTE, "DROP FUNCTION chibo_note_access(jsonb); DROP SEQUENCE accesses_access_id;"),
        migrations.RunSQL(DROP, "DROP FUNCTION chibo_drop_accesses(date)"),
    ]
