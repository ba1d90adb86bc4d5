"""Row-level security of the imports' own table; nothing brought in is forgotten."""

from django.db import migrations

from backend.core.rls import forbid, protect


class Migration(migrations.Migration):
    dependencies = [("imports", "0001_initial"), ("core", "0001_initial")]

    operations = [
        protect("imports_importbatch", "unit_path"),
        forbid("imports_importbatch", "DELETE", "TRUNCATE"),
    ]
