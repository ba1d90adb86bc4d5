"""What a unit settles for itself and all below it through a door: rule packs on or off, the ladder that reminds of a rule.

By an office that administers the unit, in one transaction with the unit's event; the open deadlines follow at once, each
move with its event. The command line settles the same by `manage.py configure_unit`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop

from backend.accounts.administration import in_reach
from backend.accounts.policy import Actor
from backend.cases.engine import RequestKey, keep, once
from backend.core import clock
from backend.core.db import scope
from backend.core.errors import Refused
from backend.deadlines.overrides import names_a_paper
from backend.deadlines.recompute import Move
from backend.deadlines.reminding import follow_settings
from backend.organizations.models import Unit
from backend.organizations.settings import Settings, configure, unknown
from workflows.answers import Refusal

NO_PAPER = Refusal(
    "unit.no_source", gettext_noop("Say which paper settles it."),
    remedy=gettext_noop("Give its number, issuer and date."), fact="source",
)  # fmt: skip


@dataclass(frozen=True)
class Changed:
    """What became of it: the unit as it stands, whether anything changed, and the deadlines that follow."""

    unit: Unit
    changed: bool
    moves: Sequence[Move]


@dataclass(frozen=True)
class Turn:
    """A provincial rule pack, on or off from a day."""

    pack: str
    since: date
    on: bool
    source: str

    def amend(self, own: Settings) -> Settings:
        return own.turn(self.pack, self.since, on=self.on)

    def rules(self) -> Collection[str]:
        return ()

    def faults(self) -> list[Refusal]:
        """`configure` looks at packs that are on; one to be turned off may be unknown too."""
        return unknown([self.pack])


@dataclass(frozen=True)
class Choice:
    """A delivered ladder for a rule's deadlines due from a day to a day (None: until further notice).

    `ladder` None: the one that is delivered for the rule.
    """

    rule: str
    ladder: str | None
    since: date
    until: date | None
    source: str

    def amend(self, own: Settings) -> Settings:
        return own.choose(self.rule, self.ladder, self.since, self.until)

    def rules(self) -> Collection[str]:
        return (self.rule,)

    def faults(self) -> list[Refusal]:
        return []


Wanted = Turn | Choice
"""How the unit's settings change, for which rules ladders do, and the paper that says so."""


def settle(actor: Actor, unit_id: int, wanted: Wanted, *, dry_run: bool = False) -> Changed:
    """Settle it; dry: nothing of it stays. Raises NotFound, NotPermitted, Refused with all that is wrong."""
    return tried_or_done(actor, lambda: _settle(actor, unit_id, wanted), dry_run=dry_run)


def settle_once(actor: Actor, unit_id: int, wanted: Wanted, *, request_key: RequestKey | None = None) -> dict[str, Any]:
    """The same for a door, by its request key; says whether anything changed. Raises as `settle`, KeyReused."""

    def work(_days: str, key: RequestKey | None) -> dict[str, Any]:
        found = _settle(actor, unit_id, wanted)
        answer = {"unit_id": unit_id, "changed": found.changed, "deadlines": len(found.moves)}
        keep(actor, key, answer)
        return answer

    return once(actor, ["settings", unit_id], request_key, work)


def tried_or_done(actor: Actor, change: Callable[[], Changed], *, dry_run: bool) -> Changed:
    """A change in a transaction of the actor's scope; dry: nothing of it stays."""
    with transaction.atomic():
        scope(actor.path)
        found = change()
        transaction.set_rollback(dry_run)
    return found


def settled(
    actor: Actor, before: Unit, amend: Callable[[Settings], Settings], rules: Collection[str], *,
    facts: Mapping[str, Any] | None = None, words: Mapping[str, str],
) -> Changed:  # fmt: skip
    """Change a unit's settings and let its open deadlines follow. `before`: the unit as it was found; inside a transaction."""
    unit = configure(actor.who(), before.pk, amend, on=clock.today(), facts=facts, words=words)
    changed = unit.version > before.version
    return Changed(unit, changed, follow_settings(actor.who(), unit.path, rules) if changed else [])


def _settle(actor: Actor, unit_id: int, wanted: Wanted) -> Changed:
    before, said = in_reach(actor, unit_id), " ".join(wanted.source.split())
    if wrong := [*wanted.faults(), *([] if names_a_paper(said) else [NO_PAPER])]:
        raise Refused(wrong)
    return settled(actor, before, wanted.amend, wanted.rules(), words={"source": said})
