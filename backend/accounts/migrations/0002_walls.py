"""Row-level security of people and their offices, and of what signing in must find before anybody is known.

`chibo.user` names the person of a transaction, who may so find the own assignments before choosing one. An account
belongs where its person holds (or held) an office; one without any belongs to nobody yet.
"""

from django.db import migrations

from backend.core.rls import also_read, forbid, path_range, person, protect, signing_in

ELSEWHERE = f"""
CREATE FUNCTION chibo_serves_elsewhere(person bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT count(*) > 0 AND count(*) FILTER (WHERE {path_range("unit_path")}) = 0
  FROM accounts_assignment WHERE user_id = person
$$;
REVOKE ALL ON FUNCTION chibo_serves_elsewhere(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION chibo_serves_elsewhere(bigint) TO chibo_app, chibo_jobs;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("core", "0001_initial")]

    operations = [
        protect("accounts_assignment", "unit_path"),
        also_read("accounts_assignment", "own", person("user_id")),
        migrations.RunSQL(ELSEWHERE, "DROP FUNCTION chibo_serves_elsewhere(bigint)"),
        signing_in("accounts_user", f"{person('id')} OR NOT chibo_serves_elsewhere(id)"),
        # Rights come from offices alone: nobody can be put into a group or be given one of Django's permissions.
        forbid("accounts_user_groups", "ALL"),
        forbid("accounts_user_user_permissions", "ALL"),
    ]
