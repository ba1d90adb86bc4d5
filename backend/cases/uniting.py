"""Merging one unit into another, taken up again where it stopped: of a cell the people go along, of a committee its units move.

The unit closes once nobody and nothing is left there, in the same transaction; until then it says into what it merges.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import transaction

from backend.accounts.assigning import end_all
from backend.accounts.models import Assignment
from backend.accounts.policy import Actor
from backend.audit.codes import EventCode
from backend.cases.engine import NothingDone, RequestKey, keep, once
from backend.cases.orders import answer_json
from backend.cases.reorganising import Decided, against, decided, let_go, locked, pair, people_of
from backend.core import clock
from backend.core.errors import Refused, Unchanged
from backend.core.rehearsing import rehearsing
from backend.organizations import tree
from backend.organizations.models import Unit
from workflows.offices import Level


def merge(
    actor: Actor, unit_id: int, into: str, *, paper: Any, on: date, request_key: RequestKey | None = None
) -> dict[str, Any]:  # fmt: skip
    """Make a unit part of the one with the code `into`, from a day on; `paper` is the decision as it came in.

    Of a cell each person on its lists goes along or is refused alone, and it closes when nobody is left, nor anything else
    that keeps a unit open: done again, what was left goes on. A committee is merged as a whole or not at all. The answer
    says what became of each (`people`, `units`, `offices`), whether the unit is `closed`, and what keeps it open (`left`);
    where nobody could go along nothing was written.

    Raises NotFound, NotPermitted, Refused with all that speaks against the whole, KeyReused.
    """

    def work(_days: str, key: RequestKey | None) -> dict[str, Any]:
        unit, other = pair(actor, unit_id, into)
        decision, wrong = decided(paper, on, {"into": other.pk})
        if wrong := [*wrong, *against(unit, other, on)]:
            raise Refused(wrong)
        whole = _cell if unit.level == Level.CELL else _committee
        asked = {"unit": unit.pk, "into": other.pk, "on": on.isoformat()}
        try:
            answer = asked | whole(actor, unit, other, decision, key.key if key else "")
        except NothingDone as nothing:
            raise NothingDone(asked | nothing.answer) from nothing
        keep(actor, key, answer)
        return answer

    try:
        return once(actor, ["merge", unit_id, into], request_key, work)
    except NothingDone as nothing:
        return nothing.answer


def rehearse_merger(actor: Actor, unit_id: int, into: str, *, paper: Any, on: date) -> dict[str, Any]:
    """What `merge` would answer: the very same work, undone. Raises as `merge`."""
    with rehearsing(clock.today()):
        return merge(actor, unit_id, into, paper=paper, on=on)


def give_up(actor: Actor, unit_id: int, *, request_key: RequestKey | None = None) -> dict[str, Any]:
    """The rest of a merger that was begun does not follow: whoever went along stays there, the unit goes on.

    Raises NotFound, NotPermitted, Unchanged where none was begun, Refused for a closed unit.
    """

    def work(_days: str, key: RequestKey | None) -> dict[str, Any]:
        unit = locked(actor, unit_id)
        if unit.merges_into_id is None:
            raise Unchanged
        into, unit.merges_into = unit.merges_into_id, None
        _say(actor, unit, EventCode.UNIT_MERGING_DROPPED, clock.today(), tree.Why({"into": into}))
        answer = {"unit": unit.pk, "into": into}
        keep(actor, key, answer)
        return answer

    return once(actor, ["give_up_merger", unit_id], request_key, work)


def _cell(actor: Actor, unit: Unit, into: Unit, decision: Decided, request_id: str) -> dict[str, Any]:
    people = let_go(actor, people_of(unit), into.code, decision, request_id)
    answer: dict[str, Any] = {"people": people, "units": [], "offices": [], "closed": False, "left": []}
    try:
        with transaction.atomic():
            offices = _close(actor, unit, into, decision)
        return answer | {"offices": [one.pk for one in offices], "closed": True}
    except Refused as refused:
        answer["left"] = [answer_json(one, decision.on) for one in refused.answers]
    if not any(one["done"] for one in people):
        raise NothingDone(answer)
    unit.merges_into = into
    _say(actor, unit, EventCode.UNIT_MERGING, decision.on, decision.why)
    return answer


def _committee(actor: Actor, unit: Unit, into: Unit, decision: Decided, _request_id: str) -> dict[str, Any]:
    below = Unit.objects.filter(parent=unit, closed_on=None).order_by("pk").values_list("pk", flat=True)
    moved = [tree.move_unit(actor.who(), key, into.pk, on=decision.on, why=decision.why).pk for key in list(below)]
    offices = _close(actor, unit, into, decision)
    held = [one.pk for one in offices]
    return {"people": [], "units": moved, "offices": held, "closed": True, "left": []}


def _close(actor: Actor, unit: Unit, into: Unit, decision: Decided) -> list[Assignment]:
    """Offices end the day before, then the unit closes. Raises Refused with everything that keeps it open."""
    offices = end_all(actor, unit, last_day=decision.on - timedelta(days=1))
    Unit.objects.filter(pk=unit.pk).update(merges_into=into)
    tree.close_unit(actor.who(), unit.pk, on=decision.on, why=decision.why)
    return offices


def _say(actor: Actor, unit: Unit, code: EventCode, on: date, why: tree.Why) -> None:
    unit.version += 1
    unit.save(update_fields=["merges_into", "version"])
    tree.log(actor.who(), unit, code, on, dict(why.facts), why.words)
