"""The last backup: noted by whoever makes it, warned of when it is old or when none is known, and never made up."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from django.utils.translation import override

from backend.alerts.backups import BACKUP, NotYetMade, known, made
from backend.alerts.health import look
from backend.alerts.models import Pulse
from backend.audit.codes import EventCode
from backend.audit.record import Entry, Who, record
from backend.core import clock
from backend.core.errors import Unchanged
from tests.roles import as_role

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=timezone.get_default_timezone())


@pytest.fixture(autouse=True)
def _nine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def test_none_is_known_until_somebody_says_so() -> None:
    assert (known().made_at, known().is_late, known().epoch) == (None, True, None)


@pytest.mark.parametrize("role", ["chibo_app", "chibo_jobs"])
def test_it_is_noted_and_warned_of_once_it_is_older_than_the_setting(settings: Any, role: str) -> None:
    settings.CHIBO_BACKUP_HOURS = 26
    with as_role(role):
        made(NOW - timedelta(hours=26))
        assert (known().made_at, known().is_late, known().hours) == (NOW - timedelta(hours=26), False, 26)
    settings.CHIBO_BACKUP_HOURS = 25
    assert known().is_late


def test_the_newest_counts_and_nothing_ahead_is_noted() -> None:
    made()
    assert known().made_at == NOW
    with pytest.raises(Unchanged):
        made(NOW - timedelta(hours=1))
    with pytest.raises(NotYetMade):
        made(NOW + timedelta(minutes=6))
    assert list(Pulse.objects.filter(job=BACKUP).values_list("ended_at", flat=True)) == [NOW]


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        (timedelta(minutes=59), "less than an hour"), (timedelta(hours=1), "1 hours"),
        (timedelta(hours=47, minutes=59), "47 hours"), (timedelta(hours=48), "2 days"), (timedelta(days=40), "40 days"),
    ],
)  # fmt: skip
def test_its_age_is_told_in_words(passed: timedelta, said: str) -> None:
    made(NOW - passed)
    with override("en"):
        assert known().age == said


def test_it_is_no_part_that_could_be_stuck() -> None:
    before = [(one.key, one.stuck) for one in look().parts]
    made(NOW - timedelta(days=400))
    assert [(one.key, one.stuck) for one in look().parts] == before


def test_the_command_notes_a_local_moment() -> None:
    out = StringIO()
    call_command("backup_made", "--at", "2026-11-02T02:00", stdout=out)
    assert known().made_at == NOW.replace(hour=2)
    assert "02/11/2026 02:00" in out.getvalue()
    with pytest.raises(CommandError):
        call_command("backup_made", "--at", "2026-11-03T02:00", stdout=out)
    assert known().made_at == NOW.replace(hour=2)


def test_a_restore_is_told_by_the_logs_epoch() -> None:
    record([Entry(
        code=EventCode.EPOCH_STARTED, subject_kind="log", subject_id=1, version=2, who=Who(office="operator"),
        on=date(2026, 10, 30), unit_id=0, unit_path="/",
    )])  # fmt: skip
    assert (known().epoch, known().restored_on) == (2, date(2026, 10, 30))
