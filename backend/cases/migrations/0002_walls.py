"""No state without its event, no row outside the scope."""

from django.db import migrations

from backend.core.rls import also_read, forbid, own, path_range, protect
from backend.core.transitions import only_with_event

# Who keeps a case, or has the turn in it, reads all that happened in it, whichever unit wrote it; and whose it is.
STORY = f"""subject_kind = 'case' AND EXISTS (SELECT FROM cases_case story
  WHERE story.id = audit_event.subject_id
    AND ({path_range("story.unit_path")} OR {path_range("story.acting_path")}))"""
HOMES = f"""EXISTS (SELECT FROM cases_case waiting
  WHERE {path_range("waiting.acting_path")} AND NOT starts_with(waiting.unit_path, waiting.acting_path)
    AND starts_with(waiting.unit_path, organizations_unit.path))"""
SHARED = "CREATE INDEX case_shared ON cases_case (acting_path) WHERE NOT starts_with(unit_path, acting_path)"


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial"), ("core", "0001_initial"), ("audit", "0002_walls"), ("organizations", "0004_named")]

    operations = [
        only_with_event("cases_case", "case", "NEW.lifecycle", "state"),
        protect("cases_case", "unit_path", "acting_path"),
        protect("cases_casenumber", "unit_path"),
        own("cases_requestkey", "user_id"),
        also_read("audit_event", "cases", STORY),
        migrations.RunSQL(SHARED, "DROP INDEX case_shared"),
        also_read("organizations_unit", "waiting", HOMES),
        forbid("cases_case", "DELETE", "TRUNCATE"),
        forbid("cases_requestkey", "UPDATE", "TRUNCATE"),
    ]
