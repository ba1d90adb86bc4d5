"""The pulse of the standing jobs and the incidents: no unit and no person in either."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("alerts", "0002_walls")]

    operations = [
        migrations.CreateModel(
            name="Pulse",
            fields=[
                ("job", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("error", models.CharField(blank=True, max_length=80)),
                ("latest_day", models.DateField(null=True)),
                ("behind_on", models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Incident",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("part", models.CharField(max_length=40)),
                ("seen_at", models.DateTimeField()),
                ("told_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)), fields=("part",), name="incident_once"
                    )
                ],
            },
        ),
        # /readyz asks whether the tables are those of the code that runs
        migrations.RunSQL(
            "GRANT SELECT ON django_migrations TO chibo_app", "REVOKE SELECT ON django_migrations FROM chibo_app"
        ),
    ]
