"""How members take part on a day: a leave, a stay or a journey that was granted ahead begins on the day of its paper.

Whoever is on no list any more takes part in nothing: what the record keeps is what a restored member had.
"""

from __future__ import annotations

from datetime import date

from django.db.models import Case, CharField, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from backend.members.models import Member, Spell
from workflows.standings import ENDED, Participation

BEGIN_LATER = (Participation.AWAY, Participation.ELSEWHERE, Participation.ABROAD)
"""Ways of taking part that may be granted before their first day (`workflows.member_steps.placed.Begins`)."""


def taking_part(rows: QuerySet[Member], day: date) -> QuerySet[Member]:
    """The members with `takes_part`, as their history says it of the day.

    The cell whose guest somebody is reads the same history as the own one; who has none on the day takes part as granted.
    None for candidates, and for people who have left.
    """
    then = Spell.objects.filter(member_id=OuterRef("pk"), retracted_at=None, valid__contains=day)
    known = Coalesce(Subquery(then.values("participation")[:1]), F("participation"))
    nothing = When(Q(standing__in=ENDED) | Q(participation=""), then=Value(None))
    later = When(participation__in=BEGIN_LATER, then=known)
    added = {"takes_part": Case(nothing, later, default=F("participation"), output_field=CharField())}
    return rows.annotate(**added)
