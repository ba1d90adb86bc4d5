"""Open deadlines follow the calendar: at once from the command line, by a standing job after the API.

A day that was entered or withdrawn waits until its deadlines have moved; whoever is cut off leaves it waiting, and the next
run moves the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import transaction

from backend.accounts.policy import Actor
from backend.audit.record import Who
from backend.core.db import WHOLE, scope
from backend.deadlines.calendar import calendar
from backend.deadlines.models import CalendarDay
from backend.deadlines.moving import recorder
from backend.deadlines.recompute import Move, recompute


def follow_calendar(who: Who | None = None) -> list[Move]:
    """Move the open deadlines after the days that wait, each move with its event; nothing where none waits.

    Opens its own transactions. A day that is entered anew meanwhile goes on waiting.
    """
    with transaction.atomic():
        scope(WHOLE)
        waiting = list(CalendarDay.objects.filter(followed=False).values_list("pk", "version"))
    if not waiting:
        return []
    moves = recompute(record=recorder(who or Actor.system().who()), path=WHOLE)
    with transaction.atomic():
        scope(WHOLE)
        for key, version in waiting:
            CalendarDay.objects.filter(pk=key, version=version).update(followed=True)
    return moves


FollowsLaw = Callable[..., list[str]]
_follow_law: list[FollowsLaw] = []


def follows_law(follower: FollowsLaw) -> None:
    """A room above says what else of its own follows a changed law: `follower(actor, dry_run=…)` gives the lines to show."""
    if follower not in _follow_law:
        _follow_law.append(follower)


def follow_law(actor: Actor, *, dry_run: bool) -> Iterator[str]:
    """Let all of that follow, or only say what would. Opens its own transactions."""
    for follower in _follow_law:
        yield from follower(actor, dry_run=dry_run)


@contextmanager
def undone(actor: Actor) -> Iterator[None]:
    """A transaction in the actor's sight of which nothing stays: what is refused in it is refused, the rest only seen."""
    with transaction.atomic():
        scope(actor.path)
        yield
        transaction.set_rollback(True)


def rehearse(actor: Actor, change: Callable[[], object]) -> list[Move]:
    """What a change of the calendar would move in the actor's sight; nothing stays of it. Raises what the change raises."""
    with undone(actor):
        change()
        return recompute(dry_run=True, calendar=calendar())
