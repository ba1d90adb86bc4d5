"""A unit chooses the ladder of a rule from a day to a day: new deadlines have it, open ones follow, nothing is said twice."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils.translation import override

from backend.accounts.administration import move_unit
from backend.accounts.policy import Actor
from backend.alerts.ledger import story
from backend.alerts.models import Notice
from backend.alerts.sweep import sweep
from backend.audit.models import Event
from backend.cases.acknowledging import acknowledge
from backend.core import clock
from backend.deadlines.models import Deadline
from backend.deadlines.recompute import recompute
from backend.organizations.models import Unit
from backend.organizations.settings import Settings
from tests.replaying import replayed
from tests.roles import as_role
from tests.world import TODAY, World, make_world, unit
from workflows.ladders.choosing import Chosen
from workflows.offices import Level

pytestmark = pytest.mark.django_db
RULE = "PRO.CELL_REVIEW"
DUE = date(2026, 12, 14)
OWN = [
    date(2026, 11, 20), date(2026, 12, 3), date(2026, 12, 9), date(2026, 12, 11), DUE, date(2026, 12, 15),
    date(2026, 12, 15), date(2026, 12, 22), date(2026, 12, 29),
]  # fmt: skip
"""Fifteen, seven, three, one working days before, the day, the day after for the cell, then each level above."""
SHORT = [date(2026, 12, 11), DUE, date(2026, 12, 15), date(2026, 12, 15)]


@pytest.fixture
def world() -> World:
    return make_world()


def reviewed(world: World) -> Deadline:
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    case = world.probation(new, date(2025, 10, 30))
    return Deadline.objects.get(subject_kind="case", subject_id=case.pk, rule_id=RULE)


def configure(*options: Any, language: str = "en") -> str:
    out = StringIO()
    with override(language), as_role("chibo_jobs"):
        call_command("configure_unit", *(str(one) for one in options), stdout=out)
    return out.getvalue()


def choose(at: Unit, ladder: str = "short", *options: Any) -> str:
    return configure(at.code, "--ladder", f"{RULE}={ladder}", *options)


def told(one: Deadline, language: str = "en") -> str:
    out = StringIO()
    with override(language), as_role("chibo_jobs"):
        call_command("explain", str(one.pk), stdout=out)
    return out.getvalue()


def test_an_open_deadline_follows_its_units_choice_with_an_event_and_what_is_opened_later_has_it(world: World) -> None:
    one = reviewed(world)
    assert (one.due_on, one.ladder, one.rung_days) == (DUE, "thirty_working_days", OWN)
    said = choose(world.commune)
    one.refresh_from_db()
    assert (one.due_on, one.ladder, one.ladder_from, one.rung_days, one.rungs_done) == (DUE, "short", 0, SHORT, 0)
    assert (one.next_rung, one.next_rung_on, one.version) == (0, SHORT[0], 2)
    assert "next reminder on 11/12/2026" in said
    event = Event.objects.get(code="deadline.replanned")
    assert {name: event.facts[name] for name in ("why", "ladder_was", "ladder", "due", "due_was")} == {
        "why": "ladder", "ladder_was": "thirty_working_days", "ladder": "short", "due": "2026-12-14", "due_was": "2026-12-14",
    }  # fmt: skip
    configured = Event.objects.get(code="unit.configured")
    assert configured.facts == {"was": {}, "now": {"ladders": [[RULE, "short", "2026-11-02", None]]}}
    other = reviewed(world)
    assert (other.ladder, other.rung_days, other.version) == ("short", SHORT, 1)
    assert recompute() == []
    with as_role("chibo_jobs"):
        assert replayed() == []


def test_the_nearest_unit_goes_before_those_above_and_its_end_gives_theirs_back(world: World) -> None:
    one = reviewed(world)
    choose(world.commune, "short")
    choose(world.cell, "months")
    one.refresh_from_db()
    assert one.ladder == "months"
    configure(world.cell.code, "--without-ladder", RULE)
    one.refresh_from_db()
    assert (one.ladder, one.rung_days) == ("short", SHORT)
    configure(world.commune.code, "--without-ladder", RULE)
    one.refresh_from_db()
    assert (one.ladder, one.rung_days) == ("thirty_working_days", OWN)
    assert Unit.objects.get(pk=world.cell.pk).settings == {}
    assert Event.objects.filter(code="unit.configured").count() == 4


def test_a_choice_holds_for_what_is_due_from_its_first_to_its_last_day(world: World) -> None:
    one = reviewed(world)
    choose(world.cell, "short", "--from", DUE + timedelta(days=1))
    one.refresh_from_db()
    assert (one.ladder, one.version) == ("thirty_working_days", 1)
    choose(world.cell, "short", "--from", DUE, "--until", DUE)
    one.refresh_from_db()
    assert (one.ladder, one.version) == ("short", 2)
    kept = Unit.objects.get(pk=world.cell.pk).settings["ladders"]
    assert kept == [[RULE, "short", "2026-12-14", "2026-12-14"], [RULE, "short", "2026-12-15", None]]


def test_a_later_choice_cuts_into_an_earlier_one_and_leaves_its_other_days() -> None:
    before = Settings().choose("A", "months", date(2026, 1, 1), None).choose("B", "short", date(2026, 1, 1), None)
    now = before.choose("A", "short", date(2026, 3, 1), date(2026, 3, 31))
    assert now.ladders == (
        Chosen("A", "months", date(2026, 1, 1), date(2026, 2, 28)),
        Chosen("A", "short", date(2026, 3, 1), date(2026, 3, 31)),
        Chosen("A", "months", date(2026, 4, 1)),
        Chosen("B", "short", date(2026, 1, 1)),
    )
    assert now.choose("A", None, date(2026, 1, 1), None).ladders == (Chosen("B", "short", date(2026, 1, 1)),)
    assert Settings.of(now.as_json()) == now


def test_what_was_said_stays_said_and_is_not_said_again_under_another_ladder(world: World) -> None:
    one = reviewed(world)
    clock.move_to(OWN[2])
    sweep()
    choose(world.cell, "monthly_meeting", "--from", TODAY)
    one.refresh_from_db()
    assert (one.ladder, one.ladder_from, one.rungs_done) == ("monthly_meeting", 9, 0b111)
    left = [
        None,
        date(2026, 12, 11),
        DUE,
        None,
        date(2026, 12, 15),
        date(2026, 12, 15),
        date(2026, 12, 22),
        date(2026, 12, 29),
    ]
    assert one.rung_days == [*OWN[:3], *[None] * 6, *left]
    before = Notice.objects.filter(deadline_id=one.pk).count()
    sweep()
    assert Notice.objects.filter(deadline_id=one.pk).count() == before
    assert recompute() == []
    clock.move_to(date(2026, 12, 15))
    sweep()
    heard = Notice.objects.filter(deadline_id=one.pk, channel="inbox", rung__gte=9).order_by("rung", "office")
    assert [(row.rung, row.rung_on, row.levels_up, row.outcome, row.office) for row in heard] == [
        (10, date(2026, 12, 11), 0, "coalesced", "cell_secretary"), (11, DUE, 0, "coalesced", "cell_secretary"),
        (13, date(2026, 12, 15), 0, "sent", "cell_secretary"),
        (14, date(2026, 12, 15), 1, "sent", "committee_secretary"),
        (14, date(2026, 12, 15), 1, "sent", "organisation_officer"),
    ]  # fmt: skip
    lines = story(Deadline.objects.get(pk=one.pk)).rungs
    assert [(line.rung, line.state, line.reason) for line in lines[:10]] == [
        (0, "done", ""), (1, "done", ""), (2, "done", ""),
        *((place, "left_out", "ladder_changed") for place in range(3, 10)),
    ]  # fmt: skip
    assert (lines[0].kind, lines[0].levels_up) == ("remind", 0)


def test_an_overdue_deadline_climbs_at_once_to_a_level_that_was_never_told(world: World) -> None:
    one = reviewed(world)
    late = OWN[5] + timedelta(days=30)
    Deadline.objects.filter(pk=one.pk).update(rungs_done=0b111111, rung_days=[*OWN[:6], None, None, None])
    clock.move_to(late)
    choose(world.cell, "quarterly_meeting", "--from", TODAY)
    one.refresh_from_db()
    assert one.rung_days[9:] == [None, None, None, date(2026, 12, 15)]
    assert (one.next_rung, one.next_rung_on) == (12, date(2026, 12, 15))


def test_a_held_climb_and_a_reminder_put_off_hold_under_the_other_ladder(world: World) -> None:
    one = reviewed(world)
    clock.move_to(OWN[4])
    done = acknowledge(world.actor("officer"), one.pk, working_days=5, reason="Đã gọi")
    choose(world.cell, "short", "--from", TODAY)
    one.refresh_from_db()
    assert done["until"] == "2026-12-21"
    assert one.rung_days[-2:] == [date(2026, 12, 15), date(2026, 12, 15)]  # the cell's, and the commune's own level
    choose(world.cell, "sixty_working_days", "--from", TODAY)
    one.refresh_from_db()
    assert one.rung_days[-2:] == [date(2026, 12, 22), date(2026, 12, 29)]  # above the commune: not before 22/12


def test_a_unit_that_moves_has_the_ladders_of_its_new_place(world: World) -> None:
    one = reviewed(world)
    far = unit("87.108", "Đảng bộ xã xa", Level.BASE, world.province)
    choose(far)
    move_unit(Actor.operator("test"), world.cell.pk, parent_id=far.pk, on=TODAY)
    one.refresh_from_db()
    assert (one.ladder, one.rung_days) == ("short", SHORT)
    move_unit(Actor.operator("test"), world.cell.pk, parent_id=world.commune.pk, on=TODAY)
    one.refresh_from_db()
    assert one.ladder == "thirty_working_days"


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        (f"{RULE}=appeal_window", "The ladder “appeal_window” says too little for PRO.CELL_REVIEW."),
        (f"{RULE}=task", "The ladder “task” says too little for PRO.CELL_REVIEW."),
        (f"{RULE}=mine", "There is no ladder “mine”."),
        ("PRO.NONE=short", "There is no rule “PRO.NONE”."),
        (RULE, "There is no ladder “”."),
    ],
)
def test_what_says_too_little_or_is_unknown_is_refused_and_nothing_changes(
    world: World, option: str, sentence: str
) -> None:
    one = reviewed(world)
    before = (Event.objects.count(), Deadline.objects.values().get(pk=one.pk))
    with pytest.raises(CommandError, match=sentence.replace(".", r"\.")):
        configure(world.cell.code, "--ladder", option)
    with pytest.raises(CommandError, match="The last day lies before the first"):
        choose(world.cell, "short", "--from", DUE, "--until", DUE - timedelta(days=1))
    choose(world.cell, "short", "--dry-run")
    assert (Event.objects.count(), Deadline.objects.values().get(pk=one.pk)) == before
    assert Unit.objects.get(pk=world.cell.pk).settings == {}


def test_the_story_says_which_ladder_reminds_and_whose_choice_it_is(world: World) -> None:
    one = reviewed(world)
    assert "Reminders follow the ladder “Terms of thirty working days”, as delivered." in told(one)
    said = choose(world.commune, "short", "--until", DUE)
    line = "Reminders follow the ladder “Short terms”, chosen for Đảng bộ xã (02/11/2026 – 14/12/2026)."
    assert line in told(one)
    assert "Việc nhắc theo lịch nhắc “Thời hạn ngắn”, do Đảng bộ xã chọn (02/11/2026 – 14/12/2026)." in told(one, "vi")
    assert "the ladder of reminders has changed" in told(one)
    assert "ladder “Short terms”, 02/11/2026 – 14/12/2026 (for Đảng bộ xã)" in said
