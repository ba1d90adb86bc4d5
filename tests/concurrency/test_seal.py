"""Sealing under real concurrency: late commits, two sealers, writers all the while; with controls that go wrong."""

from __future__ import annotations

import threading
import time
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction

from backend.audit.models import Event, Leaf, Pending, SignedHead
from backend.audit.record import record
from backend.audit.sealing import lock_head, place, seal, seal_all
from backend.audit.verify import verify_log
from backend.core.db import execute
from tests.backend.audit.events import entry, write
from tests.realdb import RealDatabase, together
from tests.roles import as_role

pytestmark = pytest.mark.real


def _follow_by(column: str, after: int) -> list[tuple[int, UUID]]:
    table = "audit_leaf l JOIN audit_event e ON e.id = l.event_id"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column}, e.uid FROM {table} WHERE {column} > %s ORDER BY {column}", [after])
        return list(cursor.fetchall())


def _write_late(subject: int, written: threading.Event, go_on: threading.Event) -> None:
    """Draw an id, let others commit and seal, commit only then."""
    with transaction.atomic():
        record([entry(subject)])
        written.set()
        assert go_on.wait(30)


def _late_commit() -> tuple[list[tuple[int, UUID]], list[tuple[int, UUID]]]:
    """A lower id commits after a higher one was sealed: what a follower by id sees in all, and one by position."""
    written, go_on = threading.Event(), threading.Event()
    late = threading.Thread(target=lambda: together(lambda: _write_late(1, written, go_on)))
    late.start()
    assert written.wait(30)
    write(1, subject=2)
    assert seal_all() == 1
    by_id, by_position = _follow_by("e.id", 0), _follow_by("l.position", 0)
    go_on.set()
    late.join(30)
    assert seal_all() == 1
    by_id += _follow_by("e.id", by_id[-1][0])
    by_position += _follow_by("l.position", by_position[-1][0])
    return by_id, by_position


def test_a_late_commit_is_sealed_and_reaches_who_follows_by_position(committed_db: RealDatabase) -> None:
    _, by_position = _late_commit()
    assert [position for position, _ in by_position] == [1, 2]
    assert {uid for _, uid in by_position} == set(Event.objects.values_list("uid", flat=True))
    first, second = Leaf.objects.order_by("position").values_list("event_id", flat=True)
    assert first > second
    assert verify_log().fault is None


def test_control_following_by_event_id_loses_the_late_commit(committed_db: RealDatabase) -> None:
    by_id, _ = _late_commit()
    assert Event.objects.count() == 2
    assert len(by_id) == 1


def test_sealers_and_writers_at_once_leave_no_gap_and_lose_nothing(committed_db: RealDatabase) -> None:
    done = threading.Event()
    writing = [4]
    guard = threading.Lock()

    def writer(subject: int) -> None:
        for version in range(1, 51):
            write(1, subject=subject, first=version)
        with guard:
            writing[0] -= 1
            if not writing[0]:
                done.set()

    def sealer() -> int:
        total = 0
        with as_role("chibo_jobs"):
            while not done.is_set():
                total += seal(7)
        return total

    sealed = together(*[lambda n=n: writer(n) for n in (1, 2, 3, 4)], sealer, sealer)
    total = sum(sealed[4:]) + seal_all()
    assert total == 200
    assert list(Leaf.objects.order_by("position").values_list("position", flat=True)) == list(range(1, 201))
    assert set(Leaf.objects.values_list("event_id", flat=True)) == set(Event.objects.values_list("id", flat=True))
    assert Pending.objects.count() == 0
    report = verify_log()
    assert (report.fault, report.events, report.heads) == (None, 200, SignedHead.objects.count())


def _first_sealer(locked: threading.Event, go_on: threading.Event) -> None:
    """Take the lock and the queue, let the other come, then finish."""
    with transaction.atomic():
        size, epoch = lock_head()
        taken = execute(
            "DELETE FROM audit_pending WHERE event_id IN"
            " (SELECT event_id FROM audit_pending ORDER BY event_id LIMIT 3) RETURNING event_id"
        )
        locked.set()
        assert go_on.wait(30)
        place([row[0] for row in taken], size, epoch)


def _release_when_somebody_waits(go_on: threading.Event) -> None:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with connection.cursor() as cursor:
        for _ in range(500):
            cursor.execute(waiting)
            if cursor.fetchone()[0]:
                break
            time.sleep(0.01)
    go_on.set()


def test_the_second_sealer_waits_and_goes_on_where_the_first_ended(committed_db: RealDatabase) -> None:
    write(6)
    locked, go_on = threading.Event(), threading.Event()

    def second() -> int:
        assert locked.wait(30)
        return seal(3)

    results = together(lambda: _first_sealer(locked, go_on), second, lambda: _release_when_somebody_waits(go_on))
    assert results[1] == 3
    assert list(Leaf.objects.order_by("position").values_list("position", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert verify_log().fault is None


def test_control_a_sealer_on_a_stale_snapshot_collides(committed_db: RealDatabase) -> None:
    """The broken recipe: REPEATABLE READ reads size and queue as they were while the first still held the lock."""
    write(6)
    locked, go_on, ended = threading.Event(), threading.Event(), threading.Event()

    def first() -> None:
        _first_sealer(locked, go_on)
        ended.set()

    def stale() -> None:
        assert locked.wait(30)
        with transaction.atomic():
            execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            size = execute("SELECT size FROM audit_head WHERE id = 1")[0][0]
            taken = execute("SELECT event_id FROM audit_pending ORDER BY event_id LIMIT 3")
            go_on.set()
            assert ended.wait(30)
            place([row[0] for row in taken], size, 1)

    with pytest.raises(IntegrityError, match="duplicate key"):
        together(first, stale)
    assert list(Leaf.objects.values_list("position", flat=True).order_by("position")) == [1, 2, 3]
