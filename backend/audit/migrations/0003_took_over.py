"""Which records were merged into a member's is asked with every question about earlier cases."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_walls")]

    operations = [
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                fields=["subject_id"], name="event_took_over", condition=models.Q(code="member.took_over")
            ),
        )
    ]
