"""Invitations; and walls of what django-allauth keeps: factors and sessions are found by their person, before any scope.

Its tables of e-mail addresses stay empty: where letters go stands in the account (`addresses`), and nobody writes there.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import backend.core.models
from backend.core.rls import forbid, path_range, person, signing_in


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_addresses"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("usersessions", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("unit_path", backend.core.models.PathField(db_collation="C")),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("expires_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField("user", "factors_reset_on", models.DateField(blank=True, null=True)),
        migrations.AddField("user", "first_day_over", models.BooleanField(default=False)),
        signing_in("accounts_invitation", path_range("unit_path")),
        signing_in("mfa_authenticator", person("user_id")),
        signing_in("usersessions_usersession", person("user_id")),
        forbid("account_emailaddress", "ALL"),
        forbid("account_emailconfirmation", "ALL"),
    ]
