"""Tasks about a unit, for a level above it, that stand for as long as something is found there by looking.

One task at a time for each unit and rule; met (or, where nobody has done anything for it, cancelled) when it is found no
longer, cancelled when the unit closes. Each opening and each end is an event of the unit.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop

from backend.accounts.policy import Actor
from backend.audit.codes import EventCode
from backend.audit.record import Entry, Who
from backend.cases.changes import Changes
from backend.cases.durable import durable
from backend.cases.loading import lock_units
from backend.cases.orders import Loaded, UnitRow
from backend.core.db import WHOLE, execute, scope
from backend.core.nudge import nudge
from backend.deadlines.calendar import calendar
from backend.deadlines.drafts import draft
from backend.organizations.models import Unit
from backend.organizations.tree import entry_of
from workflows import law
from workflows.offices import LADDER, SUBSTITUTES, TOLD, Level
from workflows.vocabulary import Clock, Situation

KIND = "unit"
_LATER = """
SELECT subject_id FROM deadlines_deadline
WHERE subject_kind = 'unit' AND subject_id = ANY (%(units)s) AND rule_id = %(task)s
  AND (opened_on > %(today)s OR met_on > %(today)s)"""


@dataclass(frozen=True)
class Found:
    """A unit whose task does not stand as things are: it is to be opened or to be ended, with the facts of the event."""

    unit_id: int
    opens: bool
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class UnitTask:
    """What is looked for. `differing` gives the units where task and facts differ on a day, of some units or of all.

    `acting` says whose turn it is (else: of the level right above). With `cancels` a task that is found no longer was not
    met: what asked for it has gone.
    """

    rule: str
    opened: EventCode
    ended: EventCode
    differing: Callable[[date, Collection[int] | None], list[Found]]
    acting: Level | None = None
    cancels: bool = False

    def follow(self, today: date, who: Who | None = None) -> int:
        """Open and end the tasks; how many. Recorded as `who` (else: the system).

        A second run finds nothing left; of two at once the later one waits for the unit, looks again, and passes on.
        """
        with transaction.atomic():
            scope(WHOLE)
            found = self._asked(today, None)
        done = sum(self._one(one.unit_id, today, who or Actor.system().who()) for one in found)
        if done:
            nudge("jobs.seal")
        return done

    def _one(self, unit_id: int, today: date, who: Who) -> int:
        with durable():
            scope(WHOLE)
            rows = lock_units([unit_id])
            found = self._asked(today, rows)
            for one in found:
                self._write(rows[unit_id], one, today, who)
        return len(found)

    def _asked(self, today: date, units: Collection[int] | None) -> list[Found]:
        """What differs, without the units whose task was opened or met on a later day: the clock was set back."""
        found = self.differing(today, units)
        values = {"task": self.rule, "units": [one.unit_id for one in found], "today": today}
        later = {key for (key,) in execute(_LATER, values)} if found else set()
        return [one for one in found if one.unit_id not in later]

    def _write(self, row: UnitRow, found: Found, today: date, who: Who) -> None:
        unit = Unit.objects.get(pk=row.id)
        unit.version += 1
        unit.save(update_fields=["version"])
        code = self.opened if found.opens else self.ended
        entry, changes = entry_of(who, unit, code, today, dict(found.facts)), Changes()
        if found.opens:
            entry = self._open(changes, row, unit.code, entry, today)
        else:
            met, cancelled = ((), (self.rule,)) if self.cancels else ((self.rule,), ())
            changes.close(KIND, row.id, today, entry.uid, met=met, cancelled=cancelled)
        changes.log(entry)
        changes.write()

    def _open(self, changes: Changes, row: UnitRow, code: str, entry: Entry, today: date) -> Entry:
        """A task of the day on which it was found, for whoever acts; the entry with the rule it stands on."""
        situation = Situation(on=today, today=today, facts={}, calendar=calendar(), look_up=law.rule)
        above = self.acting or LADDER[LADDER.index(row.level) + 1]
        clock = Clock(self.rule, lambda situation: situation.today, above, gettext_noop("Found by counting"))
        drafted = draft(clock, situation)
        if drafted is None:
            raise AssertionError("the clocks of tasks always start")  # this one on the day on which it is found
        changes.open(drafted, clock, KIND, row.id, Loaded(row), entry, code)
        return replace(entry, rules=dict(situation.used))


def offices_told() -> list[dict[str, str]]:
    """Who hears of a unit's deadlines: the offices told at its level, and their substitutes."""
    pairs = {(level, one) for level, told in TOLD.items() for office in told for one in (office, SUBSTITUTES[office])}
    return [{"level": level.value, "office": office.value} for level, office in sorted(pairs)]
