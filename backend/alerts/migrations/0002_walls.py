"""Ids of notices, and row-level security of notices and letters; what is in a letter, and each try, goes with it."""

from django.db import migrations

from backend.core.rls import belongs, forbid, protect

IDENTITY = """
CREATE SEQUENCE alerts_notice_id AS bigint;
ALTER TABLE alerts_notice ALTER COLUMN id SET DEFAULT nextval('alerts_notice_id');
GRANT USAGE, SELECT ON SEQUENCE alerts_notice_id TO chibo_app, chibo_jobs;
"""


class Migration(migrations.Migration):
    dependencies = [("alerts", "0001_initial"), ("core", "0001_initial")]

    operations = [
        migrations.RunSQL(IDENTITY, "ALTER TABLE alerts_notice ALTER COLUMN id DROP DEFAULT; DROP SEQUENCE alerts_notice_id"),
        protect("alerts_notice", "unit_path", "about_path"),
        protect("alerts_letter", "unit_path"),
        belongs("alerts_enclosure", "alerts_letter", "letter_id"),
        belongs("alerts_attempt", "alerts_letter", "letter_id"),
        forbid("alerts_notice", "DELETE", "TRUNCATE"),
        forbid("alerts_letter", "DELETE", "TRUNCATE"),
    ]
