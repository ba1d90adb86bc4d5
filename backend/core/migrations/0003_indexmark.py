from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0002_keymark")]

    operations = [migrations.AddField("KeyMark", "index_mark", models.BinaryField(null=True))]
