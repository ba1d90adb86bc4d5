"""What stands still is seen, told of once, and told of over a mail connection of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.db import Error
from django.test import Client
from django.utils import translation

from backend.alerts import pulse as pulsing
from backend.alerts.figures import exposition
from backend.alerts.health import look
from backend.alerts.models import Incident, Pulse
from backend.alerts.pulse import BEAT, EVERY, FIRST_BEAT, pulse
from backend.core import clock
from backend.core.db import execute
from backend.deadlines.models import Deadline
from tests.backend.alerts.looking import looks
from tests.backend.alerts.rows import DUE, chain, deadline, person
from tests.roles import as_role
from workflows.offices import Office

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=clock.now().tzinfo)


@pytest.fixture(autouse=True)
def all_well() -> Iterator[None]:
    """Every job ran a minute ago, and the texts are English."""
    for job in (BEAT, *EVERY):
        Pulse.objects.create(job=job, started_at=clock.now(), ended_at=clock.now() - timedelta(seconds=61))
    with translation.override("en"):
        yield


def silent(job: str, **since: float) -> None:
    Pulse.objects.filter(job=job).update(ended_at=clock.now() - timedelta(**since))


def stuck() -> list[str]:
    with as_role("chibo_app"):
        return [part.key for part in look().stuck]


def test_all_is_well() -> None:
    with as_role("chibo_app"):
        health = look()
    assert (health.stuck, health.line()) == ((), "Last check of the deadlines 1 min ago. Nothing is stuck.")
    with translation.override("vi"):
        assert health.line() == "Lần kiểm tra thời hạn gần nhất cách đây 1 phút. Không có gì bị kẹt."


def test_a_job_is_stuck_after_two_intervals_and_no_sooner(settings: LazySettings) -> None:
    settings.CHIBO_STUCK_SECONDS = 0
    assert EVERY["sweep"] == 60
    for job in (BEAT, *EVERY):
        silent(job, seconds=0)
    silent("sweep", seconds=115)
    assert stuck() == []
    silent("sweep", seconds=125)
    assert stuck() == ["sweep"]


def ready(**since: float) -> None:
    """The tables were brought up to date so long ago."""
    execute("UPDATE django_migrations SET applied = %s", [clock.now() - timedelta(**since)])


def test_a_job_that_never_ran_is_stuck() -> None:
    Pulse.objects.all().delete()
    ready(seconds=601)
    assert stuck() == [BEAT, *EVERY]
    assert (
        look()
        .line()
        .startswith("The deadlines were never checked. Stuck: the clock that starts the jobs (beat). Because of beat")
    )


def test_a_first_start_is_not_stuck(mailoutbox: list[object]) -> None:
    """Each job gets its two intervals from the first beat; where there is none, from the day the tables were made."""
    person(Office.ADMINISTRATOR, chain()[0])
    Pulse.objects.all().delete()
    ready(seconds=170)
    with as_role("chibo_app"):
        assert (stuck(), looks()) == ([], [[], [], []])
    assert (mailoutbox, Incident.objects.count()) == ([], 0)
    ready(seconds=190)
    assert stuck() == [BEAT, *(job for job, seconds in EVERY.items() if seconds < 300)]
    with as_role("chibo_jobs"):
        pulsing.beat_told()
        pulsing.beat_told()
    assert stuck() == [], "beat lives: it has yet to come round to the jobs"
    Pulse.objects.filter(job=FIRST_BEAT).update(started_at=clock.now() - timedelta(seconds=190))
    assert stuck() == [job for job, seconds in EVERY.items() if seconds < 300], "beat lives, but no worker"
    Pulse.objects.filter(job=FIRST_BEAT).update(started_at=clock.now() - timedelta(seconds=601))
    assert stuck() == [job for job, seconds in EVERY.items() if seconds < 300], (
        "the tables are younger: a newer version"
    )
    ready(seconds=601)
    assert stuck() == list(EVERY)


def test_a_run_that_fails_is_named_and_is_no_sign_of_life() -> None:
    before = Pulse.objects.get(job="seal").ended_at
    with pytest.raises(RuntimeError), pulse("seal"):
        raise RuntimeError
    one = Pulse.objects.get(job="seal")
    assert (one.ended_at, one.error) == (before, "RuntimeError")
    with pulse("seal"):
        pass
    one.refresh_from_db()
    assert (one.error, one.ended_at is not None and before is not None and one.ended_at > before) == ("", True)


def test_reminders_left_from_an_earlier_day_are_stuck() -> None:
    cell = chain()[2]
    due = deadline(cell)
    assert due.next_rung_on is not None
    silent(BEAT, seconds=0)
    clock.move_to(due.next_rung_on)
    assert stuck() == []
    clock.move_to(due.next_rung_on + timedelta(days=1))
    assert stuck() == [], "an import has just opened it: the next run has it in hand"
    Deadline.objects.update(opened_at=clock.now() - timedelta(minutes=4))
    assert stuck() == ["rungs"]
    silent(BEAT, seconds=61)
    assert stuck() == [], "the run that would take them in hand was not started: that is beat's"
    silent(BEAT, seconds=181)
    assert stuck() == [BEAT, "rungs"]


def test_the_administrators_are_told_once_and_of_what_lasts(mailoutbox: list[object]) -> None:
    province, commune, _ = chain()
    admin = person(Office.ADMINISTRATOR, province, language="en")
    person(Office.ADMINISTRATOR, province, email="")
    person(Office.ORGANISATION_OFFICER, commune)
    person(Office.ADMINISTRATOR, province, to_date=clock.today() - timedelta(days=1))
    silent("sweep", minutes=9)
    with as_role("chibo_app"):
        assert looks() == [[], ["sweep"], []]
    (letter,) = mailoutbox
    assert (letter.to, letter.subject) == ([admin.email], "[Chibo] Something is stuck")  # type: ignore[attr-defined]
    assert letter.body.splitlines()[:3] == [  # type: ignore[attr-defined]
        "Last check of the deadlines 9 min ago. Stuck: check of the deadlines.", "", "- check of the deadlines",
    ]  # fmt: skip
    silent("sweep", seconds=5)
    assert looks() == [[], [], []]
    assert Incident.objects.get().ended_at is not None
    silent("sweep", minutes=9)
    assert looks()[:2] == [[], ["sweep"]], "a second time is another incident"


def test_a_mail_server_that_is_away_stops_nothing(settings: LazySettings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # nobody listens there
    person(Office.ADMINISTRATOR, chain()[0])
    silent("deliver", minutes=9)
    assert looks()[:2] == [[], ["deliver"]]


def test_figures_for_prometheus() -> None:
    cell = chain()[2]
    deadline(cell)
    clock.move_to(DUE + timedelta(days=1))
    silent("seal", minutes=9)
    with as_role("chibo_app"):
        lines = exposition().decode().splitlines()
    for line in (
        'chibo_stuck{part="seal"} 1.0', 'chibo_stuck{part="sweep"} 0.0', "chibo_deadlines_open 1.0",
        "chibo_deadlines_past 1.0", "chibo_rungs_due 1.0", "chibo_letters_undelivered 0.0",
    ):  # fmt: skip
        assert line in lines


def test_doors_for_monitors(settings: LazySettings, client: Client) -> None:
    assert client.get("/healthz").content == b"ok\n"
    with as_role("chibo_app"):
        ready = client.get("/readyz")
    assert (ready.status_code, ready.content.decode().splitlines()[:2]) == (200, ["database: ok", "migrations: ok"])
    assert client.get("/metrics").status_code == 404
    settings.CHIBO_METRICS_TOKEN = "s3cret"
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"Authorization": "Bearer s3cre"}).status_code == 401
    answer = client.get("/metrics", headers={"Authorization": "Bearer s3cret"})
    assert (answer.status_code, b"chibo_rungs_due 0.0" in answer.content) == (200, True)
    assert client.get("/api/v1/status/").status_code == 401


def test_the_command_says_so_with_its_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("status")
    assert capsys.readouterr().out.startswith("Last check of the deadlines 1 min ago. Nothing is stuck.\n  ok")
    silent("follow", minutes=9)
    with pytest.raises(SystemExit) as left:
        call_command("status")
    assert left.value.code == 1
    assert "  stuck    followers of the log: " in capsys.readouterr().out


def test_beat_goes_on_without_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it leaves is nothing: the pulse of before stands, and no error reaches beat."""
    before = Pulse.objects.get(job=BEAT)

    def away(*_: object) -> None:
        raise Error

    with monkeypatch.context() as broken:
        broken.setattr(pulsing, "execute", away)
        pulsing.beat_told()
    after = Pulse.objects.get(job=BEAT)
    assert (after.started_at, after.ended_at, after.error) == (before.started_at, before.ended_at, "")
    pulsing.beat_told()
    after.refresh_from_db()
    assert after.started_at > before.started_at, "with the database back it is felt again"
