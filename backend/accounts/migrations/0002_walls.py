"""Row-level security of assignments. `chibo.user` lets a person find the own assignments before choosing one."""

from django.db import migrations

from backend.core.rls import protect

OWN = """
CREATE POLICY accounts_assignment_own ON accounts_assignment FOR SELECT TO chibo_app
  USING (user_id::text = NULLIF(current_setting('chibo.user', true), ''));
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("core", "0001_initial")]

    operations = [
        protect("accounts_assignment", "unit_path"),
        migrations.RunSQL(OWN, "DROP POLICY accounts_assignment_own ON accounts_assignment"),
    ]
