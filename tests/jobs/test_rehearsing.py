"""A night on which standing jobs open something by themselves: the rehearsal is the night, and leaves nothing."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.utils.translation import override

from backend.accounts.addresses import set_aside
from backend.accounts.assigning import end_office
from backend.accounts.models import User
from backend.accounts.policy import Actor
from backend.alerts.letters import make_letters
from backend.alerts.models import Notice
from backend.alerts.rehearsal import Rehearsal, rehearse
from backend.alerts.sweep import sweep
from backend.core import clock, nudge
from backend.core.db import scoped
from backend.deadlines.models import CalendarDay, Deadline
from backend.deadlines.titles import title
from backend.jobs import tasks
from tests.realdb import RealDatabase
from tests.roles import as_role
from tests.world import World, make_world

pytestmark = pytest.mark.real
EVE, NIGHT = date(2026, 11, 22), date(2026, 11, 23)
"""The first reminder of a meeting of December that is reminded of on the 1st comes five working days before: that night."""
JOBS = (tasks.follow_calendar, tasks.open_monthly_meetings, tasks.follow_vacancies, tasks.refresh_flags)


@pytest.fixture
def world(committed_db: RealDatabase) -> World:
    """On the eve: November's meetings are open, a cell's officers leave, and an address was set aside; nobody looked yet."""
    world = make_world()
    clock.move_to(EVE)
    with as_role("chibo_jobs"):
        call_command("configure_unit", world.commune.code, "--reminder-day", "1", stdout=StringIO())
    with as_role("chibo_jobs"):
        for job in JOBS:
            job()
        sweep()
    for name in ("secretary", "deputy"):
        actor = world.actor(name)
        end_office(Actor.operator("test"), user(world, name), actor.office, actor.unit_id or 0, last_day=EVE)
    with as_role("chibo_jobs"), scoped("/"):
        assert set_aside(user(world, "other_secretary").pk, EVE, 3)
    return world


def user(world: World, name: str) -> User:
    return User.objects.get(pk=world.actor(name).user_id)


def everything() -> dict[str, list[str]]:
    """Every row of every table."""
    return {model._meta.label: sorted(map(str, model._default_manager.values_list())) for model in apps.get_models()}


def rehearsed(found: Rehearsal) -> Counter[tuple[Any, ...]]:
    names = ("about_code", "reference", "rule_id", "rung", "day", "office", "unit_id", "channel", "outcome", "reason")
    return Counter(tuple(getattr(line, name) for name in names) for line in found.lines)


def said(since: Any) -> Counter[tuple[Any, ...]]:
    of_deadline = ("unit__code", "reference", "rule_id")
    about = {row[0]: row[1:] for row in Deadline.objects.values_list("pk", *of_deadline)}
    rows = Notice.objects.filter(created_at__gt=since).values_list(
        "deadline_id", "rung", "rung_on", "office", "unit_id", "channel", "outcome", "reason"
    )
    return Counter((*about[key], *rest) for key, *rest in rows)


def opened_by(found: Rehearsal) -> set[str]:
    """The rules of the deadlines that there are in the rehearsal only: what was opened got another id in the real night."""
    there = set(Deadline.objects.values_list("pk", flat=True))
    return {line.rule_id for line in found.lines if line.deadline_id not in there}


def test_the_night_does_what_was_rehearsed_where_jobs_open_something(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nudge, "_broker", lambda: pytest.fail("a rehearsal nudges nobody"))
    before = everything()
    with as_role("chibo_jobs"):
        found = rehearse(NIGHT, opening=tasks.open_as_of)
    assert (everything(), clock.today()) == (before, EVE)
    monkeypatch.undo()

    clock.move_to(NIGHT)
    started = clock.now()
    with as_role("chibo_jobs"):
        for job in JOBS:
            job()
        report, letters = sweep(), make_letters(force_morning=True)
    assert (found.sweep.deadlines, found.sweep.rungs, found.sweep.notices) == (
        report.deadlines, report.rungs, report.notices,
    )  # fmt: skip
    assert (rehearsed(found), found.letters) == (said(started), letters)
    assert opened_by(found) == {"MTG.REGULAR", "TASK.FILL_SEAT", "TASK.MEND_ADDRESS"}
    assert letters["letters"] > 0


def test_a_job_that_has_worked_on_a_later_day_rests_in_the_rehearsal_too(world: World) -> None:
    clock.move_to(NIGHT + timedelta(days=9))
    with as_role("chibo_jobs"):
        tasks.follow_vacancies()
    clock.move_to(EVE)
    with as_role("chibo_jobs"):
        found = rehearse(NIGHT, opening=tasks.open_as_of)
    assert opened_by(found) == {"MTG.REGULAR"}


def test_a_holiday_that_waits_moves_the_rehearsed_deadlines_as_the_night_does(world: World) -> None:
    CalendarDay.objects.create(day=NIGHT, off=True, name="Storm", followed=False)
    with as_role("chibo_jobs"):
        found = rehearse(NIGHT, opening=tasks.open_as_of)
    assert CalendarDay.objects.get(day=NIGHT).followed is False
    clock.move_to(NIGHT)
    started = clock.now()
    with as_role("chibo_jobs"):
        for job in JOBS:
            job()
        sweep()
        make_letters(force_morning=True)
    assert rehearsed(found) == said(started)


def test_the_command_rehearses_the_whole_night(world: World) -> None:
    out = StringIO()
    with override("en"), as_role("chibo_jobs"):
        call_command("sweep", "--rehearse", "--as-of", NIGHT.isoformat(), stdout=out)
    lines = out.getvalue().splitlines()
    with override("en"):
        about = f"{world.cell.code}/{world.cell.code} {title('TASK.FILL_SEAT')} ("
    said = f"{world.commune.name} ({world.commune.code}), in the application: Sent"
    assert len([line for line in lines if line.startswith(about) and line.endswith(said)]) == 2
    assert lines[-1] == "Nothing was changed."
    assert not Deadline.objects.filter(rule_id="TASK.FILL_SEAT").exists()
