"""Ladders of a unit's own: defined from a day on as versions, withdrawn from a day on; open deadlines follow at once.

By an office that administers the unit, or by the operator. The unit's event names the versions with their rungs; the reason
stands behind its commitment.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_noop

from backend.accounts.administration import in_reach
from backend.accounts.policy import Actor
from backend.cases.engine import RequestKey, keep, once
from backend.cases.settling import Changed, settled, tried_or_done
from backend.core.errors import Refused
from backend.organizations import laddering
from backend.organizations.models import Unit
from backend.organizations.settings import Settings
from workflows.answers import Refusal
from workflows.ladders import Ladder
from workflows.ladders.own import read_own

NO_REASON = Refusal("unit.ladder_no_reason", gettext_noop("Say why, in a few words."), fact="reason")


@dataclass(frozen=True)
class Change:
    """What is to become of a unit's own ladders from a day on: a document of them, or rules that have none any more."""

    since: date
    reason: str
    document: Any = None
    withdrawn: Collection[str] = ()

    def rules(self) -> set[str]:
        """The rules it is about."""
        named = self.document.get("rules", {}) if isinstance(self.document, dict) else {}
        return {*self.withdrawn, *map(str, named)}


def told(found: Changed, rules: Collection[str]) -> dict[str, Any]:
    """As JSON: the versions of some rules that hold on, and how many deadlines are reminded otherwise, by rule."""
    own = [one for one in Settings.of(found.unit.settings).own_ladders if one.rule in rules and one.until is None]
    versions = [
        {"rule": one.rule, "ladder": one.ladder, "version": one.version, "since": one.since.isoformat()} for one in own
    ]  # fmt: skip
    moved = Counter(move.deadline.rule_id for move in found.moves)
    deadlines = [{"rule": rule, "count": count} for rule, count in sorted(moved.items())]
    return {"unit_id": found.unit.pk, "changed": found.changed, "ladders": versions, "deadlines": deadlines}


def change_once(actor: Actor, unit_id: int, wanted: Change, *, request_key: RequestKey | None = None) -> dict[str, Any]:
    """`change` for a door, by its request key; answers as `told`. Raises as `change`, KeyReused."""

    def work(_days: str, key: RequestKey | None) -> dict[str, Any]:
        answer = told(_change(actor, unit_id, wanted), wanted.rules())
        keep(actor, key, answer)
        return answer

    return once(actor, ["own_ladders", unit_id], request_key, work)


def change(actor: Actor, unit_id: int, wanted: Change, *, dry_run: bool = False) -> Changed:
    """Define or withdraw, with the unit's event and one for each deadline that follows; dry: nothing of it stays.

    Raises NotFound, NotPermitted, Refused with all that is wrong.
    """
    return tried_or_done(actor, lambda: _change(actor, unit_id, wanted), dry_run=dry_run)


def _change(actor: Actor, unit_id: int, wanted: Change) -> Changed:
    before = in_reach(actor, unit_id)
    defined = _checked(before, wanted)
    laddering.keep(defined.values())
    rungs = {one.name: [rung.row() for rung in one.rungs] for one in defined.values()}

    def amend(own: Settings) -> Settings:
        for rule, ladder in defined.items():
            own = own.define(rule, ladder.name, wanted.since)
        for rule in wanted.withdrawn:
            own = own.undefine(rule, wanted.since)
        return own

    facts, words = ({"rungs": rungs} if rungs else {}), {"reason": wanted.reason.strip()}
    return settled(actor, before, amend, wanted.rules(), facts=facts, words=words)


def _checked(unit: Unit, wanted: Change) -> dict[str, Ladder]:
    """The ladders of the document by rule. Raises Refused with everything that is wrong."""
    wrong = [] if wanted.reason.strip() else [NO_REASON]
    defined: dict[str, Ladder] = {}
    if wanted.document is not None:
        defined, faults = read_own(wanted.document)
        wrong += faults or laddering.wrong_own(unit, defined)
    if wrong:
        raise Refused(wrong)
    return defined
