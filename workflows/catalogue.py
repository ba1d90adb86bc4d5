"""Every lifecycle by its key, its edges and states, and what must hold before anything starts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache

from workflows import health, law, two_bodies
from workflows.facts import Paper
from workflows.guards.people import settled
from workflows.ladders import ladder_called, rules_of_packs, rules_with_ladders
from workflows.ladders.own import below_floor
from workflows.lifecycles.abroad import Abroad
from workflows.lifecycles.admission import Admission
from workflows.lifecycles.appeal import Appeal
from workflows.lifecycles.away import Away
from workflows.lifecycles.classification import Classification
from workflows.lifecycles.congress import Congress
from workflows.lifecycles.data_breach import DataBreach
from workflows.lifecycles.data_request import DataRequest
from workflows.lifecycles.discipline import Discipline
from workflows.lifecycles.dues_relief import DuesRelief
from workflows.lifecycles.exemption import Exemption
from workflows.lifecycles.finding import Finding
from workflows.lifecycles.meeting import Meeting
from workflows.lifecycles.membership import Membership
from workflows.lifecycles.readmission import Readmission
from workflows.lifecycles.recognition import Recognition
from workflows.lifecycles.removal import Removal
from workflows.lifecycles.screening import Screening
from workflows.lifecycles.temporary_transfer import TemporaryTransfer
from workflows.lifecycles.transfer import Transfer
from workflows.lifecycles.withdrawal import Withdrawal
from workflows.offices import LADDER, LEVELS_OF, RIGHTS, Level, Office, Right
from workflows.reminders import Remind
from workflows.units import UnitRef
from workflows.vocabulary import NEW, Act, Lifecycle, Step
from workflows.voting import Ballot

PAGES: tuple[type[Lifecycle], ...] = (
    Abroad, Admission, Appeal, Away, Classification, Congress, DataBreach, DataRequest, Discipline, DuesRelief, Exemption,
    Finding, Meeting, Membership, Readmission, Recognition, Removal, Screening, TemporaryTransfer, Transfer, Withdrawal,
)  # fmt: skip
LIFECYCLES: Mapping[str, type[Lifecycle]] = {page.key: page for page in PAGES}
_ANY_DAY = date(2026, 11, 1)

Edge = tuple[str, str, str, str, str]
"""(lifecycle, field, source, target, step)"""


def edges(pages: Iterable[type[Lifecycle]] = PAGES) -> set[Edge]:
    """Every edge any field may move along; `source` is "" for a step from nothing."""
    return {
        (page.key, one.field, source, target, name)
        for page in pages for name, one in page.steps().items() for source, target in one.moves
    }  # fmt: skip


def states(pages: Iterable[type[Lifecycle]] = PAGES) -> set[tuple[str, str, str]]:
    """(lifecycle, field, state) for every state declared."""
    return {
        (page.key, field, value)
        for page in pages for field, choices in page.choices().items() for value in choices.values
    }  # fmt: skip


def health_readers() -> set[tuple[str, Office]]:
    """(lifecycle, office) for every office that reads what a page keeps about somebody's health."""
    return {(page.key, office) for page in PAGES for office in health.readers(page)}


def steps(key: str) -> dict[str, Step]:
    """The steps of a lifecycle by name. Raises KeyError for an unknown key."""
    return LIFECYCLES[key].steps()


@cache
def event_codes() -> Mapping[str, Step]:
    """The closed list of the events' codes."""
    return {one.code: one for page in PAGES for one in page.steps().values()}


@cache
def own_days() -> frozenset[str]:
    """The rules for which a page's clock gives a day of its own, which is no sum of a start and a figure."""
    clocks = [clock for page in PAGES for one in page.steps().values() for clock in one.opens]
    return frozenset(clock.rule for clock in clocks if clock.due is not None)


def reminded() -> dict[str, Remind]:
    """The rules whose reminders may run from a day that the unit or its province sets, with what finds it."""
    clocks = [clock for page in PAGES for one in page.steps().values() for clock in one.opens]
    return {clock.rule: clock.remind for clock in clocks if clock.remind is not None}


def check(pages: Iterable[type[Lifecycle]] = PAGES) -> list[str]:
    """What is wrong with the pages: one sentence each, empty when all is well."""
    found: list[str] = []
    codes: dict[str, str] = {}
    all_pages = {page.key: page for page in pages}
    for page in all_pages.values():
        found += [*_faults_of_states(page), *_faults_of_labels(page), *_faults_of_waiting(page), *health.faults(page)]
        for name, one in page.steps().items():
            where = f"{page.key}.{name}"
            found += [f"{where}: {fault}" for fault in _faults_of_step(page, one, all_pages)]
            if one.code in codes:
                found.append(f"{where}: event {one.code} is taken by {codes[one.code]}.")
            codes[one.code] = where
    return found


def _faults_of_states(page: type[Lifecycle]) -> Iterator[str]:
    for field, choices in page.choices().items():
        moves = [move for one in page.steps().values() if one.field == field for move in one.moves]
        reached = two_bodies.reached(page, field, [NEW])
        for state in choices.values:
            if state not in reached:
                yield f"{page.key}: no road leads to {field} {state}."
            if state not in page.final and not any(source == state != target for source, target in moves):
                yield f"{page.key}: {field} {state} has no exit and is not declared final."
        for strange in {state for move in moves for state in move} - {NEW, *choices.values}:
            yield f"{page.key}: {strange!r} is no state of {field}."
    declared = {state for choices in page.choices().values() for state in choices.values}
    for strange in set(page.final) - declared:
        yield f"{page.key}: final {strange!r} is no state."
    for strange in set(page.in_dossier or ()) - set(page.final):
        yield f"{page.key}: {strange!r} goes into the dossier but is not final."


def _faults_of_labels(page: type[Lifecycle]) -> Iterator[str]:
    known, states = {rule.id for rule in law.rules()}, next(iter(page.choices().values())).values
    for one in page.timed:
        if one.rule not in known:
            yield f"{page.key}: the label {one.key} comes from {one.rule!r}, which is not in the law."
        for strange in set(one.states) - set(states):
            yield f"{page.key}: the label {one.key} is for {strange!r}, which is no state."
    if len({one.key for one in page.timed}) < len(page.timed):
        yield f"{page.key}: two labels have the same key."


def _faults_of_waiting(page: type[Lifecycle]) -> Iterator[str]:
    """States in which a case can wait while nothing runs: every road is walked with the clocks it opens and ends.

    A case taken over without clocks is left to those who brought it in; a clock counts as opened wherever it may be.
    """
    moves = [(one, *move) for one in page.steps().values() if page.subject == "case" for move in one.moves]
    seen = {(to, _running(one, frozenset())) for one, start, to in moves if start == NEW and one.by != Right.IMPORT}
    todo = [*seen]
    while todo:
        state, running = todo.pop()
        found = {(to, _running(one, running)) for one, start, to in moves if start == state} - seen
        seen |= found
        todo += found
    for state in sorted({state for state, running in seen if not running} - {*page.final}):
        yield f"{page.key}: a case can wait in {state} with no deadline or task running; nobody is reminded."


def _running(one: Step, before: frozenset[str]) -> frozenset[str]:
    return before - {*one.closes, *one.misses, *one.cancels} | {clock.rule for clock in one.opens}


def _faults_of_step(page: type[Lifecycle], one: Step, pages: Mapping[str, type[Lifecycle]]) -> Iterator[str]:
    if not str(one.label):
        yield "needs a label."
    if not one.event:
        yield "needs an event."
    if not one.basis:
        yield "needs a legal basis."
    if len({fact.name for fact in one.facts}) < len(one.facts):
        yield "asks for the same fact twice."
    if page.subject == "member" and not any(isinstance(fact, Paper) and fact.required for fact in one.facts):
        yield "moves a person without a paper."
    yield from _faults_of_right(one)
    yield from two_bodies.faults(page, one)
    yield from _faults_of_rules(page, one)
    named = {fact.name for other in page.steps().values() for fact in other.facts if isinstance(fact, UnitRef)}
    if (one.there or any(clock.there for clock in one.opens)) and page.there not in named:
        yield "is for another unit, which no fact of this page names."
    asked = {fact.name for other in page.steps().values() for fact in other.facts}
    for strange in sorted(set(one.forgets) - asked):
        yield f"forgets {strange!r}, which no step of this page asks for."
    if one.after_leaving and settled(one.guards):
        yield "may follow the leaving, which its own guard settles already."
    for start in one.starts:
        target = pages[start.lifecycle].steps().get(start.step) if start.lifecycle in pages else None
        if target is None or NEW not in target.sources:
            yield f"starts {start.lifecycle}.{start.step}, which is no step from nothing."


def _faults_of_right(one: Step) -> Iterator[str]:
    if one.by == Right.THROUGH_CASE:
        return
    if isinstance(one.at, Act) and one.at.name not in law.acts():
        yield f"the act {one.at.name} is not in the table of competence."
        return
    levels: tuple[Level, ...] = law.competent_levels(one.at.name, _ANY_DAY) if isinstance(one.at, Act) else one.at
    for level in levels or ("no level",):
        if not any(one.by in RIGHTS[office] and level in LEVELS_OF[office] for office in Office):
            yield f"no office at {level} holds the right {one.by}."


def _faults_of_rules(page: type[Lifecycle], one: Step) -> Iterator[str]:
    known = {rule.id for rule in law.rules(packs=law.packs())}
    opened = {clock.rule for step in page.steps().values() for clock in step.opens}
    ballots = {fact.rule for fact in one.facts if isinstance(fact, Ballot)}
    for rule_id in sorted((ballots | {clock.rule for clock in one.opens}) - known):
        yield f"the rule {rule_id!r} is not in the law."
    ended = {*one.closes, *one.misses, *one.cancels}
    for rule_id in sorted(ended - opened):
        yield f"ends {rule_id}, which no step of this page opens."
    for strange in sorted(set(one.begins) - known):
        yield f"begins what {strange!r} asks for, which is not in the law."
    if one.begins and NEW not in one.sources:
        yield "begins what a task asks for, but opens no case."
    reached = {target for _, target in one.moves}
    later = {rule for step in page.steps().values() if reached & set(step.sources) for rule in step.closes}
    for rule_id in sorted(opened - ended - later - {clock.rule for clock in one.opens}):
        if reached & set(page.final) and one.field == "state":
            yield f"ends the case but leaves {rule_id} open."


def check_ladders() -> list[str]:
    """Ladders that name a rule the law does not know, or a rule pack that there is not; and packs' that say too little, or are
    for a deadline that no page's clock opens (tasks are opened without asking for packs).
    """
    opened = {clock.rule for page in PAGES for one in page.steps().values() for clock in one.opens}
    known = {rule.id for rule in law.rules(packs=law.packs())}
    named = rules_with_ladders().union(*rules_of_packs().values())
    found = [f"ladders: {rule_id} is not in the law." for rule_id in sorted(named - known)]
    found += [f"ladders: there is no rule pack {pack}." for pack in sorted(set(rules_of_packs()) - law.packs())]
    brought = [(pack, rule, name) for pack, rules in rules_of_packs().items() for rule, name in rules.items()]
    found += [
        f"ladders: no step opens {rule}, for which {pack} has one." for pack, rule, _ in brought if rule not in opened
    ]
    return found + [
        f"ladders: {name} of {pack} says too little for {rule}."
        for pack, rule, name in brought
        if not (ladder := ladder_called(name)) or below_floor(ladder, rule, len(LADDER))
    ]
