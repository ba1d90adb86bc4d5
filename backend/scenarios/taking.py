"""One step of a scenario on the one road (`cases.engine.perform`): whose it is, which office takes it, what it is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop

from backend.accounts.policy import Actor
from backend.audit.models import Event
from backend.cases.engine import NewCase, NewMember, OnCase, OnMember, Order, perform, perform_many
from backend.cases.models import Case
from backend.cases.orders import Target, answer_json
from backend.cases.registry import levels_of
from backend.core import clock
from backend.core.db import as_application
from backend.core.errors import ChiboError, Refused
from backend.members.models import Member
from backend.organizations.models import Unit
from backend.scenarios.telling import told
from backend.scenarios.world import BORN, World
from workflows.answers import Refusal
from workflows.catalogue import LIFECYCLES
from workflows.offices import CELL_OFFICES, RIGHTS, Level, Office
from workflows.scenarios import BadScenario, Block, Fault, Items
from workflows.vocabulary import NEW, Step

NO_CASE = gettext_noop("There is no such case to take this step on.")
NO_PERSON = gettext_noop("Say whose step it is.")
_OFFICES = (Office.CELL_SECRETARY, Office.ORGANISATION_OFFICER, Office.OPERATOR, Office.SYSTEM)


@dataclass
class Done:
    """What an act came to: an event, or every reason why nothing was done."""

    block: Block
    step: Step | None = None
    event: UUID | None = None
    answers: list[dict[str, Any]] = field(default_factory=list)
    """Refusals or cautions, as the engine gives them: code, sentence in both languages, rule."""
    left_behind: int = 0
    """Events that a refused step left behind: there must be none."""
    each: dict[str, Done] = field(default_factory=dict)
    """By name, what came of a step that was taken for several at once; the rest of this is empty then."""
    is_judged: bool = False
    """Whether it is done or refused though it is no step of a page."""

    @property
    def judged(self) -> bool:
        return self.step is not None or self.is_judged

    @property
    def refused(self) -> bool:
        return self.judged and self.event is None and not self.each


def take(world: World, act: Block, step: Step, on: date, facts: Block) -> Done:
    """Take a step on its legal day; days pass to it, or to the day on which it is recorded.

    Where `of` names several it is taken for all of them at once, as a bulk step is, with an answer for each.
    """
    pass_to(date.fromisoformat(act["recorded"]) if "recorded" in act else max(on, clock.today()))
    if isinstance(act.get("of"), Items):
        return _take_each(world, act, step, on, facts)
    target, unit = _target(world, act, step, act.get("of"))
    before = Event.objects.count()
    done = Done(act, step)
    try:
        actor = _actor(world, act, step, target, _place(world, step, target, unit, facts), on)
        before = Event.objects.count()
        asked = told(world, step, unit, on, facts)
        with as_application():  # what walls hide from the office that acts is hidden here, too
            outcome = perform(actor, target, step.name, asked, on=on)
    except ChiboError as error:
        done.answers = reasons(error)
    else:
        done.event, done.answers = UUID(outcome["event"]), outcome["cautions"]
        _remember(world, act, outcome)
        return done
    done.left_behind = Event.objects.count() - before
    return done


def _take_each(world: World, act: Block, step: Step, on: date, facts: Block) -> Done:
    """One step for several people in one request, by the office that may take it for the first of them."""
    names = [world.name_of(one) for one in world.named(act["of"], act.at("of"))]
    aims = [_target(world, act, step, name) for name in names]
    actor = _actor(world, act, step, aims[0][0], _place(world, step, *aims[0], facts), on)
    before, raw = _events_about(world, names), told(world, step, aims[0][1], on, facts)
    with as_application():
        results = perform_many(actor, [Order(target, step.name, on, raw) for target, _ in aims])
    done, after = Done(act, step), _events_about(world, names)
    for name, result in zip(names, results, strict=True):
        one = done.each[name] = Done(act, step)
        if result.outcome is not None:
            one.event, one.answers = result.outcome.event, [answer_json(said) for said in result.outcome.cautions]
        elif isinstance(result.error, ChiboError):
            one.answers, one.left_behind = reasons(result.error), after[name] - before[name]
        else:
            raise result.error or AssertionError("a result is an outcome or an error")
    return done


def _events_about(world: World, names: list[str]) -> dict[str, int]:
    return {name: Event.objects.filter(member_id=world.members[name]).count() for name in names}


def reasons(error: ChiboError) -> list[dict[str, Any]]:
    answers = error.answers if isinstance(error, Refused) else [Refusal(error.code, error.message, error.params)]
    return [answer_json(one) for one in answers]


def pass_to(day: date) -> None:
    """Days pass; what is recorded on an earlier day is recorded on that day."""
    clock.move_to(day)


def _place(world: World, step: Step, target: Target, unit: Unit, facts: Block) -> Unit:
    """Whose offices take the step: the unit's own, or those of the other unit that the case names."""
    named = LIFECYCLES[step.lifecycle].there
    if not step.there:
        return unit
    known = Case.objects.get(pk=target.id).facts.get(named) if isinstance(target, OnCase) else None
    there = world.coded(known) if known else world.units.get(facts.get(named, ""))
    return there or unit


def _target(world: World, act: Block, step: Step, name: str | None) -> tuple[Target, Unit]:
    page = LIFECYCLES[step.lifecycle]
    if name in world.cases:
        case = Case.objects.select_related("unit").get(pk=world.cases[name])
        return OnCase(case.pk), case.unit
    if page.about == "unit":
        unit = world.unit(act, "of" if name else "at")
        return _case(act, step, unit, unit=unit)
    if name is None:
        raise BadScenario([Fault(act.line, NO_PERSON)])
    if page.subject == "member" and name not in world.members and NEW in step.sources:
        born = date.fromisoformat(act.get("person", {}).get("born", BORN))
        unit = world.unit(act)
        return NewMember(unit.pk, {"full_name": name, "sex": "f", "born_on": born}), unit
    member = Member.objects.select_related("unit").get(pk=world.member(name, act.at("of")))
    if page.subject == "member":
        return OnMember(member.pk), member.unit
    return _case(act, step, member.unit, member=member)


def _case(act: Block, step: Step, home: Unit, **about: Any) -> tuple[Target, Unit]:
    """The open case of the page, else the last one; a step from nothing opens one where none is open."""
    found = (
        Case.objects.filter(lifecycle=step.lifecycle, **about).exclude(state="").select_related("unit").order_by("pk")
    )
    running = found.filter(closed_on=None).last()
    if step.sources == (NEW,) or (NEW in step.sources and running is None):
        ids = {"unit_id": home.pk} if "unit" in about else {"member_id": about["member"].pk}
        return NewCase(step.lifecycle, **ids), home
    case = running or found.last()
    if case is None:
        raise BadScenario([Fault(act.at("step"), NO_CASE)])
    return OnCase(case.pk), case.unit


def _actor(world: World, act: Block, step: Step, target: Target, unit: Unit, on: date) -> Actor:
    """The office named, else the first that may take the step; in a case of two units, at the level whose turn it is."""
    levels, by = levels_of(step, on), act.get("by")
    if by is None:
        if step.there and isinstance(target, OnCase):
            levels = (Level(Case.objects.select_related("acting_unit").get(pk=target.id).acting_unit.level),)
        fit = [one for one in _OFFICES if step.by in RIGHTS[one] and _stands_at(one, levels)]
        office = (fit or [Office.CELL_SECRETARY])[0]
        return world.actor(office, world.acting_unit(office, unit, levels))
    return named_actor(world, by, unit, act, levels)


def named_actor(world: World, by: Any, unit: Unit, block: Block, levels: tuple[Level, ...] = ()) -> Actor:
    """The office that a scenario names: at the place it names, or at the one that belongs to the unit."""
    if not isinstance(by, Block):
        office = Office(by)
        return world.actor(office, world.acting_unit(office, unit, levels))
    office = Office(by["office"])
    place = world.unit(by) if "at" in by else world.acting_unit(office, unit, levels)
    member = world.member(by["of"], by.at("of")) if "of" in by else None
    return world.actor(office, place, member)


def _stands_at(office: Office, levels: tuple[Level, ...]) -> bool:
    if office in (Office.OPERATOR, Office.SYSTEM) or not levels:
        return True
    return Level.CELL in levels if office in CELL_OFFICES else any(level != Level.CELL for level in levels)


def _remember(world: World, act: Block, outcome: dict[str, Any]) -> None:
    if outcome["kind"] == "member" and "of" in act:
        world.members.setdefault(act["of"], outcome["id"])
    if outcome["kind"] == "case" and "as" in act:
        world.cases[act["as"]] = outcome["id"]
