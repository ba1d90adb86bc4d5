"""What the machine plays on: two base organisations with three cells, offices for two people each, and their members."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from backend.accounts.policy import Actor
from backend.cases.engine import NewCase, perform
from backend.members.models import Member
from tests.world import BEGUN, World, make_world, person, unit
from workflows.offices import Level, Office

CEREMONY = date(2025, 11, 20)
"""The probationer's twelve months end three weeks after the machine's first day."""
ABOVE_SIXTY = date(1964, 5, 1)
"""Who was born so needs the province's consent before the cell may propose the admission."""


@dataclass(frozen=True)
class Place:
    """A unit of the stage; `base` is the code of its base organisation."""

    id: int
    path: str
    code: str
    base: str
    level: Level


@dataclass(frozen=True)
class Stage:
    """Plain values: they hold in every clone of the database in which the stage was set."""

    cells: tuple[Place, ...]
    bases: tuple[Place, ...]
    actors: tuple[Actor, ...]

    def cell(self, unit_id: int) -> Place:
        return next(one for one in self.cells if one.id == unit_id)


def set_stage() -> Stage:
    """Units, offices and people, entered through the engine."""
    world = make_world()
    far_base = unit("87.108", "Đảng bộ xã xa", Level.BASE, world.province)
    far = unit("87.108.000.000.001", "Chi bộ ấp Xa", Level.CELL, far_base)
    _seat(world, far, far_base)
    for cell in (world.cell, world.other, far):
        _fill(world, cell)
    for word in ("away", "exempt", "lapsed"):
        world.member(f"Đỗ Văn {word.title()}", unit=world.other, participation=word)
    world.member("Lý Thị Lâu Năm", joined_on="1990-05-19", official_on="1991-05-19", admission_decided_on="1990-05-01")
    world.member("Hồ Thị Cao", "import_candidate", world.other, born_on=ABOVE_SIXTY)
    world.member("Mai Thị Đi", "import_transferred_out", joined_on=CEREMONY.isoformat(), left_on="2025-12-20")
    world.member("Phạm Văn Đi", "import_transferred_out", left_on="2024-03-01", joined_on="2012-05-19",
                 official_on="2013-05-19")  # fmt: skip
    Member.objects.update(**FILLED)
    bases = (world.commune, far_base)
    return Stage(
        cells=tuple(Place(one.pk, one.path, one.code, one.code[:6], Level.CELL) for one in (world.cell, world.other, far)),
        bases=tuple(Place(one.pk, one.path, one.code, one.code, Level.BASE) for one in bases),
        actors=(*(world.actors[name] for name in sorted(world.actors)), Actor.operator("máy"), Actor.system()),
    )  # fmt: skip


FILLED = {"home_detail": "Ấp Hai"}
"""What every record says at first."""


def _seat(world: World, far: object, far_base: object) -> None:
    """A second person wherever the law wants four eyes: what one has recorded the other decides on, or voids."""
    cells = {"other_deputy": (Office.CELL_DEPUTY, world.other), "far_secretary": (Office.CELL_SECRETARY, far),
             "far_deputy": (Office.CELL_DEPUTY, far)}  # fmt: skip
    above = {"far_officer": (Office.ORGANISATION_OFFICER, far_base), "far_committee": (Office.COMMITTEE_SECRETARY, far_base),
             "province_head": (Office.COMMITTEE_SECRETARY, world.province)}  # fmt: skip
    world.actors |= {name: person(name, office, at) for name, (office, at) in {**cells, **above}.items()}


def _fill(world: World, cell: object) -> None:
    """Seven people in every cell: four who attend, and one each on probation, to be admitted, away, removed."""
    officer = Actor.operator("test")
    world.members(4, unit=cell)
    new = world.member("Trần Thị Mới", "import_probationary", cell, joined_on=CEREMONY.isoformat())
    world.probation(new, CEREMONY)
    world.member("Ngô Thị Ưu", "import_candidate", cell)
    gone = world.member("Lê Văn Xa", unit=cell, participation="away", away_until="2027-02-28")
    facts = {"away_from": "2026-04-01", "away_until": "2027-02-28"}
    perform(officer, NewCase("away", member_id=gone.pk), "take_over", facts, on=BEGUN)
    world.member("Bùi Văn Xưa", "import_removed", cell, left_on="2020-03-02", joined_on="2010-01-05")
    assert Member.objects.filter(unit=cell).count() == 8
