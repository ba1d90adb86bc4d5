"""`manage.py badges`: for people, for programs and for spreadsheets."""

from __future__ import annotations

import csv
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override

from backend.members.models import Member
from tests.roles import as_role
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    world = make_world()
    given = {"joined_on": "1996-12-05", "official_on": "1997-12-05"}
    world.member("Lê Thị An", admission_decided_on="1996-11-07", **given)
    world.member("=Trần Văn Cúc", unit=world.other, admission_decided_on="1996-10-01", **given)
    world.member("Ngô Văn Sang", unit=world.other, admission_decided_on="1996-12-01", **given)
    return world


def run(*words: str) -> str:
    out = StringIO()
    with override("en"), as_role("chibo_app"):
        call_command("badges", *words, stdout=out)
    return out.getvalue()


def test_people_read_a_table_below_the_ceremony(world: World) -> None:
    lines = run("--on", "2026-11-07").splitlines()
    assert lines[0] == "Ceremony of 07/11/2026, the one before on 02/09/2026."
    assert lines[1].split() == [
        "Unit",
        "Name",
        "Badge",
        "(years)",
        "Reached",
        "on",
        "Why",
        "Party",
        "age",
        "from",
        "Member",
    ]
    assert [line.split("  ")[0] for line in lines[2:]] == [
        "87.107.000.000.001 Chi bộ ấp Một", "87.107.000.000.002 Chi bộ ấp Hai",
    ]  # fmt: skip
    assert "07/11/2026" in lines[2]
    assert run("--unit", world.cell.code) == "\n".join(
        [*lines[:1], *run("--unit", world.cell.code).splitlines()[1:], ""]
    )
    assert run("--on", "2026-10-15").splitlines()[0] == (
        "15/10/2026 is no day of the yearly ceremonies; the last one was on 02/09/2026."
    )
    assert run("--on", "2020-11-07").splitlines()[1:] == ["There is nothing to list."]


def test_programs_get_every_key(world: World) -> None:
    found = json.loads(run("--on", "2026-11-07", "--unit", "87.107.000.000.001", "--json"))
    assert found == [{
        "unit": "87.107.000.000.001 Chi bộ ấp Một", "name": "Lê Thị An", "years": 30, "reached_on": "2026-11-07",
        "why": "Reached by the ceremony", "counted_from": "1996-11-07", "member": Member.objects.get(full_name="Lê Thị An").pk,
        "kind": "reached", "unit_id": world.cell.pk, "ceremony_on": "2026-11-07",
    }]  # fmt: skip


def test_spreadsheets_get_a_table_without_formulas(world: World) -> None:
    said = run("--on", "2026-11-07", "--early", "--csv")
    assert said[0] == "\ufeff"
    rows = list(csv.reader(StringIO(said[1:])))
    assert rows[0][:4] == ["Unit", "Name", "Badge (years)", "Reached on"]
    assert [row[1:5] for row in rows[1:]] == [
        ["Lê Thị An", "30", "07/11/2026", "Reached by the ceremony"],
        ["'=Trần Văn Cúc", "30", "01/10/2026", "Reached by the ceremony"],
        ["Ngô Văn Sang", "30", "01/12/2026", "May be awarded early on request, if seriously ill"],
    ]


def test_a_unit_that_nobody_knows_is_refused_in_a_sentence(world: World) -> None:
    with pytest.raises(CommandError, match=r"There is no unit with the code 99\."):
        run("--unit", "99")
