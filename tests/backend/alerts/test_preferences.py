"""What people choose about letters: spared are reminders before the day, at their hours, and nothing below the floor."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from backend.accounts.models import User
from backend.alerts.delivery import deliver, postpone
from backend.alerts.health import look
from backend.alerts.ledger import story
from backend.alerts.letters import make_letters
from backend.alerts.models import Letter, Notice, Preference, Unheard
from backend.alerts.preferences import QUIET, Preferences, choose, faults, preferences_of
from backend.alerts.sweep import sweep
from backend.audit.models import Event
from backend.core import clock
from backend.core.errors import Refused
from backend.deadlines.models import Deadline
from tests.backend.alerts.rows import CALENDAR, DUE, chain, deadline, person
from tests.roles import as_role
from workflows.offices import Office

pytestmark = pytest.mark.django_db
FIRST = CALENDAR.add_working_days(DUE, -15)
MUTED = Preferences(muted=("mail",))
hours = st.none() | st.integers(0, 23)


def told(one: Deadline, rung: int) -> tuple[str, str]:
    return Notice.objects.values_list("outcome", "reason").get(deadline_id=one.pk, rung=rung, channel="mail")


def night(day: date) -> None:
    clock.move_to(day)
    with as_role("chibo_jobs"):
        sweep()
        deliver()


def test_whoever_mutes_reminders_gets_none_before_the_day_and_the_ledger_says_why() -> None:
    cell = chain()[2]
    secretary = person(Office.CELL_SECRETARY, cell)
    one = deadline(cell)
    choose(secretary, MUTED)
    night(FIRST)
    assert (told(one, 0), mail.outbox, Letter.objects.count()) == (("skipped", "muted_by_person"), [], 0)
    assert Notice.objects.get(deadline_id=one.pk, rung=0, channel="inbox").outcome == "sent", "the list is a list"
    (said,) = [line for line in story(one).rungs[0].told if line.channel == "mail"]
    assert (said.user_id, said.outcome, said.reason) == (secretary.pk, "skipped", "muted_by_person")
    out = StringIO()
    with override("en"):
        call_command("explain", str(one.pk), stdout=out)
    assert "The person wants no reminders by this channel before the day" in out.getvalue()


@pytest.mark.parametrize(
    ("day", "critical", "rung"),
    [
        (DUE, False, 4),  # on the day
        (CALENDAR.add_working_days(DUE, 1), False, 5),  # overdue
        (FIRST, True, 0),  # critical
    ],
)
def test_the_floor_comes_whatever_was_chosen(day: date, critical: bool, rung: int) -> None:
    cell = chain()[2]
    secretary = person(Office.CELL_SECRETARY, cell)
    one = deadline(cell)
    choose(secretary, MUTED)
    clock.move_to(day)
    sweep()
    Notice.objects.update(critical=critical)
    assert deliver()["sent"] == 1
    assert told(one, rung) == ("sent", "")
    assert [letter.to for letter in mail.outbox] == [[secretary.email]]


def test_an_escalation_comes_whatever_was_chosen() -> None:
    _, commune, cell = chain()
    officer = person(Office.COMMITTEE_SECRETARY, commune)
    one = deadline(cell)
    choose(officer, MUTED)
    night(CALENDAR.add_working_days(DUE, 1))
    assert (
        Notice.objects.get(deadline_id=one.pk, kind="escalate", office="committee_secretary", channel="mail").outcome
        == "sent"
    )
    assert [letter.to for letter in mail.outbox] == [[officer.email]]


def test_of_two_holders_each_is_told_of_for_himself() -> None:
    cell = chain()[2]
    loud, silent, nowhere = (person(Office.CELL_SECRETARY, cell, **extra) for extra in ({}, {}, {"email": ""}))
    one = deadline(cell)
    choose(silent, MUTED)
    night(FIRST)
    assert (told(one, 0), [letter.to for letter in mail.outbox]) == (("sent", ""), [[loud.email]])
    lines = [line for line in story(one).rungs[0].told if line.channel == "mail"]
    assert {line.user_id: (line.outcome, line.reason) for line in lines} == {
        loud.pk: ("sent", ""), silent.pk: ("skipped", "muted_by_person"), nowhere.pk: ("skipped", "no_address"),
    }  # fmt: skip
    night(FIRST)
    assert Unheard.objects.count() == 2, "said once"


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [({}, {"email": ""}, "no_address"), ({}, {}, "muted_by_person")],
)
def test_where_nobody_hears_the_graver_reason_is_the_notices(first: Any, second: Any, reason: str) -> None:
    cell = chain()[2]
    one = deadline(cell)
    for extra in (first, second):
        reader = person(Office.CELL_SECRETARY, cell, **extra)
        if reader.email:
            choose(reader, MUTED)
    night(FIRST)
    assert told(one, 0) == ("skipped", reason)


def at(hour: int, day: date = FIRST) -> Any:
    """An hour of local time on a day."""
    return time_machine.travel(
        datetime(day.year, day.month, day.day, hour, tzinfo=UTC) - timedelta(hours=7), tick=False
    )


@pytest.fixture
def waiting(settings: Any) -> User:
    """A secretary whose letter of FIRST is made at seven, real hours counting."""
    cell = chain()[2]
    secretary = person(Office.CELL_SECRETARY, cell)
    deadline(cell)
    settings.CHIBO_MOVABLE_DATE = False
    with at(7):
        sweep(FIRST)
    return secretary


@pytest.mark.parametrize(
    ("chosen", "asked_at", "leaves_at"),
    [
        ({}, 7, 7),
        ({"letter_hour": 9}, 7, 9),
        ({"letter_hour": 9}, 10, 10),
        ({"quiet_from": 18, "quiet_until": 8}, 7, 8),
        ({"quiet_from": 7, "quiet_until": 13}, 7, 13),
        ({"quiet_from": 12, "quiet_until": 14}, 7, 7),
        ({"quiet_from": 12, "quiet_until": 14}, 13, 14),
        ({"quiet_from": 7, "quiet_until": 10, "letter_hour": 11}, 8, 11),
        ({"quiet_from": 16, "quiet_until": 8}, 17, 32),  # tomorrow
    ],
)
def test_ordinary_letters_leave_in_open_hours(
    waiting: User, chosen: dict[str, int], asked_at: int, leaves_at: int
) -> None:
    choose(waiting, Preferences(**chosen))
    with at(asked_at):
        counts = deliver(FIRST)
        letter = Letter.objects.get()
        (line,) = [one for one in story(Deadline.objects.get()).rungs[0].told if one.channel == "mail"]
        assert "letters" not in {part.key for part in look().stuck}
    if asked_at == leaves_at:
        assert (counts["sent"], letter.outcome, line.outcome) == (1, "sent", "sent")
        return
    opens = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC) + timedelta(hours=leaves_at - 7)
    assert (counts["sent"], mail.outbox, letter.next_attempt_at, letter.attempts) == (0, [], opens, 0)
    assert (line.outcome, line.reason, line.next_attempt_at) == ("held", "quiet_until", opens)
    if leaves_at < 24:
        with at(leaves_at - 1):
            assert deliver(FIRST)["sent"] == 0
        with at(leaves_at):
            assert deliver(FIRST)["sent"] == 1


def test_what_was_chosen_after_the_letter_was_made_holds_for_it_too(waiting: User) -> None:
    with at(7):
        make_letters(FIRST)
        choose(waiting, Preferences(letter_hour=10))
        assert deliver(FIRST)["sent"] == 0
    with at(10):
        assert deliver(FIRST)["sent"] == 1


def test_what_is_critical_asks_for_no_hour(waiting: User) -> None:
    choose(waiting, Preferences(quiet_from=7, quiet_until=15))
    Notice.objects.update(critical=True)
    with at(8):
        assert deliver(FIRST)["sent"] == 1


def test_the_hours_of_explain_are_shown(waiting: User) -> None:
    choose(waiting, Preferences(letter_hour=9))
    out = StringIO()
    with at(7):
        deliver(FIRST)
        with override("en"):
            call_command("explain", str(Deadline.objects.get().pk), stdout=out)
    assert f"Waits for the end of its reader's quiet hours · {FIRST:%d/%m/%Y} 09:00:00" in out.getvalue()


def test_a_moved_business_date_has_no_hours() -> None:
    secretary = person(Office.CELL_SECRETARY, chain()[2])
    choose(secretary, Preferences(letter_hour=16))
    letter = Letter.objects.create(
        user=secretary, day=FIRST, unit_path="/1/", address="a@example.org", message_id="<1>", created_at=clock.now(),
        next_attempt_at=clock.now(),
    )  # fmt: skip
    postpone(FIRST)
    assert Letter.objects.get().next_attempt_at == letter.next_attempt_at


@given(st.builds(Preferences, st.just(()), hours, hours, hours), st.integers(0, 23))
def test_the_database_and_python_agree_on_quiet_hours(wanted: Preferences, hour: int) -> None:
    row = "SELECT " + QUIET.format(hour="%(hour)s::int", p="p")
    values = {**asdict(wanted), "hour": hour}
    if (wanted.quiet_from is None) != (wanted.quiet_until is None):
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"{row} FROM (SELECT %(quiet_from)s::int AS quiet_from, %(quiet_until)s::int AS quiet_until,"
            " %(letter_hour)s::int AS letter_hour) p",
            values,
        )
        assert cursor.fetchone() == (wanted.is_quiet(hour),)


@given(
    st.builds(
        Preferences, st.lists(st.sampled_from(["mail", "inbox", "dove"]), unique=True).map(tuple), hours, hours, hours
    )
)
def test_whatever_may_be_chosen_leaves_the_floor(wanted: Preferences) -> None:
    """The floor, as a property: four hours of the day (7 to 20) stay open, the inbox stays, quiet hours are whole."""
    codes = {one.code for one in faults(wanted)}
    if not codes:
        assert set(wanted.muted) <= {"mail"}
        assert sum(not wanted.is_quiet(hour) for hour in range(7, 20)) >= 4
    assert ("preferences.not_muted" in codes) == bool(set(wanted.muted) - {"mail"})


@pytest.mark.parametrize(
    ("wanted", "codes"),
    [
        ({"muted": ("inbox",)}, ["preferences.not_muted"]),
        ({"muted": ("mail", "dove")}, ["preferences.not_muted"]),
        ({"quiet_from": 9}, ["preferences.half_quiet"]),
        ({"quiet_from": 9, "quiet_until": 9}, ["preferences.half_quiet"]),
        ({"quiet_from": 10, "quiet_until": 8}, ["preferences.too_quiet"]),
        ({"letter_hour": 17}, ["preferences.too_quiet"]),
        ({"muted": ("x",), "letter_hour": 23}, ["preferences.not_muted", "preferences.too_quiet"]),
    ],
)
def test_what_cannot_be_chosen_is_refused_at_once_and_nothing_is_written(
    wanted: dict[str, Any], codes: list[str]
) -> None:
    secretary = person(Office.CELL_SECRETARY, chain()[2])
    events = Event.objects.count()
    with pytest.raises(Refused) as refused:
        choose(secretary, Preferences(**wanted))
    assert [one.code for one in refused.value.answers] == codes
    assert (Preference.objects.count(), Event.objects.count(), User.objects.get(pk=secretary.pk).version) == (
        0,
        events,
        1,
    )


def test_a_choice_is_an_event_once_and_the_person_finds_it_again() -> None:
    secretary = person(Office.CELL_SECRETARY, chain()[2])
    wanted = Preferences(muted=("mail",), quiet_from=18, quiet_until=7, letter_hour=8)
    with transaction.atomic():
        assert preferences_of(secretary.pk) == Preferences()
    for _ in range(2):
        with as_role("chibo_app"):
            assert choose(secretary, wanted) == wanted
    with transaction.atomic():
        assert preferences_of(secretary.pk) == wanted
    event = Event.objects.get(code="user.preferences_chosen")
    assert (event.subject_kind, event.subject_id, event.version, event.user_id, event.office) == (
        "user", secretary.pk, 2, secretary.pk, "",
    )  # fmt: skip
    assert event.facts == {"muted": ["mail"], "quiet_from": 18, "quiet_until": 7, "letter_hour": 8}
    assert set(event.facts) == {one.name for one in fields(Preferences)}
    choose(secretary, Preferences())
    assert Event.objects.filter(code="user.preferences_chosen").count() == 2


@pytest.mark.parametrize("bad", [{"quiet_from": 3}, {"quiet_from": 3, "quiet_until": 3}, {"letter_hour": 24}])
def test_the_database_refuses_hours_that_are_none(bad: dict[str, int]) -> None:
    user = person(Office.CELL_SECRETARY, chain()[2])
    with pytest.raises(IntegrityError), transaction.atomic():
        Preference.objects.create(user=user, **bad)
