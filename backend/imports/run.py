"""One import as far as it has come: who runs it, under which batch, what it has counted; orders in chunks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from backend.accounts.policy import Actor
from backend.cases.changes import Changes
from backend.cases.durable import refusals
from backend.cases.engine import CHUNK, NewCase, Order, Result, carry_out
from backend.cases.known import Whom, entered_by, whom_to_ask
from backend.cases.registry import step_of
from backend.core.errors import ChiboError, Refused
from backend.imports.faults import ImportRefused

Progress = Callable[[str, int, int], None]
Thing = TypeVar("Thing")


@dataclass
class Run:
    """What all parts of one import share."""

    actor: Actor
    as_of: date
    progress: Progress
    batch: UUID = field(default_factory=uuid4)
    counts: Counter[str] = field(default_factory=Counter)
    whole: Changes = field(default_factory=Changes)
    """What only the roster as a whole can tell: which cells are too small."""

    def carry_out(self, what: str, wanted: Iterable[Order], total: int) -> list[Any]:
        """Outcomes of all orders, chunk after chunk. What the engine refuses refuses the import as a whole."""
        outcomes: list[Any] = []
        for chunk in chunks(wanted, CHUNK):
            outcomes += self.orders(chunk)
            self.progress(what, len(outcomes), total)
        return outcomes

    def orders(self, chunk: list[Order]) -> list[Any]:
        """Outcomes of a few orders, written by one statement."""
        changes = Changes(shifts=self.whole.shifts, settles=False)
        results = carry_out(self.actor, chunk, changes=changes, batch=self.batch)
        outcomes = [_outcome(result) for result in results]
        self.write(changes, entered_by(chunk))
        return outcomes

    def write(self, changes: Changes, people: Iterable[Whom]) -> None:
        """Write what was gathered about some people; where one is known elsewhere, whom to ask is the refusal's reason."""
        try:
            with refusals(), transaction.atomic():
                changes.write()
        except Refused as refused:
            why = whom_to_ask(self.actor, refused, people).said()
            raise ImportRefused(_("The import stopped and changed nothing. %(why)s") % {"why": why}) from refused


def chunks(things: Iterable[Thing], size: int) -> Iterable[list[Thing]]:
    """Lists of at most so many things."""
    waiting = iter(things)
    while chunk := list(islice(waiting, size)):
        yield chunk


def _outcome(result: Result) -> Any:
    if result.outcome is not None:
        return result.outcome
    order, error = result.order, result.error
    step = step_of(order.target.lifecycle if isinstance(order.target, NewCase) else "membership", order.step)
    sentence = _("The import stopped and changed nothing: “%(step)s” was refused (%(why)s).")
    words = {
        "step": step.label if step else order.step,
        "why": error.said() if isinstance(error, ChiboError) else error,
    }
    raise ImportRefused(sentence % words)
