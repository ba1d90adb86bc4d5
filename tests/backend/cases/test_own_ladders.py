"""A unit's own ladders: versions from a day on with their history, open deadlines that follow, and nothing on a no."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
import yaml
from django.core import mail
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connection, transaction
from django.utils.translation import override

from backend.accounts.administration import move_unit
from backend.accounts.policy import Actor
from backend.alerts.delivery import deliver
from backend.alerts.ledger import story
from backend.alerts.models import Notice
from backend.alerts.preferences import Preferences, choose
from backend.alerts.rehearsal import rehearse
from backend.alerts.sweep import sweep
from backend.audit.details import with_details
from backend.audit.models import Event
from backend.cases.engine import NewCase, perform
from backend.core import clock
from backend.deadlines.models import Deadline
from backend.deadlines.recompute import recompute
from backend.organizations import laddering
from backend.organizations.models import OwnLadder, Unit
from backend.organizations.settings import configure
from tests.backend.alerts import rows
from tests.backend.deadlines.test_ladders import DUE, RULE, reviewed, told
from tests.replaying import replayed
from tests.roles import as_role
from tests.workflows.test_own_ladders import ROWS, document
from tests.world import TODAY, World, as_if_today, make_world, unit
from workflows.ladders.own import read_own
from workflows.offices import Level, Office

pytestmark = pytest.mark.django_db
CLIMB = [row for row in ROWS if row.get("up", 0) < 3]
"""The province is the second level above a cell, and there is no third."""
EARLY = document(CLIMB)
NAME = read_own(EARLY)[0][RULE].name
DAYS = [
    date(2026, 11, 13), date(2026, 12, 10), DUE, date(2026, 12, 15), date(2026, 12, 15), date(2026, 12, 17),
]  # fmt: skip
"""Twenty and two working days before, the day, the day after for the cell and the commune, the third day for the province."""


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture(autouse=True)
def _nothing_known() -> Iterator[None]:
    """Each test reads what it has kept."""
    laddering._known.clear()
    yield
    laddering._known.clear()


def own(at: Unit, *options: Any, data: Any = EARLY, folder: Path, reason: str = "Xã xa", language: str = "en") -> str:
    """The command with a file; without a document with its options alone."""
    file = folder / "own.yaml"
    file.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    named = [str(file)] if data is not None else []
    out = StringIO()
    with override(language), as_role("chibo_jobs"):
        call_command("own_ladders", at.code, *named, *map(str, options), "--reason", reason, stdout=out)
    return out.getvalue()


def everything() -> list[Any]:
    return [
        Event.objects.count(), list(Deadline.objects.order_by("pk").values()), list(OwnLadder.objects.values()),
        list(Unit.objects.order_by("pk").values_list("pk", "version", "settings")),
    ]  # fmt: skip


def test_open_deadlines_follow_an_own_ladder_and_new_ones_have_it(world: World, tmp_path: Path) -> None:
    one = reviewed(world)
    said = own(world.commune, folder=tmp_path)
    one.refresh_from_db()
    assert (one.due_on, one.ladder, one.ladder_from, one.rung_days, one.rungs_done) == (DUE, NAME, 0, DAYS, 0)
    assert (one.next_rung, one.next_rung_on, one.version) == (0, DAYS[0], 2)
    assert "1 keep their day; only their reminders changed." in said
    assert "own ladder “early”, version 1, 02/11/2026 – … (of Đảng bộ xã)" in said
    moved = Event.objects.get(code="deadline.replanned")
    assert (moved.facts["why"], moved.facts["ladder_was"], moved.facts["ladder"]) == (
        "ladder",
        "thirty_working_days",
        NAME,
    )
    (event,) = with_details(Event.objects.filter(code="unit.configured"))
    assert event.facts["now"] == {"own_ladders": [[RULE, NAME, "2026-11-02", None, 1]]}
    assert event.facts["rungs"] == {NAME: OwnLadder.objects.get(pk=NAME).rungs}
    assert "Xã xa" not in str(event.facts)
    assert event.written["reason"] == "Xã xa"
    assert reviewed(world).ladder == NAME
    assert recompute() == []
    with as_role("chibo_jobs"):
        assert replayed() == []


def test_a_new_version_closes_the_one_before_and_nothing_of_it_changes(world: World, tmp_path: Path) -> None:
    own(world.cell, folder=tmp_path)
    before = list(OwnLadder.objects.values())
    later = document([{**CLIMB[0], "offset": 10}, *CLIMB[1:]])
    own(world.cell, "--from", "2027-01-01", data=later, folder=tmp_path, reason="Sát hơn")
    other = read_own(later)[0][RULE].name
    kept = Unit.objects.get(pk=world.cell.pk).settings["own_ladders"]
    assert kept == [[RULE, NAME, "2026-11-02", "2026-12-31", 1], [RULE, other, "2027-01-01", None, 2]]
    assert [one for one in OwnLadder.objects.values() if one["name"] == NAME] == before
    assert reviewed(world).ladder == NAME, "due before the second one begins"
    again = everything()
    assert "It is like this already" in own(world.cell, "--from", "2027-01-01", data=later, folder=tmp_path)
    with pytest.raises(CommandError, match=r"holds from 01/01/2027 on; another one begins on that day or later"):
        own(world.cell, "--from", "2026-12-01", folder=tmp_path)
    assert everything() == again
    own(world.cell, "--from", "2027-01-01", folder=tmp_path)
    kept = Unit.objects.get(pk=world.cell.pk).settings["own_ladders"]
    assert [row[3:] for row in kept] == [["2026-12-31", 1], ["2026-12-31", 2], [None, 3]], "the second never held"


@pytest.mark.parametrize(
    "statement", ["UPDATE organizations_ownladder SET rungs = '[]'", "DELETE FROM organizations_ownladder"]
)
def test_the_database_lets_nobody_change_or_remove_a_version(world: World, tmp_path: Path, statement: str) -> None:
    own(world.cell, folder=tmp_path)
    for role in ("chibo_app", "chibo_jobs"):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), as_role(role):
            connection.cursor().execute(statement.format("organizations_ownladder"))
    assert OwnLadder.objects.get().rungs != []


def test_withdrawn_it_leaves_what_was_chosen_and_then_what_is_delivered(world: World, tmp_path: Path) -> None:
    one = reviewed(world)
    with as_role("chibo_jobs"):
        call_command("configure_unit", world.cell.code, "--ladder", f"{RULE}=short", stdout=StringIO())
    own(world.cell, folder=tmp_path)
    one.refresh_from_db()
    assert one.ladder == NAME, "an own ladder goes before the unit's choice"
    said = own(world.cell, "--withdraw", RULE, data=None, folder=tmp_path)
    one.refresh_from_db()
    assert one.ladder == "short"
    assert "version 1, 02/11/2026 – 01/11/2026" in said
    with pytest.raises(CommandError, match=f"no ladder of its own for {RULE} that holds on"):
        own(world.cell, "--withdraw", RULE, data=None, folder=tmp_path)
    own(world.cell, folder=tmp_path)
    assert Unit.objects.get(pk=world.cell.pk).settings["own_ladders"][1][1:] == [NAME, "2026-11-02", None, 2]


def test_it_is_inherited_down_the_tree_the_nearest_units_first_and_moves_with_the_place(
    world: World, tmp_path: Path
) -> None:
    one = reviewed(world)
    own(world.province, folder=tmp_path)
    one.refresh_from_db()
    assert one.ladder == NAME
    nearer = document([{**CLIMB[0], "offset": 12}, *CLIMB[1:]])
    own(world.commune, data=nearer, folder=tmp_path)
    one.refresh_from_db()
    assert one.ladder == read_own(nearer)[0][RULE].name
    far = unit("87.108", "Đảng bộ xã xa", Level.BASE, world.province)
    move_unit(Actor.operator("test"), world.cell.pk, parent_id=far.pk, on=TODAY)
    one.refresh_from_db()
    assert one.ladder == NAME


def test_what_was_said_is_not_said_again_and_the_new_rungs_come_after_the_old_places(
    world: World, tmp_path: Path
) -> None:
    one = reviewed(world)
    clock.move_to(date(2026, 12, 9))
    sweep()
    own(world.cell, "--from", TODAY, folder=tmp_path)
    one.refresh_from_db()
    assert (one.ladder, one.ladder_from, one.rungs_done) == (NAME, 9, 0b111)
    assert one.rung_days[9:] == [None, *DAYS[1:]]
    clock.move_to(DAYS[-1])
    sweep()
    written = Notice.objects.filter(deadline_id=one.pk, channel="inbox", rung__gte=9).exclude(outcome="skipped")
    assert sorted({*written.values_list("rung", "levels_up", "kind", "critical", "outcome")}) == [
        (10, 0, "remind", False, "coalesced"), (11, 0, "remind", False, "coalesced"), (12, 0, "remind", True, "sent"),
        (13, 1, "escalate", False, "sent"), (14, 2, "escalate", False, "sent"),
    ]  # fmt: skip
    one.refresh_from_db()
    assert [line.state for line in story(one).rungs[9:]] == ["left_out", "done", "done", "done", "done", "done"]


def test_story_and_rehearsal_name_the_ladder_and_its_version(world: World, tmp_path: Path) -> None:
    one = reviewed(world)
    own(world.commune, folder=tmp_path)
    line = "Reminders follow the ladder “early”, version 1 of Đảng bộ xã's own (02/11/2026 – …)."
    assert line in told(one)
    assert "lịch nhắc riêng “early”, phiên bản 1, của Đảng bộ xã (02/11/2026 – …)" in told(one, "vi")
    with as_role("chibo_jobs"):
        found = rehearse(DAYS[0])
    assert {(row.ladder, row.ladder_version, row.rung) for row in found.lines if row.deadline_id == one.pk} == {
        (NAME, 1, 0)
    }
    out = StringIO()
    with override("en"), as_role("chibo_jobs"):
        call_command("sweep", "--rehearse", "--as-of", str(DAYS[0]), stdout=out)
    assert "(13/11/2026, reminder, ladder “early”, version 1)" in out.getvalue()
    rehearsed = {(row.rung, row.office, row.channel, row.outcome) for row in found.lines}
    sweep(DAYS[0])
    assert rehearsed == set(Notice.objects.values_list("rung", "office", "channel", "outcome"))


def wrong() -> dict[str, tuple[Any, list[str], str]]:
    rule = {**document(CLIMB), "rules": {"PRO.NONE": "early"}}
    return {
        "no such rule": (rule, [], "There is no rule “PRO.NONE”."),
        "no level there": (document(), [], "there are 2 levels above, and a rung goes to level 3"),
        "no day": (document([row for row in CLIMB if row["side"] != "day"]), [], "says less for PRO.CELL_REVIEW"),
        "no document": ("rungs", [], "This is no document of ladders."),
        "no own one": (None, ["--withdraw", "TRF.PAPER"], "no ladder of its own for TRF.PAPER"),
    }


@pytest.mark.parametrize("name", wrong())
def test_on_a_no_nothing_is_written(world: World, tmp_path: Path, name: str) -> None:
    data, options, sentence = wrong()[name]
    reviewed(world)
    before = everything()
    with pytest.raises(CommandError, match=sentence):
        own(world.cell, *options, data=data, folder=tmp_path)
    with pytest.raises(CommandError, match="Say why, in a few words"), as_role("chibo_jobs"), override("en"):
        call_command("own_ladders", world.cell.code, str(tmp_path / "own.yaml"), stdout=StringIO())
    assert everything() == before


def test_a_dry_run_shows_what_moves_and_leaves_nothing(world: World, tmp_path: Path) -> None:
    reviewed(world)
    before = everything()
    said = own(world.commune, "--dry-run", folder=tmp_path)
    assert "1 would keep their day; only their reminders would change." in said
    assert "next reminder on 13/11/2026" in said
    assert "Nothing was changed." in said
    assert everything() == before
    bad = tmp_path / "bad.yaml"
    bad.write_text("ladders: [", encoding="utf-8")
    for file in (bad, tmp_path / "none.yaml"):
        with pytest.raises(CommandError, match="cannot be read as YAML"), override("en"):
            call_command("own_ladders", world.cell.code, str(file), "--reason", "x")


def test_every_field_of_an_own_rung_reaches_the_sweep(world: World, tmp_path: Path) -> None:
    """The same rungs as a unit's own and as delivered give the same notices; each field is read from the kept row."""
    other = deepcopy(CLIMB)
    other[2] |= {"channels": ["inbox", "mail"], "critical": True}
    own(world.cell, data=document(other), folder=tmp_path)
    one = reviewed(world)
    clock.move_to(DUE)
    sweep()
    lines = Notice.objects.filter(deadline_id=one.pk, rung=2).order_by("channel")
    assert list(lines.values_list("channel", "kind", "levels_up", "critical", "rung_on")) == [
        ("inbox", "remind", 0, True, DUE), ("mail", "remind", 0, True, DUE),
    ]  # fmt: skip


TET = date(2027, 2, 6)
"""The first day of the year of the Goat."""


def test_a_critical_rung_leaves_at_night_in_tet_and_within_quiet_hours_and_others_wait(settings: Any) -> None:
    settings.CHIBO_MOVABLE_DATE = False
    cell = rows.chain()[2]
    secretary = rows.person(Office.CELL_SECRETARY, cell)
    commune = rows.person(Office.COMMITTEE_SECRETARY, cell.parent or cell)
    choose(secretary, Preferences(muted=("mail",), quiet_from=20, quiet_until=10))
    found, _ = read_own(document([{**row, "unit": "days"} if row["side"] == "after" else row for row in CLIMB]))
    ladder = found[RULE]
    laddering.keep([ladder])
    due = TET - timedelta(days=1)
    one = rows.deadline(cell, due=due)
    plan = ladder.schedule(due, None, rows.CALENDAR, "firm", one.opened_on)
    days = [row.day for row in sorted(plan, key=lambda row: row.rung)]
    Deadline.objects.filter(pk=one.pk).update(
        ladder=ladder.name, rung_days=days, rungs_done=0b111, next_rung=3, next_rung_on=TET
    )
    with time_machine.travel(datetime(2027, 2, 6, 16, 30, tzinfo=UTC), tick=False):  # 23:30 here
        sweep(TET)
        deliver(TET)
    assert [(one.to, one.subject.startswith("KHẨN")) for one in mail.outbox] == [([secretary.email], True)]
    assert set(Notice.objects.filter(channel="mail").values_list("rung", "critical", "outcome")) == {
        (3, True, "sent"), (4, False, "held"),
    }  # fmt: skip
    day = rows.CALENDAR.next_working_day(TET)
    with time_machine.travel(datetime(day.year, day.month, day.day, 1, 0, tzinfo=UTC), tick=False):  # 8:00 here
        sweep(day)
        deliver(day)
    assert [one.to for one in mail.outbox[1:]] == [[commune.email]]


def test_a_pack_switched_on_and_off_in_the_middle_brings_its_ladder_for_what_starts_then(world: World) -> None:
    who = Actor.operator("root")
    for since, on in ((date(2026, 11, 1), True), (date(2026, 12, 1), False)):
        configure(
            who.who(), world.province.pk, lambda kept, since=since, on=on: kept.turn("lao_cai", since, on=on), on=since
        )
    found = {}
    for month in (date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1)):
        with as_if_today(month.replace(day=5)):
            found[month.month] = meeting(world, month)
    assert {month: one.ladder for month, one in found.items()} == {
        10: "monthly_meeting", 11: "meeting_in_first_week", 12: "monthly_meeting",
    }  # fmt: skip
    one = found[11]
    assert one.rung_days[2:4] == [date(2026, 11, 3), date(2026, 11, 5)], "the reminder day, and two working days later"
    assert "Reminders follow the ladder “Monthly meeting in the first week” of the rule pack lao_cai." in told(one)
    settle(world.commune, "--ladder", "MTG.REGULAR=short")
    one.refresh_from_db()
    assert one.ladder == "short", "a choice goes before a pack"
    settle(world.commune, "--without-ladder", "MTG.REGULAR")
    settle(world.province, "--without-pack", "lao_cai")
    one.refresh_from_db()
    assert one.ladder == "monthly_meeting", "off since before it started, the pack brings nothing any more"


def settle(at: Unit, *options: str) -> None:
    with as_role("chibo_jobs"):
        call_command("configure_unit", at.code, *options, "--from", "2026-11-01", stdout=StringIO())


def meeting(world: World, month: date) -> Deadline:
    done = perform(
        Actor.system(), NewCase("meeting", unit_id=world.cell.pk), "plan", {"kind": "regular", "month": month.isoformat()},
        on=clock.today(),
    )  # fmt: skip
    return Deadline.objects.get(subject_kind="case", subject_id=done["id"], rule_id="MTG.REGULAR")
