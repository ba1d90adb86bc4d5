"""The form of ladder files as a schema, the titles of ladders, and what a unit's choice can never switch off."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest
from django.utils.translation import override
from jsonschema import Draft202012Validator

from workflows.ladders import CHANNELS, HERE, Kind, Ladder, Rung, Side, ladder_called, ladder_for, ladders
from workflows.ladders.choosing import TITLES, Chosen, chosen_ladder, has_floor, may_replace, version_of
from workflows.ladders.words import rung_in_words
from workflows.law.reader import load

SCHEMA = json.loads((Path(__file__).resolve().parents[2] / "docs" / "ladders.schema.json").read_text())
RUNG = SCHEMA["$defs"]["rung"]
FILES = [*sorted(HERE.glob("*.yaml")), *sorted((HERE / "packs").glob("*.yaml"))]


def faults(data: Any) -> list[str]:
    return [one.message for one in Draft202012Validator(SCHEMA).iter_errors(data)]


def named(name: str) -> Ladder:
    found = ladder_called(name)
    assert found is not None
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_file_of_ladders_has_the_form_that_is_documented(path: Path) -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert faults(load(path)) == []


def test_the_schema_knows_every_field_and_value_that_the_reader_knows_and_no_other() -> None:
    assert [path.name for path in FILES] == ["meetings.yaml", "terms.yaml", "lao_cai.yaml"]
    assert set(RUNG["properties"]) == {one.name for one in fields(Rung)}
    assert RUNG["properties"]["side"]["enum"] == list(get_args(Side))
    assert RUNG["properties"]["kind"]["enum"] == list(get_args(Kind))
    assert RUNG["properties"]["channels"]["items"]["enum"] == list(CHANNELS)


@pytest.mark.parametrize(
    "rung",
    [
        {"side": "during"}, {"offset": -1}, {"unit": "weeks"}, {"up": -1}, {"kind": "shout"}, {"channels": []},
        {"channels": ["fax"]}, {"critical": "yes"}, {"colour": "red"}, {"side": "after", "kind": "escalate"},
        {"side": "before", "up": 1, "kind": "escalate"},
    ],
)  # fmt: skip
def test_the_schema_refuses_what_the_reader_refuses(rung: dict[str, Any]) -> None:
    data = load(HERE / "terms.yaml")
    assert faults({**data, "ladders": {**data["ladders"], "mine": [{"side": "day"}]}}) == []
    assert faults({**data, "ladders": {**data["ladders"], "mine": [rung]}}) != []
    assert faults({**data, "more": 1}) != []


def test_every_ladder_has_a_title() -> None:
    assert sorted(TITLES) == [ladder.name for ladder in ladders()]


def test_the_nearest_choice_that_holds_on_the_due_day_wins() -> None:
    chosen = (
        Chosen("TRF.PAPER", "short", date(2027, 1, 1), date(2027, 1, 31)),
        Chosen("TRF.PAPER", "months", date(2026, 1, 1)),
        Chosen("TRF.OFFICIAL", "short", date(2026, 1, 1)),
    )
    days = [date(2025, 12, 31), date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 31), date(2027, 2, 1)]
    assert [chosen_ladder("TRF.PAPER", day, chosen, ladder_called).name for day in days] == [
        "thirty_working_days", "months", "short", "short", "months",
    ]  # fmt: skip
    gone = (Chosen("TRF.PAPER", "of_long_ago", date(2026, 1, 1)),)
    assert chosen_ladder("TRF.PAPER", days[1], gone, ladder_called) == ladder_for("TRF.PAPER")


def test_the_floor_is_the_day_itself_for_whoever_must_act_and_the_level_above_where_the_law_climbs() -> None:
    assert [one.name for one in ladders() if not has_floor(one)] == ["appeal_window"]
    allowed = {one.name for one in ladders() if may_replace(one, "PRO.CELL_REVIEW")}
    assert allowed == {
        "appeal_resolution", "hours", "meeting_in_first_week", "meeting_papers", "monthly_meeting", "months",
        "quarterly_meeting", "request_days", "short", "sixty_working_days", "thirty_working_days",
    }  # fmt: skip
    assert may_replace(named("at_once"), "TASK.COMPLETE_RECORD")
    assert may_replace(named("appeal_window"), "REM.APPEAL")


DAY = Rung("day", 0, "days", 0, "remind", ("inbox", "mail"), critical=False)


@pytest.mark.parametrize(
    ("changed", "floor"),
    [
        ({}, True), ({"side": "last"}, False), ({"up": 1}, False), ({"offset": 1}, False), ({"channels": ("inbox",)}, False),
        ({"side": "last", "up": 1}, False), ({"up": 1, "offset": 1}, False),
    ],
)  # fmt: skip
def test_the_floor_is_one_rung_on_the_day_at_the_acting_level_by_every_channel(
    changed: dict[str, Any], floor: bool
) -> None:
    assert has_floor(Ladder("own", (replace(DAY, **changed),))) is floor


@pytest.mark.parametrize(
    ("ladder", "rule", "due_on", "version"),
    [
        ("own", "MTG.REGULAR", date(2026, 12, 1), 2),
        ("months", "MTG.REGULAR", date(2026, 12, 1), 0),  # told under another one, before
        ("own", "MTG.REGULAR", date(2026, 12, 2), 0),  # nothing was chosen for that day
        ("own", "PRO.CV", date(2026, 12, 1), 0),
    ],
)
def test_the_version_is_that_of_the_ladder_that_holds_on_the_day(
    ladder: str, rule: str, due_on: date, version: int
) -> None:
    day = date(2026, 12, 1)
    assert version_of(ladder, rule, due_on, [Chosen("MTG.REGULAR", "own", day, day, 2)]) == version


@pytest.mark.parametrize(
    ("side", "offset", "when"),
    [("before", 2, "2 days before the day"), ("day", 0, "on the day"), ("day", 2, "2 days after the day"),
     ("last", 0, "on the last day"), ("last", 2, "2 days after the last day"), ("after", 0, "on the last day"),
     ("after", 2, "2 days after the last day")],
)  # fmt: skip
def test_when_a_rung_is_in_words(side: Any, offset: int, when: str) -> None:
    rung = Rung(side, offset, "days", 0, "remind", ("inbox",), critical=False)
    with override("en"):
        assert str(rung_in_words(rung)) == f"{when} a reminder to the office that must act (in the application)"
