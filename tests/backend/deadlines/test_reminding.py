"""The reminder day of the monthly meeting in its deadline: drafted, explained, moved by a new holiday or setting."""

from __future__ import annotations

from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils.translation import override

from backend.accounts.policy import Actor
from backend.alerts.models import Notice
from backend.alerts.sweep import sweep
from backend.audit.codes import EventCode
from backend.audit.models import Event
from backend.core import clock
from backend.core.db import WHOLE, scope
from backend.deadlines.drafts import Draft, draft
from backend.deadlines.explaining import explain
from backend.deadlines.models import CalendarDay, Deadline
from backend.deadlines.moving import recorder
from backend.deadlines.recompute import recompute
from backend.organizations import tree as tree_
from backend.organizations.models import Unit, UnitSpell
from tests.backend.alerts.rows import chain, deadline, unit
from tests.backend.deadlines.test_drafts import CALENDAR, day, situation
from tests.roles import as_role
from workflows.lifecycles.meeting import REGULAR
from workflows.offices import Level

LAO_CAI = frozenset({"lao_cai"})


def made(month: str, own: int | None = None, packs: frozenset[str] = frozenset(), opened: str = "") -> Draft:
    seen = situation(opened or month, packs=packs, kind="regular", month=day(month))
    seen.meeting_reminder_day = own
    found = draft(REGULAR, seen)
    assert found is not None
    assert seen.used.get("MTG.DAY") == ("MTG.DAY@open" if packs and own is None else None)
    return found


def test_reminders_run_from_the_units_own_day_and_the_climb_from_the_months_end() -> None:
    found = made("01/11/2026", own=10)
    assert (found.due_on, found.early_on, found.opened_on) == (day("30/11/2026"), day("10/11/2026"), day("01/11/2026"))
    assert found.rung_days == [
        day("03/11/2026"), day("09/11/2026"), day("10/11/2026"), day("30/11/2026"),
        day("01/12/2026"), day("01/12/2026"), day("08/12/2026"), day("15/12/2026"),
    ]  # fmt: skip
    assert (
        explain(found.explanation, "en")
        == "Due on 30/11/2026; reminders come before and on 10/11/2026, the reminder day that the unit has set"
    )


def test_the_provinces_day_is_the_third_or_another_of_the_first_week() -> None:
    found = made("01/10/2026", packs=LAO_CAI)
    assert (found.due_on, found.early_on) == (day("31/10/2026"), day("05/10/2026"))  # the 3rd is a Saturday
    assert (
        explain(found.explanation, "en")
        == "Due on 31/10/2026; reminders come before and on 05/10/2026, the reminder day that the province has set"
    )
    assert made("01/02/2030", packs=LAO_CAI).early_on == day("07/02/2030")  # Tết


@pytest.mark.parametrize(
    ("month", "own", "due", "early"),
    [
        ("01/02/2027", 28, "28/02/2027", "26/02/2027"),  # a Sunday: the last working day before
        ("01/02/2028", 30, "29/02/2028", None),  # February has no 30th: its last day is the due day itself
        ("01/02/2027", 5, "28/02/2027", "11/02/2027"),  # in Tết
        ("01/12/2026", 31, "31/12/2026", None),
        ("01/11/2026", None, "30/11/2026", None),
    ],
)
def test_short_months_tet_and_the_last_day(month: str, own: int | None, due: str, early: str | None) -> None:
    found = made(month, own=own)
    assert (found.due_on, found.early_on) == (day(due), day(early) if early else None)
    said = explain(found.explanation, "en")
    by_unit = f"; reminders come before and on {early}, the reminder day that the unit has set"
    assert said == f"Due on {due}" + (by_unit if early else "")
    if early is None:
        assert found.rung_days[3] is None, "the due day is said once"


def test_a_month_opened_after_its_end_climbs_from_the_day_of_opening() -> None:
    found = made("01/10/2026", packs=LAO_CAI, opened="14/12/2026")
    assert found.rung_days[5:] == [CALENDAR.add_working_days(day("14/12/2026"), days) for days in (1, 1, 6, 11)]
    assert found.rung_days[:5] == [day(f"{on}/2026") for on in ("28/09", "02/10", "05/10", "07/10", "31/10")]


def opened(cell: Unit, month: str, **how: Any) -> Deadline:
    return deadline(cell, **made(month, **how).__dict__)


@pytest.mark.django_db
def test_a_new_holiday_moves_the_reminder_day_and_nothing_said_before() -> None:
    one = opened(chain()[2], "01/11/2026", own=10)
    sweep(day("03/11/2026"))
    CalendarDay.objects.create(day=day("10/11/2026"), off=True, name="Storm")
    assert [move.deadline.pk for move in recompute(record=recorder(Actor.operator("x").who()))] == [one.pk]
    one.refresh_from_db()
    assert (one.due_on, one.early_on, one.rung_days[:4]) == (
        day("30/11/2026"), day("11/11/2026"),
        [day("03/11/2026"), day("09/11/2026"), day("11/11/2026"), day("30/11/2026")],
    )  # fmt: skip
    assert explain(one.explanation, "en").startswith("Due on 30/11/2026; reminders come before and on 11/11/2026, ")
    assert (Event.objects.get().code, Notice.objects.count()) == ("deadline.replanned", 2)
    assert recompute() == []


def run(*words: str) -> list[str]:
    out = StringIO()
    with override("en"), as_role("chibo_jobs"):
        call_command("configure_unit", *words, stdout=out)
    return out.getvalue().splitlines()


@pytest.fixture
def tree() -> tuple[Unit, Unit, Unit, Unit]:
    """A province, its commune and two cells; the second has set a day of its own."""
    clock.move_to(day("02/11/2026"))
    province, commune, cell = chain()
    other = unit(Level.CELL, commune, settings={"meeting_reminder_day": 20})
    return province, commune, cell, other


@pytest.mark.django_db
def test_a_units_day_moves_the_open_meetings_below_it_each_with_its_event(tree: tuple[Unit, Unit, Unit, Unit]) -> None:
    _, commune, cell, other = tree
    one, own = opened(cell, "01/11/2026"), opened(other, "01/11/2026", own=20)
    closed = opened(cell, "01/10/2026", opened="01/10/2026")
    Deadline.objects.filter(pk=closed.pk).update(status="met")
    elsewhere = opened(chain()[2], "01/11/2026")
    said = run(commune.code, "--reminder-day", "12")
    assert said == [
        f"{one.reference}: reminder day 12/11/2026, next reminder on 05/11/2026",
        f"{commune.name}: reminder day of the monthly meeting: 12; rule packs: none",
    ]
    found = {row.pk: row for row in Deadline.objects.all()}
    assert found[one.pk].early_on == day("12/11/2026")
    assert found[one.pk].rung_days[:3] == [day("05/11/2026"), day("11/11/2026"), day("12/11/2026")]
    for same in (own, closed, elsewhere):
        assert (found[same.pk].early_on, found[same.pk].version) == (same.early_on, 1)
    assert list(Event.objects.order_by("id").values_list("code", "subject_id", "office")) == [
        ("unit.configured", commune.pk, "operator"), ("deadline.replanned", one.pk, "operator"),
    ]  # fmt: skip
    assert run(commune.code, "--reminder-day", "12") == ["Unchanged: it was so already.", *said[1:]]
    assert Event.objects.count() == 2
    run(commune.code, "--no-reminder-day")
    one.refresh_from_db()
    assert (one.early_on, one.rung_days, one.version) == (None, made("01/11/2026").rung_days, 3)


@pytest.mark.django_db
def test_a_new_day_says_nothing_again_of_the_meetings_that_were_told(tree: tuple[Unit, Unit, Unit, Unit]) -> None:
    """With an early day the ladder has its rung of the due day too: for months long told it lies in the past."""
    cell = tree[2]
    past = [opened(cell, month) for month in ("01/11/2026", "01/12/2026", "01/01/2027")]
    running = opened(cell, "01/02/2027")
    clock.move_to(day("15/02/2027"))
    sweep()
    told = sorted(Notice.objects.values_list("pk", flat=True))
    before = {one.pk: Deadline.objects.get(pk=one.pk) for one in (*past, running)}
    assert [before[one.pk].rung_days[3] for one in past] == [None] * 3

    clock.move_to(day("16/02/2027"))
    asked = run(cell.code, "--reminder-day", "10", "--dry-run")
    assert run(cell.code, "--reminder-day", "10") == asked[:-1]
    facts = Event.objects.filter(code="deadline.replanned").order_by("id").values_list("facts", flat=True)
    assert [one["reminder"] for one in facts] == [None, None, "2027-02-22", "2027-02-16"]
    assert [line.rpartition(", ")[2] for line in asked[:4]] == [
        "nothing more will be said", "nothing more will be said", "next reminder on 22/02/2027",
        "next reminder on 16/02/2027",  # of February's nothing was said yet, and its new day went by in Tết
    ]  # fmt: skip
    for one in past:
        one.refresh_from_db()
        was = before[one.pk]
        assert (one.rung_days, one.rungs_done, one.next_rung_on) == (was.rung_days, was.rungs_done, was.next_rung_on)

    clock.move_to(day("17/02/2027"))
    sweep()
    new = Notice.objects.exclude(pk__in=told)
    assert {*new.values_list("deadline_id", "rung")} == {(running.pk, rung) for rung in (0, 1, 2)}


@pytest.mark.django_db
def test_what_is_explained_is_what_the_rungs_do(tree: tuple[Unit, Unit, Unit, Unit]) -> None:
    """A reminder day changes no legal day, and reminders come before it too: both stand in the words."""
    cell = tree[2]
    one = opened(cell, "01/11/2026")
    said = run(cell.code, "--reminder-day", "5")
    assert said[0] == f"{one.reference}: reminder day 05/11/2026, next reminder on 02/11/2026", (
        "the first of them is due"
    )
    out = StringIO()
    with override("en"), as_role("chibo_jobs"):
        call_command("explain", str(one.pk), stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[1] == (
        "Due on 30/11/2026; reminders come before and on 05/11/2026, the reminder day that the unit has set"
    )
    rungs = [line.split()[1] for line in lines if line.startswith("  ") and line[2].isdigit()]
    assert rungs[:4] == ["29/10/2026", "04/11/2026", "05/11/2026", "30/11/2026"]
    event = Event.objects.get(subject_kind="deadline")
    assert (event.code, EventCode(event.code).label) == (
        "deadline.replanned", "Đổi lịch nhắc, thời hạn giữ nguyên",
    )  # fmt: skip
    told = {name: event.facts[name] for name in ("due_was", "due", "early_was", "early", "reminder", "why")}
    assert told == {
        "due_was": "2026-11-30", "due": "2026-11-30", "early_was": None, "early": "2026-11-05",
        "reminder": "2026-11-02", "why": "reminder_day",
    }  # fmt: skip
    assert not [line for line in lines if "moved" in line]


@pytest.mark.django_db
def test_a_pack_turned_on_above_sets_the_third_and_a_units_own_day_goes_before(
    tree: tuple[Unit, Unit, Unit, Unit],
) -> None:
    province, _, cell, other = tree
    one, own = opened(cell, "01/12/2026"), opened(other, "01/12/2026", own=20)
    assert run(province.code, "--pack", "lao_cai")[-2:] == [
        f"{province.name}: reminder day of the monthly meeting: 3; rule packs: lao_cai",
        f"  lao_cai: 02/11/2026 – … (turned on for {province.name})",
    ]
    one.refresh_from_db()
    own.refresh_from_db()
    assert (one.early_on, own.early_on) == (day("03/12/2026"), day("21/12/2026"))  # the 20th is a Sunday
    assert one.explanation["remind"]["version"] == "MTG.DAY@open"
    run(cell.code, "--reminder-day", "3")
    one.refresh_from_db()
    assert (one.early_on, one.explanation["remind"]["version"]) == (day("03/12/2026"), "")
    run(cell.code, "--no-reminder-day")
    run(province.code, "--without-pack", "lao_cai")
    one.refresh_from_db()
    assert (one.early_on, Unit.objects.get(pk=province.pk).settings) == (None, {})


@pytest.mark.django_db
def test_a_pack_counts_for_the_meetings_that_begin_while_it_is_on(tree: tuple[Unit, Unit, Unit, Unit]) -> None:
    """Turned on from the second: November's began before it. Turned on from the first: it is reminded of the third."""
    province, _, cell, _ = tree
    november, december = opened(cell, "01/11/2026"), opened(cell, "01/12/2026")

    def early() -> list[date | None]:
        return [Deadline.objects.get(pk=one.pk).early_on for one in (november, december)]

    run(province.code, "--pack", "lao_cai")
    assert early() == [None, day("03/12/2026")]
    said = run(province.code, "--pack", "lao_cai", "--from", "2026-11-01")
    assert said[0].startswith(f"{november.reference}: reminder day 03/11/2026")
    assert early() == [day("03/11/2026"), day("03/12/2026")]
    run(province.code, "--without-pack", "lao_cai", "--from", "2026-12-01")
    assert early() == [day("03/11/2026"), None]
    for asked, packs in (("2026-10-31", "none"), ("2026-11-01", "lao_cai"), ("2026-12-01", "none")):
        lines = run(cell.code, "--on", asked)
        assert lines[0].endswith(f"rule packs: {packs}")
        assert lines[1:] == [f"  lao_cai: 01/11/2026 – 30/11/2026 (turned on for {province.name})"]


@pytest.mark.django_db
def test_a_dry_run_shows_and_changes_nothing(tree: tuple[Unit, Unit, Unit, Unit]) -> None:
    _, commune, cell, _ = tree
    one = opened(cell, "01/11/2026")
    before = Deadline.objects.filter(pk=one.pk).values().get()
    assert run(commune.code, "--reminder-day", "12", "--dry-run") == [
        f"{one.reference}: reminder day 12/11/2026, next reminder on 05/11/2026",
        f"{commune.name}: reminder day of the monthly meeting: 12; rule packs: none",
        "Nothing was changed.",
    ]
    assert Deadline.objects.filter(pk=one.pk).values().get() == before
    assert (Unit.objects.get(pk=commune.pk).settings, Event.objects.count()) == ({}, 0)


@pytest.mark.django_db
def test_without_options_it_shows_what_holds(tree: tuple[Unit, Unit, Unit, Unit]) -> None:
    for at, shown in ((tree[2], "the month's last"), (tree[3], "20")):
        said = f"{at.name}: reminder day of the monthly meeting: {shown}; rule packs: none"
        assert run(at.code) == [said]
    assert Event.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--reminder-day", "32"], "The day of the meeting's reminders is a day of the month, from 1 to 31."),
        (["--reminder-day", "third"], "The day of the meeting's reminders is a day of the month, from 1 to 31."),
        (["--pack", "lao-cai"], "There is no rule pack “lao-cai”. The packs are: lao_cai."),
        (["--without-pack", "hue"], "There is no rule pack “hue”. The packs are: lao_cai."),
    ],
)
def test_what_is_no_setting_is_told_in_one_sentence(words: list[str], says: str) -> None:
    cell = chain()[2]
    with pytest.raises(CommandError) as error:
        run(cell.code, *words)
    assert (str(error.value).startswith(says), error.value.returncode) == (True, 2)
    assert (Unit.objects.get(pk=cell.pk).settings, Event.objects.count()) == ({}, 0)


@pytest.mark.django_db
def test_a_unit_that_moves_is_reminded_from_the_day_of_its_new_place(tree: tuple[Unit, Unit, Unit, Unit]) -> None:
    _, commune, cell, _ = tree
    one = opened(cell, "01/11/2026")
    other_commune = chain()[1]
    run(other_commune.code, "--reminder-day", "15")
    who = Actor.operator("x").who()
    for unit_ in (commune, cell):
        UnitSpell.objects.create(
            unit=unit_, name="x", code=unit_.code, level=unit_.level, parent_id=unit_.parent_id, path_then=unit_.path,
            unit_path=unit_.path, valid=(None, None), recorded_at=clock.now(),
        )  # fmt: skip
    with transaction.atomic():
        scope(WHOLE)
        tree_.move_unit(who, cell.pk, other_commune.pk, on=clock.today())
    one.refresh_from_db()
    assert (one.early_on, one.unit_path) == (day("16/11/2026"), f"{other_commune.path}{cell.pk}/")  # a Sunday
    moved = Event.objects.get(code="deadline.replanned")
    assert (moved.subject_id, moved.office) == (one.pk, "system")


@pytest.mark.django_db
def test_an_unknown_code_is_told_so() -> None:
    with pytest.raises(CommandError, match=r"There is no unit with the code 99\."):
        run("99")


@pytest.mark.django_db
def test_the_same_setting_again_is_unchanged_and_no_pack_goes_both_ways(tree: tuple[Unit, Unit, Unit, Unit]) -> None:
    _, commune, _, _ = tree
    kept = f"{commune.name}: reminder day of the monthly meeting: 12; rule packs: none"
    assert run(commune.code, "--reminder-day", "12") == [kept]
    assert run(commune.code, "--reminder-day", "12") == ["Unchanged: it was so already.", kept]
    assert run(commune.code) == [kept]  # nothing was asked for
    with pytest.raises(CommandError, match="on and off at once") as refused:
        run(commune.code, "--pack", "lao_cai", "--without-pack", "lao_cai")
    assert refused.value.returncode == 2
    assert list(Event.objects.values_list("code", flat=True)) == ["unit.configured"]
