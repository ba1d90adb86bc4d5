"""Letters by other ways than e-mail: of persons, to each of their devices, and of webhook endpoints."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("alerts", "0006_returned"), ("contacts", "0002_chat_and_webhooks")]

    operations = [
        migrations.AlterField("letter", "user", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="letters", to=settings.AUTH_USER_MODEL)),
        migrations.AddField("letter", "endpoint", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="contacts.endpoint")),
        migrations.AddField("letter", "device_id", models.BigIntegerField(null=True)),
        migrations.RemoveConstraint("letter", "letter_once"),
        migrations.AddConstraint("letter", models.UniqueConstraint(fields=("user", "endpoint", "device_id", "day", "channel", "urgent_notice_id"), name="letter_once", nulls_distinct=False)),
        migrations.AddConstraint("letter", models.CheckConstraint(condition=models.Q(("user__isnull", True), ("endpoint__isnull", True), _connector="XOR"), name="letter_to_one")),
        migrations.AddField("unheard", "channel", models.CharField(default="mail", max_length=12), preserve_default=False),
        migrations.RemoveConstraint("unheard", "unheard_once"),
        migrations.AddConstraint("unheard", models.UniqueConstraint(fields=("notice_id", "month", "user_id", "channel"), name="unheard_once")),
    ]
