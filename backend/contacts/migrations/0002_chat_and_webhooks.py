"""Chat addresses and devices, each person's own; webhook endpoints, each of a unit."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import backend.core.models
from backend.core.rls import forbid, own, protect


OWNER = """
CREATE FUNCTION chibo_device_owner(asked bytea) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT user_id FROM contacts_device WHERE digest = asked
$$;
REVOKE ALL ON FUNCTION chibo_device_owner(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION chibo_device_owner(bytea) TO chibo_app, chibo_jobs;
"""


class Migration(migrations.Migration):
    dependencies = [("contacts", "0001_initial"), ("organizations", "0005_packs")]

    operations = [
        migrations.CreateModel(
            name="ChatAddress",
            fields=[
                ("user", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name="+", serialize=False, to=settings.AUTH_USER_MODEL)),
                ("url", models.BinaryField()),
                ("service", models.CharField(max_length=20)),
                ("set_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Device",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("digest", models.BinaryField(unique=True)),
                ("subscription", models.BinaryField()),
                ("service", models.CharField(max_length=254)),
                ("made_at", models.DateTimeField()),
                ("gone_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Endpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("unit", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organizations.unit")),
                ("unit_path", backend.core.models.PathField(db_collation="C")),
                ("url", models.CharField(max_length=500)),
                ("secret", models.BinaryField()),
                ("old_secret", models.BinaryField(null=True)),
                ("old_until", models.DateTimeField(null=True)),
                ("made_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                ("gone_at", models.DateTimeField(null=True)),
                ("version", models.IntegerField(default=1)),
            ],
            options={"indexes": [models.Index(fields=["unit_path", "id"], name="endpoint_path")]},
        ),
        own("contacts_chataddress", "user_id"),
        own("contacts_device", "user_id"),
        migrations.RunSQL(OWNER, "DROP FUNCTION chibo_device_owner(bytea)"),
        protect("contacts_endpoint", "unit_path"),
        forbid("contacts_endpoint", "DELETE", "TRUNCATE"),
    ]
