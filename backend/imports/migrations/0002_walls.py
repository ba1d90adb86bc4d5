"""Row-level security of the imports' own table; nothing brought in is forgotten; statistics within an import."""

from django.db import migrations

from backend.core.rls import belongs, forbid, protect

# Only the owner may analyze a table, and only who fills it knows that a hundred thousand rows came in just now.
TAKE_STOCK = """
CREATE FUNCTION chibo_take_stock() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  ANALYZE organizations_unit, members_member, members_spell;
END $$;
REVOKE ALL ON FUNCTION chibo_take_stock() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION chibo_take_stock() TO chibo_app;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("imports", "0001_initial"), ("core", "0001_initial"), ("organizations", "0001_initial"), ("members", "0001_initial"),
    ]

    operations = [
        protect("imports_importbatch", "unit_path"),
        forbid("imports_importbatch", "DELETE", "TRUNCATE"),
        protect("imports_importtask", "unit_path"),
        belongs("imports_importfile", "imports_importtask", "task_id"),
        migrations.RunSQL(TAKE_STOCK, "DROP FUNCTION chibo_take_stock()"),
    ]
