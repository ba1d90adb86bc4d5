"""Dues recorded at the same time: by two people of a cell, and by two cells in the month in which a stay began."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import pytest

from backend.accounts.policy import Actor
from backend.audit.models import Event
from backend.dues import recording
from backend.dues.recording import Recorded, Wanted, record_month
from backend.members.models import Member
from backend.organizations.models import Unit
from backend.participation.models import DuesEntry
from tests.backend.cases.test_transfer import FAR, staying
from tests.backend.dues.test_recording import codes
from tests.realdb import RealDatabase, together
from tests.world import World, make_world, person, unit
from workflows.dues import Said
from workflows.guards.dues import Answer
from workflows.offices import Level, Office

pytestmark = pytest.mark.real
SEPTEMBER = date(2026, 9, 1)


def told(done: Recorded) -> dict[str, Any]:
    (one,) = done.results
    return {"said": codes(one.error) or ["done"]}


def attempt(actor: Actor, cell: int, member: Member, day: int, version: int = 0) -> str:
    wanted = [Wanted(member.pk, Answer(Said.PAID, date(2026, 9, day)), version)]
    return str(record_month(actor, cell, SEPTEMBER, wanted, tell=told)["said"][0])


def test_of_two_people_of_a_cell_the_later_is_told(committed_db: RealDatabase) -> None:
    world = make_world()
    (member,) = world.members(1)
    said = together(
        lambda: attempt(world.actor("secretary"), world.cell.pk, member, 3),
        lambda: attempt(world.actor("deputy"), world.cell.pk, member, 4),
    )
    assert sorted(said) == ["done", "stale"]
    assert list(DuesEntry.objects.values_list("version", flat=True)) == [1]
    assert Event.objects.filter(subject_kind="dues").count() == 1


@pytest.fixture
def two_cells(committed_db: RealDatabase) -> tuple[World, Unit, Member]:
    """A member who went to the far cell on 10 September: that month may be paid at either."""
    world = make_world()
    commune = unit("87.108", "Đảng bộ xã xa", Level.BASE, world.province)
    far = unit(FAR, "Chi bộ ấp Xa", Level.CELL, commune)
    world.actors |= {
        "far_secretary": person("far_secretary", Office.CELL_SECRETARY, far),
        "far_officer": person("far_officer", Office.ORGANISATION_OFFICER, commune),
    }
    member = world.member("Lê Văn Khách")
    staying(world, member)
    return world, far, member


def at_once(two_cells: tuple[World, Unit, Member], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Both cells have judged before either writes."""
    world, far, member = two_cells
    gate, write, waited = threading.Barrier(2), recording.write, set[int]()

    def late(*arguments: Any, **options: Any) -> Any:
        if threading.get_ident() not in waited:
            waited.add(threading.get_ident())
            gate.wait(20)
        return write(*arguments, **options)

    monkeypatch.setattr(recording, "write", late)
    return together(
        lambda: attempt(world.actor("secretary"), world.cell.pk, member, 3),
        lambda: attempt(world.actor("far_secretary"), far.pk, member, 20),
    )


def test_of_two_cells_the_later_is_told_too(
    two_cells: tuple[World, Unit, Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, far, member = two_cells
    said = at_once(two_cells, monkeypatch)
    assert sorted(said) == ["done", "stale"]
    late = (world.actor("secretary"), world.cell.pk) if said[0] == "stale" else (world.actor("far_secretary"), far.pk)
    assert attempt(*late, member, 21, version=1) == "dues.recorded_elsewhere"
    assert list(DuesEntry.objects.values_list("version", flat=True)) == [1]
    assert Event.objects.filter(subject_kind="dues").count() == 1


def test_control_without_the_version_in_the_statement_one_cell_writes_over_the_other(
    two_cells: tuple[World, Unit, Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    blind = recording.write.__globals__["_ENTRIES"].replace("WHERE d.version = excluded.version - 1", "")
    monkeypatch.setitem(recording.write.__globals__, "_ENTRIES", blind)
    assert at_once(two_cells, monkeypatch) == ["done", "done"]
    assert DuesEntry.objects.count() == 1
    assert Event.objects.filter(subject_kind="dues").count() == 2
