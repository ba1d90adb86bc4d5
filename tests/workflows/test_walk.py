"""Every lifecycle walked at random: no illegal edge, every edge reachable, members moved by their cases only."""

from __future__ import annotations

from collections import deque
from datetime import date
from typing import Any

import pytest
from django_fsm import TransitionNotAllowed
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.twins import TWINS, ballot, case, member, paper, situation
from workflows.catalogue import LIFECYCLES, edges
from workflows.facts import Choice, Day, Fact, Flag, MemberRef, Number, Paper, Text
from workflows.vocabulary import NEW, Step
from workflows.voting import Ballot, RollCall

ON = date(2027, 2, 1)


def value_for(fact: Fact) -> Any:
    """A typed value such as `Fact.read` would give."""
    match fact:
        case Paper():
            return paper(ON, fact.paper or fact.name)
        case Day():
            return ON
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
        case RollCall():
            return {1: "present"}
    raise AssertionError(fact)


def facts_of(step: Step) -> dict[str, Any]:
    return {fact.name: value_for(fact) for fact in step.facts}


def run(subject: Any, step: Step, person: Any) -> None:
    getattr(subject, step.name)(situation(ON, facts=facts_of(step), subject=subject, member=person))


def ready(step: Step, lifecycle: str) -> Any:
    """A member who stands where a case's consequence needs it."""
    standing = {
        ("admission", "hold_ceremony"): "approved", ("admission", "annul"): "approved",
        ("admission", "decide"): "candidate",
    }.get((lifecycle, step.name), "probationary")  # fmt: skip
    return member(standing=standing, joined_on=date(2026, 1, 5))


def start(lifecycle: str, field: str, state: str) -> Any:
    page = LIFECYCLES[lifecycle]
    return member(**{field: state}) if page.subject == "member" else case(lifecycle, state)


@pytest.mark.parametrize("edge", sorted(edges()), ids="/".join)
def test_every_edge_runs_and_leaves_its_trace(edge: tuple[str, str, str, str, str]) -> None:
    lifecycle, field, source, target, name = edge
    step = LIFECYCLES[lifecycle].steps()[name]
    subject = start(lifecycle, field, source)
    if name.startswith("import_") and field == "standing":
        subject.participation = NEW
    person = subject if lifecycle == "membership" else ready(step, lifecycle)
    run(subject, step, person)
    assert getattr(subject, field) == target
    trace = subject.trail[-1]
    assert (trace.step.name, trace.source, trace.target) == (name, source, target)


@pytest.mark.parametrize("lifecycle", sorted(LIFECYCLES))
def test_every_edge_can_be_reached_from_nothing(lifecycle: str) -> None:
    for field in LIFECYCLES[lifecycle].choices():
        own = {edge for edge in edges() if edge[:2] == (lifecycle, field)}
        reached, queue = {NEW}, deque([NEW])
        while queue:
            here = queue.popleft()
            for _, _, source, target, _ in own:
                if source == here and target not in reached:
                    reached.add(target)
                    queue.append(target)
        assert {edge[2] for edge in own} <= reached


@pytest.mark.parametrize("lifecycle", sorted(LIFECYCLES))
@given(data=st.data())
def test_a_random_walk_follows_declared_edges_only(lifecycle: str, data: st.DataObject) -> None:
    page = LIFECYCLES[lifecycle]
    subject: Any = member(standing=NEW, participation=NEW) if page.subject == "member" else case(lifecycle)
    legal = edges()
    for name in data.draw(st.lists(st.sampled_from(sorted(page.steps())), max_size=12)):
        step = page.steps()[name]
        person = subject if page.subject == "member" else ready(step, lifecycle)
        before = {field: getattr(subject, field) for field in page.choices()}
        try:
            run(subject, step, person)
        except TransitionNotAllowed:
            assert before[step.field] not in step.sources or name.startswith(("import_", "begin_"))
            continue
        assert before[step.field] in step.sources
        for field, was in before.items():
            now = getattr(subject, field)
            if now != was:
                assert any(edge[:4] == (lifecycle, field, was, now) for edge in legal)


def test_case_steps_that_move_a_member_leave_the_member_a_trace() -> None:
    moved = {
        ("admission", "decide"): ("candidate", "approved"),
        ("admission", "hold_ceremony"): ("approved", "probationary"),
        ("admission", "annul"): ("approved", "annulled"),
        ("recognition", "recognise"): ("probationary", "official"),
        ("recognition", "remove"): ("probationary", "removed"),
        ("recognition", "annul"): ("probationary", "annulled"),
    }
    for lifecycle, page in LIFECYCLES.items():
        for name, step in page.steps().items():
            if page.subject == "member":
                continue
            person = ready(step, lifecycle)
            before = person.standing
            run(case(lifecycle, step.sources[0]), step, person)
            expected = moved.get((lifecycle, name), (before, before))
            assert (before, person.standing) == expected, f"{lifecycle}.{name}"
            assert bool(getattr(person, "trail", [])) is ((lifecycle, name) in moved)


def test_official_day_is_the_end_of_the_twelve_months_whatever_the_delay() -> None:
    """B1 and B2."""
    person = member(standing="probationary", joined_on=date(2026, 1, 5), admission_decided_on=date(2025, 12, 20))
    step = LIFECYCLES["recognition"].steps()["recognise"]
    seen = situation(date(2027, 4, 2), facts=facts_of(step) | {"decision": paper(date(2027, 4, 2))}, member=person)
    case("recognition", "considered").recognise(seen)
    assert person.official_on == date(2027, 1, 5)
    assert person.admission_decided_on == date(2025, 12, 20)


def test_no_step_extends_probation() -> None:
    for page in LIFECYCLES.values():
        for step in page.steps().values():
            assert not any(clock.rule == "PRO.LENGTH" for clock in step.opens)
    official = [edge for edge in edges() if edge[3] == "official" and edge[1] == "standing"]
    assert {edge[4] for edge in official} == {"recognise", "import_official", "receive_official", "restore_official"}


def test_twins_are_of_the_pages() -> None:
    assert set(TWINS) == set(LIFECYCLES) == {"membership", "admission", "recognition", "meeting"}
