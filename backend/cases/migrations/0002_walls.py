"""No state without its event, no row outside the scope."""

from django.db import migrations

from backend.core.rls import forbid, own, protect

TRIGGER = """
CREATE CONSTRAINT TRIGGER case_transition AFTER INSERT OR UPDATE OF state ON cases_case
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION chibo_check_transition('case', 'state');
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial"), ("core", "0001_initial"), ("audit", "0002_walls")]

    operations = [
        migrations.RunSQL(TRIGGER, "DROP TRIGGER case_transition ON cases_case"),
        protect("cases_case", "unit_path", "acting_path"),
        protect("cases_casenumber", "unit_path"),
        own("cases_requestkey", "user_id"),
        forbid("cases_case", "DELETE", "TRUNCATE"),
        forbid("cases_requestkey", "UPDATE", "TRUNCATE"),
    ]
