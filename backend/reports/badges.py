"""Who reaches which party badge by the ceremony of a day, within an actor's scope: lists for people, who ask and decide.

The database picks the people by the same sum that `workflows.badges` tells of each; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import DateField, F, Func, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan, LessThanOrEqual

from backend.accounts.policy import Actor, visible_to
from backend.cases import selectors
from backend.members.models import Member
from workflows.answers import Answer
from workflows.badges import STARTS, Ceremony, Found, Start, milestones, party_age_start, posthumous_months
from workflows.guards.badges import deferrals
from workflows.offices import Right
from workflows.situation import CaseView
from workflows.standings import Standing
from workflows.workdays import add_months

ORDER = ("unit_path", "sort_key", "id")
"""By unit, and there as Vietnamese lists are."""


@dataclass(frozen=True)
class Entry:
    """A member on the list of a ceremony: which badge, from which day the party age counts, and what speaks for waiting.

    `start` is the day with the name of what it is; the answers are known to offices that may read discipline alone.
    """

    member: Member
    ceremony_on: date
    found: Found
    start: Start
    waits: tuple[Answer, ...] = ()


def candidates(actor: Actor, ceremony: Ceremony, path: str = "") -> QuerySet[Member]:
    """The members on the list, of the actor's scope (and below `path`); a badge that is recorded is left out.

    Raises NotPermitted.
    """
    selectors.need(actor, Right.READ)
    died = Q(standing=Standing.DECEASED, left_on__gt=ceremony.died_since(), left_on__lte=ceremony.on)
    lives = Q(standing=Standing.OFFICIAL) | Q(standing=Standing.DECEASED, left_on__gt=ceremony.on)
    alive, dead = Q(pk__in=[]), Q(pk__in=[])
    after_death = _later("left_on", months=posthumous_months(ceremony.on))
    for years in milestones(ceremony.on):
        full = _later("start", years=years)
        open_ = Q(GreaterThan(full, Value(ceremony.since))) & (Q(badge_years=None) | Q(badge_years__lt=years))
        alive |= open_ & Q(LessThanOrEqual(full, Value(ceremony.until(years))))
        dead |= open_ & Q(LessThanOrEqual(full, after_death))
    found = Member.objects.filter(visible_to(actor, "unit_path", member="pk"), official_on__isnull=False)
    if path:
        found = found.filter(unit_path__gte=path, unit_path__lt=f"{path}~")
    return found.annotate(start=Coalesce(*STARTS)).filter(
        (lives & alive) | (died & dead), start__lte=_youngest(ceremony)
    )


def entries(actor: Actor, ceremony: Ceremony, members: Sequence[Member]) -> list[Entry]:
    """What the list says of each of these members."""
    disciplined = _discipline(actor, members)
    told = []
    for member in members:
        start = party_age_start(member)
        died_on = member.left_on if member.standing == Standing.DECEASED else None
        found = ceremony.found(start.day, member.badge_years, died_on) if start else None
        if start is not None and found is not None:
            waits = tuple(deferrals(disciplined.get(member.pk, ()), ceremony.on))
            told.append(Entry(member, ceremony.on, found, start, waits))
    return told


def _youngest(ceremony: Ceremony) -> date:
    """Nobody whose party age counts from later is on any list: most members need no further look."""
    years = milestones(ceremony.on)
    dead = add_months(ceremony.on, posthumous_months(ceremony.on))
    last = max(dead, *(ceremony.until(one) for one in years))
    return add_months(last, -12 * min(years)) + timedelta(days=1)  # of a 29 February the year may end on the 28th


def _later(column: str, *, years: int = 0, months: int = 0) -> Func:
    """A day so many years and months after a column's: PostgreSQL ends a short month as `add_months` does."""
    span = f"interval '{int(years)} years {int(months)} months'"
    return Func(F(column), template=f"(%(expressions)s + {span})::date", output_field=DateField())


def _discipline(actor: Actor, members: Sequence[Member]) -> dict[int, list[CaseView]]:
    """The discipline cases of these members, as far as the office may read them."""
    cases = selectors.cases(actor).filter(lifecycle="discipline", member_id__in=[one.pk for one in members])
    found: dict[int, list[CaseView]] = {}
    for one in cases.order_by("pk"):
        view = CaseView(one.pk, one.state, one.opened_on, one.closed_on, one.facts)
        found.setdefault(one.member_id or 0, []).append(view)
    return found
