"""Who has a member sees the member's own history of days, too, wherever it was spent, as its events are seen already."""

from django.db import migrations

from backend.core.rls import also_read, path_range

HISTORY = f"""EXISTS (SELECT FROM members_member person
  WHERE person.id = members_spell.member_id
    AND ({path_range("person.unit_path")} OR {path_range("person.guest_path")}))"""
GUESTS = f"""EXISTS (SELECT FROM members_member person
  WHERE person.id = members_spell.member_id AND {path_range("person.guest_path")})"""


class Migration(migrations.Migration):
    dependencies = [("members", "0002_walls")]

    operations = [
        migrations.RunSQL(
            "DROP POLICY members_spell_also_guests ON members_spell",
            f"CREATE POLICY members_spell_also_guests ON members_spell FOR SELECT TO chibo_app USING ({GUESTS})",
        ),
        also_read("members_spell", "history", HISTORY),
    ]
