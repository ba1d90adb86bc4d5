"""Who uses the servers: a shared lock per process, an exclusive one for starting, and the last one out stops them."""

from __future__ import annotations

import atexit
import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from backend.config.embedded.files import cannot_write, inherit_owner
from backend.config.embedded.places import Place

_held: dict[Path, int] = {}


def join(place: Place, *, stop: Callable[[Place], None]) -> None:
    """Hold the users' lock until this process ends; waits while the last user before us is stopping the servers.

    Children made by fork inherit the lock but not the duty to stop: only the process that joined leaves.
    """
    if _held.get(place.local) == os.getpid():
        return
    descriptor = _open(place.local / "users.lock")
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    _held[place.local] = os.getpid()
    atexit.register(_leave, descriptor, os.getpid(), place, stop)


@contextmanager
def starting(place: Place) -> Iterator[None]:
    """One process at a time looks and starts; the others wait and then find the servers running."""
    descriptor = _open(place.local / "start.lock")
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _leave(descriptor: int, joined_by: int, place: Place, stop: Callable[[Place], None]) -> None:
    if os.getpid() != joined_by:
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return  # others still use the servers; the last of them stops them
    finally:
        _held.pop(place.local, None)
    stop(place)
    os.close(descriptor)


def _open(path: Path) -> int:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise cannot_write(path.parent, error) from None
    inherit_owner(path)
    return descriptor
