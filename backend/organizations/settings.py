"""What a unit settles for itself and for all below it: the day of its meeting's reminders, and provincial rule packs.

Kept in `Unit.settings`; each change is an event of the unit. The nearest day holds; packs add up from the root down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_noop

from backend.audit.codes import EventCode
from backend.audit.record import Who
from backend.core.errors import Refused
from backend.organizations.models import Unit
from backend.organizations.tree import locked, log
from workflows import law
from workflows.answers import Refusal

DAYS = range(1, 32)
BAD_DAY = Refusal(
    "unit.bad_meeting_reminder_day",
    gettext_noop("The day of the meeting's reminders is a day of the month, from 1 to 31."),
    remedy=gettext_noop("A month without that day is reminded on its last day."),
    fact="meeting_reminder_day",
)


@dataclass(frozen=True)
class Settings:
    """Of one unit by itself, or (`along` the tree) as they hold for it."""

    meeting_reminder_day: int | None = None
    packs: frozenset[str] = frozenset()

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Settings:
        return cls(kept.get("meeting_reminder_day"), frozenset(kept.get("packs", ())))

    @classmethod
    def along(cls, chain: Iterable[Mapping[str, Any]]) -> Settings:
        """What holds for a unit, from what its ancestors and it have kept (the root first)."""
        found = cls()
        for kept in filter(None, chain):
            own = cls.of(kept)
            found = cls(own.meeting_reminder_day or found.meeting_reminder_day, found.packs | own.packs)
        return found

    def as_json(self) -> dict[str, Any]:
        """The form in which they are kept: only what was settled."""
        day = {"meeting_reminder_day": self.meeting_reminder_day} if self.meeting_reminder_day is not None else {}
        return day | ({"packs": sorted(self.packs)} if self.packs else {})

    def faults(self) -> list[Refusal]:
        """What is wrong with them, all at once."""
        wrong = [BAD_DAY] if self.meeting_reminder_day is not None and self.meeting_reminder_day not in DAYS else []
        return wrong + [_unknown(name) for name in sorted(self.packs - law.packs())]


def configure(who: Who, unit_id: int, amend: Callable[[Settings], Settings], *, on: date) -> Unit:
    """Change what the unit has settled by itself, with one event; nothing at all where it stays as it is.

    Raises Refused for a closed unit, a day that is none, a pack the law does not know.
    """
    unit = locked(unit_id)
    was = Settings.of(unit.settings)
    now = amend(was)
    if wrong := now.faults():
        raise Refused(wrong)
    if now != was:
        unit.settings, unit.version = now.as_json(), unit.version + 1
        unit.save(update_fields=["settings", "version"])
        log(who, unit, EventCode.UNIT_CONFIGURED, on, {"was": was.as_json(), "now": now.as_json()})
    return unit


def effective(units: Iterable[Unit]) -> dict[int, Settings]:
    """What holds for each of the units, by its own settings and those above it."""
    chains = {unit.pk: [int(key) for key in unit.path.strip("/").split("/")] for unit in units}
    wanted = {key for chain in chains.values() for key in chain}
    kept = dict(Unit.objects.filter(pk__in=wanted).exclude(settings={}).values_list("pk", "settings"))
    return {key: Settings.along(kept.get(one, {}) for one in chain) for key, chain in chains.items()}


def _unknown(pack: str) -> Refusal:
    words = {"pack": pack, "known": ", ".join(sorted(law.packs()))}
    message, remedy = gettext_noop("There is no rule pack “%(pack)s”."), gettext_noop("The packs are: %(known)s.")
    return Refusal("unit.unknown_pack", message, words, remedy=remedy, fact="packs")
