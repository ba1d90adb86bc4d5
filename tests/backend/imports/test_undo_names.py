"""An import that is undone gives units their former names back, now and in their history."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from uuid import UUID

import pytest

from backend.accounts.administration import move_unit, open_unit
from backend.audit.details import standing
from backend.audit.models import Event
from backend.core.db import WHOLE, scoped
from backend.core.errors import CannotVoid
from backend.imports.applying import bring_in
from backend.imports.reading import read_commune
from backend.imports.undoing import undo
from backend.organizations.models import Unit, UnitSpell
from backend.organizations.tree import as_of as tree_as_of
from tests.backend.imports.books import AS_OF, CELL, GOOD, UNITS, write_folder
from tests.backend.imports.running import ANN, BEN, counted, load
from tests.realdb import RealDatabase
from tests.roles import as_role
from workflows.offices import Level

pytestmark = pytest.mark.real
LATER = date(2026, 11, 10)
SPELLS = tuple[str, date | None, date | None]


@pytest.fixture
def app(committed_db: RealDatabase) -> Iterator[RealDatabase]:
    with as_role("chibo_app"):
        yield committed_db


def named(tmp_path, name: str, on: date = AS_OF) -> UUID:
    """The batch that called the cell so."""
    folder = write_folder(tmp_path, [GOOD], UNITS | {CELL: ("87.107", name, "cell")})
    report = bring_in(read_commune(folder, on, known_units=frozenset(UNITS)), ANN)
    assert report["counts"]["units_renamed"] == 1
    return UUID(report["batch"])


def cell() -> tuple[str, int, list[SPELLS]]:
    """Name and version of the cell, and its history."""
    with scoped(WHOLE):
        unit = Unit.objects.get(code=CELL)
        found = UnitSpell.objects.filter(unit=unit).order_by("valid")
        return unit.name, unit.version, [(one.name, one.valid.lower, one.valid.upper) for one in found]


def test_a_renamed_unit_has_its_former_name_and_its_history_back(app, tmp_path):
    load(write_folder(tmp_path, [GOOD]))
    before = cell()
    assert before == ("Chi bộ 1", 1, [("Chi bộ 1", None, None)])
    batch = named(tmp_path, "Chi bộ Một")
    assert cell() == ("Chi bộ Một", 2, [("Chi bộ 1", None, AS_OF), ("Chi bộ Một", AS_OF, None)])
    assert undo(BEN, batch, reason="the wrong name") == {"events": 0, "rows": 0, "units": 0, "names": 1}
    assert cell() == ("Chi bộ 1", 3, before[2])
    with scoped(WHOLE):
        first, back = Event.objects.filter(code="unit.renamed").order_by("id")
        assert (back.voids, back.batch, back.version) == (first.uid, batch, 3)
        assert not standing(Event.objects.filter(code="unit.renamed")).exists()
        assert "Một" not in bytes(first.line).decode() + bytes(back.line).decode(), "a name is no part of the line"
    assert cell()[0] == "Chi bộ 1"
    again = named(tmp_path, "Chi bộ Một")
    assert undo(BEN, again, reason="once more")["names"] == 1
    assert cell() == ("Chi bộ 1", 5, before[2])


def test_a_later_name_stands_in_the_way_until_it_is_undone(app, tmp_path):
    load(write_folder(tmp_path, [GOOD]))
    first = named(tmp_path, "Chi bộ Một")
    second = named(tmp_path, "Chi bộ Nhất", on=LATER)
    before, stands = counted(), cell()
    with scoped(WHOLE):
        later = Event.objects.get(batch=second, code="unit.renamed")
    with pytest.raises(CannotVoid) as refusal:
        undo(BEN, first, reason="too late")
    assert (refusal.value.blockers, counted(), cell()) == ([later.uid], before, stands)
    assert undo(BEN, second, reason="in turn")["names"] == 1
    assert cell()[2] == [("Chi bộ 1", None, AS_OF), ("Chi bộ Một", AS_OF, None)]
    assert undo(BEN, first, reason="in turn")["names"] == 1
    assert cell()[2] == [("Chi bộ 1", None, None)]


def test_a_unit_that_moved_since_keeps_its_place_under_the_former_name(app, tmp_path):
    load(write_folder(tmp_path, [GOOD]))
    batch = named(tmp_path, "Chi bộ Một")
    with scoped(WHOLE):
        province, unit = Unit.objects.get(code="87"), Unit.objects.get(code=CELL)
    there = open_unit(BEN, code="87.108", name="Xã khác", level=Level.BASE, parent_id=province.pk, on=LATER)
    move_unit(BEN, unit.pk, there.pk, on=LATER)
    assert undo(BEN, batch, reason="the wrong name")["names"] == 1
    assert cell()[2] == [("Chi bộ 1", None, LATER), ("Chi bộ 1", LATER, None)]
    with scoped(WHOLE):
        assert [one.parent_id for one in tree_as_of(LATER).filter(unit=unit)] == [there.pk]
        assert [one.parent_id for one in tree_as_of(AS_OF).filter(unit=unit)] == [unit.parent_id]


def test_a_unit_that_was_taken_back_since_gets_no_name(app, tmp_path):
    made = load(write_folder(tmp_path, [GOOD]))
    batch = named(tmp_path, "Chi bộ Một")
    undo(BEN, UUID(made["batch"]), reason="the wrong commune")
    assert undo(BEN, batch, reason="too") == {"events": 0, "rows": 0, "units": 0, "names": 0}
    with scoped(WHOLE):
        assert not UnitSpell.objects.exists()


def test_a_unit_that_moved_after_the_files_day_is_renamed_in_both_its_places_and_back(app, tmp_path):
    load(write_folder(tmp_path, [GOOD]))
    with scoped(WHOLE):
        province, unit = Unit.objects.get(code="87"), Unit.objects.get(code=CELL)
    there = open_unit(BEN, code="87.108", name="Xã khác", level=Level.BASE, parent_id=province.pk, on=LATER)
    move_unit(BEN, unit.pk, there.pk, on=LATER)
    tree = {"87": UNITS["87"], "87.108": ("87", "Xã khác", "base_committee"), CELL: ("87.108", "Chi bộ Một", "cell")}
    before = cell()[2]
    report = bring_in(read_commune(write_folder(tmp_path, [GOOD], tree), AS_OF), ANN)
    assert report["counts"]["units_renamed"] == 1
    assert cell()[2] == [("Chi bộ 1", None, AS_OF), ("Chi bộ Một", AS_OF, LATER), ("Chi bộ Một", LATER, None)]
    assert undo(BEN, UUID(report["batch"]), reason="the wrong name")["names"] == 1
    assert cell()[2] == before == [("Chi bộ 1", None, LATER), ("Chi bộ 1", LATER, None)]


def test_a_name_that_is_younger_than_the_file_is_left_and_told(app, tmp_path):
    load(write_folder(tmp_path, [GOOD]))
    named(tmp_path, "Chi bộ Nhất", on=LATER)
    stands = cell()
    folder = write_folder(tmp_path, [GOOD], UNITS | {CELL: ("87.107", "Chi bộ Một", "cell")})
    report = bring_in(read_commune(folder, AS_OF, known_units=frozenset(UNITS)), ANN)
    assert (report["counts"]["units_renamed"], cell()) == (0, stands)
    told = {"code": CELL, "parent_code": "87.107", "level": "cell", "name": "Chi bộ Một"}
    assert report["unit_differs"] == [told]
