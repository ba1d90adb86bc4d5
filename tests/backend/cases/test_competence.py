"""The engine and the list of steps go by who decides on the day, as this installation has settled it."""

from __future__ import annotations

from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction

from backend.audit.models import Event
from backend.cases.engine import OnCase, perform
from backend.cases.options import NOT_PERMITTED, case_options
from backend.core.db import scope
from backend.core.errors import NotPermitted, Refused
from backend.deadlines.models import Competence
from tests.backend.cases.test_replay import worked
from tests.replaying import replayed
from tests.world import World, paper
from workflows import law
from workflows.offices import Level

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 2)


def offered(world: World, case: int) -> list[str]:
    actor = world.actor("officer")
    with transaction.atomic():
        scope(actor.path)
        _, found = case_options(actor, case, ON)
        return [one.step.name for one in found if NOT_PERMITTED not in one.refusals]


def test_a_decision_is_recorded_at_the_level_that_is_settled_for_its_day() -> None:
    world, case = worked()
    officer = world.actor("officer")
    assert (officer.level, "recognise" in offered(world, case.pk)) == (Level.BASE, True)
    call_command(
        "competence", "recognise", "province", "--from", "2026-11-02", "--source", "1-QĐ/TU", stdout=StringIO()
    )
    assert "recognise" not in offered(world, case.pk)
    with pytest.raises(NotPermitted):
        perform(officer, OnCase(case.pk), "recognise", {}, on=ON)
    with pytest.raises(Refused):  # the day before it was theirs: the facts are asked for
        perform(officer, OnCase(case.pk), "recognise", {}, on=date(2026, 11, 1))


def decided(world: World, case: int, on: date) -> Event:
    """A recognition recorded by the commune's officer."""
    facts = {"decision": paper(on), "body": "standing", "committee_size": 9, "committee_yes": 9}
    perform(world.actor("officer"), OnCase(case), "recognise", facts, on=on)
    return Event.objects.get(code="recognition.recognised")


def settle(*words: str) -> None:
    call_command("competence", "recognise", *words, stdout=StringIO())


def test_a_decision_notes_the_delivered_row_of_who_decides() -> None:
    world, case = worked()
    event = decided(world, case.pk, ON)
    assert event.rules["recognise"] == "recognise@2026-07-26"
    assert Event.objects.get(cause=event.uid).rules["recognise"] == "recognise@2026-07-26"
    proposed = Event.objects.filter(code="recognition.proposed").latest("id")
    assert not set(proposed.rules) & set(law.acts()), "the cell's level stands on the page, no act decides it"
    assert replayed() == []


def test_a_decision_keeps_the_row_it_was_made_under_when_that_is_withdrawn() -> None:
    world, case = worked()
    settle("base_committee", "--from", "2026-11-02", "--source", "1-QĐ/TU")
    own = Competence.objects.get()
    event = decided(world, case.pk, ON)
    assert event.rules["recognise"] == f"recognise@2026-11-02#{own.pk}"
    settle("--withdraw", "--from", "2026-11-02", "--source", "2-QĐ/TU")
    settle("province", "--from", "2026-11-02", "--source", "3-QĐ/TU")
    assert replayed() == [], "what holds now is not asked; what held when it was decided is"


def test_replay_names_a_decision_at_a_level_that_its_row_does_not_name() -> None:
    world, case = worked()
    settle("base_committee", "--from", "2026-11-02", "--source", "1-QĐ/TU")
    own = Competence.objects.get()
    event = decided(world, case.pk, ON)
    Competence.objects.update(levels=["province"])
    assert replayed() == [
        f"Case {case.pk}, version {event.version} (recognition.recognised): was recorded at Base committee, "
        f"recognise@2026-11-02#{own.pk} names Province"
    ]
    Competence.objects.all().delete()
    unknown = f"was decided under recognise@2026-11-02#{own.pk}, which the law does not have"
    assert [one.partition(": ")[2] for one in replayed()] == [unknown, unknown], (
        "the decision, and what it did to the member"
    )
