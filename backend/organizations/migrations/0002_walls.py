"""Row-level security of the tree; and no settings but those there are."""

from django.db import migrations

from backend.core.rls import forbid, protect

SETTINGS = """
ALTER TABLE organizations_unit ADD CONSTRAINT unit_settings CHECK (
  settings - ARRAY['meeting_reminder_day', 'packs', 'ladders', 'own_ladders'] = '{}'
  AND coalesce(jsonb_typeof(settings->'packs'), 'array') = 'array'
  AND NOT jsonb_path_exists(settings, 'strict $.packs[*] ? (@.type() != "array" || @.size() != 3)', '{}', true)
  AND coalesce(jsonb_typeof(settings->'ladders'), 'array') = 'array'
  AND NOT jsonb_path_exists(settings, 'strict $.ladders[*] ? (@.type() != "array" || @.size() != 4)', '{}', true)
  AND coalesce(jsonb_typeof(settings->'own_ladders'), 'array') = 'array'
  AND NOT jsonb_path_exists(settings, 'strict $.own_ladders[*] ? (@.type() != "array" || @.size() != 5)', '{}', true)
  AND CASE jsonb_typeof(settings->'meeting_reminder_day')
    WHEN 'number' THEN (settings->>'meeting_reminder_day')::numeric BETWEEN 1 AND 31
    ELSE NOT settings ? 'meeting_reminder_day' END)
"""


class Migration(migrations.Migration):
    dependencies = [("organizations", "0001_initial"), ("core", "0001_initial")]

    operations = [
        protect("organizations_unit", "path", ancestors=True),
        protect("organizations_unitspell", "unit_path", ancestors=True),
        migrations.RunSQL(SETTINGS, "ALTER TABLE organizations_unit DROP CONSTRAINT unit_settings"),
        forbid("organizations_unit", "DELETE", "TRUNCATE"),
        forbid("organizations_ownladder", "UPDATE", "DELETE", "TRUNCATE"),
    ]
