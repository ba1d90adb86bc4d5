"""Somebody known elsewhere: the same sentence, with whom to ask, one by one, many at once and from a roster."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from backend.accounts.policy import Actor
from backend.cases.engine import NewMember, Order, perform_many
from backend.cases.entering import enter
from backend.core.db import WHOLE, scoped
from backend.core.errors import Refused
from backend.imports.applying import bring_in
from backend.imports.faults import ImportRefused
from backend.imports.reading import read_commune
from backend.members.models import Member
from backend.members.profile import read_profile
from tests.backend.imports.books import AS_OF, CELL, GOOD, write_folder
from tests.realdb import RealDatabase
from tests.roles import as_role
from tests.world import TODAY, World, make_world, paper, person, unit
from workflows.offices import Level, Office

pytestmark = pytest.mark.real
ID = "087080000001"
ASK = "This person is on the lists of another unit; ask: Đảng bộ tỉnh. It sees both units and can look the person up."


def profile(name: str, **fields: Any) -> dict[str, Any]:
    return {"full_name": name, "sex": "f", "born_on": "2001-05-04", **fields}


@pytest.fixture
def world(committed_db: RealDatabase) -> Iterator[World]:
    """The id stands in a cell of another commune, which nobody of this one sees."""
    made = make_world()
    far = unit("87.108", "Đảng bộ xã xa", Level.BASE, made.province)
    cell = unit("87.108.000.000.001", "Chi bộ ấp Xa", Level.CELL, far)
    there = person("far_secretary", Office.CELL_SECRETARY, cell)
    with as_role("chibo_app"):
        enter(
            there, cell.pk, "choose", {"resolution": paper(TODAY)}, profile=profile("Ai Đó", personal_id=ID), on=TODAY
        )
        yield made


def standing() -> list[tuple[str, str]]:
    with scoped(WHOLE):
        return sorted(Member.objects.values_list("full_name", "standing"))


def test_many_at_once_are_told_whom_to_ask_as_one_is(world: World) -> None:
    secretary, orders, facts = world.actor("secretary"), [], {"resolution": paper(TODAY)}
    with pytest.raises(Refused) as alone:
        enter(secretary, world.cell.pk, "choose", facts, profile=profile("Lê A", personal_id=ID), on=TODAY)
    for name, number in (("Lê A", ID), ("Lê B", "087080000002"), ("Lê C", "")):
        columns, _ = read_profile(profile(name, personal_id=number), TODAY)
        orders.append(Order(NewMember(world.cell.pk, columns), "choose", TODAY, facts))
    first, *others = perform_many(secretary, orders)
    assert isinstance(first.error, Refused)
    assert first.error.answers == alone.value.answers
    assert [f"{one.text('en')} {one.advice('en')}" for one in first.error.answers] == [ASK]
    assert [one.error for one in others] == [None, None]
    assert standing() == [("Ai Đó", "candidate"), ("Lê B", "candidate"), ("Lê C", "candidate")]


@pytest.fixture
def officer(world: World) -> Actor:
    """The commune's: not the operator of the server, who sees everybody."""
    return world.actor("officer")


def refusal(folder: Path, actor: Actor) -> str:
    before = standing()
    with pytest.raises(ImportRefused) as refused:
        bring_in(read_commune(folder, AS_OF, known_units=frozenset({"87", "87.107"})), actor)
    assert standing() == before
    return str(refused.value)


def test_a_roster_that_names_them_says_whom_to_ask(world: World, officer: Actor, tmp_path: Path) -> None:
    units = {CELL: ("87.107", "Chi bộ ấp Một", "cell")}
    folder = write_folder(tmp_path, [GOOD], units)
    said = "Việc nhập đã dừng và không thay đổi gì. Người này đang trong danh sách của một đơn vị khác; hãy hỏi: Đảng bộ tỉnh. "
    assert refusal(folder, officer).startswith(said)


def test_so_does_one_that_completes_a_record_with_their_id(world: World, officer: Actor, tmp_path: Path) -> None:
    units = {CELL: ("87.107", "Chi bộ ấp Một", "cell")}
    commune = read_commune(
        write_folder(tmp_path, [{**GOOD, "personal_id": None}], units), AS_OF, known_units=frozenset({"87", "87.107"})
    )
    assert bring_in(commune, officer)["counts"]["people"] == 1
    assert "hãy hỏi: Đảng bộ tỉnh." in refusal(write_folder(tmp_path, [GOOD], units), officer)
    with scoped(WHOLE):
        assert Member.objects.get(full_name="Lê Văn Tám", born_on=date(1980, 3, 2)).personal_id_index is None
