"""What the pages keep of a person's own: saved views."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from backend.core.rls import own


class Migration(migrations.Migration):
    initial = True

    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL), ("core", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("page", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=60)),
                ("filters", models.JSONField(default=dict)),
                ("user", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("user", "page", "name"), name="saved_view_once")]},
        ),
        own("web_savedview", "user_id"),
    ]
