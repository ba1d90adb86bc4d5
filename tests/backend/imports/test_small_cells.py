"""A cell that comes in with fewer than three official members is a task for its base committee, told once for the roster."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from backend.audit.models import Event
from backend.cases import voiding
from backend.cases.replay import replay
from backend.core.db import WHOLE, scoped
from backend.deadlines.models import Deadline
from backend.imports import entering, run
from backend.imports.summary import summary
from backend.imports.undoing import undo
from tests.backend.imports.books import GOOD, PROBATIONER, UNITS, write_folder
from tests.backend.imports.running import BEN, counted, load
from tests.realdb import RealDatabase
from tests.roles import as_role

pytestmark = pytest.mark.real
SECOND = {**GOOD, "full_name": "Lê Văn Hai", "personal_id": "087080000012"}
THIRD = {**GOOD, "full_name": "Lê Văn Ba", "personal_id": "087080000013"}


@pytest.fixture
def app(committed_db: RealDatabase) -> Iterator[RealDatabase]:
    with as_role("chibo_app"):
        yield committed_db


def tasks() -> list[tuple[str, str, str]]:
    """(status, code of the event that opened it, code of the one that closed it); replay finds nothing to say."""
    with as_role("chibo_jobs"):
        assert list(replay()) == []
    with scoped(WHOLE):
        codes = dict(Event.objects.values_list("uid", "code"))
        found = Deadline.objects.filter(rule_id="TASK.REINFORCE_CELL").order_by("pk")
        return [(one.status, codes[one.occurrence], codes.get(one.closed_by, "")) for one in found]


def small(report: dict[str, Any]) -> int:
    return int(report["counts"]["cells_too_small"])


def test_a_small_cell_opens_one_task_and_the_next_roster_meets_it(app: RealDatabase, tmp_path: Path) -> None:
    report = load(write_folder(tmp_path, [GOOD, SECOND, PROBATIONER]))
    assert (small(report), report["counts"]["tasks"]) == (1, 0)
    said = "1 chi bộ không đủ đảng viên chính thức: đảng ủy cơ sở được giao một việc cho mỗi chi bộ."
    assert said in list(summary(report, kept=True))
    assert tasks() == [("open", "membership.imported_official", "")]
    with scoped(WHOLE):
        task = Deadline.objects.get(rule_id="TASK.REINFORCE_CELL")
        assert (task.subject_kind, task.subject_id, task.reference) == ("unit", task.unit_id, "87.107.000.000.001")
        assert (task.acting_unit.code, str(Event.objects.get(uid=task.occurrence).batch)) == ("87.107", report["batch"])
    before = counted()
    assert load(write_folder(tmp_path, [GOOD, SECOND, PROBATIONER]))["changed"] is False
    assert counted() == before
    later = load(write_folder(tmp_path, [GOOD, SECOND, PROBATIONER, THIRD]))
    assert small(later) == 0
    assert tasks() == [("met", "membership.imported_official", "membership.imported_official")]
    undo(BEN, UUID(later["batch"]), reason="wrong")
    assert tasks() == [("open", "membership.imported_official", "")]
    undo(BEN, UUID(report["batch"]), reason="wrong")
    assert tasks() == [("cancelled", "membership.imported_official", "membership.voided")]


def test_a_cell_that_comes_in_several_chunks_is_looked_at_as_a_whole(
    app: RealDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (entering, run, voiding):
        monkeypatch.setattr(module, "CHUNK", 1)
    report = load(write_folder(tmp_path, [GOOD, SECOND, THIRD]))
    assert (small(report), tasks()) == (0, [])
    undo(BEN, UUID(report["batch"]), reason="wrong")
    assert tasks() == [], "nobody was ever there"


def test_a_cell_without_official_members_waits_for_its_first(app: RealDatabase, tmp_path: Path) -> None:
    other = "87.107.000.000.002"
    report = load(write_folder(tmp_path, [PROBATIONER], UNITS | {other: ("87.107", "Chi bộ 2", "cell")}))
    assert (small(report), tasks()) == (0, [])


def test_a_dry_run_counts_it_and_leaves_nothing(app: RealDatabase, tmp_path: Path) -> None:
    report = load(write_folder(tmp_path, [GOOD]), dry_run=True)
    assert (small(report), tasks()) == (1, [])
