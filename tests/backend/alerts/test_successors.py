"""Whoever takes a seat is told in the first morning's letter what of its open deadlines was told, or missed, before."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives

from backend.accounts.models import Assignment, User
from backend.alerts import delivery
from backend.alerts.delivery import deliver
from backend.alerts.ledger import Told, story
from backend.alerts.letters import make_letters
from backend.alerts.models import Enclosure, Letter, Notice, Unheard
from backend.alerts.preferences import Preferences, choose
from backend.alerts.rehearsal import rehearse
from backend.alerts.sweep import sweep
from backend.alerts.transport import Reply
from backend.core import clock
from backend.deadlines.models import Deadline
from backend.organizations.models import Unit
from tests.backend.alerts.rows import CALENDAR, DUE, chain, deadline, person, unit
from tests.roles import as_role
from workflows.offices import Level, Office

pytestmark = pytest.mark.django_db
SECRETARY = Office.CELL_SECRETARY
FIRST, SECOND = CALENDAR.add_working_days(DUE, -15), CALENDAR.add_working_days(DUE, -7)
LATE = CALENDAR.add_working_days(DUE, 1)
"""The last rung of the cell's own; those above have theirs later."""
TAKEN = CALENDAR.add_working_days(DUE, 3)
"""No rung of the cell's secretary falls on it."""


def night(day: date) -> list[EmailMultiAlternatives]:
    """The letters of a night."""
    before = len(mail.outbox)
    clock.move_to(day)
    with as_role("chibo_jobs"):
        sweep()
        deliver()
    return mail.outbox[before:]  # type: ignore[return-value]


def goes(user: User, last_day: date) -> None:
    Assignment.objects.filter(user=user).update(to_date=last_day)


def taken(at: Unit, day: date = TAKEN, office: Office = SECRETARY, **fields: Any) -> User:
    return person(office, at, language="en", from_date=day, **fields)


def outcomes() -> Counter[tuple[Any, ...]]:
    names = ("deadline_id", "rung", "office", "unit_id", "channel", "outcome", "reason")
    return Counter(Notice.objects.values_list(*names))


def mailed(one: Deadline) -> list[Told]:
    return [told for line in story(one).rungs for told in line.told if told.channel == "mail" and told.user_id]


class Seat:
    """A cell whose secretary was told of one deadline that is overdue and of one that is due in days."""

    def __init__(self) -> None:
        _province, self.commune, self.cell = chain()
        self.before = person(SECRETARY, self.cell, language="en")
        self.late = deadline(self.cell, reference="CN-1")
        self.soon = deadline(self.cell, reference="CN-2", due=CALENDAR.add_working_days(TAKEN, 5))
        self.met = deadline(self.cell, reference="CN-3")
        for day in (FIRST, LATE):
            night(day)
        Deadline.objects.filter(pk=self.met.pk).update(status="met", next_rung_on=None)
        goes(self.before, TAKEN - timedelta(days=1))


@pytest.fixture
def seat() -> Seat:
    return Seat()


def test_the_first_letter_of_a_successor_tells_what_stands_overdue_first(seat: Seat) -> None:
    after = taken(seat.cell)
    before = outcomes()
    (letter,) = night(TAKEN)
    assert letter.to == [after.email]
    assert letter.subject == f"2 deadlines (1 overdue), {TAKEN:%d/%m/%Y}"
    body = str(letter.body)
    assert body.index("Overdue") < body.index("CN-1") < body.index("CN-2")
    assert "CN-3" not in body
    assert outcomes() == before, "nothing is said anew, and each rung keeps its outcome"
    assert [(one.user_id, one.outcome) for one in mailed(seat.late)][-2:] == [
        (seat.before.pk, "sent"), (after.pk, "sent"),
    ]  # fmt: skip


def test_it_is_told_once(seat: Seat) -> None:
    taken(seat.cell)
    assert len(night(TAKEN)) == 1
    assert night(TAKEN) == []
    assert night(CALENDAR.add_working_days(TAKEN, 1)) == []
    assert [line.message_id for line in mailed(seat.late)][-1] != ""


def test_a_deadline_of_which_a_rung_falls_on_the_day_is_told_of_once(seat: Seat) -> None:
    day = CALENDAR.add_working_days(seat.soon.due_on, -3)
    assert day in seat.soon.rung_days
    Assignment.objects.filter(user=seat.before).update(to_date=day - timedelta(days=1))
    after = taken(seat.cell, day)
    (letter,) = night(day)
    assert str(letter.body).count("· Consider the recognition in the cell") == 2
    notices = Enclosure.objects.filter(letter__user=after).values_list("notice_id", flat=True)
    told = Notice.objects.filter(id__in=notices).values_list("deadline_id", flat=True)
    assert sorted(told) == sorted([seat.late.pk, seat.soon.pk])


def test_whoever_stayed_is_told_nothing_again(seat: Seat) -> None:
    stays = person(Office.CELL_DEPUTY, seat.cell)
    goes(stays, TAKEN - timedelta(days=9))
    goes(seat.before, TAKEN)
    assert night(TAKEN) == []
    other = taken(seat.cell)
    assert [letter.to for letter in night(CALENDAR.add_working_days(TAKEN, 1))] == [[other.email]]


def test_a_term_that_is_given_anew_to_the_same_person_tells_nothing_again(seat: Seat) -> None:
    Assignment.objects.create(
        user=seat.before, office=SECRETARY, unit=seat.cell, unit_path=seat.cell.path, from_date=TAKEN
    )
    assert night(TAKEN) == []


def test_a_seat_that_was_entered_later_than_it_began_is_told_on_the_next_morning(seat: Seat) -> None:
    goes(seat.before, LATE)
    last = Letter.objects.latest("pk").created_at
    after = taken(seat.cell, LATE, entered_at=last + timedelta(minutes=1))
    assert [letter.to for letter in night(TAKEN)] == [[after.email]]


def test_a_seat_that_began_and_was_entered_before_the_last_letters_is_not_told_again(seat: Seat) -> None:
    long_before: datetime = Letter.objects.latest("pk").created_at - timedelta(hours=2)
    goes(seat.before, LATE - timedelta(days=1))
    taken(seat.cell, LATE, entered_at=long_before)
    assert night(TAKEN) == []


def test_a_seat_that_was_empty_and_is_filled_is_told_what_went_to_the_level_above() -> None:
    _province, commune, cell = chain()
    person(Office.ORGANISATION_OFFICER, commune)
    one = deadline(cell, reference="CN-1")
    night(FIRST)
    after = taken(cell, SECOND + timedelta(days=1))
    (letter,) = [sent for sent in night(SECOND + timedelta(days=1)) if sent.to == [after.email]]
    assert "CN-1" in str(letter.body)
    assert {told.outcome for told in mailed(one)} == {"sent"}


def test_what_nobody_heard_because_all_seats_were_empty_is_said_with_the_first_holders_letter() -> None:
    cell = chain()[2]
    one = deadline(cell)
    person(SECRETARY, chain()[2])  # somebody elsewhere has letters
    deadline(Unit.objects.exclude(pk=cell.pk).filter(level=Level.CELL).get())
    night(FIRST)
    assert Notice.objects.get(deadline_id=one.pk, channel="mail").reason == "vacant_office"
    after = taken(cell, FIRST + timedelta(days=1))
    assert [letter.to for letter in night(FIRST + timedelta(days=1))] == [[after.email]]
    said = Notice.objects.get(deadline_id=one.pk, channel="mail")
    assert (said.outcome, said.reason) == ("sent", "")
    assert Notice.objects.get(deadline_id=one.pk, channel="inbox").outcome == "skipped"


def test_an_officer_above_is_told_what_climbed_to_the_seat_and_what_came_of_empty_seats_below() -> None:
    _province, commune, cell = chain()
    went = person(Office.COMMITTEE_SECRETARY, commune)
    person(SECRETARY, cell)
    climbed = deadline(cell, reference="CN-1")
    below = unit(Level.CELL, commune)
    deadline(below, reference="CN-2")
    elsewhere = chain()[2]
    person(SECRETARY, elsewhere)
    deadline(elsewhere, reference="CN-3")
    night(LATE)
    goes(went, TAKEN - timedelta(days=1))
    after = taken(commune, office=Office.COMMITTEE_SECRETARY)
    (letter,) = night(TAKEN)
    assert letter.to == [after.email]
    assert [name in str(letter.body) for name in ("CN-1", "CN-2", "CN-3")] == [True, True, False]
    assert {told.seat for told in mailed(climbed) if told.user_id == after.pk} == {"committee_secretary"}


def test_the_rehearsal_knows_it(seat: Seat) -> None:
    taken(seat.cell)
    clock.move_to(TAKEN)
    with as_role("chibo_jobs"):
        found = rehearse(TAKEN).letters
        sweep()
        made = make_letters(TAKEN, force_morning=True)
    assert (found, made) == (Counter({"letters": 1, "enclosed": 2}), Counter({"letters": 1, "enclosed": 2}))


def test_where_the_successor_is_not_reached_the_ledger_says_so_and_the_rung_stays_as_it_was(seat: Seat) -> None:
    after = taken(seat.cell, email="")
    before = outcomes()
    assert night(TAKEN) == []
    assert outcomes() == before
    assert set(Unheard.objects.filter(user_id=after.pk).values_list("reason", flat=True)) == {"no_address"}
    last = mailed(seat.late)[-1]
    assert (last.user_id, last.outcome, last.reason) == (after.pk, "skipped", "no_address")


def test_a_letter_of_the_successor_that_is_refused_has_its_own_line(
    seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    after = taken(seat.cell)
    monkeypatch.setattr(delivery, "send", lambda *_: Reply("refused", "550 no such user"))
    before = outcomes()
    night(TAKEN)
    assert Letter.objects.get(user=after).outcome == "failed"
    assert outcomes() == before, "it was told to the predecessor"
    lines = {told.user_id: (told.outcome, told.reason) for told in mailed(seat.late)}
    assert (lines[seat.before.pk], lines[after.pk]) == (("sent", ""), ("failed", "not_taken"))


def test_a_successor_mutes_reminders_before_the_day_only(seat: Seat) -> None:
    after = taken(seat.cell)
    choose(after, Preferences(muted=("mail",)))
    (letter,) = night(TAKEN)
    assert ("CN-1" in str(letter.body), "CN-2" in str(letter.body)) == (True, False)


def test_what_was_said_at_once_as_critical_stands_in_the_ordinary_letter(seat: Seat) -> None:
    Notice.objects.filter(deadline_id=seat.late.pk).update(critical=True)
    after = taken(seat.cell)
    (letter,) = night(TAKEN)
    assert not letter.subject.startswith("URGENT")
    assert Letter.objects.get(user=after).urgent_notice_id is None
