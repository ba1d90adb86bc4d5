"""Dividing a cell: a new one is opened beside it, and those chosen go along, each done or refused alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils.translation import gettext_noop

from backend.accounts.policy import Actor
from backend.cases.engine import NothingDone, RequestKey, keep, once
from backend.cases.reinforcing import least
from backend.cases.reorganising import Decided, decided, let_go, locked, people_of, too_early
from backend.core import clock
from backend.core.errors import Refused, Unchanged
from backend.core.rehearsing import rehearsing
from backend.members.models import Member
from backend.organizations import tree
from backend.organizations.models import Unit
from workflows.answers import Refusal
from workflows.offices import Level
from workflows.standings import Standing

COMMITTEE = Refusal(
    "division.committee", gettext_noop("Only cells are divided here."),
    remedy=gettext_noop("Of a committee: have a new one opened beside it and its units moved there (administration)."),
)  # fmt: skip
NOBODY = Refusal("division.nobody", gettext_noop("Choose who goes along to the new cell."), fact="members")
STRANGERS = Refusal(
    "division.strangers", gettext_noop("%(count)s of those chosen are not on this cell's lists."), fact="members"
)


def divide(
    actor: Actor, unit_id: int, *, code: str, name: str, members: Sequence[int], paper: Any, on: date,
    request_key: RequestKey | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Open a cell beside the unit on a day, and let the members go along; `paper` is the decision as it came in.

    The new cell is opened once: done again with the same code, name and day, further members go to it. The answer says what
    became of each (`people`), whether the cell was `opened` now, how many official members both have then (`official`) and
    must have (`least`); where nobody could go along nothing was written.

    Raises NotFound, NotPermitted, Refused with all that speaks against the whole, KeyReused.
    """
    asked = ["divide", unit_id, code, " ".join(name.split()), sorted(members)]

    def work(_days: str, key: RequestKey | None) -> dict[str, Any]:
        unit = locked(actor, unit_id)
        decision, wrong = decided(paper, on, {"from": unit.pk})
        if wrong := [*wrong, *_against(unit, members, on)]:
            raise Refused(wrong)
        new, opened = _new(actor, unit, code, name, decision)
        people = let_go(actor, list(dict.fromkeys(members)), new.code, decision, key.key if key else "")
        counts = {str(one.pk): _officials(one) for one in (unit, new)}
        answer: dict[str, Any] = {
            "unit": unit.pk, "new": new.pk, "on": on.isoformat(), "opened": opened, "people": people,
            "official": counts, "least": least(clock.today()),
        }  # fmt: skip
        if not any(one["done"] for one in people):
            raise NothingDone(answer | {"new": None if opened else new.pk, "opened": False})
        keep(actor, key, answer)
        return answer

    try:
        return once(actor, asked, request_key, work)
    except NothingDone as nothing:
        return nothing.answer


def rehearse_division(
    actor: Actor, unit_id: int, *, code: str, name: str, members: Sequence[int], paper: Any, on: date
) -> dict[str, Any]:
    """What `divide` would answer: the very same work, undone. Raises as `divide`."""
    with rehearsing(clock.today()):
        return divide(actor, unit_id, code=code, name=name, members=members, paper=paper, on=on)


def _against(unit: Unit, members: Sequence[int], on: date) -> list[Refusal]:
    if unit.level != Level.CELL:
        return [COMMITTEE]
    wrong = [*too_early([unit], on), *([] if members else [NOBODY])]
    strangers = set(members) - set(people_of(unit))
    return [*wrong, replace(STRANGERS, params={"count": len(strangers)})] if strangers else wrong


def _new(actor: Actor, unit: Unit, code: str, name: str, decision: Decided) -> tuple[Unit, bool]:
    """The cell beside the unit, and whether it was opened now. Raises Refused for a code or name that cannot be."""
    try:
        new = tree.open_unit(
            actor.who(), code=code, name=name, level=Level.CELL, parent=unit.parent, on=decision.on, why=decision.why
        )
    except Unchanged:
        return Unit.objects.get(code=code), False
    return new, True


def _officials(unit: Unit) -> int:
    return Member.objects.filter(unit_id=unit.pk, standing=Standing.OFFICIAL).count()
