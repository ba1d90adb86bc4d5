"""A scan goes with its case; only the owner erases one."""

from django.db import migrations

from backend.core.rls import belongs, forbid


class Migration(migrations.Migration):
    dependencies = [("scans", "0001_initial"), ("cases", "0002_walls"), ("core", "0001_initial")]

    operations = [
        belongs("scans_scan", "cases_case", "case_id"),
        forbid("scans_scan", "DELETE", "TRUNCATE"),
    ]
