"""Row-level security of flags."""

from django.db import migrations

from backend.core.rls import protect


class Migration(migrations.Migration):
    dependencies = [("flags", "0001_initial"), ("core", "0001_initial")]

    operations = [protect("flags_flag", "unit_path")]
