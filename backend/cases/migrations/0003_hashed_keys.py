"""Request keys that are kept become hashes of themselves: their words are the client's own, and may say anything."""

from django.db import migrations

HASHED = "UPDATE cases_requestkey SET key = encode(sha256(convert_to(user_id || ':' || key, 'UTF8')), 'hex')"


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_walls")]

    operations = [migrations.RunSQL(HASHED, migrations.RunSQL.noop)]
