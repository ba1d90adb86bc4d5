"""Row-level security of attendance and dues."""

from django.db import migrations

from backend.core.rls import protect


class Migration(migrations.Migration):
    dependencies = [("participation", "0001_initial"), ("core", "0001_initial")]

    operations = [
        protect("participation_attendance", "unit_path"),
        protect("participation_duesentry", "unit_path"),
    ]
