"""A unit is found by the code that stands on papers, wherever it lies: that there is such a unit, and what it is called, is no
secret here."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION chibo_units_named(codes text[])
RETURNS TABLE (code text, closed boolean, id bigint, path text, level text, chain text[], name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT u.code, u.closed_on IS NOT NULL, u.id, u.path, u.level, (
    SELECT array_agg(ARRAY[a.id::text, a.level, a.path, '{}'] ORDER BY length(a.path))
    FROM organizations_unit a WHERE a.id = ANY (string_to_array(trim(BOTH '/' FROM u.path), '/')::bigint[])),
    u.name
  FROM organizations_unit u WHERE u.code = ANY (codes)
$$;
REVOKE ALL ON FUNCTION chibo_units_named(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION chibo_units_named(text[]) TO chibo_app, chibo_jobs;
"""


class Migration(migrations.Migration):
    dependencies = [("organizations", "0003_moving")]
    operations = [migrations.RunSQL(FUNCTION, "DROP FUNCTION chibo_units_named(text[])")]
