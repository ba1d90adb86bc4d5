"""How people want to be told, whom a notice did not reach, and how far people have read."""

import backend.core.models
import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from backend.core.rls import forbid, own, protect


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_walls"), ("alerts", "0004_readers")]

    operations = [
        migrations.CreateModel(
            name='Preference',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('muted', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), default=list, size=None)),
                ('quiet_from', models.SmallIntegerField(null=True)),
                ('quiet_until', models.SmallIntegerField(null=True)),
                ('letter_hour', models.SmallIntegerField(null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('quiet_from__isnull', True), ('quiet_until__isnull', True)), models.Q(('quiet_from__isnull', False), ('quiet_until__isnull', False), ('quiet_from__range', (0, 23)), ('quiet_until__range', (0, 23)), models.Q(('quiet_from', models.F('quiet_until')), _negated=True)), _connector='OR'), name='preference_quiet'), models.CheckConstraint(condition=models.Q(('letter_hour__range', (0, 23))), name='preference_hour')],
            },
        ),
        migrations.CreateModel(
            name='Unheard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
                ('notice_id', models.BigIntegerField()),
                ('user_id', models.BigIntegerField()),
                ('unit_path', backend.core.models.PathField(db_collation='C')),
                ('reason', models.CharField(max_length=60)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('notice_id', 'month', 'user_id'), name='unheard_once')],
            },
        ),
        migrations.CreateModel(
            name='ReadMark',
            fields=[
                ('assignment', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='accounts.assignment')),
                ('up_to', models.BigIntegerField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        own("alerts_readmark", "user_id"),
        own("alerts_preference", "user_id"),
        protect("alerts_unheard", "unit_path"),
        forbid("alerts_unheard", "DELETE", "TRUNCATE"),
        forbid("alerts_preference", "DELETE", "TRUNCATE"),
    ]
