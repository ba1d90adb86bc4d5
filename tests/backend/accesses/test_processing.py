"""The register of processing purposes is about tables that are there; its report deletes nothing; who reads it."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils.translation import override

from tests.api.conftest import Knock, as_
from tests.backend.audit.events import rows
from tests.roles import as_role
from tests.world import World, make_world, person
from workflows import processing
from workflows.offices import Office
from workflows.purposes import Purpose

__all__ = ["as_"]
_, KEEPING = processing.register()


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.mark.django_db
def test_what_is_kept_is_there_and_grows_old_by_a_day() -> None:
    found = {(table, column) for table, column in rows(
        "SELECT table_name, column_name FROM information_schema.columns "
        "WHERE data_type LIKE 'timestamp%%' OR data_type = 'date'"
    )}  # fmt: skip
    assert {(one.table, one.day) for one in KEEPING} <= found


def test_the_command_counts_and_deletes_nothing(world: World) -> None:
    world.members(2)
    before = rows("SELECT count(*) FROM audit_event")
    out = StringIO()
    with as_role("chibo_jobs"), override("en"):
        call_command("processing", stdout=out)
        told = StringIO()
        call_command("processing", "--json", stdout=told)
    assert "oversight" in out.getvalue()
    events = next(line for line in out.getvalue().splitlines() if line.startswith("Lines of the log"))
    assert events.split()[-3:] == ["not", "settled", "never"]
    assert str(before[0][0]) in events.split()
    purposes, end = json.JSONDecoder().raw_decode(told.getvalue())
    assert [one["purpose"] for one in purposes] == list(Purpose)
    kept = json.loads(told.getvalue()[end:])
    assert kept[0] | {"since": None} == {
        "what": "Who looked at whose file", "rows": 0, "since": None, "kept": "24 months", "by": "let_go",
    }  # fmt: skip
    assert rows("SELECT count(*) FROM audit_event") == before


def test_auditors_read_the_register_and_a_helper_does_not(world: World, as_: Knock) -> None:
    person("committee_member", Office.CELL_COMMITTEE, world.cell)
    answer = as_("auditor").get("/api/v1/processing/")
    assert answer.status_code == 200
    first = answer.json()["purposes"][0]
    assert (first["purpose"], first["firmness"], first["offices"][0]) == ("cell_work", "unsettled", "cell_secretary")
    assert [one["by"] for one in answer.json()["keeping"]] == [one.by for one in KEEPING]
    assert as_("committee_member").get("/api/v1/processing/").status_code == 403
