"""Letters that came back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_addresses"), ("alerts", "0005_preferences")]

    operations = [
        migrations.AddField("letter", "returned_at", models.DateTimeField(null=True)),
        migrations.AddField("letter", "returned_words", models.CharField(blank=True, max_length=300)),
        migrations.AddField("letter", "blames_address", models.BooleanField(default=False)),
    ]
