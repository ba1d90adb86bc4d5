"""Calendar addresses: found before anybody is known, then each person's own."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from backend.core.rls import person, signing_in


class Migration(migrations.Migration):
    initial = True

    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL), ("core", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="CalendarAddress",
            fields=[
                ("user", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name="+", serialize=False, to=settings.AUTH_USER_MODEL)),
                ("digest", models.BinaryField(unique=True)),
                ("made_at", models.DateTimeField()),
            ],
        ),
        signing_in("contacts_calendaraddress", person("user_id")),
    ]
