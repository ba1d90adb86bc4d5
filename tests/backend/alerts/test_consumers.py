"""Every setting of a reminder is read by something: each field of a rung changes what is done, each channel is carried."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from backend.alerts import letters, sweep_sql
from backend.alerts.sweep import _ladder_rows
from tests.workflows.twins import vietnam
from workflows.catalogue import LIFECYCLES
from workflows.ladders import CHANNELS, Ladder, Rung, ladder_for, ladders

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


def test_every_channel_has_something_that_carries_it_and_ladders_use_no_other() -> None:
    assert {channel for one in ladders() for rung in one.rungs for channel in rung.channels} <= set(CHANNELS)
    carried = {channel for channel in CHANNELS if f"channel = '{channel}'" in sweep_sql.SWEEP + letters.MAKE}
    assert carried == set(CHANNELS)


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
