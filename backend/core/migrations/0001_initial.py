"""Grants first: every table made after this one is usable by the application roles, as far as its policies allow."""

from django.db import migrations, models

from backend.core import partitions

GRANTS = """
GRANT USAGE ON SCHEMA public TO chibo_app, chibo_jobs;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO chibo_app, chibo_jobs;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO chibo_app, chibo_jobs;
"""
REVOKES = """
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE SELECT, INSERT, UPDATE, DELETE ON TABLES FROM chibo_app, chibo_jobs;
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE USAGE, SELECT ON SEQUENCES FROM chibo_app, chibo_jobs;
REVOKE USAGE ON SCHEMA public FROM chibo_app, chibo_jobs;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    run_before = [
        (app, "0001_initial")
        for app in ("contenttypes", "sessions", "audit", "organizations", "participation", "imports")
    ]

    operations = [
        migrations.RunSQL(GRANTS, REVOKES),
        migrations.RunSQL(partitions.FUNCTION, "DROP FUNCTION chibo_ensure_month(text, date)"),
        migrations.CreateModel(
            name="BusinessDate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="WorkflowState",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lifecycle", models.CharField(max_length=40)),
                ("field", models.CharField(max_length=20)),
                ("state", models.CharField(max_length=40)),
            ],
            options={
                "db_table": "workflow_state",
                "constraints": [models.UniqueConstraint(fields=("lifecycle", "field", "state"), name="workflow_state_once")],
            },
        ),
        migrations.CreateModel(
            name="WorkflowEdge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lifecycle", models.CharField(max_length=40)),
                ("field", models.CharField(max_length=20)),
                ("source", models.CharField(max_length=40)),
                ("target", models.CharField(max_length=40)),
                ("step", models.CharField(max_length=60)),
            ],
            options={
                "db_table": "workflow_edge",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("lifecycle", "field", "source", "target", "step"), name="workflow_edge_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkflowReader",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lifecycle", models.CharField(max_length=40)),
                ("office", models.CharField(max_length=24)),
            ],
            options={
                "db_table": "workflow_reader",
                "constraints": [models.UniqueConstraint(fields=("lifecycle", "office"), name="workflow_reader_once")],
            },
        ),
        migrations.RunSQL(
            "REVOKE INSERT, UPDATE, DELETE ON workflow_state, workflow_edge, workflow_reader FROM chibo_app, chibo_jobs",
            "GRANT INSERT, UPDATE, DELETE ON workflow_state, workflow_edge, workflow_reader TO chibo_app, chibo_jobs",
        ),
    ]
