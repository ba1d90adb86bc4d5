"""A unit becomes part of another one, on a day and by a decision (docs/adr/0023-mergers-by-the-road-of-a-step.md).

What merging and dividing have in common is here: who may, what speaks against the whole, and the people who go along by a
step of their own (`transfer.go_along`), each done or refused alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext_noop

from backend.accounts.administration import unit_coded
from backend.accounts.policy import Actor, allowed
from backend.cases.engine import NewCase, Order, each_its_own
from backend.cases.loading import lock_units_as_they_are, see_units
from backend.cases.orders import told
from backend.core import clock
from backend.core.errors import NotFound, NotPermitted, Refused
from backend.deadlines.calendar import calendar
from backend.members.models import Member
from backend.organizations.models import Unit, UnitSpell
from backend.organizations.tree import BEFORE_OPENED, BELOW_ITSELF, CLOSED, Why
from workflows import law
from workflows.answers import Refusal
from workflows.asking import answers
from workflows.guards.days import facts_ahead, not_yet
from workflows.guards.papers import dated_by_then
from workflows.member_steps.moving import REORGANISATION, TO
from workflows.offices import Level, Right
from workflows.reading import read_all
from workflows.situation import Situation
from workflows.standings import ON_THE_LISTS

ITSELF = Refusal("merger.itself", gettext_noop("A unit is not merged into itself."), fact=TO)
OTHER_LEVEL = Refusal("merger.other_level", gettext_noop("Only units of the same level are merged."), fact=TO)
OTHER_BASE = Refusal(
    "merger.other_base", gettext_noop("The two cells stand below different base committees."), fact=TO,
    remedy=gettext_noop("Have the cell moved below the other base committee first (administration), then merge it there."),
)  # fmt: skip


@dataclass(frozen=True)
class Decided:
    """The decision as it was read: the day it takes effect, the paper as it came in, and what the tree's events say of it."""

    on: date
    raw: Mapping[str, Any]
    why: Why


def locked(actor: Actor, unit_id: int) -> Unit:
    """An open unit that the actor's committee may merge or divide, locked. Raises as `theirs`, and Refused."""
    theirs(actor, unit_id)
    return _locked(unit_id)


def pair(actor: Actor, unit_id: int, code: str) -> tuple[Unit, Unit]:
    """The unit and the one of the code, both locked, in the order of their ids. Raises as `locked`."""
    theirs(actor, unit_id)
    into = unit_coded(actor, code, fact=TO)
    lock_units_as_they_are({unit_id, into.pk})
    return _locked(unit_id), into


def theirs(actor: Actor, unit_id: int) -> Unit:
    """A unit, if the actor's committee may merge or divide it. Raises NotFound, NotPermitted.

    Of a cell that is its base committee, which also lets its people go along; of a committee the one right above it.
    """
    unit = Unit.objects.select_related("parent").filter(pk=unit_id).first()
    if unit is None or not actor.sees(unit.path):
        raise NotFound(gettext_noop("There is no such unit here."))
    if not may_reorganise(actor, unit):
        raise NotPermitted
    return unit


def may_reorganise(actor: Actor, unit: Unit) -> bool:
    """Whether the committee that decides on the unit (`theirs`) is the actor's."""
    if unit.parent is None:
        return False
    level = Level.BASE if unit.level == Level.CELL else Level(unit.parent.level)
    return allowed(actor, Right.RECORD_COMMITTEE, unit.path, (level,)) is not None


def _locked(unit_id: int) -> Unit:
    lock_units_as_they_are([unit_id])
    unit = Unit.objects.select_related("parent").get(pk=unit_id)
    if unit.closed_on is not None:
        raise Refused([CLOSED])
    return unit


def decided(paper: Any, on: date, facts: Mapping[str, Any]) -> tuple[Decided, list[Refusal]]:
    """The decision, with what is wrong with it; `facts` are said by the tree's events beside it."""
    raw = {REORGANISATION.name: paper} if paper is not None else {}
    values, wrong = read_all([REORGANISATION], raw)
    today, read = clock.today(), values.get(REORGANISATION.name)
    seen = Situation(on=on, today=today, facts=values, calendar=calendar(), look_up=law.rule)
    later = answers([dated_by_then(REORGANISATION.name)], seen)
    wrong += [*facts_ahead([REORGANISATION], values, today), *(one for one in later if isinstance(one, Refusal))]
    if (ahead := not_yet(on, today)) is not None:
        wrong.append(ahead)
    line, words = REORGANISATION.sealed(read), REORGANISATION.detail(read)
    why = Why({**facts, REORGANISATION.name: line}, {REORGANISATION.name: words})
    return Decided(on, raw, why), wrong


def against(unit: Unit, into: Unit, on: date) -> Iterator[Refusal]:
    """What speaks against making a unit part of another one on a day."""
    if into.pk == unit.pk:
        yield ITSELF
        return
    if into.closed_on is not None:
        yield replace(CLOSED, fact=TO)
    if into.level != unit.level:
        yield OTHER_LEVEL
    elif unit.level == Level.CELL:
        rows = see_units({unit.pk, into.pk})
        if len({one.at_level(Level.BASE)[0] for one in rows.values()}) > 1:
            yield OTHER_BASE
    if into.path.startswith(unit.path):
        yield replace(BELOW_ITSELF, fact=TO)
    yield from too_early([unit, into], on)


def too_early(units: Sequence[Unit], on: date) -> Iterator[Refusal]:
    """The day lies before a change of one of the units that stands in the tree's history."""
    if UnitSpell.objects.filter(unit__in=units, valid__endswith=None, valid__startswith__gt=on).exists():
        yield BEFORE_OPENED


def people_of(unit: Unit) -> list[int]:
    """Ids of those on the unit's own lists, guests not among them."""
    there = Member.objects.filter(unit_id=unit.pk, standing__in=ON_THE_LISTS)
    return list(there.order_by("pk").values_list("pk", flat=True))


def let_go(actor: Actor, members: Sequence[int], to: str, decision: Decided, request_id: str) -> list[dict[str, Any]]:
    """Each of the members goes along to the cell with the code; the answer for each, as it is kept with a request's key."""
    facts = {TO: to, **decision.raw}
    orders = [Order(NewCase("transfer", member_id=key), "go_along", decision.on, facts) for key in members]
    return [told(one) for one in each_its_own(actor, orders, request_id=request_id)] if orders else []
