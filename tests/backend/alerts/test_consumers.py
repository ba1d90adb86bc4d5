"""Every setting of a reminder is read by something: each field of a rung and each preference changes what is done, each
channel is carried, each setting named in the code."""

from __future__ import annotations

import inspect
import re
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core import mail

from backend.accounts.models import Assignment
from backend.accounts.policy import Actor
from backend.alerts import delivery, hooks, letters, push, sweep_sql
from backend.alerts.channels import ALSO, BLAMED, CARRIERS, ROUTES, Carrier
from backend.alerts.delivery import deliver
from backend.alerts.models import Preference
from backend.alerts.preferences import Preferences, choose
from backend.alerts.recipients import READERS
from backend.alerts.sweep import _ladder_rows, sweep
from backend.alerts.transport import Reply
from backend.api.v1.preferences import PreferencesRequest, PreferencesShape
from backend.contacts import chat, devices, endpoints
from backend.contacts.models import ChatAddress, Device, Endpoint
from backend.deadlines.models import Deadline
from backend.deadlines.reminding import follow_settings
from backend.organizations import laddering
from backend.organizations.laddering import rules_settled
from backend.organizations.models import Unit
from backend.organizations.settings import Settings
from backend.web import service_worker
from tests.backend.alerts.rows import CALENDAR, DUE, chain, deadline, person
from tests.backend.deadlines.test_reminding import opened
from tests.workflows.twins import vietnam
from workflows.catalogue import LIFECYCLES
from workflows.ladders import CHANNELS, Ladder, Rung, ladder_for, ladders
from workflows.offices import Office

RUNG = Rung("after", 2, "working_days", 1, "escalate", ("inbox", "mail"), False)
OTHER: dict[str, Any] = {
    "side": "before", "offset": 3, "unit": "days", "up": 2, "kind": "remind", "channels": ("mail",), "critical": True,
}  # fmt: skip
"""Another value for each field of a rung."""
DAY_FIELDS = {"side", "offset", "unit"}


def planned(rung: Rung) -> list[tuple[Any, ...]]:
    return [tuple(one) for one in Ladder("x", (rung,)).schedule(date(2026, 11, 26), None, vietnam(), "firm")]


@pytest.mark.parametrize("name", [one.name for one in fields(Rung)])
def test_every_field_of_a_rung_changes_its_plan(name: str) -> None:
    assert planned(replace(RUNG, **{name: OTHER[name]})) != planned(RUNG)


def test_every_field_that_is_no_day_reaches_the_sweep_and_is_used_there() -> None:
    columns = set(_ladder_rows()[0])
    assert columns == ({one.name for one in fields(Rung)} - DAY_FIELDS - {"channels"}) | {"ladder", "rung", "channel"}
    assert {name for name in columns if re.search(rf"\bl\.{name}\b", sweep_sql.SWEEP)} == columns
    assert "n.critical" in letters.MAKE  # at once and by itself


def test_every_field_of_a_units_own_rung_is_read_by_the_sweep_or_gives_the_rung_its_day() -> None:
    """Those that are no day are taken from the row that is kept; `test_own_ladders` runs them."""
    own = sweep_sql.SWEEP.partition("organizations_ownladder")[0].rpartition("UNION ALL")[2]
    ways = sweep_sql.SWEEP.partition("organizations_ownladder")[2].partition("), told")[0]
    for name in {one.name for one in fields(Rung)} - DAY_FIELDS:
        assert f"'{name}'" in own + ways, name
    assert set(RUNG.row()) == {one.name for one in fields(Rung)}


EACH_SETTING: dict[str, Any] = {
    "meeting_reminder_day": 3, "packs": [["lao_cai", "2026-01-01", None]],
    "ladders": [["MTG.REGULAR", "short", "2026-01-01", None]],
    "own_ladders": [["MTG.REGULAR", "near@0000000000000000", "2026-01-01", None, 1]],
}  # fmt: skip
"""A value for each setting of a unit, as it is kept."""


@pytest.mark.django_db
@pytest.mark.parametrize("name", [one.name for one in fields(Settings)])
def test_every_setting_of_a_unit_changes_the_plan_of_its_meeting(name: str) -> None:
    laddering.keep([Ladder("near@0000000000000000", (RUNG,))])
    cell = chain()[2]
    kept = opened(cell, "01/11/2026")
    Unit.objects.filter(pk=cell.pk).update(settings={name: EACH_SETTING[name]})
    follow_settings(Actor.operator("test").who(), cell.path, rules_settled())
    now = Deadline.objects.get(pk=kept.pk)
    assert (now.ladder, now.rung_days) != (kept.ladder, kept.rung_days)
    assert Settings.of({name: EACH_SETTING[name]}).as_json() == {name: EACH_SETTING[name]}


def test_every_channel_has_something_that_carries_it_and_ladders_use_no_other() -> None:
    assert {channel for one in ladders() for rung in one.rungs for channel in rung.channels} <= set(CHANNELS)
    assert {"inbox", *CARRIERS} == {*CHANNELS, *ALSO}
    assert set(CHANNELS).isdisjoint(ALSO)
    assert set(ALSO.values()) <= set(ROUTES)
    assert set(CARRIERS) - set(ROUTES) == {"webhook"}, "a unit's, made by itself"
    assert "'webhook'" in letters.HOOKS
    assert set(BLAMED) <= set(CARRIERS)
    assert "channel = 'inbox'" in sweep_sql.SWEEP
    assert "n.channel = ANY (%(channels)s)" in letters.MAKE


def test_every_option_of_a_channel_is_read() -> None:
    """A route says who is reached where and which place is set aside; a carrier whether its way is well, and the answer."""
    for column in ("user_id", "channel", "carries", "address", "dead", "device_id"):
        assert re.search(rf"\bt\.{column}\b", letters.MAKE), column
    source = inspect.getsource(delivery)
    for name in [one for one in vars(Carrier) if not one.startswith("_")] + [*Carrier.__annotations__]:
        assert f".{name}" in source, name
    for one in fields(Reply):
        assert f"reply.{one.name}" in source, one.name


EACH: dict[str, Any] = {"muted": ("mail",), "quiet_from": 20, "quiet_until": 10, "letter_hour": 10}
"""Another value for each preference; quiet hours have a beginning and an end."""


@pytest.mark.django_db
@pytest.mark.parametrize("name", [one.name for one in fields(Preferences)])
def test_every_preference_changes_what_is_sent(name: str, settings: Any) -> None:
    """Chosen alone (an end of quiet hours with its beginning), it changes what becomes of the same morning's letter."""
    settings.CHIBO_MOVABLE_DATE = False
    wanted = {name: EACH[name], **({"quiet_from": 20, "quiet_until": 10} if name.startswith("quiet") else {})}
    cell = chain()[2]
    chosen, control = person(Office.CELL_SECRETARY, cell), person(Office.CELL_SECRETARY, chain()[2])
    deadline(cell)
    deadline(control.assignments.get().unit)
    choose(chosen, Preferences(**wanted))
    if name == "quiet_from":  # it begins at twenty: an hour before, letters leave
        assert not Preferences(**{**wanted, "quiet_from": 8}).is_quiet(7)
    day = CALENDAR.add_working_days(DUE, -15)
    with time_machine.travel(datetime(day.year, day.month, day.day, 0, tzinfo=UTC), tick=False):  # 7:00 here
        sweep(day)
        deliver(day)
    assert [one.to for one in mail.outbox] == [[control.email]]


def test_every_preference_is_stored_asked_for_and_answered() -> None:
    names = {one.name for one in fields(Preferences)}
    assert names == {one.name for one in Preference._meta.get_fields()} - {"user"}
    assert names == set(PreferencesRequest().fields)
    assert names == set(PreferencesShape().fields) - {"can_be_muted", "day_from", "day_until"}
    assert names == set(EACH)


def test_every_choice_about_chat_devices_and_webhooks_is_read() -> None:
    """Columns of the three tables that say what is done (not who, when and which version) are used by what does it."""
    used = (
        inspect.getsource(hooks)
        + inspect.getsource(endpoints)
        + letters.HOOKS
        + inspect.getsource(chat)
        + inspect.getsource(devices)
        + ROUTES["chat"]
        + ROUTES["push"]
    )
    for model in (ChatAddress, Device, Endpoint):
        for one in model._meta.get_fields():
            assert re.search(rf"\b{one.name}\b", used), (model, one.name)


def test_every_column_about_a_substitute_is_read_when_readers_are_found() -> None:
    handed = {one.name for one in Assignment._meta.get_fields() if one.name.startswith("handed")}
    assert len(handed) == 3
    for name in handed:
        assert re.search(rf"\ba\.{name}\b", READERS), name


def test_every_part_of_a_subscription_and_of_a_message_is_read() -> None:
    """What a browser gives is used to send; what is sent is used by the service worker that shows it."""
    source = inspect.getsource(push)
    for one in fields(devices.Subscription):
        assert re.search(rf"\bdevice\.{one.name}\b", source), one.name
    worker = service_worker.SOURCE.read_text()
    for name in ("id", "title", "lang", "tag", "body", "link"):
        assert f'"{name}": ' in source, name
        assert re.search(rf"const {{.*\b{name} = .*}} = told", worker), name
    assert "event.notification.data.link" in worker


def test_every_clock_of_every_page_has_a_ladder_that_reminds_the_office_that_must_act() -> None:
    opened = {
        clock.rule for page in LIFECYCLES.values() for step in page.steps().values() for clock in step.opens
    }  # fmt: skip
    assert len(opened) >= 20
    for rule_id in sorted(opened):
        assert any(rung.up == 0 and rung.kind == "remind" for rung in ladder_for(rule_id).rungs), rule_id


def test_every_setting_of_alerts_is_read_by_the_code() -> None:
    root = Path(__file__).resolve().parents[3] / "backend"
    base = (root / "config" / "settings" / "base.py").read_text()
    named = set(re.findall(r"^(CHIBO_\w+) =", base, re.MULTILINE))
    code = "\n".join(path.read_text() for path in root.rglob("*.py") if "settings" not in path.parts)
    code += (root.parent / "celery_app.py").read_text()
    assert {name for name in named if not re.search(rf"\b{name}\b", code)} == set()
