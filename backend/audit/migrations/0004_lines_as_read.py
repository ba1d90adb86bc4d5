"""A line that announces a key or begins an epoch is known by what it says when read, not by how its letters are spelled."""

from django.db import migrations

# In JSON "k" is also "\u006b". A line that is no JSON is refused, too: whoever reads the log could not read it.
AS_READ = r"""
DROP POLICY audit_event_of_the_log ON audit_event;
CREATE POLICY audit_event_of_the_log ON audit_event AS RESTRICTIVE FOR INSERT TO chibo_app
WITH CHECK (
  code !~ '^log\.(key|epoch)_'
  AND convert_from(substr(line, position('\x09'::bytea IN line) + 1), 'UTF8')::jsonb ->> 'code' = code
);
"""
AS_WRITTEN = r"""
DROP POLICY audit_event_of_the_log ON audit_event;
CREATE POLICY audit_event_of_the_log ON audit_event AS RESTRICTIVE FOR INSERT TO chibo_app
WITH CHECK (code !~ '^log\.(key|epoch)_' AND convert_from(line, 'UTF8') !~ '"code":"log\.(key|epoch)_');
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_took_over")]

    operations = [migrations.RunSQL(AS_READ, AS_WRITTEN)]
