"""No overlapping spells, no state without its event, no row outside the scope."""

from django.db import migrations

from backend.core.periods import no_overlap
from backend.core.rls import also_read, forbid, path_range, protect
from backend.core.transitions import only_with_event

# Who has a guest sees where the guest belongs (the official cell and what stands above it, nothing in them); who has a
# member or a guest, the person's own history, wherever it was written; not the cases, which are the official cell's.
HOMES = f"""EXISTS (SELECT FROM members_member guest
  WHERE {path_range("guest.guest_path")} AND starts_with(guest.unit_path, organizations_unit.path))"""
HISTORY = f"""subject_kind = 'member' AND EXISTS (SELECT FROM members_member person
  WHERE person.id = audit_event.subject_id
    AND ({path_range("person.unit_path")} OR {path_range("person.guest_path")}))"""
SPELLS = f"""EXISTS (SELECT FROM members_member person
  WHERE person.id = members_spell.member_id AND {path_range("person.guest_path")})"""
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
  DELETE FROM audit_healthdetail h USING audit_event e, members_member m
  WHERE e.member_id = ANY (people) AND e.voids IS NULL AND h.event_uid = e.uid
    AND m.id = e.member_id AND m.standing = '' AND starts_with(m.unit_path, scope);
END $$;
REVOKE ALL ON FUNCTION chibo_erase_details(bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION chibo_erase_details(bigint[]) TO chibo_app;
"""

# A personal id belongs to one person in the whole country. Whoever wants to put somebody on a list under `here` learns
# which unit above both places can look the person up, and no word more; asked from a place outside the scope, nothing.
MET = """
CREATE FUNCTION chibo_personal_id_met(wanted bytea, here text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT u.id FROM members_member m
  JOIN organizations_unit u ON starts_with(m.unit_path, u.path) AND starts_with(here, u.path)
  WHERE m.personal_id_index = wanted AND m.standing NOT IN ('', 'merged')
    AND starts_with(here, NULLIF(current_setting('chibo.path', true), ''))
  ORDER BY length(u.path) DESC LIMIT 1
$$;
REVOKE ALL ON FUNCTION chibo_personal_id_met(bytea, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION chibo_personal_id_met(bytea, text) TO chibo_app;
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
        migrations.RunSQL(MET, "DROP FUNCTION chibo_personal_id_met(bytea, text)"),
        protect("members_member", "unit_path", "guest_path"),
        protect("members_nameword", "unit_path", "guest_path"),
        protect("members_spell", "unit_path"),
        also_read("organizations_unit", "homes", HOMES),
        also_read("members_spell", "guests", SPELLS),
        also_read("audit_event", "guests", HISTORY),
        also_read("audit_eventdetail", "guests", TOLD),
        forbid("members_member", "DELETE", "TRUNCATE"),
        forbid("members_spell", "DELETE", "TRUNCATE"),
    ]
