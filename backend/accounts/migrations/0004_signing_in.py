"""Walls of what django-allauth keeps: factors and sessions are found by their person, before any scope is known.

Its tables of e-mail addresses stay empty: where letters go stands in the account (`addresses`), and nobody writes there.
"""

from django.db import migrations

from backend.core.rls import forbid, person, signing_in


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_addresses"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("usersessions", "0001_initial"),
    ]

    operations = [
        signing_in("mfa_authenticator", person("user_id")),
        signing_in("usersessions_usersession", person("user_id")),
        forbid("account_emailaddress", "ALL"),
        forbid("account_emailconfirmation", "ALL"),
    ]
