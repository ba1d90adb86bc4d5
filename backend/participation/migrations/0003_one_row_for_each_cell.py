"""A guest stands on two roll calls of a month, the own cell's and the temporary one's: neither hides the other."""

from django.db import migrations, models

TABLE = "ALTER TABLE participation_attendance DROP CONSTRAINT participation_attendance_pkey"


class Migration(migrations.Migration):
    dependencies = [("participation", "0002_walls")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f"{TABLE}, ADD PRIMARY KEY (month, member_id, kind, unit_id)",
                    f"{TABLE}, ADD PRIMARY KEY (month, member_id, kind)",
                )
            ],
            state_operations=[
                migrations.AlterField(
                    "attendance", "pk",
                    models.CompositePrimaryKey(
                        "month", "member_id", "kind", "unit_id", blank=True, editable=False, primary_key=True,
                        serialize=False,
                    ),
                )
            ],
        )
    ]  # fmt: skip
