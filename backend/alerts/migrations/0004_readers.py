"""Whether anybody reads what is addressed to an office: the one thing that a rehearsal must know of units above its sight."""

from django.db import migrations

from backend.alerts.recipients import has_readers


class Migration(migrations.Migration):
    dependencies = [("alerts", "0003_pulse"), ("accounts", "0002_walls"), ("organizations", "0005_packs")]
    operations = [migrations.RunSQL(has_readers(), "DROP FUNCTION chibo_has_readers(bigint[], date)")]
