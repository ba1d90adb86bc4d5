"""Who gets which letter, on which day, and what is said where nobody can read it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail

from backend.accounts.models import Assignment
from backend.alerts.delivery import deliver
from backend.alerts.letters import make_letters
from backend.alerts.models import Attempt, Letter, Notice
from backend.alerts.quiet import may_disturb, morning_is_due
from backend.alerts.sweep import sweep
from backend.core import clock
from backend.deadlines.models import Deadline
from tests.backend.alerts.rows import CALENDAR, DUE, LONG_AGO, chain, deadline, person
from tests.roles import as_role
from workflows.offices import Office

pytestmark = pytest.mark.django_db
FIRST = CALENDAR.add_working_days(DUE, -15)


def outcomes(**only: Any) -> set[tuple[str, str]]:
    return set(Notice.objects.filter(channel="mail", **only).values_list("outcome", "reason"))


def deliver_on(day: date) -> dict[str, int]:
    clock.move_to(day)
    sweep()
    return dict(deliver())


def test_one_letter_bundles_a_persons_day_and_settles_its_notices() -> None:
    cell = chain()[2]
    secretary = person(Office.CELL_SECRETARY, cell)
    deadline(cell, reference="CN-7")
    deadline(cell, reference="CN-8")
    assert deliver_on(FIRST) == {"letters": 1, "enclosed": 2, "sent": 1}
    letter = Letter.objects.get()
    assert (letter.user, letter.day, letter.outcome, letter.attempts) == (secretary, FIRST, "sent", 1)
    assert outcomes() == {("sent", "")}
    assert [sent.to for sent in mail.outbox] == [[secretary.email]]
    assert Attempt.objects.get().accepted is True
    assert deliver_on(FIRST) == {"letters": 0, "enclosed": 0}
    assert len(mail.outbox) == 1


def test_a_letter_is_vietnamese_from_its_subject_on_for_whoever_reads_vietnamese() -> None:
    cell = chain()[2]
    person(Office.CELL_SECRETARY, cell)
    deadline(cell, reference="CN-7")
    deliver_on(FIRST)
    deadline(cell, reference="CN-8")
    deadline(cell, reference="CN-9")
    deliver_on(CALENDAR.add_working_days(FIRST, 1))
    first, second = mail.outbox
    assert first.subject == f"1 thời hạn, {FIRST:%d/%m/%Y}"
    assert second.subject == f"2 thời hạn, {CALENDAR.add_working_days(FIRST, 1):%d/%m/%Y}"
    for word in ("deadline", "due", "reminder", "letter"):
        assert word not in f"{first.subject} {first.body}".replace("/deadlines/", ""), word


def test_a_letter_says_numbers_days_and_links_in_the_readers_language() -> None:
    cell = chain()[2]
    person(Office.CELL_SECRETARY, cell, language="en")
    one = deadline(cell, reference="CN-7")
    late = deadline(cell, reference="CN-9", due=CALENDAR.add_working_days(FIRST, -1))
    deliver_on(FIRST)
    sent = mail.outbox[0]
    assert sent.subject == f"2 deadlines (1 overdue), {FIRST:%d/%m/%Y}"
    words = [line for line in str(sent.body).splitlines() if line.strip()]
    assert words == [
        f"Deadlines on {FIRST:%d/%m/%Y}",
        f"Secretary of the cell, {cell.name}",
        "== Overdue (1)",
        f"- CN-9 · Consider the recognition in the cell · due {late.due_on:%d/%m/%Y}",
        f"  http://localhost:8000/deadlines/{late.pk}/",
        "== Later (1)",
        "- CN-7 · Consider the recognition in the cell · due 10/03/2027",
        f"  http://localhost:8000/deadlines/{one.pk}/",
        "All open deadlines: http://localhost:8000/deadlines/",
        "-- ",
        "This letter names no one and gives no reasons; what it is about is shown after signing in.",
        "How you are told can be chosen: http://localhost:8000/preferences/",
    ]
    parsed = sent.message()
    assert parsed["Message-ID"] == Letter.objects.get().message_id
    assert parsed["Auto-Submitted"] == "auto-generated"
    assert parsed.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in parsed.get_payload()] == ["text/plain", "text/html"]
    assert f'<a href="http://localhost:8000/deadlines/{one.pk}/"' in str(sent.alternatives[0][0])


def test_a_reader_above_sees_the_cells_with_their_counts() -> None:
    _, commune, cell = chain()
    person(Office.COMMITTEE_SECRETARY, commune, language="en")
    deadline(cell, reference="CN-7")
    deadline(cell, reference="CN-8")
    deliver_on(CALENDAR.add_working_days(DUE, 1))
    assert f"{cell.name} ({cell.code}): 2" in str(mail.outbox[0].body)


def test_two_holders_of_an_office_both_get_the_notice() -> None:
    cell = chain()[2]
    people = {person(Office.CELL_SECRETARY, cell).email for _ in range(2)}
    deadline(cell)
    assert deliver_on(FIRST) == {"letters": 2, "enclosed": 2, "sent": 2}
    assert {sent.to[0] for sent in mail.outbox} == people
    assert outcomes() == {("sent", "")}


def test_the_deputy_reads_while_the_seat_is_empty_and_only_then() -> None:
    cell = chain()[2]
    deputy = person(Office.CELL_DEPUTY, cell)
    deadline(cell)
    deliver_on(FIRST)
    assert [sent.to for sent in mail.outbox] == [[deputy.email]]
    secretary = person(Office.CELL_SECRETARY, cell)
    deadline(cell, due=DUE + timedelta(days=1))
    deliver_on(CALENDAR.add_working_days(DUE, -14))
    assert [sent.to for sent in mail.outbox[1:]] == [[secretary.email]]


def test_a_hand_over_moves_the_letter_to_the_new_secretary() -> None:
    cell = chain()[2]
    old = person(Office.CELL_SECRETARY, cell)
    deadline(cell)
    sweep(FIRST)
    Assignment.objects.filter(user=old).update(to_date=FIRST - timedelta(days=1))
    new = person(Office.CELL_SECRETARY, cell, from_date=FIRST)
    deliver_on(FIRST)
    assert [sent.to for sent in mail.outbox] == [[new.email]]


@pytest.mark.parametrize(
    ("holder", "reason"),
    [
        (None, "vacant_office"),
        ({"email": ""}, "no_address"),
        ({"is_active": False}, "vacant_office"),
        ({"to_date": LONG_AGO}, "vacant_office"),
        ({"from_date": FIRST + timedelta(days=1)}, "vacant_office"),
        ({"member_id": 1}, "vacant_office"),
    ],
)
def test_a_notice_nobody_can_read_is_skipped_with_its_reason(holder: dict[str, Any] | None, reason: str) -> None:
    cell = chain()[2]
    if holder is not None:
        person(Office.CELL_SECRETARY, cell, **holder)
    deadline(cell)
    assert deliver_on(FIRST) == {"letters": 0, "enclosed": 0, reason: 1}
    assert (outcomes(), mail.outbox) == ({("skipped", reason)}, [])


def test_a_deadline_met_before_the_morning_is_no_longer_mentioned() -> None:
    cell = chain()[2]
    person(Office.CELL_SECRETARY, cell)
    one = deadline(cell)
    sweep(FIRST)
    Deadline.objects.filter(pk=one.pk).update(status="met")
    assert deliver_on(FIRST) == {"letters": 0, "enclosed": 0, "deadline_closed": 1}
    assert (outcomes(), mail.outbox) == ({("skipped", "deadline_closed")}, [])


def test_days_off_wait_for_the_next_working_days_letter() -> None:
    cell = chain()[2]
    person(Office.CELL_SECRETARY, cell)
    saturday = date(2027, 3, 6)
    deadline(cell, rule_id="ADM.CERT_VALID", due=saturday)
    assert deliver_on(saturday) == {"letters": 0, "enclosed": 0}
    assert outcomes(rung=4) == {("held", "")}
    assert deliver_on(date(2027, 3, 8))["sent"] == 1
    assert outcomes(rung=4) == {("sent", "")}


def test_tet_is_waited_out_and_what_fell_into_it_comes_in_one_letter_after_it() -> None:
    cell = chain()[2]
    person(Office.CELL_SECRETARY, cell)
    eve, after = date(2027, 2, 3), date(2027, 2, 11)
    for day in (date(2027, 2, 8), date(2027, 2, 9)):
        deadline(cell, rule_id="ADM.CERT_VALID", due=day, reference=f"CN-{day:%d}")
    clock.move_to(eve)
    sweep()
    deliver()
    mail.outbox.clear()
    for day in (date(2027, 2, number) for number in (4, 8, 9, 10)):
        assert deliver_on(day) == {"letters": 0, "enclosed": 0}
    assert deliver_on(after)["letters"] == 1
    assert ("CN-08" in str(mail.outbox[0].body), "CN-09" in str(mail.outbox[0].body)) == (True, True)


def test_critical_notices_go_by_themselves_also_on_days_off() -> None:
    cell = chain()[2]
    person(Office.CELL_SECRETARY, cell)
    saturday = date(2027, 3, 6)
    deadline(cell, rule_id="ADM.CERT_VALID", due=saturday)
    sweep(saturday)
    Notice.objects.filter(rung=4).update(critical=True)
    assert deliver_on(saturday) == {"letters": 1, "enclosed": 1, "sent": 1}
    assert Letter.objects.get().urgent_notice_id == Notice.objects.get(rung=4, channel="mail").id


def test_letters_wait_for_the_days_sweep() -> None:
    clock.move_to(FIRST)
    assert not morning_is_due(FIRST)
    sweep()
    assert morning_is_due(FIRST)
    make_letters()
    assert not morning_is_due(FIRST)


@pytest.mark.parametrize(
    ("hour", "day", "loud"), [(6, 10, False), (7, 10, True), (19, 10, True), (20, 10, False), (12, 13, False)]
)
def test_quiet_hours_follow_local_time(settings: Any, hour: int, day: int, *, loud: bool) -> None:
    settings.CHIBO_MOVABLE_DATE = False
    with time_machine.travel(datetime(2027, 3, day, hour, tzinfo=UTC) - timedelta(hours=7), tick=False):
        assert may_disturb() is loud


def test_the_worker_makes_letters_under_its_own_role() -> None:
    cell = chain()[2]
    person(Office.CELL_SECRETARY, cell)
    deadline(cell)
    clock.move_to(FIRST)
    with as_role("chibo_jobs"):
        sweep()
        assert dict(deliver()) == {"letters": 1, "enclosed": 1, "sent": 1}
