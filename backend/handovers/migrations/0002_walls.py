"""Hand-overs go with the member they are about; what was made or taken in is never changed, what was told can be erased."""

from django.db import migrations

from backend.core.rls import append_only, belongs, forbid

KEPT = ("handovers_issue", "handovers_history", "handovers_line")

# As `chibo_erase_details`: the one way in which a process erases what was told, of people whose entry was voided.
ERASING = """
CREATE FUNCTION chibo_erase_told(people bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  scope text := NULLIF(current_setting('chibo.path', true), '');
BEGIN
  DELETE FROM handovers_linedetail d USING handovers_line l, handovers_history h, members_member m
  WHERE h.member_id = ANY (people) AND l.history_id = h.id AND d.line_id = l.id
    AND m.id = h.member_id AND m.standing = '' AND starts_with(m.unit_path, scope);
END $$;
REVOKE ALL ON FUNCTION chibo_erase_told(bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION chibo_erase_told(bigint[]) TO chibo_app;
"""


class Migration(migrations.Migration):
    dependencies = [("handovers", "0001_initial"), ("members", "0002_walls"), ("audit", "0002_walls")]

    operations = [
        *[append_only(table) for table in KEPT],
        *[forbid(table, "UPDATE", "DELETE", "TRUNCATE") for table in (*KEPT, "handovers_linedetail")],
        forbid("handovers_trustedkey", "DELETE", "TRUNCATE"),
        # Whom to trust is entered under the jobs' role (manage.py trusted_keys), never by the web.
        migrations.RunSQL(
            "REVOKE INSERT, UPDATE ON handovers_trustedkey FROM chibo_app",
            "GRANT INSERT, UPDATE ON handovers_trustedkey TO chibo_app",
        ),
        migrations.RunSQL(ERASING, "DROP FUNCTION chibo_erase_told(bigint[])"),
        belongs("handovers_issue", "members_member", "member_id"),
        belongs("handovers_history", "members_member", "member_id"),
        belongs("handovers_line", "handovers_history", "history_id"),
        belongs("handovers_linedetail", "handovers_line", "line_id"),
    ]
