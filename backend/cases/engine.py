"""The one road by which anything moves (docs/architecture.md, "The road of a step").

`perform()` does one step in a transaction of its own; `perform_many()` takes the same guards over many subjects in
set-sized statements and answers per subject; imports and jobs call `carry_out()` inside their own transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from backend.accounts.policy import Actor
from backend.cases import requests
from backend.cases.changes import Changes
from backend.cases.durable import durable, refusals, violated
from backend.cases.emitting import emit
from backend.cases.judging import Done, judge
from backend.cases.known import entered_by, whom_to_ask
from backend.cases.lanes import Enter, Stage, alone, in_order
from backend.cases.orders import TWICE, Loaded, NewCase, NewMember, OnCase, OnMember, Order, Outcome, Result, Target
from backend.cases.requests import RequestKey
from backend.cases.situation import Readings
from backend.cases.targets import load
from backend.core import clock
from backend.core.db import scope
from backend.core.errors import ChiboError, Refused
from backend.core.nudge import nudge

__all__ = [
    "NewCase", "NewMember", "NothingDone", "OnCase", "OnMember", "Order", "RequestKey", "Result", "carry_out",
    "each_its_own", "keep", "once", "perform", "perform_bulk", "perform_many",
]  # fmt: skip

CHUNK = 1000


def perform(
    actor: Actor, target: Target, step: str, facts: Mapping[str, Any], *, on: date, expected_version: int | None = None,
    request_key: RequestKey | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Do one step, all or nothing, and say what it did (`Outcome.as_json`).

    In this order: a known request key returns its earlier outcome; rows are locked; not visible = NotFound; another
    version = Stale; right missing = NotPermitted; every unmet guard at once = Refused. Then state, history,
    deadlines, opened cases and events are written by one statement, and the database's own checks run.
    """
    order = Order(target, step, on, facts, expected_version)

    def work(days: str, key: RequestKey | None) -> dict[str, Any]:
        changes = Changes()
        request_id = key.key if key else ""
        (result,) = carry_out(actor, [order], changes=changes, request_id=request_id, readings=Readings(days))
        if result.outcome is None:
            raise result.error or RuntimeError("a step without outcome")
        outcome = result.outcome.as_json()
        if key is not None:
            changes.add("keys", key.row(actor, outcome))
        changes.write()
        return outcome

    return once(actor, requests.named([order]), request_key, work)


def perform_bulk(
    actor: Actor, orders: Sequence[Order], tell: Callable[[Sequence[Result]], dict[str, Any]],
    *, request_key: RequestKey | None = None,
) -> dict[str, Any]:  # fmt: skip
    """`perform_many` as one request of at most `CHUNK` orders: what `tell` says of the results is the answer.

    If anything was done the answer is kept with the key, in the transaction of what was done. Raises KeyReused.
    """

    def work(days: str, key: RequestKey | None) -> dict[str, Any]:
        results = each_its_own(actor, orders, request_id=key.key if key else "", readings=Readings(days))
        answer = tell(results)
        if all(one.outcome is None for one in results):
            raise NothingDone(answer)
        keep(actor, key, answer)
        return answer

    try:
        return once(actor, requests.named(orders), request_key, work)
    except NothingDone as nothing:
        return nothing.answer


def perform_many(actor: Actor, orders: Sequence[Order], *, batch: UUID | None = None) -> list[Result]:
    """The same step (or steps) on many subjects: each is done or refused on its own, `CHUNK` to a transaction.

    While the server writes one chunk the next is judged: an order may not count on what another order of the same call
    does in another cell.
    """

    def work(chunk: Sequence[Order], enter: Enter) -> list[Result]:
        with durable():
            scope(actor.path)
            results = each_its_own(actor, chunk, batch=batch, enter=enter)
            enter(Stage.COMMIT)
        nudge("jobs.seal")
        return results

    chunks = [orders[start : start + CHUNK] for start in range(0, len(orders), CHUNK)]
    return [result for results in in_order(chunks, work) for result in results]


class NothingDone(ChiboError):
    """Every order of a bulk was refused: the answer is given and nothing is kept."""

    def __init__(self, answer: dict[str, Any]) -> None:
        super().__init__("nothing done")
        self.answer = answer


def once(
    actor: Actor, asked: Any, request_key: RequestKey | None, work: Callable[[str, RequestKey | None], dict[str, Any]]
) -> dict[str, Any]:
    """Do `work` in a durable transaction of the actor's scope, unless the same request was done before.

    `asked` names, as JSON, what the key stands for; `work` gets the calendar's fingerprint, and the key to keep its
    answer with. Where it fails, the same request may have been faster in another process while this one waited for its
    locks.
    """
    key = request_key.bound(actor, asked) if request_key is not None and actor.is_person else None
    try:
        with durable():
            days, known = requests.enter(actor, key)
            if known is not None:
                return known
            answer = work(days, key)
    except (ChiboError, IntegrityError) as error:
        if key is None or (isinstance(error, IntegrityError) and violated(error) != "request_key_once"):
            raise
        with transaction.atomic(durable=True):
            _, known = requests.enter(actor, key)
        if known is None:
            raise
        return known
    nudge("jobs.seal")
    return answer


def keep(actor: Actor, key: RequestKey | None, answer: dict[str, Any]) -> None:
    """Keep the answer with its key, if there is one, inside the transaction of what was done."""
    if key is not None:
        Changes({"keys": [key.row(actor, answer)]}).write()


def each_its_own(actor: Actor, orders: Sequence[Order], enter: Enter = alone, **options: Any) -> list[Result]:
    """Inside the caller's scoped transaction: all in set-sized statements; one by one where the database refuses the whole
    set for the sake of one."""
    try:
        return _written(actor, orders, enter, **options)
    except Refused as refused:
        if len(orders) == 1:
            return [Result(orders[0], error=whom_to_ask(actor, refused, entered_by(orders)))]
    enter(Stage.WRITE)
    load(orders)  # every lock in the one order, before they are taken one by one
    options.pop("readings", None)  # each reads what the orders before it have written
    return [result for order in orders for result in each_its_own(actor, [order], **options)]


def _written(actor: Actor, orders: Sequence[Order], enter: Enter, **options: Any) -> list[Result]:
    with refusals(), transaction.atomic():
        changes = Changes()
        results = carry_out(actor, orders, changes=changes, enter=enter, **options)
        enter(Stage.WRITE)
        changes.write()
    return results


def carry_out(
    actor: Actor, orders: Sequence[Order], *, changes: Changes, batch: UUID | None = None, request_id: str = "",
    readings: Readings | None = None, enter: Enter = alone,
) -> list[Result]:  # fmt: skip
    """Judge and run orders inside the caller's scoped transaction; the rows are left in `changes` to be written.

    Errors of one order stand in its Result and leave no trace; the others go on. Of several orders about one member or
    case the first is done and the others are refused: each row is written once by the statement.
    """
    today = clock.today()
    enter(Stage.LOCK)
    loaded = load(orders)
    enter(Stage.JUDGE)
    readings = readings or Readings()
    readings.missed.members |= {one.member.pk for one in loaded if one is not None and one.member is not None}
    done: list[tuple[Order, Done]] = []
    errors: dict[int, ChiboError] = {}
    taken: set[tuple[str, int]] = set()
    for place, order in enumerate(orders):
        try:
            own = _untouched(loaded[place], taken)
            one = judge(actor, order, loaded[place], today, readings)
            done.append((order, one))
            readings.tallies.note(one.loaded, one.situation.facts)
            taken |= own
        except ChiboError as error:
            errors[place] = error
    outcomes = iter(emit(actor, [one for _, one in done], changes, batch=batch, request_id=request_id))
    return [_result(order, errors.get(place), outcomes) for place, order in enumerate(orders)]


def _untouched(loaded: Loaded | None, taken: set[tuple[str, int]]) -> set[tuple[str, int]]:
    rows = [("case", loaded.case), ("member", loaded.member)] if loaded is not None else []
    own = {(kind, row.pk) for kind, row in rows if row is not None and row.pk is not None}
    if own & taken:
        raise Refused([TWICE])
    return own


def _result(order: Order, error: ChiboError | None, outcomes: Iterator[Outcome]) -> Result:
    return Result(order, error=error) if error is not None else Result(order, next(outcomes))
