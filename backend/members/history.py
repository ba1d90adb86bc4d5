"""Who stood where on a day, from the spells."""

from __future__ import annotations

from datetime import date

from django.db.backends.postgresql.psycopg_any import DateRange

from backend.members.models import Member, Spell
from workflows.standings import ON_THE_LISTS


def people_at(unit_id: int, day: date) -> int:
    """How many people are on the unit's lists on the day or after it, guests included."""
    own = Spell.objects.filter(
        unit_id=unit_id, retracted_at=None, standing__in=ON_THE_LISTS, valid__overlap=DateRange(day, None)
    )
    guests = Member.objects.filter(guest_unit_id=unit_id, standing__in=ON_THE_LISTS)
    return own.values("member_id").distinct().count() + guests.count()
