"""The chunks of a bulk step over two connections: while the server writes one chunk, the next is judged.

Each chunk is a transaction of its own. They go through the same stages one after the other, like wagons: a chunk enters a
stage when the chunk before has left it. So rows are locked, written and committed in the order of the chunks, nobody waits
for what a later chunk holds, and after a chunk that failed no later one is committed
(docs/adr/0009-two-lanes-for-many.md).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import copy_context
from enum import IntEnum
from functools import partial
from threading import Condition
from typing import TypeVar

from django.db import connection

LANES = 2


class Stage(IntEnum):
    """Where a chunk is."""

    WAITING = 0
    LOCK = 1
    JUDGE = 2
    WRITE = 3
    COMMIT = 4
    DONE = 5


Enter = Callable[[Stage], None]
T = TypeVar("T")
R = TypeVar("R")


def alone(stage: Stage) -> None:
    """Who goes alone waits for nobody."""


class _Stopped(Exception):
    """A chunk before this one failed."""


class _Turns:
    """Where each chunk is, by its place in line; and the errors of those that failed."""

    def __init__(self, count: int) -> None:
        self._at = [Stage.WAITING] * count
        self._moved = Condition()
        self.errors: dict[int, BaseException] = {}

    def enter(self, place: int, stage: Stage) -> None:
        """Leave the stage before, and wait until the chunk before has left this one. Raises _Stopped."""
        with self._moved:
            self._at[place] = stage
            self._moved.notify_all()
            self._moved.wait_for(lambda: self._stopped(place) or place == 0 or self._at[place - 1] > stage)
            if self._stopped(place):
                raise _Stopped

    def leave(self, place: int) -> None:
        """The chunk is committed."""
        with self._moved:
            self._at[place] = Stage.DONE
            self._moved.notify_all()

    def fail(self, place: int, error: BaseException) -> None:
        """Chunks before this place go on to their end; those behind it stop where they are."""
        with self._moved:
            self.errors[place] = error
            self._moved.notify_all()

    def _stopped(self, place: int) -> bool:
        return min(self.errors, default=place) < place


def in_order(chunks: Sequence[T], work: Callable[[T, Enter], R]) -> list[R]:
    """Do `work` on each chunk, and give the results in their order; it calls `enter` at each of its stages.

    The error of the first chunk that failed is raised when the chunks before it are done. Inside a transaction of the
    caller's, which another connection would not see, the chunks go one by one on its own connection.
    """
    if len(chunks) <= 1 or connection.in_atomic_block:
        return [work(chunk, alone) for chunk in chunks]
    turns = _Turns(len(chunks))
    results: dict[int, R] = {}

    def lane(first: int) -> None:
        place = first
        try:
            for place in range(first, len(chunks), LANES):
                results[place] = work(chunks[place], partial(turns.enter, place))
                turns.leave(place)
        except _Stopped:
            pass
        except BaseException as error:  # noqa: BLE001  (raised again below, in the thread of the caller)
            turns.fail(place, error)
        finally:
            connection.close()  # this thread's own

    with ThreadPoolExecutor(LANES) as pool:
        lanes = [pool.submit(copy_context().run, lane, first) for first in range(LANES)]
        try:
            wait(lanes)
        except BaseException as error:  # Ctrl-C: no further chunk is committed
            turns.fail(-1, error)
            raise
    if turns.errors:
        raise turns.errors[min(turns.errors)]
    return [results[place] for place in range(len(chunks))]
