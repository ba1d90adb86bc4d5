"""Nothing that people write, and nobody's name, stands in a sealed line: every step of every page is tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection, transaction

from backend.accounts.policy import Actor, Grant
from backend.audit.epochs import start_epoch
from backend.audit.models import Event, EventDetail
from backend.audit.sealing import seal_all
from backend.audit.verify import verify_log
from backend.cases import judging
from backend.cases.acknowledging import acknowledge
from backend.cases.amending import FACT, WAS
from backend.cases.changes import Changes
from backend.cases.engine import NewMember, OnCase, OnMember, Order, RequestKey, carry_out, perform
from backend.cases.models import Case
from backend.cases.orders import Target
from backend.cases.voiding import void
from backend.core import clock
from backend.core.db import WHOLE, scope, scoped
from backend.deadlines.models import Deadline
from backend.handovers.keys import trust
from backend.members.models import Member
from backend.organizations.tree import open_unit
from tests.backend.audit.events import rows
from tests.backend.cases.test_perform import ON as TODAY
from tests.backend.cases.test_perform import proposal
from tests.workflows.test_walk import ON, fitting, value_for
from tests.workflows.twins import TODAY as LATER
from tests.world import World, about_to_climb, make_world, paper
from workflows.catalogue import LIFECYCLES
from workflows.facts import Fact, Paper, PaperValue, Text
from workflows.offices import Level, Right
from workflows.profile import Grouped
from workflows.vocabulary import NEW, Step
from workflows.voting import RollCall

pytestmark = pytest.mark.django_db
WORDS, NAME = "Chữ của người ghi", "Tên Của Một Người"
OPERATOR = Actor.operator(NAME)


def marked(fact: Fact) -> Any:
    """A value with WORDS wherever a person may write something."""
    value = value_for(fact)
    if isinstance(value, PaperValue):
        return replace(value, number=f"{WORDS} 1", issuer=f"{WORDS} 2", kept_at=f"{WORDS} 4")
    if fact.name == "sex":  # another one than the record says
        return "f"
    if fact.name == "kept":  # the record that is kept is written to: it has to be there
        return Member.objects.earliest("pk").pk
    return f"{WORDS} 3" if isinstance(fact, Text) and not isinstance(fact, Grouped) else value


def hidden(step: Step) -> set[str]:
    return {fact.name for fact in step.facts if fact.private or isinstance(fact, Text | Paper | RollCall)}


def where(text: str) -> set[str]:
    """Every table that holds the text in any column; lines of the log are looked through as the bytes they are."""
    found = set()
    for table in connection.introspection.table_names():
        if rows(f"SELECT EXISTS (SELECT FROM {table} t WHERE strpos(t::text, %s) > 0)", [text])[0][0]:
            found.add(table)
    lines = "SELECT EXISTS (SELECT FROM audit_event WHERE position(%s::bytea IN line) > 0)"
    return found | ({"a sealed line"} if rows(lines, [text.encode()])[0][0] else set())


def stand(world: World, lifecycle: str, step: Step) -> Target:
    """A subject put where the step starts, past every wall."""
    if step.sources[0] == NEW and lifecycle == "membership":
        return NewMember(world.cell.pk, {"full_name": NAME, "sex": "m"})
    member = world.member(NAME)
    rows("SET CONSTRAINTS ALL IMMEDIATE")
    for table in ("members_member", "cases_case"):
        rows(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    if lifecycle == "membership":
        Member.objects.filter(pk=member.pk).update(**{step.field: step.sources[0]})
        return OnMember(member.pk)
    standing, participation = fitting(lifecycle, step.name)
    Member.objects.filter(pk=member.pk).update(standing=standing, participation=participation)
    about = None if LIFECYCLES[lifecycle].about == "unit" else member
    return OnCase(
        Case.objects.create(
            lifecycle=lifecycle, number=f"T-{member.pk}", state=step.sources[0], version=1, member=about, unit=world.cell,
            unit_path=world.cell.path, acting_unit=world.cell, acting_path=world.cell.path, opened_on=ON,
            exclusive_key=str(member.pk), facts=_told_before(lifecycle),
        ).pk
    )  # fmt: skip


def _told_before(lifecycle: str) -> dict[str, Any]:
    """What earlier steps of the page may have said."""
    asked = [fact for step in LIFECYCLES[lifecycle].steps().values() for fact in step.facts]
    said = {fact.name: fact.sealed(value_for(fact)) for fact in asked}
    return {name: value for name, value in said.items() if value is not None}


def run(target: Target, step: Step) -> Event:
    facts: Mapping[str, Any] = {fact.name: marked(fact) for fact in step.facts}
    with transaction.atomic():
        scope(WHOLE)
        changes = Changes()
        (result,) = carry_out(OPERATOR, [Order(target, step.name, ON, facts)], changes=changes, request_id=WORDS)
        changes.write()
    assert result.outcome is not None, f"{step.code}: {result.error!r}"
    return Event.objects.get(uid=result.outcome.event)


@pytest.mark.parametrize("lifecycle", sorted(LIFECYCLES))
def test_no_step_seals_a_word_or_a_name(lifecycle: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rights and guards aside: what counts is what a step writes down, whoever did it."""
    monkeypatch.setattr(judging, "granted", lambda *_: Grant())
    monkeypatch.setattr(judging, "unmet", lambda *_: [])
    world = make_world()
    clock.move_to(LATER)
    for step in LIFECYCLES[lifecycle].steps().values():
        if step.by == Right.THROUGH_CASE:
            continue  # never asked for by itself, and its event has no facts but the member's days
        event = run(stand(world, lifecycle, step), step)
        told = EventDetail.objects.get(event_uid=event.uid).data
        assert (told["who"], told["request"], set(told.get("facts", {})) - {WAS}) == (NAME, WORDS, hidden(step)), (
            step.code
        )
        in_line = {fact.name for fact in step.facts if not (isinstance(fact, Text) or fact.health or fact.private)}
        assert set(event.facts) - {"set", "was", FACT} == in_line, step.code
    said = {"members_member"} if lifecycle == "membership" else set()
    assert where(WORDS) == said, "the detail has it, sealed; what a record says stands in the record"
    assert where(NAME) == {"members_member"}


def test_nothing_else_that_is_written_reaches_a_line() -> None:
    """Voids, acknowledgements, request keys, units, keys of other installations and epochs."""
    world = make_world()
    case, _, facts = proposal(world)
    facts["resolution"] = paper(TODAY, WORDS)
    done = perform(world.actor("secretary"), OnCase(case.pk), "propose", facts, on=TODAY,
                   request_key=RequestKey.of(WORDS, facts))  # fmt: skip
    deadline = Deadline.objects.get(rule_id="PRO.DECIDE", subject_id=case.pk)
    about_to_climb(deadline)
    acknowledge(world.actor("officer"), deadline.pk, working_days=2, reason=WORDS)
    void(world.actor("deputy"), done["event"], reason=WORDS, paper=paper(TODAY, WORDS))
    with scoped(WHOLE):
        open_unit(
            OPERATOR.who(), code="87.107.000.000.003", name=WORDS, level=Level.CELL, parent=world.commune, on=TODAY
        )
        trust(OPERATOR, "8a" * 32, installation=WORDS, basis=WORDS)
    start_epoch(WORDS)
    seal_all()
    assert where(WORDS) == {"handovers_trustedkey", "organizations_unit", "organizations_unitspell"}
    assert "a sealed line" not in where("Người secretary") | where("Trần Thị Mới") | where("Chi bộ ấp Một")
    rows("SET CONSTRAINTS ALL IMMEDIATE")
    assert verify_log().fault is None
