"""Row-level security of the sheets."""

from django.db import migrations

from backend.core.rls import forbid, protect


class Migration(migrations.Migration):
    dependencies = [("dues", "0001_initial"), ("core", "0001_initial")]

    operations = [protect("dues_sheet", "unit_path"), forbid("dues_sheet", "DELETE", "TRUNCATE")]
