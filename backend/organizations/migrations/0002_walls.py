"""Row-level security of the tree."""

from django.db import migrations

from backend.core.rls import forbid, protect


class Migration(migrations.Migration):
    dependencies = [("organizations", "0001_initial"), ("core", "0001_initial")]

    operations = [
        protect("organizations_unit", "path", ancestors=True),
        protect("organizations_unitspell", "unit_path", ancestors=True),
        forbid("organizations_unit", "DELETE", "TRUNCATE"),
    ]
