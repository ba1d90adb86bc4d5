from django.db import migrations, models

# No application role writes it; whoever could would make a wrong key pass for the right one.
ONLY_READ = "REVOKE INSERT, UPDATE, DELETE ON core_keymark FROM chibo_app, chibo_jobs"


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="KeyMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sealed", models.BinaryField()),
                ("index_mark", models.BinaryField(null=True)),
            ],
        ),
        migrations.RunSQL(ONLY_READ, migrations.RunSQL.noop),
    ]
