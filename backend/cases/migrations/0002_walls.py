"""No state without its event, no row outside the scope."""

from django.db import migrations

from backend.core.rls import also_read, belongs, forbid, own, path_range, protect
from backend.core.transitions import only_with_event
from workflows.standings import OUT_OF_THE_PARTY

# Who keeps a case, or has the turn in it, reads all that happened in it, whichever unit wrote it; and whose it is.
STORY = f"""subject_kind = 'case' AND EXISTS (SELECT FROM cases_case story
  WHERE story.id = audit_event.subject_id
    AND ({path_range("story.unit_path")} OR {path_range("story.acting_path")}))"""
HOMES = f"""EXISTS (SELECT FROM cases_case waiting
  WHERE {path_range("waiting.acting_path")} AND NOT starts_with(waiting.unit_path, waiting.acting_path)
    AND starts_with(waiting.unit_path, organizations_unit.path))"""
# A place where a case waited does not see whose it is once the person is back on the lists elsewhere, and must not see the
# closed file of somebody out of the Party (A.7): of such a case it learns this and no word more.
OUT = ", ".join(f"'{standing}'" for standing in OUT_OF_THE_PARTY)
IS_OUT = f"""
CREATE FUNCTION chibo_is_out(one bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM cases_case c JOIN members_member m ON m.id = c.member_id
    WHERE c.id = one AND m.standing IN ({OUT})
      AND starts_with(c.acting_path, NULLIF(current_setting('chibo.path', true), '')))
$$;
REVOKE ALL ON FUNCTION chibo_is_out(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION chibo_is_out(bigint) TO chibo_app, chibo_jobs;
"""
READER = """EXISTS (SELECT FROM workflow_reader reader WHERE reader.lifecycle = audit_healthdetail.lifecycle
  AND reader.office = current_setting('chibo.office', true))"""
SHARED = "CREATE INDEX case_shared ON cases_case (acting_path) WHERE NOT starts_with(unit_path, acting_path)"


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial"), ("core", "0001_initial"), ("audit", "0002_walls"), ("organizations", "0004_named")]

    operations = [
        only_with_event("cases_case", "case", "NEW.lifecycle", "state"),
        protect("cases_case", "unit_path", "acting_path"),
        protect("cases_casenumber", "unit_path"),
        own("cases_requestkey", "user_id"),
        also_read("audit_event", "cases", STORY),
        belongs("audit_healthdetail", "cases_case", "case_id", read_by=READER),
        migrations.RunSQL(IS_OUT, "DROP FUNCTION chibo_is_out(bigint)"),
        migrations.RunSQL(SHARED, "DROP INDEX case_shared"),
        also_read("organizations_unit", "waiting", HOMES),
        forbid("cases_case", "DELETE", "TRUNCATE"),
        forbid("cases_requestkey", "UPDATE", "TRUNCATE"),
    ]
