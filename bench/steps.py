"""One step by the engine, by hand and by the peer, taking turns; and the same step on ten thousand members."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import date
from statistics import median
from typing import Any
from unittest.mock import patch

from django.db import transaction

from backend.cases import engine
from backend.cases.engine import OnCase, OnMember, Order, RequestKey, perform, perform_many
from backend.core import clock
from backend.core.nudge import nudge
from bench.by_hand import ByHand
from bench.database import analyse, raw, under
from bench.figures import Figure, alternate, ratio, seconds
from bench.models import PeerCase
from bench.world import OFFICIALS, Cell, make_cells, paper, proposal


def measure_steps(cells: list[Cell], per_round: int) -> list[Figure]:
    """Each cell is a round: some of its cases go to the engine, as many to the hand-written step."""
    analyse()
    today = clock.today()
    like = propose(cells[0], cells[0].cases[0], today)
    with raw("owner") as owner, raw("app") as connection:
        hand = ByHand(connection, owner, like)
        peers = [one.pk for one in PeerCase.objects.bulk_create(PeerCase() for _ in range(len(cells) * per_round))]

        def by_engine(number: int) -> None:
            for case in cells[number].cases[1 : 1 + per_round]:
                propose(cells[number], case, today)

        def by_hand(number: int) -> None:
            for case in cells[number].cases[-per_round:]:
                hand.propose(cells[number], case, f"hand-{case}", today)

        def by_peer(number: int) -> None:
            for key in peers[number * per_round :][:per_round]:
                _peer(key)

        with nobody_to_tell():
            own, theirs, peer = (taken[2:] for taken in alternate(len(cells), by_engine, by_hand, by_peer))
    return [
        Figure("one step through perform()", per_round / median(own), "steps/s"),
        Figure("the same by hand in psycopg", per_round / median(theirs), "steps/s"),
        Figure("django-fsm-2 + django-fsm-log, state and log alone", per_round / median(peer), "steps/s"),
        Figure("perform() against psycopg by hand", ratio(own, theirs), "x", 0.45),
        Figure("perform() against django-fsm-2 + django-fsm-log", ratio(own, peer), "x", 0.6),
        Figure("telling the worker after a step (Redis)", 1000 * seconds(lambda: nudge("jobs.seal")), "ms"),
    ]


def measure_many(cells: list[Cell], singles: int) -> list[Figure]:
    """A step of membership on every official member of the cells, and singly on some who are left over for it."""
    today = clock.today()
    facts = {"resolution": paper(today), "ground": "meetings", "months": 3}
    alone, together = cells[: singles // OFFICIALS], cells[singles // OFFICIALS :]
    ids = [one for cell in together for one in cell.officials]
    officer = together[0].commune_officer
    results: list[Any] = []

    def one_by_one() -> None:
        for cell in alone:
            for member in cell.officials:
                perform(cell.secretary, OnMember(member), "record_lapse", facts, on=today)

    def all_at_once() -> None:
        results.extend(perform_many(officer, [Order(OnMember(one), "record_lapse", today, facts) for one in ids]))

    with nobody_to_tell():
        single, many = seconds(one_by_one) / (len(alone) * OFFICIALS), seconds(all_at_once) / len(ids)
    refused = next((one.error for one in results if one.error is not None), None)
    if refused is not None:
        raise refused
    return [
        Figure("record_lapse through perform()", 1 / single, "steps/s"),
        Figure(f"record_lapse through perform_many() over {len(ids):,} members", 1 / many, "steps/s"),
        Figure("perform_many() against the single step", single / many, "x", 10),
    ]


def run_steps(units: list[Any], *, rounds: int, per_round: int, many: int) -> list[Figure]:
    """All figures about steps, measured under the role of the web process."""
    with under("app"):
        cells = make_cells(units[:rounds], 1 + 2 * per_round)
        figures = measure_steps(cells, per_round)
        singles = 10 * OFFICIALS
        more = make_cells(units[rounds : rounds + (many + singles) // OFFICIALS], 0)
        analyse()
        return figures + measure_many(more, singles)


def propose(cell: Cell, case: int, on: date) -> dict[str, Any]:
    facts = proposal(cell, on)
    key = RequestKey.of(f"engine-{case}", facts)
    return perform(cell.secretary, OnCase(case), "propose", facts, on=on, expected_version=1, request_key=key)


def _peer(key: int) -> None:
    with transaction.atomic():
        case = PeerCase.objects.get(pk=key)
        case.propose()
        case.save()


def nobody_to_tell() -> AbstractContextManager[Any]:
    """What is compared is the work on the tables; the message to Redis has a line of its own."""
    return patch.object(engine, "nudge", lambda *_: True)
