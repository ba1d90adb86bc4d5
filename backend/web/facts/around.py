"""Who and what can be chosen around a unit: its people, its meetings, other units; each read once, and only if a fact asks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Min, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext

from backend.accounts.policy import Actor, allowed
from backend.cases import selectors
from backend.core.db import reaching
from backend.members.models import Member, Spell
from backend.members.today import taking_part
from backend.organizations.models import Unit
from workflows.answers import shown
from workflows.facts import day_in
from workflows.guards.votes import HELD
from workflows.lifecycles.meeting import Meeting
from workflows.offices import Level, Right
from workflows.standings import ON_THE_LISTS, Participation, Standing
from workflows.voting import Presence
from workflows.workdays import month_start

MEETINGS, UNITS, FOUND = 24, 300, 20
"""How many are offered at most: meetings (the newest), units of a list, people found by a search."""

CALLED = (Presence.PRESENT, Presence.EXCUSED, Presence.UNEXCUSED)
"""The words that a roll call offers for everybody."""

SET_BY_WAY: Mapping[str | None, Presence] = {
    Participation.AWAY: Presence.AWAY, Participation.EXEMPT: Presence.EXEMPT, Participation.SUSPENDED: Presence.SUSPENDED,
    Participation.ELSEWHERE: Presence.EXCUSED, Participation.ABROAD: Presence.EXCUSED,
    Participation.IN_TRANSIT: Presence.EXCUSED,
}  # fmt: skip
"""What a roll call begins with for those who were granted another way of taking part; of the others nothing is known."""


def roll_words(takes_part: str | None, away_until: date | None, day: date) -> tuple[list[Presence], Presence | None]:
    """The words a roll call of the day offers for somebody, and the one it begins with; none for whose leave has ended:
    somebody says whether they came."""
    own = SET_BY_WAY.get(takes_part)
    is_over = takes_part == Participation.AWAY and away_until is not None and away_until < day
    return [*CALLED, *([own] if own and own not in CALLED else [])], None if is_over else own


@dataclass(frozen=True)
class Person:
    """Somebody on the lists of a cell, or its guest, as a form names them."""

    id: int
    name: str
    standing: str
    takes_part: str | None
    guest: bool = False
    away_until: date | None = None
    stands: str = ""
    """The standing as it is kept."""


@dataclass(frozen=True)
class Held:
    """A meeting that was held."""

    id: int
    day: date
    words: str


class Around:
    """What the forms of one subject offer, in the actor's sight; `about` is the member whom the case is about."""

    def __init__(self, actor: Actor, unit_id: int, day: date, about: int | None = None) -> None:
        self.actor, self.unit_id, self.day, self.about = actor, unit_id, day, about
        self.named = 0
        """How many people were read for the form, for the note of the look: it names them, or those of them who fit."""

    @cached_property
    def people(self) -> list[Person]:
        """The members and candidates of the unit and its guests, by name."""
        mine = Q(unit_id=self.unit_id) | Q(guest_unit_id=self.unit_id)
        rows = selectors.members(self.actor).filter(mine, standing__in=ON_THE_LISTS).order_by("sort_key", "pk")
        return self._named(taking_part(rows, self.day))

    @cached_property
    def meetings(self) -> list[Held]:
        """The meetings that the unit held, the newest first; none of before anybody was known there, whose votes nothing could
        be measured against (meetings that were taken over with a roster)."""
        rows = selectors.cases(self.actor).filter(lifecycle=Meeting.key, unit_id=self.unit_id, state__in=HELD)
        there = Spell.objects.filter(unit=self.unit_id, standing=Standing.OFFICIAL, retracted_at=None)
        known = there.aggregate(first=Min("valid__startswith"))["first"]
        kinds = dict(Meeting.steps()["plan"].facts[0].choices)  # type: ignore[attr-defined]  # KIND, a Choice
        days = [(one, day_in(one.facts, "held_on")) for one in rows.order_by("-facts__held_on", "-pk")[:MEETINGS]]
        return [
            Held(one.pk, day, f"{shown(day)} · {kinds.get(one.facts.get('kind'), '')} · {one.number}")
            for one, day in days if day is not None and (known is None or day >= known)
        ]  # fmt: skip

    @cached_property
    def to_record(self) -> tuple[str, str] | None:
        """Where a meeting is recorded that a vote could name, with words for it: the newest one that is due, else one to plan.
        None for an office that records no meetings of the unit."""
        unit = selectors.units(self.actor).filter(pk=self.unit_id).first()
        if unit is None or not allowed(self.actor, Right.RECORD_MEETING, unit.path, (Level.CELL,)):
            return None
        rows = selectors.cases(self.actor).filter(lifecycle=Meeting.key, unit_id=unit.pk, state__in=Meeting.BEFORE)
        due = rows.filter(facts__month__lte=month_start(self.day).isoformat()).order_by("-facts__month", "-pk").first()
        if due is None:
            return reverse("unit-open", args=[unit.pk, Meeting.key, "plan"]), str(Meeting.steps()["plan"].label)
        words = {"month": f"{day_in(due.facts, 'month'):%m/%Y}"}
        return reverse("meeting", args=[due.pk]), gettext("Record the meeting of %(month)s") % words

    @cached_property
    def units(self) -> list[tuple[str, str]]:
        """Code and name of the open units in sight; none where there are too many for a list. For a cell also those beside it,
        whose names are no secret: people move next door."""
        mine = selectors.units(self.actor).filter(closed_on=None)
        above = self.actor.path[:-1].rpartition("/")[0] + "/"
        if above != "/" and self.actor.unit_id == self.unit_id and self.actor.member_id is None:
            with reaching([above]):
                near = Unit.objects.filter(path__startswith=above, closed_on=None).exclude(code="")
                found = self._codes(near)
            if found:
                return found
        return self._codes(mine)

    @staticmethod
    def _codes(rows: QuerySet[Unit]) -> list[tuple[str, str]]:
        found = list(rows.order_by("code").values_list("code", "name")[: UNITS + 1])
        return found if len(found) <= UNITS else []

    def called(self, ids: Iterable[int]) -> list[Person]:
        """People in sight by id, wherever they stand."""
        return self._named(taking_part(selectors.members(self.actor).filter(pk__in=list(ids)), self.day))

    def found(self, asked: str) -> list[Person]:
        """People in sight whose name, card or personal id was asked for."""
        rows = selectors.found(selectors.members(self.actor), asked).order_by("sort_key", "pk")
        return self._named(taking_part(rows, self.day)[:FOUND])

    def _named(self, rows: Iterable[Member]) -> list[Person]:
        """Names that are the same are told apart by the year of birth."""
        known = list(rows)
        self.named += len(known)
        same = Counter(one.full_name for one in known)
        return [
            Person(
                one.pk, f"{one.full_name} ({one.born_on.year})" if same[one.full_name] > 1 and one.born_on else one.full_name,
                str(Standing(one.standing).label), one.takes_part, one.guest_unit_id == self.unit_id,
                one.away_until, one.standing,
            )
            for one in known
        ]  # fmt: skip
