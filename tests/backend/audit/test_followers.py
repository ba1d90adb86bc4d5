"""Followers: in order, once, and past an event that cannot be taken."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from uuid import UUID

import pytest
from django.db import connection

from backend.audit import followers
from backend.audit.models import Cursor, Event, Parked
from backend.audit.sealing import seal_all
from backend.core.errors import NotFound
from backend.core.models import BusinessDate
from tests.backend.audit.events import rows, write
from tests.realdb import RealDatabase, together
from tests.roles import as_role


@pytest.fixture(autouse=True)
def _no_other_followers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(followers, "_FOLLOWERS", {})


class Taker:
    """A follower that leaves a row for each event, and fails at the uids it is told to fail at."""

    def __init__(self, fails_at: Sequence[UUID] = ()) -> None:
        self.fails_at = set(fails_at)
        self.calls: list[int] = []

    def __call__(self, events: Sequence[Event]) -> None:
        self.calls.append(len(events))
        for event in events:
            BusinessDate.objects.create(pk=event.position)
            if event.uid in self.fails_at:
                raise ValueError(f"cannot take {event.code}\nsecond line with a name")


def _taken() -> list[int]:
    return list(BusinessDate.objects.order_by("pk").values_list("pk", flat=True))


def _cursor(name: str) -> tuple[int, int]:
    row = Cursor.objects.get(name=name)
    return row.position, row.failures


@pytest.mark.django_db
def test_events_come_in_order_and_once() -> None:
    write(5)
    seal_all()
    taker = Taker()
    followers.register("taker", taker)
    with as_role("chibo_jobs"):
        assert followers.follow("taker", 3) == 3
        assert followers.follow_all(3) == {"taker": 2}
        assert followers.follow_all(3) == {"taker": 0}
    assert taker.calls == [3, 2]
    assert _taken() == [1, 2, 3, 4, 5]


@pytest.mark.django_db
def test_unsealed_events_are_not_followed() -> None:
    write(1)
    followers.register("taker", Taker())
    assert followers.follow("taker") == 0


@pytest.mark.django_db
def test_an_event_that_fails_three_times_is_parked_and_the_rest_goes_on() -> None:
    uids = write(5)
    seal_all()
    followers.register("other", Taker())
    BusinessDate.objects.all().delete()
    taker = Taker([uids[2]])
    followers.register("taker", taker)
    assert followers.follow("taker") == 2
    assert (_cursor("taker"), _taken()) == ((2, 1), [1, 2])
    assert followers.follow("taker") == 0
    assert (_cursor("taker"), _taken(), Parked.objects.count()) == ((2, 2), [1, 2], 0)
    assert followers.follow("taker") == 3
    assert (_cursor("taker"), _taken()) == ((5, 0), [1, 2, 4, 5])
    parked = Parked.objects.get()
    assert (parked.follower, parked.position, parked.reason) == ("taker", 3, "ValueError: cannot take test.happened")


@pytest.mark.django_db
def test_an_event_that_recovers_is_not_parked() -> None:
    uids = write(3)
    seal_all()
    taker = Taker([uids[1]])
    followers.register("taker", taker)
    assert followers.follow("taker") == 1
    taker.fails_at.clear()
    assert followers.follow("taker") == 2
    assert (_cursor("taker"), _taken(), Parked.objects.count()) == ((3, 0), [1, 2, 3], 0)


@pytest.mark.django_db
def test_what_the_database_refuses_at_commit_counts_as_a_failure() -> None:
    write(1)
    seal_all()
    rows("CREATE TEMP TABLE owed (id int PRIMARY KEY, other int REFERENCES owed DEFERRABLE INITIALLY DEFERRED)")

    def owe(events: Sequence[Event]) -> None:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO owed VALUES (1, 2)")

    followers.register("owing", owe)
    assert followers.follow("owing") == 0
    assert _cursor("owing") == (0, 1)
    assert rows("SELECT count(*) FROM owed") == [(0,)]


@pytest.mark.django_db
def test_an_unknown_follower_is_named() -> None:
    followers.register("taker", Taker())
    with pytest.raises(NotFound, match="no follower “nobody”; known are: taker"):
        followers.follow("nobody")


@pytest.fixture
def forty_sealed(committed_db: RealDatabase) -> Iterator[None]:
    write(40)
    seal_all()
    return


@pytest.mark.real
def test_two_runs_at_once_do_not_double(forty_sealed: None) -> None:
    taker = Taker()
    followers.register("taker", taker)
    results = together(*[lambda: followers.follow_all(3)["taker"]] * 3)
    assert sum(results) == 40
    assert sum(taker.calls) == 40
    assert _taken() == list(range(1, 41))


@pytest.mark.real
def test_control_without_the_cursors_lock_runs_double(forty_sealed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both runs read the cursor before either moves it: the same events are handed out twice."""
    gate = threading.Barrier(2)
    seen: list[int] = []

    def unlocked(name: str) -> tuple[int, int]:
        position, failures = Cursor.objects.values_list("position", "failures").get(name=name)
        gate.wait(30)
        return position, failures

    Cursor.objects.create(name="taker")
    monkeypatch.setattr(followers, "_lock_cursor", unlocked)
    followers.register("taker", lambda events: seen.extend(event.position for event in events))
    together(*[lambda: followers.follow("taker", 40)] * 2)
    assert sorted(seen) == sorted([*range(1, 41), *range(1, 41)])
