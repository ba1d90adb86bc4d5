"""The one look past the walls that a rehearsal needs: whether anybody reads what is addressed to an office."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from backend.alerts.ledger import story
from backend.alerts.recipients import READERS, on_day, without_readers
from backend.core import clock
from backend.core.db import WHOLE, execute, scope, scoped
from backend.organizations.models import Unit
from tests.backend.alerts.rows import LONG_AGO, chain, deadline, person, unit
from tests.roles import as_role
from workflows.offices import TOLD, Level, Office

pytestmark = pytest.mark.django_db
ALL = "SELECT * FROM chibo_has_readers(%s, %s)"


def asked(path: str | None, units: list[Unit]) -> dict[tuple[int, str], bool]:
    """What the application's role is told of the units from this scope, by unit and office."""
    with as_role("chibo_app"), transaction.atomic():
        execute("SELECT set_config('chibo.path', %s, true)", [path or ""])
        rows = execute(ALL, [[one.pk for one in units], clock.today()])
    assert len(rows) == len({row[:2] for row in rows})
    return {(key, office): has for key, office, has in rows}


def test_it_answers_yes_or_no_of_units_in_the_scope_and_above_it_and_nothing_of_others() -> None:
    province, commune, cell = chain()
    beside, elsewhere = unit(Level.BASE, province), chain()
    person(Office.COMMITTEE_SECRETARY, province)
    person(Office.CELL_SECRETARY, cell)
    person(Office.COMMITTEE_SECRETARY, beside)
    units = [province, commune, cell, beside, *elsewhere]
    offices = {office for level in TOLD.values() for office in level}
    from_commune = asked(commune.path, units)
    assert set(from_commune) == {(one.pk, office) for one in (province, commune, cell) for office in offices}
    assert from_commune[province.pk, "committee_secretary"] is True
    assert from_commune[province.pk, "organisation_officer"] is False
    assert from_commune[commune.pk, "committee_secretary"] is True, "nobody sits in the commune: the province reads"
    assert from_commune[cell.pk, "cell_secretary"] is True
    assert {key for key, _ in asked(cell.path, units)} == {province.pk, commune.pk, cell.pk}
    assert asked(None, units) == {}, "no scope, no answer"
    assert asked(cell.path, []) == {}
    assert {key for key, _ in asked(WHOLE, units)} == {one.pk for one in units}


def test_its_columns_carry_a_unit_an_office_and_yes_or_no() -> None:
    """No name, no account, no number of people: the whole of what it can say."""
    told = """SELECT pg_get_function_arguments(oid), pg_get_function_result(oid), prosecdef, provolatile::text, proconfig,
      has_function_privilege('public', oid, 'EXECUTE'), pg_get_userbyid(proowner)
      FROM pg_proc WHERE proname = 'chibo_has_readers'"""
    with connection.cursor() as cursor:
        cursor.execute(told)
        assert cursor.fetchall() == [
            (
                "units bigint[], on_day date", "TABLE(unit_id bigint, office text, has boolean)", True, "s",
                ["search_path=public, pg_temp"], False, "chibo_owner",
            )
        ]  # fmt: skip
    with as_role("chibo_app"), pytest.raises(ProgrammingError), transaction.atomic():
        execute("SELECT has FROM chibo_has_readers(ARRAY['administrator'], current_date)")


def test_two_in_an_office_answer_like_one_and_an_administrator_like_nobody() -> None:
    province, commune, _ = chain()
    person(Office.ADMINISTRATOR, province)
    person(Office.AUDITOR, commune)
    assert set(asked(commune.path, [province, commune]).values()) == {False}
    person(Office.ORGANISATION_OFFICER, province)
    once = asked(commune.path, [province, commune])
    person(Office.ORGANISATION_OFFICER, province)
    assert asked(commune.path, [province, commune]) == once
    assert once[province.pk, "organisation_officer"] is True


@pytest.mark.parametrize("fields", [{"to_date": LONG_AGO}, {"is_active": False}, {"member_id": 1}, {}])
def test_it_says_of_every_unit_what_the_letters_would_find(fields: dict[str, Any]) -> None:
    province, commune, cell = chain()
    empty, other = unit(Level.CELL, commune), chain()
    person(Office.CELL_SECRETARY, cell, **fields)
    person(Office.CELL_DEPUTY, empty)
    person(Office.ORGANISATION_OFFICER, province, **fields)
    person(Office.COMMITTEE_SECRETARY, other[0])
    day = clock.today()
    reads = execute(
        f"WITH asked AS (SELECT id AS unit_id FROM organizations_unit), {READERS} SELECT DISTINCT unit_id, office FROM reads",
        on_day(day),
    )
    units = [province, commune, cell, empty, *other]
    scope(WHOLE)
    missing = without_readers([one.pk for one in units], day)
    offices = {office.value for level in TOLD.values() for office in level}
    every = {(one.pk, office) for one in units for office in offices}
    assert missing == every - {(key, office) for key, office in reads}


def test_a_cell_reads_in_its_deadlines_story_which_offices_above_it_nobody_holds() -> None:
    province, commune, cell = chain()
    person(Office.CELL_SECRETARY, cell)
    person(Office.COMMITTEE_SECRETARY, commune)
    person(Office.COMMITTEE_SECRETARY, province)
    person(Office.ORGANISATION_OFFICER, province)
    one = deadline(cell)
    with as_role("chibo_app"), scoped(cell.path):
        rungs = story(one).rungs
    told = {(to.unit_id, to.office.value): to.reason for line in rungs for to in line.to}
    assert told == {
        (cell.pk, "cell_secretary"): "",
        (commune.pk, "committee_secretary"): "", (commune.pk, "organisation_officer"): "vacant_now",
        (province.pk, "committee_secretary"): "", (province.pk, "organisation_officer"): "",
    }  # fmt: skip
    assert {line.rung: line.reason for line in rungs if line.reason} == {8: "no_level_above"}
