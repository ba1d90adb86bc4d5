"""Who was told that a personal id stands on a list is noted with the record, without being told whose record that is."""

from django.db import migrations

MET = """
CREATE FUNCTION chibo_note_met(look jsonb, met bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM chibo_note_access(look || jsonb_build_object('member_id', m.id))
  FROM members_member m WHERE m.personal_id_index = met AND m.standing NOT IN ('', 'merged');
END $$;
REVOKE ALL ON FUNCTION chibo_note_met(jsonb, bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION chibo_note_met(jsonb, bytea) TO chibo_app, chibo_jobs;
"""


class Migration(migrations.Migration):
    dependencies = [("accesses", "0002_walls")]

    operations = [migrations.RunSQL(MET, "DROP FUNCTION chibo_note_met(jsonb, bytea)")]
