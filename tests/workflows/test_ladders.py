"""Rungs by data: their days, who hears them, and how far a rule that is not sure may climb."""

from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from tests.workflows.twins import vietnam
from workflows.ladders import (
    Ladder,
    LadderError,
    Planned,
    Rung,
    ladder_called,
    ladder_for,
    ladders,
    pack_of,
    read_ladders,
    read_packs,
    rules_of_packs,
    rules_with_ladders,
)
from workflows.law import LawError


def test_monthly_meeting_reminds_the_cell_and_climbs_from_the_first_working_day_after() -> None:
    plan = ladder_for("MTG.REGULAR").schedule(date(2026, 11, 30), date(2026, 11, 3), vietnam(), "firm")
    assert [(one.rung, one.day, one.levels_up, one.kind) for one in plan] == [
        (0, date(2026, 10, 27), 0, "remind"),
        (1, date(2026, 11, 2), 0, "remind"),
        (2, date(2026, 11, 3), 0, "remind"),
        (3, date(2026, 11, 30), 0, "remind"),
        (4, date(2026, 12, 1), 0, "remind"),
        (5, date(2026, 12, 1), 1, "escalate"),
        (6, date(2026, 12, 8), 2, "escalate"),
        (7, date(2026, 12, 15), 3, "escalate"),
    ]


def test_a_deadline_opened_late_gives_every_level_its_own_time_from_then_on() -> None:
    """A month found after an outage: the cell hears at once, those above one after the other, as ever."""
    plan = ladder_for("MTG.REGULAR").schedule(date(2026, 10, 31), None, vietnam(), "firm", date(2026, 12, 14))
    assert [(one.rung, one.day, one.levels_up) for one in plan] == [
        (0, date(2026, 10, 26), 0),
        (1, date(2026, 10, 30), 0),
        (2, date(2026, 10, 31), 0),
        (4, date(2026, 12, 15), 0),
        (5, date(2026, 12, 15), 1),
        (6, date(2026, 12, 22), 2),
        (7, date(2026, 12, 29), 3),
    ]
    for opened in (date(2026, 10, 1), date(2026, 10, 31)):
        in_time = ladder_for("MTG.REGULAR").schedule(date(2026, 10, 31), None, vietnam(), "firm", opened)
        assert [one.day for one in in_time if one.kind == "escalate"] == [
            date(2026, 11, 2), date(2026, 11, 9), date(2026, 11, 16),
        ]  # fmt: skip


def test_without_a_reminder_day_the_due_day_is_said_once() -> None:
    plan = ladder_for("MTG.REGULAR").schedule(date(2026, 11, 30), None, vietnam(), "firm")
    assert [one.rung for one in plan if one.day == date(2026, 11, 30)] == [2]


def test_thirty_working_days() -> None:
    """B1: due 23/02/2027; the working days before skip Tết."""
    plan = ladder_for("PRO.CELL_REVIEW").schedule(date(2027, 2, 23), None, vietnam(), "to_confirm")
    assert [one.day for one in plan][:5] == [
        date(2027, 1, 26), date(2027, 2, 12), date(2027, 2, 18), date(2027, 2, 22), date(2027, 2, 23),
    ]  # fmt: skip
    assert [(one.day, one.levels_up) for one in plan if one.kind == "escalate"] == [
        (date(2027, 2, 24), 1), (date(2027, 3, 3), 2), (date(2027, 3, 10), 3),
    ]  # fmt: skip


def test_reminders_run_from_the_early_day_where_sources_conflict() -> None:
    """B31: 26/11/2026 is the legal day, reminders end on 14/10/2026, and nobody above is told."""
    plan = ladder_for("PRO.DECIDE").schedule(date(2026, 11, 26), date(2026, 10, 14), vietnam(), "unsettled")
    assert plan[-1].day == date(2026, 11, 27)
    assert [one.day for one in plan][-2] == date(2026, 10, 14)
    assert {(one.levels_up, one.kind) for one in plan} == {(0, "remind")}


def test_rungs_of_sixty_working_days_and_of_months() -> None:
    sixty = ladder_for("ADM.DECIDE").schedule(date(2027, 3, 5), None, vietnam(), "firm")
    assert [vietnam().working_days_between(one.day, date(2027, 3, 5)) for one in sixty][:6] == [30, 15, 7, 3, 1, 0]
    months = ladder_for("ADM.CERT_VALID").schedule(date(2027, 3, 5), None, vietnam(), "firm")
    assert [(date(2027, 3, 5) - one.day).days for one in months][:5] == [60, 30, 15, 7, 0]


def test_rules_without_a_ladder_have_the_modest_one_of_tasks() -> None:
    assert ladder_for("TASK.COMPLETE_RECORD").name == "task"
    assert all(rung.up == 0 for rung in ladder_for("TASK.COMPLETE_RECORD").rungs)


def test_of_an_unsettled_rule_a_reminder_above_is_left_out_too() -> None:
    rung = Rung("after", 1, "days", 0, "remind", ("mail",), critical=False)
    both = Ladder("both", (rung, replace(rung, up=1)))
    due = date(2026, 11, 26)
    assert [one.levels_up for one in both.schedule(due, None, vietnam(), "unsettled")] == [0]
    assert [one.levels_up for one in both.schedule(due, None, vietnam(), "firm")] == [0, 1]


def test_rungs_are_planned_in_the_order_of_their_days() -> None:
    rung = Rung("day", 2, "days", 0, "remind", ("mail",), critical=False)
    last = replace(rung, side="last", offset=0, channels=("inbox",), critical=True)
    plan = Ladder("both", (rung, last)).schedule(date(2026, 11, 26), date(2026, 11, 25), vietnam(), "firm")
    assert plan == [
        Planned(1, date(2026, 11, 26), 0, "remind", ("inbox",), critical=True),
        Planned(0, date(2026, 11, 27), 0, "remind", ("mail",), critical=False),
    ]


DEFAULTS = "defaults: {unit: working_days, offset: 0, up: 0, kind: remind, channels: [mail], critical: false}\n"


WAYS = "Ladder x: channels are one or more of inbox, mail; critical is true or false."
NUMBERS = "Ladder x: offsets are of one of days, working_days, from 0 to 366; levels up are 0 or more."
WORDS = "Ladder x: a rung is before, day, last or after, and remind or escalate."
ESCALATION = "Ladder x: an escalation goes to a level above, after the due day."


@pytest.mark.parametrize(
    ("rungs", "says"),
    [
        ("{side: later}", WORDS), ("{side: day, kind: shout}", WORDS), ("{side: day, unit: weeks}", NUMBERS),
        ("{side: before, offset: 367}", NUMBERS), ("{side: before, offset: -1}", NUMBERS), ("{side: day, up: 0.5}", NUMBERS),
        ("{side: day, up: true}", NUMBERS), ("{side: day, colour: red}", "Ladder x: missing [], unknown ['colour']."),
        ("{offset: 1}", "Ladder x: missing ['side'], unknown []."),
        ("{side: before, up: 1, kind: escalate}", ESCALATION), ("{side: after, kind: escalate}", ESCALATION),
        ("{side: day, channels: [pigeon]}", WAYS), ("{side: day, channels: []}", WAYS),
        ("{side: day, channels: mail}", WAYS), ("{side: day, channels: [mail, mail]}", WAYS),
        ("{side: day, critical: often}", WAYS), ("{side: day}, {side: later}", WORDS),
    ],
)  # fmt: skip
def test_broken_rungs_are_refused(tmp_path: Path, rungs: str, says: str) -> None:
    (tmp_path / "a.yaml").write_text(
        f"{DEFAULTS}ladders: {{x: [{rungs}]}}\nrules: {{}}\notherwise: x", encoding="utf-8"
    )
    with pytest.raises(LadderError) as error:
        read_ladders(tmp_path)
    assert str(error.value) == says
    fault = error.value.fault
    assert (fault.code, fault.fact, fault.text("en")) == ("unit.ladder_form", "ladders", says)


def test_files_together_hold_the_ladders_of_all_rules(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        DEFAULTS + "ladders: {x: [{side: day}], y: [{side: before, offset: 366}]}\nrules: {R: x, S: y}\notherwise: y"
    )
    (tmp_path / "b.yaml").write_text(DEFAULTS + "ladders: {z: [{side: last, unit: days}]}\nrules: {S: z}")
    day = Rung("day", 0, "working_days", 0, "remind", ("mail",), critical=False)
    named = {
        "x": Ladder("x", (day,)), "y": Ladder("y", (replace(day, side="before", offset=366),)),
        "z": Ladder("z", (replace(day, side="last", unit="days"),)),
    }  # fmt: skip
    assert read_ladders(tmp_path) == (named, {"R": "x", "S": "z"}, "y")
    (tmp_path / "b.yaml").write_text(DEFAULTS + "ladders: {}\nrules: {R: u, S: v}\notherwise: w")
    with pytest.raises(LawError) as error:
        read_ladders(tmp_path)
    assert str(error.value) == "No ladder is called ['u', 'v', 'w']."
    (tmp_path / "a.yaml").unlink()
    (tmp_path / "b.yaml").write_text(DEFAULTS + "ladders: {}\nrules: {}")
    with pytest.raises(LawError) as error:
        read_ladders(tmp_path)
    assert str(error.value) == "No ladder is called ['']."


def test_a_pack_names_ladders_of_its_own_file_alone(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(DEFAULTS + "ladders: {x: [{side: day}]}\nrules: {R: x}")
    (tmp_path / "b.yaml").write_text(DEFAULTS + "ladders: {y: [{side: day}]}\nrules: {R: y}")
    found, by_pack = read_packs(tmp_path)
    assert (sorted(found), by_pack) == (["x", "y"], {"a": {"R": "x"}, "b": {"R": "y"}})
    said = "b.yaml: [%s] is no ladder of this file, or one of another file too."
    for written, wrong in (
        ("ladders: {y: [{side: day}]}\nrules: {R: x}", "'x'"),
        ("ladders: {x: [{side: day}]}\nrules: {}", "'x'"),
        ("ladders: {y: [{side: day}]}\nrules: {}\notherwise: y", "'otherwise'"),
    ):
        (tmp_path / "b.yaml").write_text(DEFAULTS + written)
        with pytest.raises(LawError) as error:
            read_packs(tmp_path)
        assert str(error.value) == said % wrong


def test_whose_ladder_holds() -> None:
    assert rules_of_packs() == {"lao_cai": {"MTG.REGULAR": "meeting_in_first_week"}}
    assert "MTG.REGULAR" in rules_with_ladders()
    assert (pack_of("meeting_in_first_week"), pack_of("monthly_meeting")) == ("lao_cai", "")
    assert [ladder_for("MTG.REGULAR", partial(frozenset, on)).name for on in (("lao_cai",), ("another",), ())] == [
        "meeting_in_first_week", "monthly_meeting", "monthly_meeting",
    ]  # fmt: skip
    assert ladder_for("PRO.DECIDE", lambda: pytest.fail("no pack has one for it")).name == "thirty_working_days"
    assert ladder_called("meeting_in_first_week") == ladder_for("MTG.REGULAR", lambda: frozenset({"lao_cai"}))
    assert ladder_called("of_long_ago") is None
    names = [one.name for one in ladders()]
    assert names == sorted(names)
    assert {"meeting_in_first_week", "monthly_meeting", "task"} < set(names)
