"""Row-level security of counts and plans; a plan that was entered stays as it was."""

from django.db import migrations
from django.db.migrations.operations import RunSQL

from backend.core.rls import append_only, forbid, protect


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial"), ("core", "0001_initial"), ("audit", "0002_walls")]

    operations = [
        protect("reports_dailycount", "unit_path"),
        protect("reports_plantarget", "unit_path"),
        append_only("reports_plantarget"),
        forbid("reports_plantarget", "UPDATE", "DELETE", "TRUNCATE"),
        # Only the jobs count.
        RunSQL(
            "REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON reports_dailycount FROM chibo_app",
            "GRANT INSERT, UPDATE, DELETE, TRUNCATE ON reports_dailycount TO chibo_app",
        ),
    ]
