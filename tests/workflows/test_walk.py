"""Every lifecycle of the catalogue walked: no illegal edge, every edge reachable, members moved by their cases only.

Nothing here names a page: a lifecycle that is added is walked with the others.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import product
from typing import Any

import pytest
from django_fsm import TransitionNotAllowed
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflows.twins import TWINS, ballot, case, member, paper, situation
from workflows.catalogue import LIFECYCLES, PAGES, Edge, edges
from workflows.electing import Election, ElectionValue, Winner
from workflows.entries import EntryRef
from workflows.facts import Choice, Day, Fact, Flag, MemberRef, Number, Paper, Text
from workflows.offices import Right
from workflows.profile import PersonalId, Phone
from workflows.standings import Participation, Standing
from workflows.units import UnitRef
from workflows.vocabulary import NEW, Step
from workflows.voting import Ballot, RollCall

ON = date(2027, 2, 1)
EDGES = edges()


def value_for(fact: Fact) -> Any:
    """One typed value of a fact, such as `Fact.read` would give."""
    match fact:
        case Paper():
            return paper(ON, fact.paper or fact.name)
        case Day():
            return ON
        case PersonalId():
            return "087080000077"
        case Phone():
            return "0912345678"
        case Text():
            return "x"
        case Number():
            return fact.minimum
        case Flag():
            return True
        case Choice():
            return fact.choices[0][0]
        case MemberRef():
            return (2,)
        case Ballot():
            return ballot(8)
        case UnitRef():
            return "87.108.000.000.001"
        case EntryRef():
            return ("0199e2a0-0000-7000-8000-000000000001",)
        case RollCall():
            return {1: "present"}
        case Election():
            return ElectionValue(9, 9, 9, (Winner(2, 9),))
    raise AssertionError(fact)


def some_facts(step: Step) -> dict[str, Any]:
    return {fact.name: value_for(fact) for fact in step.facts}


def run(subject: Any, step: Step, person: Any) -> None:
    getattr(subject, step.name)(situation(ON, facts=some_facts(step), subject=subject, member=person))


def begin(lifecycle: str, **states: str) -> Any:
    """A subject that stands nowhere yet, or in the states given."""
    if LIFECYCLES[lifecycle].subject == "member":
        return member(**({"standing": NEW, "participation": NEW} | states))
    return case(lifecycle, states.get("state", NEW))


def people() -> Iterator[Any]:
    """Members in every pair of states."""
    for standing, participation in product(Standing.values, Participation.values):
        yield member(standing=standing, participation=participation, joined_on=date(2026, 1, 5))


@cache
def fitting(lifecycle: str, name: str) -> tuple[str, str]:
    """The first pair of a member's states in which the consequence of a case's step is possible."""
    step = LIFECYCLES[lifecycle].steps()[name]
    for person in people():
        pair = (person.standing, person.participation)
        try:
            run(begin(lifecycle, state=step.sources[0]), step, person)
        except TransitionNotAllowed:
            continue
        return pair
    raise AssertionError(f"{step.code} is possible for no member")


def move(subject: Any, step: Step) -> Any:
    """Run a step with a member for whom its consequence is possible; the member, or the subject itself."""
    person = subject
    if LIFECYCLES[step.lifecycle].subject == "case":
        standing, participation = fitting(step.lifecycle, step.name)
        person = member(standing=standing, participation=participation, joined_on=date(2026, 1, 5))
    run(subject, step, person)
    return person


def road_to(lifecycle: str, field: str, wanted: str) -> list[Step]:
    """The shortest road of steps from nothing to a state."""
    steps = LIFECYCLES[lifecycle].steps()
    queue, seen = deque[tuple[str, list[Step]]]([(NEW, [])]), {NEW}
    while queue:
        here, road = queue.popleft()
        if here == wanted:
            return road
        for _, _, _, target, name in sorted(edge for edge in EDGES if edge[:3] == (lifecycle, field, here)):
            if target not in seen:
                seen.add(target)
                queue.append((target, [*road, steps[name]]))
    raise AssertionError(f"no road leads to {lifecycle} {field} {wanted}")


@pytest.mark.parametrize("edge", sorted(EDGES), ids="/".join)
def test_every_edge_is_reached_from_nothing_and_leaves_its_trace(edge: Edge) -> None:
    lifecycle, field, source, target, name = edge
    subject = begin(lifecycle)
    for step in road_to(lifecycle, field, source):
        move(subject, step)
    if source == NEW and lifecycle == "membership":
        subject = begin(lifecycle)
    assert getattr(subject, field) == source
    move(subject, LIFECYCLES[lifecycle].steps()[name])
    assert getattr(subject, field) == target
    trace = next(one for one in reversed(subject.trail) if one.step.field == field)
    assert (trace.step.name, trace.source, trace.target) == (name, source, target)


@pytest.mark.parametrize("lifecycle", sorted(LIFECYCLES))
@settings(max_examples=40)
@given(data=st.data())
def test_a_random_walk_follows_declared_edges_only(lifecycle: str, data: st.DataObject) -> None:
    """Whatever is tried, in whatever order: a step runs from its own states only, and a refused one changes nothing."""
    page = LIFECYCLES[lifecycle]
    subject, steps = begin(lifecycle), list(page.steps().values())
    for _ in range(data.draw(st.integers(1, 12))):
        before = {field: str(getattr(subject, field)) for field in page.choices()}
        here = [one for one in steps if before[one.field] in one.sources]
        step = data.draw(st.sampled_from(here or steps) | st.sampled_from(steps))
        trail = list(getattr(subject, "trail", []))
        try:
            move(subject, step)
        except TransitionNotAllowed:
            assert {field: str(getattr(subject, field)) for field in before} == before
            assert [one.step.name for one in getattr(subject, "trail", [])] == [one.step.name for one in trail]
            assert before[step.field] not in step.sources or page.subject == "member"
            continue
        assert before[step.field] in step.sources
        for field, was in before.items():
            now = str(getattr(subject, field))
            assert now == was or any(edge[:4] == (lifecycle, field, was, now) for edge in EDGES)


CASE_STEPS = [step for page in PAGES if page.subject == "case" for step in page.steps().values()]


@pytest.mark.parametrize("step", CASE_STEPS, ids=lambda step: step.code)
def test_a_case_moves_a_member_by_the_members_own_steps_only(step: Step) -> None:
    """Each field once, along an edge of membership that is reserved for cases, and with its trace."""
    for source in step.sources:
        subject = begin(step.lifecycle, state=source)
        before = {(one.standing, one.participation) for one in people()}
        person = move(subject, step)
        moved = {trace.step.field: trace for trace in getattr(person, "trail", [])}
        assert len(moved) == len(getattr(person, "trail", []))
        was = [moved[f].source if f in moved else getattr(person, f) for f in ("standing", "participation")]
        assert tuple(was) in before
        for field, trace in moved.items():
            assert ("membership", field, trace.source, trace.target, trace.step.name) in EDGES
            assert (trace.step.by, getattr(person, field)) == (Right.THROUGH_CASE, trace.target)


def test_which_steps_of_admission_and_recognition_move_a_member() -> None:
    moved = {
        (step.lifecycle, step.name): [(one.source, one.target) for one in getattr(person, "trail", [])]
        for step in CASE_STEPS if step.lifecycle in ("admission", "recognition")
        for person in [move(begin(step.lifecycle, state=step.sources[0]), step)]
    }  # fmt: skip
    assert {step: trail for step, trail in moved.items() if trail} == {
        ("admission", "decide"): [("candidate", "approved")],
        ("admission", "hold_ceremony"): [("approved", "probationary")],
        ("admission", "annul"): [("approved", "annulled")],
        ("admission", "hand_over"): [("candidate", "candidate")],  # to the list of another cell
        ("admission", "refer"): [("candidate", "candidate")],
        ("recognition", "recognise"): [("probationary", "official")],
        ("recognition", "remove"): [("probationary", "removed")],
        ("recognition", "annul"): [("approved", "annulled")],  # its guard asks for a probationer
    }


def test_a_step_that_calls_another_is_told_before_it() -> None:
    """The first one gives the member's event its name: that probation begins, and not that somebody attends."""
    person = member(standing="approved", participation=NEW)
    run(case("admission", "decided"), LIFECYCLES["admission"].steps()["hold_ceremony"], person)
    assert [one.step.name for one in person.trail] == ["begin_probation", "begin_attending"]


def test_official_day_is_the_end_of_the_twelve_months_whatever_the_delay() -> None:
    """B1 and B2."""
    person = member(standing="probationary", joined_on=date(2026, 1, 5), admission_decided_on=date(2025, 12, 20))
    step = LIFECYCLES["recognition"].steps()["recognise"]
    seen = situation(date(2027, 4, 2), facts=some_facts(step) | {"decision": paper(date(2027, 4, 2))}, member=person)
    case("recognition", "considered").recognise(seen)
    assert person.official_on == date(2027, 1, 5)
    assert person.admission_decided_on == date(2025, 12, 20)


def test_no_step_extends_probation() -> None:
    for page in LIFECYCLES.values():
        for step in page.steps().values():
            assert not any(clock.rule == "PRO.LENGTH" for clock in step.opens)
    official = [edge for edge in EDGES if edge[2] != edge[3] == "official" and edge[1] == "standing"]
    assert {edge[4] for edge in official} == {
        "recognise", "import_official", "receive_official", "receive_new_official", "restore_official",
    }  # fmt: skip


def test_twins_are_of_the_pages() -> None:
    assert set(TWINS) == set(LIFECYCLES)
