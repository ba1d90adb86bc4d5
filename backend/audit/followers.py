"""Everything that reacts to events follows the sealed order: by position, never by id, which late commits overtake.

A follower's effects and its cursor are one transaction, so an event is neither lost nor taken twice; its effects must
therefore be rows, never letters or calls to the outside. An event that fails three times is parked with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import structlog
from django.db import connection, transaction
from django.utils.translation import gettext_noop

from backend.audit.models import Event
from backend.core.clock import now
from backend.core.db import execute
from backend.core.errors import NotFound

log = structlog.get_logger(__name__)
TRIES = 3
LONGEST_REASON = 500

Handle = Callable[[Sequence[Event]], None]
_FOLLOWERS: dict[str, Handle] = {}

_EVENTS = """
SELECT e.*, l.position FROM audit_leaf l JOIN audit_event e ON e.id = l.event_id
WHERE l.position > %s ORDER BY l.position LIMIT %s
"""


def register(name: str, handle: Handle) -> None:
    """Let `handle` be given every sealed event, in order, in batches; each event has its `position`.

    Called from AppConfig.ready. The name is kept with the cursor: never rename or reuse it.
    """
    _FOLLOWERS[name] = handle


def follow_all(limit: int = 500) -> dict[str, int]:
    """Take every follower as far as the log goes; how many events each has passed."""
    passed = {}
    for name in sorted(_FOLLOWERS):
        passed[name] = 0
        while done := follow(name, limit):
            passed[name] += done
    return passed


def follow(name: str, limit: int = 500) -> int:
    """Hand the next events to one follower; returns how many it has passed (taken or parked).

    Two runs at once do not double: the second waits at the cursor's row. Raises NotFound for an unknown name.
    """
    handle = _FOLLOWERS.get(name)
    if handle is None:
        known = ", ".join(sorted(_FOLLOWERS)) or "-"
        raise NotFound(gettext_noop("There is no follower “%(name)s”; known are: %(known)s."), name=name, known=known)
    with transaction.atomic():
        position, failures = _lock_cursor(name)
        events = list(Event.objects.raw(_EVENTS, [position, limit]))
        if not events:
            return 0
        if not failures and _try(name, handle, events) is None:
            _move(name, events[-1].position, failures=0)
            return len(events)
        return _one_by_one(name, handle, events, failures)


def hold(name: str) -> int:
    """Let nobody follow under this name until the caller's transaction ends, for what else writes the same rows; gives the
    position up to which was followed."""
    return _lock_cursor(name)[0]


def go_on(name: str, position: int) -> None:
    """For whoever holds a cursor and follows by itself: everything up to `position` is done."""
    _move(name, position, failures=0)


def _one_by_one(name: str, handle: Handle, events: Sequence[Event], failures: int) -> int:
    """After a failure: find the event it lies in, and stop before it or park it."""
    for passed, event in enumerate(events):
        reason = _try(name, handle, [event])
        failures = failures + 1 if reason else 0
        if reason and failures < TRIES:
            _move(name, event.position - 1, failures)
            return passed
        if reason:
            _park(name, event, reason)
            failures = 0
    _move(name, events[-1].position, failures=0)
    return len(events)


def _try(name: str, handle: Handle, events: Sequence[Event]) -> str | None:
    """None when the events were taken; else why not, and nothing of it remains."""
    try:
        with transaction.atomic():
            handle(events)
            with connection.cursor() as cursor:  # what the database would refuse at commit must fail here
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    except Exception as error:  # noqa: BLE001  (whatever a follower raises must not stop the log)
        first = (str(error).splitlines() or [""])[0]  # a driver's further lines may quote people's data
        reason = f"{type(error).__name__}: {first}"[:LONGEST_REASON]
        log.warning("follower_failed", follower=name, position=events[0].position, count=len(events), reason=reason)
        return reason
    return None


def _lock_cursor(name: str) -> tuple[int, int]:
    execute("INSERT INTO audit_cursor (name, position, failures) VALUES (%s, 0, 0) ON CONFLICT DO NOTHING", [name])
    row = execute("SELECT position, failures FROM audit_cursor WHERE name = %s FOR UPDATE", [name])[0]
    return row[0], row[1]


def _move(name: str, position: int, failures: int) -> None:
    execute("UPDATE audit_cursor SET position = %s, failures = %s WHERE name = %s", [position, failures, name])


def _park(name: str, event: Event, reason: str) -> None:
    sql = "INSERT INTO audit_parked (follower, position, reason, parked_at) VALUES (%s, %s, %s, %s)"
    execute(sql, [name, event.position, reason, now()])
    log.error("event_parked", follower=name, position=event.position, reason=reason)
