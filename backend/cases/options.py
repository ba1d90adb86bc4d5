"""What can be done now, and why the rest cannot: every step of a page, judged from where a subject stands, unwritten.

Rights come first: where the office lacks the right, no guard is asked, since its answer may reveal data. Then every
reason that can be told before the facts are given (`workflows.asking`), as the step will tell it when it is done.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext_noop

from backend.accounts.policy import Actor
from backend.cases.health import told_of_health
from backend.cases.judging import declared, granted, starting, visible
from backend.cases.loading import see_case, see_member, see_unit
from backend.cases.models import Case
from backend.cases.orders import Loaded, NewCase, NewMember, OnCase, OnMember, Order, Target, UnitRow
from backend.cases.record_views import record_view
from backend.cases.registry import levels_of
from backend.cases.second_cases import already_open, second_ones
from backend.cases.situation import Readings, people_of, situation
from backend.cases.targets import about_member, new_case, new_member
from backend.core.errors import NotFound, NotPermitted
from backend.deadlines.calendar import calendar
from workflows.answers import Answer, Caution, Refusal, standing_on
from workflows.asking import foresee
from workflows.catalogue import LIFECYCLES
from workflows.offices import Level, Right
from workflows.profile import PERSON
from workflows.vocabulary import NEW, Step

NOT_PERMITTED = Refusal(
    "engine.not_permitted",
    gettext_noop("Your office may not do this here."),
    remedy=gettext_noop("Ask the office that holds this right."),
)
THROUGH_CASE = Refusal(
    "engine.through_case",
    gettext_noop("This happens only as the consequence of a case's step."),
    remedy=gettext_noop("Take the step in the case itself."),
)
ELSEWHERE = frozenset({"engine.wrong_state", "engine.through_case"})
"""Refusals of a step that does not start from where the subject stands, or not by itself."""


@dataclass(frozen=True)
class Option:
    """One step of a page. `opens` marks a step that opens a new case, or enters a new person.

    `refusals` and `cautions` hold whatever the facts will be; `expects` is what the facts that the step `asks` for
    will have to answer.
    """

    step: Step
    levels: tuple[Level, ...]
    opens: bool = False
    on_behalf: bool = False
    refusals: tuple[Answer, ...] = ()
    cautions: tuple[Answer, ...] = ()
    expects: tuple[Answer, ...] = ()
    asks: tuple[str, ...] = ()

    @property
    def starts_here(self) -> bool:
        """Whether it starts from where the subject stands, and by itself."""
        return ELSEWHERE.isdisjoint(answer.code for answer in self.refusals)

    @property
    def allowed(self) -> bool:
        """Nothing known now stands in the way; facts to be given may still."""
        return not self.refusals


def case_options(actor: Actor, case_id: int, today: date) -> tuple[int, list[Option]]:
    """The case's version, and every step of its page from where the case stands. Raises NotFound."""
    loaded = _seen(actor, see_case(case_id))
    return loaded.case.version, Judge(actor, today).page(loaded, loaded.case.lifecycle)


def member_options(actor: Actor, member_id: int, today: date) -> tuple[int, list[Option]]:
    """The member's version, every step of membership from where the member stands, and the cases that can be opened.

    Raises NotFound.
    """
    loaded, judge = _seen(actor, see_member(member_id)), Judge(actor, today)
    return loaded.member.version, [*judge.page(loaded, "membership"), *judge.opening(loaded, "member")]


def unit_options(actor: Actor, unit_id: int, today: date) -> list[Option]:
    """The steps that put a new person on a unit's lists, and the cases that can be opened about it. Raises NotFound."""
    unit = see_unit(unit_id)
    if unit is None or not actor.sees(unit.path):
        raise NotFound
    judge = Judge(actor, today)
    return [*judge.entering(unit), *judge.opening(Loaded(unit), "unit")]


@dataclass(frozen=True)
class Ahead:
    """One step that somebody is about to take: what it is taken on, in which version, and what can be said of it now."""

    loaded: Loaded
    version: int
    option: Option


def step_ahead(actor: Actor, target: Target, name: str, today: date, on: date | None = None) -> Ahead:
    """One step as of its day (default: today), with every reason that stands before its facts are given.

    `version` is that of the case or member; 0 where the step makes a new one. Raises NotFound, for an unknown step too.
    """
    loaded = _looked_at(target, name)
    if loaded is None or not visible(actor, loaded):
        raise NotFound
    step, judge = declared(loaded, Order(target, name, on or today)), Judge(actor, today, on)
    opens = isinstance(target, NewCase | NewMember)
    return Ahead(loaded, 0 if opens else loaded.subject.version, judge.option(loaded, step, opens=opens))


def _looked_at(target: Target, step: str) -> Loaded | None:
    if isinstance(target, OnCase):
        return see_case(target.id)
    if isinstance(target, OnMember):
        return see_member(target.id)
    if isinstance(target, NewCase):
        page = LIFECYCLES.get(target.lifecycle)
        if page is None or page.subject != "case":
            return None
        if page.about == "member":
            known = see_member(target.member_id or 0)
            return about_member(known, target.lifecycle, step) if known else None
    unit = see_unit(target.unit_id or 0)
    if unit is None:
        return None
    return Loaded(unit, new_case(target.lifecycle, unit, None) if isinstance(target, NewCase) else None,
                  None if isinstance(target, NewCase) else new_member(unit, {}))  # fmt: skip


def entitled(actor: Actor, target: OnCase | OnMember, step: str, today: date) -> None:
    """Whether the actor may do the step at all, whatever the facts. Raises NotFound, NotPermitted."""
    loaded = _seen(actor, see_case(target.id) if isinstance(target, OnCase) else see_member(target.id))
    calendar()  # with it comes who decides in this installation
    granted(actor, declared(loaded, Order(target, step, today)), loaded, today)


def _seen(actor: Actor, loaded: Loaded | None) -> Loaded:
    if loaded is None or not visible(actor, loaded):
        raise NotFound
    return loaded


class Judge:
    """Judges steps for one actor on one day (of the step; default: today); what one guard had read serves the others.

    `open_cases`: those of all members who are judged, where they were read before (`second_cases.open_about`).
    """

    def __init__(
        self, actor: Actor, today: date, on: date | None = None, open_cases: Iterable[Case] | None = None
    ) -> None:  # fmt: skip
        self.actor, self.today, self.on, self.readings = actor, today, on or today, Readings(to_write=False)
        self.open_cases = open_cases

    def page(self, loaded: Loaded, lifecycle: str) -> list[Option]:
        return [self.option(loaded, step) for step in LIFECYCLES[lifecycle].steps().values()]

    def opening(self, loaded: Loaded, about: str) -> list[Option]:
        """The steps that open cases about a member or a unit, of pages that the actor may read."""
        options = []
        for key, page in sorted(LIFECYCLES.items()):
            if page.subject != "case" or page.about != about:
                continue
            fresh = Loaded(loaded.unit, new_case(key, loaded.unit, loaded.member), loaded.member)
            if visible(self.actor, fresh):
                steps = [step for step in page.steps().values() if NEW in step.sources]
                options += [self.option(self.fresh(loaded, step), step, opens=True) for step in steps]
        return options

    def fresh(self, loaded: Loaded, step: Step) -> Loaded:
        """The case that a step would open about a member, or about a unit."""
        if loaded.member is not None:
            return about_member(loaded, step.lifecycle, step.name)
        return Loaded(loaded.unit, new_case(step.lifecycle, loaded.unit, None))

    def entering(self, unit: UnitRow) -> list[Option]:
        """The steps of membership that begin with a person who is on no list yet."""
        fresh = Loaded(unit, None, new_member(unit, {}))
        steps = [step for step in LIFECYCLES["membership"].steps().values() if NEW in step.sources]
        direct = [step for step in steps if step.by != Right.THROUGH_CASE]
        return [self.option(fresh, step, opens=True) for step in direct] if visible(self.actor, fresh) else []

    def option(self, loaded: Loaded, step: Step, *, opens: bool = False) -> Option:
        """Every answer with where it stands: in a row of the law, else in what the step cites."""
        found = self._option(loaded, step, opens=opens)
        said = [tuple(standing_on(one, step.basis)) for one in (found.refusals, found.cautions, found.expects)]
        return replace(found, refusals=said[0], cautions=said[1], expects=said[2])

    def _option(self, loaded: Loaded, step: Step, *, opens: bool) -> Option:
        elsewhere = starting(step, loaded.subject)
        if step.by == Right.THROUGH_CASE:
            return Option(step, (), opens, refusals=(THROUGH_CASE, *elsewhere))
        levels = levels_of(step, self.on)
        try:
            grant = granted(self.actor, step, loaded, self.on)
        except NotPermitted:
            return Option(step, levels, opens, refusals=(NOT_PERMITTED, *elsewhere))
        named = people_of(self.actor.path)
        seen = situation(loaded, {}, on=self.on, today=self.today, readings=self.readings, members=named,
                         actor=self.actor, health=lambda: told_of_health(self.actor, loaded.case),
                         record=record_view(self.actor, loaded))  # fmt: skip
        known = foresee(step.guards, seen, [fact.name for fact in step.facts])
        untold = loaded.member is not None and loaded.member.pk is None  # a new person, of whom the form asks
        standing = [
            *elsewhere,
            *(already_open(loaded, seen, among=self.open_cases) if opens and loaded.case is not None else ()),
            *second_ones(loaded, step, seen, self.open_cases),
            *(one for one in known.stands if not (untold and one.fact.startswith(PERSON))),
        ]
        return Option(
            step, levels, opens, grant.on_behalf, _only(Refusal, standing), _only(Caution, standing), known.waits,
            known.asks,
        )  # fmt: skip


def _only(kind: type[Answer], given: Iterable[Answer]) -> tuple[Answer, ...]:
    return tuple(one for one in given if isinstance(one, kind))
