"""The whole bench: one database, the steps, then the sweep at growing numbers of members."""

from __future__ import annotations

from bench.database import bench_database
from bench.figures import Figure
from bench.steps import run_steps
from bench.sweeping import run_sweep
from bench.world import make_units


def measure(*, quick: bool, only: str | None = None) -> list[Figure]:
    """All figures, or those of one half (`steps`, `sweep`)."""
    figures: list[Figure] = []
    rounds, per_round, many = (4, 5, 200) if quick else (40, 15, 10_000)
    scales, due = ((1_000, 10_000), 100) if quick else ((10_000, 100_000, 1_000_000), 1_000)
    with bench_database():
        _, units = make_units(rounds + many // 20 + 11)
        if only != "sweep":
            figures += run_steps(units, rounds=rounds, per_round=per_round, many=many)
        if only != "steps":
            figures += run_sweep(units[-1], scales=scales, due=due)
    return figures
