"""Messages go to the office: a successor takes all of them over on the day, and an empty seat's go to the level above."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core import mail

from backend.accounts.models import Assignment
from backend.accounts.policy import Actor
from backend.alerts.delivery import deliver
from backend.alerts.ledger import story
from backend.alerts.models import Notice
from backend.alerts.recipients import notices_read_by
from backend.alerts.sweep import sweep
from backend.core import clock
from backend.deadlines.models import Deadline
from backend.organizations.models import Unit
from tests.backend.alerts.rows import CALENDAR, DUE, chain, deadline, person, unit
from tests.roles import as_role
from workflows.offices import Level, Office

pytestmark = pytest.mark.django_db
FIRST, SECOND = CALENDAR.add_working_days(DUE, -15), CALENDAR.add_working_days(DUE, -7)


def night(day: date) -> None:
    clock.move_to(day)
    with as_role("chibo_jobs"):
        sweep()
        deliver()


def acting(office: Office, at: Unit) -> Actor:
    held = Assignment.objects.get(office=office, unit=at)
    return Actor(office, at.path, Level(at.level), at.pk, held.user_id, held.pk)


def read(office: Office, at: Unit) -> set[int]:
    return set(notices_read_by(acting(office, at), clock.today()).values_list("deadline_id", flat=True))


def test_a_successor_gets_every_open_task_and_the_letter_from_the_first_day_on() -> None:
    cell = chain()[2]
    before = person(Office.CELL_SECRETARY, cell, language="en")
    first, second = deadline(cell, reference="CN-1"), deadline(cell, reference="CN-2", due=DUE + timedelta(days=1))
    night(FIRST)
    assert [letter.to for letter in mail.outbox] == [[before.email]]
    Assignment.objects.filter(user=before).update(to_date=SECOND - timedelta(days=1))
    after = person(Office.CELL_SECRETARY, cell, language="en", from_date=SECOND)
    night(SECOND)
    night(SECOND + timedelta(days=1))
    assert [letter.to for letter in mail.outbox[1:]] == [[after.email], [after.email]]
    assert "CN-1" in mail.outbox[1].body
    assert "CN-2" in mail.outbox[2].body
    notices = notices_read_by(
        Actor(Office.CELL_SECRETARY, cell.path, Level.CELL, cell.pk, after.pk), SECOND + timedelta(days=1)
    )
    assert set(notices.values_list("deadline_id", flat=True)) == {first.pk, second.pk}
    gone = Actor(Office.CELL_SECRETARY, cell.path, Level.CELL, cell.pk, before.pk)
    assert not notices_read_by(gone, SECOND).exists()
    assert {one.user_id for line in story(first).rungs for one in line.told if one.user_id} == {before.pk, after.pk}


def test_a_letter_that_waits_while_the_secretary_changes_goes_to_the_successor() -> None:
    cell = chain()[2]
    before = person(Office.CELL_SECRETARY, cell, to_date=FIRST)
    after = person(Office.CELL_SECRETARY, cell, from_date=FIRST + timedelta(days=1))
    deadline(cell)
    clock.move_to(FIRST)
    sweep()
    night(FIRST + timedelta(days=1))
    assert [letter.to for letter in mail.outbox] == [[after.email]]
    assert before.email != after.email


def test_the_notices_of_an_empty_seat_go_to_the_level_above_and_say_that_nobody_sits_there() -> None:
    province, commune, cell = chain()
    person(Office.CELL_COMMITTEE, cell)  # not told of deadlines
    officer = person(Office.ORGANISATION_OFFICER, commune, language="en")
    person(Office.ORGANISATION_OFFICER, province)
    one = deadline(cell, reference="CN-1")
    night(FIRST)
    assert [letter.to for letter in mail.outbox] == [[officer.email]]
    assert f"{cell.name} ({cell.code}): 1" in mail.outbox[0].body
    assert "nobody holds the office there" in mail.outbox[0].body
    (told,) = [line for line in story(one).rungs[0].told if line.channel == "mail"]
    assert (told.office, told.unit_id, told.outcome, told.seat, told.seat_unit_id) == (
        "cell_secretary", cell.pk, "sent", "organisation_officer", commune.pk,
    )  # fmt: skip
    assert read(Office.ORGANISATION_OFFICER, commune) == {one.pk}
    assert read(Office.ORGANISATION_OFFICER, province) == set()


def test_where_nobody_sits_at_the_level_above_either_it_goes_further_up() -> None:
    province, commune, cell = chain()
    officer = person(Office.COMMITTEE_SECRETARY, province)
    other = unit(Level.CELL, commune)
    person(Office.CELL_DEPUTY, other)
    one, two = deadline(cell), deadline(other)
    night(FIRST)
    assert [letter.to for letter in mail.outbox if letter.to == [officer.email]] == [[officer.email]]
    assert read(Office.COMMITTEE_SECRETARY, province) == {one.pk}
    assert {one.deadline_id for one in Notice.objects.filter(outcome="skipped")} == set()
    Deadline.objects.filter(pk=two.pk).update(status="met")


def test_where_nobody_sits_anywhere_it_is_said_so() -> None:
    one = deadline(chain()[2])
    night(FIRST)
    assert Notice.objects.get(deadline_id=one.pk, channel="mail").reason == "vacant_office"
    assert mail.outbox == []
