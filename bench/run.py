"""The whole bench: the steps, then the sweep at growing numbers of members; in databases of their own the largest nights, the
log, the walls and the pages."""

from __future__ import annotations

from datetime import date

from bench.database import bench_database
from bench.figures import Figure
from bench.log import run_log
from bench.log_cost import run_log_cost
from bench.nights import run_nights
from bench.pages import run_pages
from bench.steps import run_steps
from bench.sweeping import run_sweep
from bench.walls import run_walls
from bench.world import make_units

NIGHT = date(2027, 3, 10)
"""A working day, whatever day it is."""
STEPS, SWEEP, NIGHTS, LOG, WALLS, PAGES = "steps", "sweep", "nights", "log", "walls", "pages"
PARTS = (STEPS, SWEEP, NIGHTS, LOG, WALLS, PAGES)


def measure(*, quick: bool, whole: bool = False, only: str | None = None) -> list[Figure]:
    """All figures, or those of one of `PARTS`; `quick`: small numbers, `whole`: the country's nights and mornings."""
    figures: list[Figure] = []
    if only in (None, STEPS, SWEEP):
        figures += _halves(quick=quick, only=only)
    if only in (None, NIGHTS):
        figures += _nights(quick=quick, whole=whole)
    if only in (None, LOG):
        with bench_database():
            figures += run_log(1_000 if quick else 200_000)
        rounds, per_round = (3, 4) if quick else (40, 15)
        with bench_database():
            _, units = make_units(rounds + 2)
            figures += run_log_cost(units, rounds=rounds, per_round=per_round)
    if only in (None, WALLS):
        with bench_database():
            _, (unit,) = make_units(1)
            figures += run_walls(unit, members=60_000 if quick else 1_000_000, rounds=5 if quick else 50)
    if only in (None, PAGES):
        with bench_database():
            _, (unit,) = make_units(1)
            figures += run_pages(unit, members=60_000 if quick else 1_000_000, rounds=5 if quick else 60)
    return figures


def _nights(*, quick: bool, whole: bool) -> list[Figure]:
    rungs, people, rounds = (3_000, 30_000), (1_000, 5_000), 3
    if quick:
        rungs, people, rounds = (100, 1_000), (20, 100), 1
    elif whole:
        rungs, people, rounds = (30_000, 300_000), (10_000, 50_000), 1
    with bench_database():
        _, (unit,) = make_units(1)
        return run_nights(unit, NIGHT, rungs=rungs, people=people, rounds=rounds)


def _halves(*, quick: bool, only: str | None) -> list[Figure]:
    figures: list[Figure] = []
    rounds, per_round, many = (4, 5, 200) if quick else (40, 15, 10_000)
    scales, due = ((1_000, 10_000), 100) if quick else ((10_000, 100_000, 1_000_000), 1_000)
    with bench_database():
        _, units = make_units(rounds + many // 20 + 11)
        if only != SWEEP:
            figures += run_steps(units, rounds=rounds, per_round=per_round, many=many)
        if only != STEPS:
            figures += run_sweep(units[-1], scales=scales, due=due)
    return figures
