"""Scans of papers about somebody who never should have stood on a list go with what else is forgotten of them."""

from django.db import migrations

# As `chibo_erase_details`: the one way in which a process takes scans away, of people whose entry was voided.
FORGETTING = """
CREATE FUNCTION chibo_erase_scans(people bigint[]) RETURNS SETOF uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  scope text := NULLIF(current_setting('chibo.path', true), '');
BEGIN
  RETURN QUERY DELETE FROM scans_scan s USING cases_case c, members_member m
  WHERE c.member_id = ANY (people) AND s.case_id = c.id
    AND m.id = c.member_id AND m.standing = '' AND starts_with(m.unit_path, scope)
  RETURNING s.uid;
END $$;
REVOKE ALL ON FUNCTION chibo_erase_scans(bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION chibo_erase_scans(bigint[]) TO chibo_app;
"""


class Migration(migrations.Migration):
    dependencies = [("scans", "0002_walls"), ("members", "0002_walls"), ("cases", "0002_walls")]

    operations = [migrations.RunSQL(FORGETTING, "DROP FUNCTION chibo_erase_scans(bigint[])")]
