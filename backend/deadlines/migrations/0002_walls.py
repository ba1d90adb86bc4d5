"""Row-level security of deadlines: whose case it is, or whose turn it is."""

from django.db import migrations

from backend.core.rls import forbid, protect


class Migration(migrations.Migration):
    dependencies = [("deadlines", "0001_initial"), ("core", "0001_initial")]

    operations = [
        protect("deadlines_deadline", "unit_path", "acting_path"),
        forbid("deadlines_deadline", "DELETE", "TRUNCATE"),
    ]
