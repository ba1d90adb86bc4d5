"""Row-level security of deadlines: whose case it is, or whose turn it is; and the moment of each version."""

from django.db import migrations

from backend.core.rls import forbid, protect

REVISED = """
CREATE FUNCTION chibo_deadline_revised() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.revised_at := greatest(clock_timestamp(), OLD.revised_at, OLD.opened_at);
  RETURN NEW;
END $$;
CREATE TRIGGER revised BEFORE UPDATE ON deadlines_deadline FOR EACH ROW
  WHEN (NEW.version <> OLD.version) EXECUTE FUNCTION chibo_deadline_revised();
"""
"""Whichever statement raises the version (a step, a void, a hand-over, a holiday): none can forget it."""


class Migration(migrations.Migration):
    dependencies = [("deadlines", "0001_initial"), ("core", "0001_initial")]

    operations = [
        protect("deadlines_deadline", "unit_path", "acting_path"),
        forbid("deadlines_deadline", "DELETE", "TRUNCATE"),
        migrations.RunSQL(REVISED, "DROP TRIGGER revised ON deadlines_deadline; DROP FUNCTION chibo_deadline_revised();"),
    ]
