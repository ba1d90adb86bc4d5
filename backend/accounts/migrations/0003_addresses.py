"""Whether a person's address still takes letters."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_walls")]

    operations = [
        migrations.AddField("user", "address_dead_since", models.DateField(blank=True, null=True)),
        migrations.AddField("user", "address_confirmed_at", models.DateTimeField(blank=True, null=True)),
    ]
