"""No overlapping spells, no state without its event, no row outside the scope."""

from django.db import migrations

from backend.core.rls import forbid, protect

OVERLAP = """
ALTER TABLE members_spell ADD CONSTRAINT spell_no_overlap
  EXCLUDE USING gist (int8range(member_id, member_id, '[]') WITH &&, valid WITH &&)
  WHERE (retracted_at IS NULL) DEFERRABLE INITIALLY DEFERRED;
"""
TRIGGER = """
CREATE CONSTRAINT TRIGGER member_transition AFTER INSERT OR UPDATE OF standing, participation ON members_member
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION chibo_check_transition('member', 'standing', 'participation');
"""


class Migration(migrations.Migration):
    dependencies = [("members", "0001_initial"), ("core", "0001_initial"), ("audit", "0002_walls")]

    operations = [
        migrations.RunSQL(OVERLAP, "ALTER TABLE members_spell DROP CONSTRAINT spell_no_overlap"),
        migrations.RunSQL(TRIGGER, "DROP TRIGGER member_transition ON members_member"),
        protect("members_member", "unit_path", "guest_path"),
        protect("members_nameword", "unit_path", "guest_path"),
        protect("members_spell", "unit_path"),
        forbid("members_member", "DELETE", "TRUNCATE"),
        forbid("members_spell", "DELETE", "TRUNCATE"),
    ]
