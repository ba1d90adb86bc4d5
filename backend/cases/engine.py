"""The one road by which anything moves (docs/architecture.md, "The road of a step").

`perform()` does one step in a transaction of its own; `perform_many()` takes the same guards over many subjects in
set-sized statements and answers per subject; imports and jobs call `carry_out()` inside their own transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_noop

from backend.accounts.policy import Actor
from backend.cases import requests
from backend.cases.changes import Changes
from backend.cases.emitting import emit
from backend.cases.judging import Done, judge
from backend.cases.orders import Loaded, NewCase, NewMember, OnCase, OnMember, Order, Outcome, Result, Target
from backend.cases.requests import RequestKey
from backend.cases.situation import Readings
from backend.cases.targets import load
from backend.core import clock
from backend.core.db import execute, scope
from backend.core.errors import ChiboError, Refused
from backend.core.nudge import nudge
from workflows.answers import Refusal

__all__ = [
    "NewCase", "NewMember", "OnCase", "OnMember", "Order", "RequestKey", "Result", "carry_out", "perform", "perform_many",
]  # fmt: skip

CHUNK = 1000
ALREADY_OPEN = Refusal(
    "engine.already_open",
    gettext_noop("Such a case is open already."),
    remedy=gettext_noop("Go on with the open case, or close it first."),
)

TWICE = Refusal(
    "engine.twice",
    gettext_noop("Another step in the same request is about the same person."),
    remedy=gettext_noop("Do one step first, look at the result, then ask for the next."),
)


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
    try:
        outcome = _perform(actor, order, request_key)
    except (ChiboError, IntegrityError) as error:
        if isinstance(error, IntegrityError) and _violated(error) != "request_key_once":
            raise
        earlier = _earlier(actor, request_key)
        if earlier is None:
            raise
        return earlier
    nudge("jobs.seal")
    return outcome


def _earlier(actor: Actor, request_key: RequestKey | None) -> dict[str, Any] | None:
    """The outcome of the same request, if it was faster in another process while this one waited for its locks."""
    if request_key is None:
        return None
    with transaction.atomic(durable=True):
        return requests.enter(actor, request_key)[1]


def _perform(actor: Actor, order: Order, request_key: RequestKey | None) -> dict[str, Any]:
    with durable():
        days, known = requests.enter(actor, request_key)
        if known is not None:
            return known
        changes, readings = Changes(), Readings(days)
        request_id = request_key.key if request_key else ""
        (result,) = carry_out(actor, [order], changes=changes, request_id=request_id, readings=readings)
        if result.error is not None or result.outcome is None:
            raise result.error or RuntimeError("a step without outcome")
        outcome = result.outcome.as_json()
        if request_key is not None and actor.user_id is not None:
            row = {"user_id": actor.user_id, "key": request_key.key, "body": request_key.body.hex(), "outcome": outcome}
            changes.add("keys", {**row, "recorded_at": clock.now().isoformat()})
        changes.write()
    return outcome


def perform_many(actor: Actor, orders: Sequence[Order], *, batch: UUID | None = None) -> list[Result]:
    """The same step (or steps) on many subjects: each is done or refused on its own, `CHUNK` to a transaction."""
    results: list[Result] = []
    for start in range(0, len(orders), CHUNK):
        with durable():
            scope(actor.path)
            changes = Changes()
            done = carry_out(actor, orders[start : start + CHUNK], changes=changes, batch=batch)
            changes.write()
        results += done
        nudge("jobs.seal")
    return results


def carry_out(
    actor: Actor, orders: Sequence[Order], *, changes: Changes, batch: UUID | None = None, request_id: str = "",
    readings: Readings | None = None,
) -> list[Result]:  # fmt: skip
    """Judge and run orders inside the caller's scoped transaction; the rows are left in `changes` to be written.

    Errors of one order stand in its Result and leave no trace; the others go on. Of several orders about one member or
    case the first is done and the others are refused: each row is written once by the statement.
    """
    today = clock.today()
    loaded, readings = load(orders), readings or Readings()
    done: list[tuple[Order, Done]] = []
    errors: dict[int, ChiboError] = {}
    taken: set[tuple[str, int]] = set()
    for place, order in enumerate(orders):
        try:
            own = _once(loaded[place], taken)
            done.append((order, judge(actor, order, loaded[place], today, readings)))
            taken |= own
        except ChiboError as error:
            errors[place] = error
    outcomes = iter(emit(actor, [one for _, one in done], changes, batch=batch, request_id=request_id))
    return [_result(order, errors.get(place), outcomes) for place, order in enumerate(orders)]


def _once(loaded: Loaded | None, taken: set[tuple[str, int]]) -> set[tuple[str, int]]:
    rows = [("case", loaded.case), ("member", loaded.member)] if loaded is not None else []
    own = {(kind, row.pk) for kind, row in rows if row is not None and row.pk is not None}
    if own & taken:
        raise Refused([TWICE])
    return own


def _result(order: Order, error: ChiboError | None, outcomes: Iterator[Outcome]) -> Result:
    return Result(order, error=error) if error is not None else Result(order, next(outcomes))


@contextmanager
def durable() -> Iterator[None]:
    """A durable transaction. Its COMMIT runs the database's deferred checks, so that a refusal is raised here.

    Inside a test's own transaction no COMMIT follows: there the checks are asked for by name.
    """
    nested = connection.in_atomic_block  # durable=True forbids it elsewhere
    try:
        with transaction.atomic(durable=True):
            if nested:
                execute("SET CONSTRAINTS ALL DEFERRED")
            yield
            if nested:
                execute("SET CONSTRAINTS ALL IMMEDIATE")
    except IntegrityError as error:
        if _violated(error) == "case_open_once":
            raise Refused([ALREADY_OPEN]) from error
        raise


def _violated(error: IntegrityError) -> str:
    """The name of the constraint that a statement broke."""
    cause = error.__cause__
    return str(getattr(getattr(cause, "diag", None), "constraint_name", "") or "")
