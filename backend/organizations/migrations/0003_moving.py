"""Moving a unit rewrites every path below it, in whatever table a path stands, in the same transaction."""

from django.db import migrations

from backend.core.periods import no_overlap

FUNCTION = """
CREATE FUNCTION chibo_move_paths(was text, becomes text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  scope text := NULLIF(current_setting('chibo.path', true), '');
  place record;
BEGIN
  IF scope IS NULL OR NOT starts_with(was, scope) OR NOT starts_with(becomes, scope) OR was = scope THEN
    RAISE EXCEPTION 'a unit can only be moved inside the scope' USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM set_config('chibo.moving', 'yes', true);
  FOR place IN
    SELECT c.relname AS name, a.attname AS path
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND NOT a.attisdropped AND a.attname IN ('path', 'unit_path', 'acting_path', 'guest_path', 'about_path')
    ORDER BY 1, 2
  LOOP
    EXECUTE format('UPDATE %I SET %I = $2 || substr(%I, length($1) + 1) WHERE %I >= $1 AND %I < $1 || ''~''',
                   place.name, place.path, place.path, place.path, place.path) USING was, becomes;
  END LOOP;
  PERFORM set_config('chibo.moving', '', true);
END $$;
REVOKE ALL ON FUNCTION chibo_move_paths(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION chibo_move_paths(text, text) TO chibo_app, chibo_jobs;
"""
BACK = "DROP FUNCTION chibo_move_paths(text, text)"


class Migration(migrations.Migration):
    dependencies = [("organizations", "0002_walls")]
    operations = [
        migrations.RunSQL(FUNCTION, BACK),
        no_overlap("organizations_unitspell", "unit_spell_no_overlap", "unit_id"),
    ]
