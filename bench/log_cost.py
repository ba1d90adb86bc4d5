"""What the log costs a step: the same step with its event and without, taking turns; and what sealing these events adds."""

from __future__ import annotations

from contextlib import nullcontext
from statistics import median
from typing import Any
from unittest.mock import patch

import psycopg

from backend.audit.sealing import seal_all
from backend.cases.changes import Changes
from backend.core import clock
from bench.database import analyse, raw, under
from bench.figures import Figure, ratio, seconds, turns
from bench.steps import nobody_to_tell, propose
from bench.world import Cell, make_cells

WARM_UP = 2
"""Rounds that are not counted."""
AT_MOST = 1.25
"""A step with its log, sealing included, takes at most so many times the one without."""


def run_log_cost(units: list[Any], *, rounds: int, per_round: int) -> list[Figure]:
    """A round is a cell: half of its proposals with the log, half without, by turns the one or the other first.

    Sealing is timed as the jobs do it, all that waits at once, and shared out among the steps.
    """
    with under("app"):
        cells = make_cells(units[: rounds + WARM_UP], 2 * (per_round + 1))
    with under("jobs"):
        seal_all()
    analyse()
    with raw("owner") as owner, under("app"), nobody_to_tell():
        owner.autocommit = True
        with_log, without = turns(
            len(cells),
            lambda number: _half(owner, cells[number], cells[number].cases[: per_round + 1], logged=True),
            lambda number: _half(owner, cells[number], cells[number].cases[per_round + 1 :], logged=False),
        )
        _set_check(owner, logged=True)
    steps = len(cells) * (per_round + 1)
    with under("jobs"):
        sealing = seconds(lambda: _seal(steps)) / steps
    kept, bare = with_log[WARM_UP:], without[WARM_UP:]
    writing = ratio(bare, kept)
    return [
        Figure("a step with its log", per_round / median(kept), "steps/s"),
        Figure("the same without", per_round / median(bare), "steps/s"),
        Figure("a step with its event written against one without", writing, "x"),
        Figure("sealing an event, as a part of a step without", sealing * per_round / median(bare), "x"),
        Figure("a step with its log, sealed, against one without", writing + sealing * per_round / median(bare), "x",
               AT_MOST, at_most=True),
    ]  # fmt: skip


def _half(owner: psycopg.Connection, cell: Cell, cases: list[int], *, logged: bool) -> float:
    """Seconds of these proposals but for the first, with which every plan is made anew."""
    _set_check(owner, logged=logged)
    today = clock.today()
    with nullcontext() if logged else patch.object(Changes, "log", lambda *_: None):
        propose(cell, cases[0], today)
        return seconds(lambda: [propose(cell, case, today) for case in cases[1:]])


def _set_check(owner: psycopg.Connection, *, logged: bool) -> None:
    """The database's own check that no state changes without its event: part of what the log costs."""
    owner.execute(f"ALTER TABLE cases_case {'ENABLE' if logged else 'DISABLE'} TRIGGER case_transition")


def _seal(steps: int) -> None:
    """Raises AssertionError where another number of events waits than the steps with a log have written."""
    sealed = seal_all()
    if sealed != steps:
        raise AssertionError(f"{sealed} events waited, {steps} steps were logged")
