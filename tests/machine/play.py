"""One run on a database of its own: every request goes through the engine's door, under the role of the web, and is checked.

What was done is held against the laws, the log and the picture before it; what was refused against every table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import contextmanager
from datetime import date
from itertools import count
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from backend.accounts.policy import Actor
from backend.audit.models import Event
from backend.cases.engine import Order, RequestKey, perform, perform_many
from backend.cases.orders import Result, Target
from backend.cases.replay import differences, replay
from backend.cases.voiding import void
from backend.core.db import WHOLE, scope
from backend.core.errors import ChiboError, Refused
from tests.attacks.words import lost
from tests.machine.invariants import broken
from tests.machine.pictures import Picture, not_given_back, picture, prints
from tests.roles import as_role
from tests.world import paper

DONE: Counter[str] = Counter()
"""Steps done, and answers given (codes of refusals, names of errors), by all runs of this process."""


class Broken(AssertionError):
    """A law does not hold, or something was written that was refused."""


@contextmanager
def looking() -> Iterator[None]:
    """A read transaction over everything."""
    with transaction.atomic():
        scope(WHOLE)
        yield


class Play:
    """The requests of one run, and what the database looked like around each of them."""

    def __init__(self, say: Callable[[str], object] = lambda said: None) -> None:
        """`say` hears of every request and its answer."""
        self.say, self.is_broken = say, False
        self._prints, self._picture, self._last = prints(), picture(), self._newest()
        self._around: dict[UUID, tuple[Picture, Picture]] = {}
        self._keys = count(1)
        self._touched: dict[str, set[int]] = {"case": set(), "member": set()}

    def moved(self) -> None:
        """The clock was moved: that is no request."""
        self._prints = prints()

    def ask(
        self, actor: Actor, target: Target, step: str, facts: Any, on: date, *, unless: Set[str] = frozenset(), **options: Any
    ) -> dict[str, Any] | None:  # fmt: skip
        """One step; None where it was refused. `unless` are codes for which it was said before that it cannot be taken."""
        what = f"{target} {step} of {on} by {actor.name}: {facts}"
        answer = self._done(what, lambda: perform(actor, target, step, facts, on=on, **options))
        if unless and (answer is not None or (self._refused and not unless <= self._codes)):
            raise self._broken(
                f"{step} cannot be taken, it was said ({sorted(unless)}), and then: {sorted(self._codes) or 'done'}"
            )
        if answer is not None:
            self._around[UUID(answer["event"])] = self._before, self._picture
            if wrong := lost(Event.objects.get(uid=answer["event"]), facts):
                raise self._broken("\n".join(["what was written is not in the log:", *wrong]))
        return answer

    def ask_twice(self, actor: Actor, target: Target, step: str, facts: Any, on: date) -> dict[str, Any] | None:
        """A request whose answer was lost on the way: asked again it is answered alike, and nothing is done twice."""
        name = f"key-{next(self._keys)}"
        key = RequestKey.of(name, [str(facts)])
        answer = self.ask(actor, target, step, facts, on, request_key=key)
        if answer is None or not actor.is_person:
            return answer
        with as_role("chibo_app"):
            again = perform(actor, target, step, facts, on=on, request_key=key)
        if again != answer:
            raise self._broken(f"asked again, it was {again} and not {answer}")
        self._untouched("a request that came twice")
        other = RequestKey.of(name, ["another body"])
        if self.ask(actor, target, step, facts, on, request_key=other) is not None:
            raise self._broken("a key served for two requests")
        return answer

    def many(self, actor: Actor, orders: Sequence[Order]) -> list[Result]:
        """The same step on many subjects: each is done or refused on its own."""
        results = self._done(
            f"{len(orders)} orders by {actor.name}: {orders}", lambda: _some(perform_many(actor, orders))
        )
        if results is None:
            return []
        done = [one.outcome for one in results if one.outcome is not None]
        own = Event.objects.filter(pk__gt=self._was_last, cause=None, subject_kind__in=("case", "member"))
        if sorted(own.values_list("uid", flat=True)) != sorted(one.event for one in done):
            raise self._broken(f"{len(done)} orders were done, the log has {own.count()}")
        return results

    def void(self, actor: Actor, event: UUID, reason: str, on: date) -> bool:
        """Void an entry; whether it was done. Then everything stands as it did before that entry."""
        then = self._picture
        what = f"void of {Event.objects.get(uid=event).code} by {actor.name}"
        done = self._done(what, lambda: void(actor, event, reason=reason, paper=paper(on)))
        if done and event in self._around:
            wrong = not_given_back(*self._around[event], then, self._picture)
            if wrong:
                raise self._broken("\n".join([f"the void of {event} did not give back:", *wrong]))
        DONE["void"] += bool(done)
        return bool(done)

    def end(self) -> None:
        """At the end of a run: all of the log once more, units too."""
        if wrong := list(replay()):
            raise self._broken("\n".join(wrong))

    def _done(self, what: str, request: Callable[[], Any]) -> Any:
        """What the engine answers, with every law held against what it did; None where it refused, and wrote nothing."""
        self._codes, self._refused = set[str](), False
        try:
            with as_role("chibo_app"):
                answer = request()
        except ChiboError as error:
            self._refused = isinstance(error, Refused)
            self._codes = {one.code for one in error.answers} if self._refused else {f"engine.{error.code}"}
            self.say(f"{what} -> {error}")
            DONE.update(self._codes)
            self._untouched(f"what was refused ({error})")
            return None
        self.say(f"{what} -> done")
        self._hold()
        return answer

    def _untouched(self, what: str) -> None:
        now = prints()
        if now != self._prints:
            tables = sorted(name for name in now if now[name] != self._prints.get(name))
            raise self._broken(f"{what} has written: {', '.join(tables)}")

    def _hold(self) -> None:
        """Every law holds of what the engine has written."""
        self._was_last, self._before = self._last, self._picture
        new = list(Event.objects.filter(pk__gt=self._was_last).order_by("pk"))
        DONE.update(one.code for one in new if one.voids is None and one.step)
        self._touched["case"] |= {one.case_id for one in new if one.case_id}
        self._touched["member"] |= {one.member_id for one in new if one.member_id}
        if wrong := broken():
            raise self._broken("\n".join(wrong))
        self._last, self._picture, self._prints = self._newest(), picture(), prints()

    def replayed(self) -> None:
        """What was touched since this was asked last follows from the log."""
        found = [differences(kind, sorted(ids)) for kind, ids in self._touched.items() if ids]
        wrong = [said for told in found for key in sorted(told) for said in told[key]]
        self._touched = {"case": set(), "member": set()}
        if wrong:
            raise self._broken("\n".join(wrong))

    def _broken(self, said: str) -> Broken:
        self.is_broken = True
        return Broken(said)

    @staticmethod
    def _newest() -> int:
        return Event.objects.aggregate(last=Max("pk"))["last"] or 0


def _some(results: list[Result]) -> list[Result]:
    """The answers of a bulk; where nothing at all was done it is as a refusal: nothing may be written."""
    if all(one.outcome is None for one in results):
        raise Refused([answer for one in results for answer in getattr(one.error, "answers", ())])
    return results
