"""No overlapping spells, no state without its event, no row outside the scope."""

from django.db import migrations

from backend.core.periods import no_overlap
from backend.core.rls import also_read, forbid, path_range, protect
from backend.core.transitions import only_with_event

# Who has a guest sees where the guest belongs (the official cell and what stands above it, nothing in them) and the
# guest's own history; not the cases, which are the official cell's.
HOMES = f"""EXISTS (SELECT FROM members_member guest
  WHERE {path_range("guest.guest_path")} AND starts_with(guest.unit_path, organizations_unit.path))"""
HISTORY = f"""subject_kind = 'member' AND EXISTS (SELECT FROM members_member guest
  WHERE guest.id = audit_event.subject_id AND {path_range("guest.guest_path")})"""
TOLD = "EXISTS (SELECT FROM audit_event event WHERE event.uid = audit_eventdetail.event_uid)"  # by its own policies

# The one way in which a process erases from the log: what was recorded of people whose entry was voided.
ERASING = """
CREATE FUNCTION chibo_erase_details(people bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  scope text := NULLIF(current_setting('chibo.path', true), '');
BEGIN
  DELETE FROM audit_eventdetail d USING audit_event e, members_member m
  WHERE e.member_id = ANY (people) AND e.voids IS NULL AND d.event_uid = e.uid
    AND m.id = e.member_id AND m.standing = '' AND starts_with(m.unit_path, scope);
END $$;
REVOKE ALL ON FUNCTION chibo_erase_details(bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION chibo_erase_details(bigint[]) TO chibo_app;
"""

# A personal id belongs to one person in the whole country: whether it stands somewhere, and no word more.
TAKEN = """
CREATE FUNCTION chibo_personal_id_taken(wanted bytea) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM members_member WHERE personal_id_index = wanted AND standing <> '')
$$;
REVOKE ALL ON FUNCTION chibo_personal_id_taken(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION chibo_personal_id_taken(bytea) TO chibo_app;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0001_initial"), ("core", "0001_initial"), ("audit", "0002_walls"), ("organizations", "0002_walls"),
    ]

    operations = [
        no_overlap(
            "members_spell", "spell_no_overlap", "member_id", "WHERE (retracted_at IS NULL) DEFERRABLE INITIALLY DEFERRED"
        ),
        only_with_event("members_member", "member", "'membership'", "standing", "participation"),
        migrations.RunSQL(ERASING, "DROP FUNCTION chibo_erase_details(bigint[])"),
        migrations.RunSQL(TAKEN, "DROP FUNCTION chibo_personal_id_taken(bytea)"),
        protect("members_member", "unit_path", "guest_path"),
        protect("members_nameword", "unit_path", "guest_path"),
        protect("members_spell", "unit_path"),
        also_read("organizations_unit", "homes", HOMES),
        also_read("audit_event", "guests", HISTORY),
        also_read("audit_eventdetail", "guests", TOLD),
        forbid("members_member", "DELETE", "TRUNCATE"),
        forbid("members_spell", "DELETE", "TRUNCATE"),
    ]
