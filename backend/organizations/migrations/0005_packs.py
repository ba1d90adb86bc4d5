"""Which provincial rule packs bound a unit on a day: by the units above it then, some of which lie outside its sight now."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION chibo_packs_on(units bigint[], days date[])
RETURNS TABLE (unit_id bigint, day date, pack text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT DISTINCT w.unit_id, w.day, turned ->> 0
  FROM unnest(units, days) AS w (unit_id, day)
  JOIN organizations_unit u ON u.id = w.unit_id
  LEFT JOIN organizations_unitspell s ON s.unit_id = w.unit_id AND s.valid @> w.day
  JOIN organizations_unit a
    ON a.id = ANY (string_to_array(trim(BOTH '/' FROM coalesce(s.path_then, u.path)), '/')::bigint[])
  CROSS JOIN LATERAL jsonb_array_elements(coalesce(a.settings -> 'packs', '[]')) AS turned
  WHERE (turned ->> 1)::date <= w.day AND coalesce((turned ->> 2)::date, 'infinity') >= w.day
$$;
REVOKE ALL ON FUNCTION chibo_packs_on(bigint[], date[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION chibo_packs_on(bigint[], date[]) TO chibo_app, chibo_jobs;
"""


class Migration(migrations.Migration):
    dependencies = [("organizations", "0004_named")]
    operations = [migrations.RunSQL(FUNCTION, "DROP FUNCTION chibo_packs_on(bigint[], date[])")]
