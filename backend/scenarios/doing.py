"""What is done in a scenario: steps, meetings, cases already on their way, days that pass, and the sweep."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_noop

from backend.alerts.sweep import sweep
from backend.core import clock
from backend.members.models import Member
from backend.organizations.models import Unit
from backend.scenarios.flagging import catch_up
from backend.scenarios.paying import pay
from backend.scenarios.taking import Done, pass_to, take
from backend.scenarios.world import World
from workflows.catalogue import LIFECYCLES, steps
from workflows.offices import Right
from workflows.scenarios import BadScenario, Block, Fault
from workflows.scenarios.meaning import step_named
from workflows.standings import MEMBERS, Participation, Standing
from workflows.vocabulary import NEW, Step
from workflows.voting import Presence
from workflows.workdays import month_end, month_start, quarter_end

NO_DAY = gettext_noop("Say on which day it is done.")
NO_ROAD = gettext_noop("No steps lead a new case to “%(state)s”.")
STOPPED = gettext_noop("On the way the step “%(step)s” was refused: %(codes)s.")
_WORDS = {
    Participation.AWAY: Presence.AWAY, Participation.EXEMPT: Presence.EXEMPT, Participation.SUSPENDED: Presence.SUSPENDED,
    Participation.ELSEWHERE: Presence.EXCUSED, Participation.ABROAD: Presence.EXCUSED,
    Participation.IN_TRANSIT: Presence.EXCUSED, Participation.LAPSED: Presence.UNEXCUSED,
}  # fmt: skip
"""What the roll call says of those who do not attend, where nobody says that they came."""


def do(world: World, act: Block) -> Done:
    """Do one thing of `when`. Raises BadScenario where it cannot be understood."""
    if "meeting" in act:
        return _hold(world, act)
    if "dues" in act:
        return pay(world, act)
    if "step" in act:
        if "on" not in act:
            raise BadScenario([Fault(act.line, NO_DAY)])
        return take(world, act, step_named(act["step"]), _day(act, "on"), act.get("facts") or Block(act.line))
    pass_to(_day(act, "today" if "today" in act else "sweep"))
    if "sweep" in act:
        world.seated()
        catch_up()
        sweep(clock.today())
    return Done(act)


def begin(world: World, case: Block) -> None:
    """Lead a new case to a state by the shortest road of its page, every step on the same day. Raises BadScenario."""
    today = clock.today()
    road = _road(case["case"], case["at"])
    if not road:
        raise BadScenario([Fault(case.at("at"), NO_ROAD, {"state": case["at"]})])
    given = case.get("facts") or Block(case.at("of"))
    for step in road:
        facts = Block(given.line)
        for fact in step.facts:
            if fact.name in given:
                facts.put(fact.name, given[fact.name], given.at(fact.name))
        done = take(world, case, step, _day(case, "on"), facts)
        if done.refused:
            codes = ", ".join(f"{one['code']} ({one['vi']})" for one in done.answers)
            raise BadScenario([Fault(case.line, STOPPED, {"step": step.label, "codes": codes})])
    pass_to(today)


def _road(lifecycle: str, state: str) -> list[Step]:
    """The shortest chain of steps that people take from nothing to a state; the page's order decides between equals."""
    own = [
        one for one in steps(lifecycle).values() if one.field == LIFECYCLES[lifecycle].__dict__.get("field", "state")
    ]
    own = [one for one in own if one.by != Right.IMPORT]
    roads: dict[str, list[Step]] = {NEW: []}
    todo = [NEW]
    while todo:
        here = todo.pop(0)
        for one in own:
            for source, target in one.moves:
                if source == here and target not in roads:
                    roads[target] = [*roads[here], one]
                    todo.append(target)
    return roads.get(state, [])


def _hold(world: World, act: Block) -> Done:
    """Plan the meeting of a day and hold it, with the roll call that the act tells."""
    on, unit = _day(act, "meeting"), world.unit(act)
    page, kind = steps("meeting"), act.get("kind", "regular")
    plan = _facts(act, kind=kind, month=month_start(on).isoformat())
    own = Block(act.line)
    own.put("at", unit.name, act.line)
    own.put("as", act.get("as", f"{kind} {on} {unit.pk}"), act.line)
    own.put("recorded", act.get("recorded", max(on, clock.today()).isoformat()), act.line)
    over = (quarter_end if kind == "thematic" else month_end)(on) < date.fromisoformat(own["recorded"])
    planned = take(world, own, page["make_good" if over else "plan"], on, plan)
    if planned.refused:
        return planned
    own.put("of", own["as"], act.line)
    if "by" in act:
        own.put("by", act["by"], act.at("by"))
    called = Block(act.line)
    for name, word in _roll_call(world, unit, act).items():
        called.put(name, word.value, act.line)
    return take(world, own, page["hold"], on, _facts(act, minutes_long=act.get("minutes", 95), roll_call=called))


def _facts(act: Block, **values: object) -> Block:
    facts = Block(act.line)
    for name, value in values.items():
        facts.put(name, value, act.line)
    return facts


def _roll_call(world: World, unit: Unit, act: Block) -> dict[str, Presence]:
    """All who attend are present, but for those absent; of the others the word says why they did not come."""
    people = Member.objects.filter(unit=unit, standing__in=MEMBERS).order_by("pk")
    roll = {one.pk: _WORDS.get(Participation(one.participation), Presence.PRESENT) for one in people}
    absent = act.get("absent", [])
    if isinstance(absent, int):
        here = [one.pk for one in people if one.standing == Standing.OFFICIAL and roll[one.pk] == Presence.PRESENT]
        missing = here[len(here) - absent :]
    else:
        missing = world.named(absent, act.at("absent"))
    roll |= dict.fromkeys(missing, Presence.UNEXCUSED)
    roll |= dict.fromkeys(world.named(act.get("excused", []), act.at("excused")), Presence.EXCUSED)
    roll |= dict.fromkeys(world.named(act.get("present", []), act.at("present")), Presence.PRESENT)
    return {world.name_of(key): word for key, word in roll.items()}


def _day(block: Block, key: str) -> date:
    try:
        return date.fromisoformat(block[key])
    except ValueError:
        raise BadScenario([Fault(block.at(key), gettext_noop("“%(day)s” is no day."), {"day": block[key]})]) from None
