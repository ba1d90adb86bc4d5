"""Counting while others count: two that follow the log, a rebuild beside them, and whoever records meanwhile."""

from __future__ import annotations

import pytest

from backend.audit.followers import follow
from backend.audit.sealing import seal_all
from backend.core.db import WHOLE, scoped
from backend.reports.counting import NAME, rebuild
from backend.reports.reading import values
from tests.realdb import RealDatabase, together
from tests.roles import as_role
from tests.world import TODAY, make_world

pytestmark = pytest.mark.real


def as_jobs(work: object) -> object:
    def run() -> object:
        with as_role("chibo_jobs"):
            return work()  # type: ignore[operator]

    return run


def test_two_who_follow_and_one_who_rebuilds_count_everything_once(committed_db: RealDatabase) -> None:
    world = make_world()
    world.members(4)
    world.members(3, unit=world.other)
    sealed = seal_all()
    passed = together(*[as_jobs(lambda: follow(NAME, 5))] * 2, as_jobs(rebuild), as_jobs(rebuild))
    done = sum(one for one in passed[:2])
    while more := follow(NAME):
        done += more
    assert done == sealed
    paths = [world.province.path, world.commune.path, world.cell.path, world.other.path]
    with scoped(WHOLE):
        found = values(paths, ["member"], [TODAY])
    assert [found[path, "member", TODAY] for path in paths] == [7, 7, 4, 3]
    assert rebuild() == 0
