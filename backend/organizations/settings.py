"""What a unit settles for itself and for all below it: the day of its meeting's reminders, rule packs, ladders.

Kept in `Unit.settings`; each change is an event of the unit. The nearest reminder day holds, as it stands now. A pack is
turned on from a day, and off from another: what is counted on a day goes by the packs of that day, of the units above which
the unit stood then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_noop

from backend.audit.codes import EventCode
from backend.audit.record import Who
from backend.core.db import execute
from backend.core.errors import Refused
from backend.organizations.chains import a_day, chains, kept
from backend.organizations.laddering import chosen_of, own_of, wrong_choices
from backend.organizations.models import Unit
from backend.organizations.tree import locked, log
from workflows import law
from workflows.answers import Refusal
from workflows.ladders.choosing import Chosen

DAYS = range(1, 32)
BAD_DAY = Refusal(
    "unit.bad_meeting_reminder_day",
    gettext_noop("The day of the meeting's reminders is a day of the month, from 1 to 31."),
    remedy=gettext_noop("A month without that day is reminded on its last day."),
    fact="meeting_reminder_day",
)
BEGINS_BEFORE = Refusal(
    "unit.ladder_begins_before",
    gettext_noop("The unit's ladder for %(rule)s holds from %(since)s on; another one begins on that day or later."),
    fact="since",
)
NO_OWN = Refusal(
    "unit.no_own_ladder", gettext_noop("The unit has no ladder of its own for %(rule)s that holds on."), fact="rules"
)
_PACKS = "SELECT unit_id, day, pack FROM chibo_packs_on(%s, %s::date[])"


@dataclass(frozen=True, order=True)
class Turned:
    """A pack that is on from a day up to and with another one (None: until further notice)."""

    pack: str
    since: date
    until: date | None = None

    def on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True)
class Settings:
    """What one unit has settled by itself. `packs` holds every stretch over which it had one turned on, in order."""

    meeting_reminder_day: int | None = None
    packs: tuple[Turned, ...] = ()
    ladders: tuple[Chosen, ...] = ()
    own_ladders: tuple[Chosen, ...] = ()

    @classmethod
    def of(cls, settled: Mapping[str, Any]) -> Settings:
        turned = (Turned(pack, a_day(since), a_day(until)) for pack, since, until in settled.get("packs", ()))
        return cls(settled.get("meeting_reminder_day"), tuple(turned), chosen_of(settled), own_of(settled))

    def turn(self, pack: str, since: date, *, on: bool) -> Settings:
        """The pack on or off from a day; what held before that day stays as it was."""
        others = [one for one in self.packs if one.pack != pack]
        before = [one for one in self.packs if one.pack == pack and one.since < since]
        eve = since - timedelta(days=1)
        kept = [replace(one, until=eve) if one.until is None or one.until >= since else one for one in before]
        if on and kept and kept[-1].until == eve:  # it goes on
            kept[-1] = replace(kept[-1], until=None)
        elif on:
            kept.append(Turned(pack, since))
        return replace(self, packs=tuple(sorted([*others, *kept], key=lambda one: (one.pack, one.since))))

    def choose(self, rule: str, ladder: str | None, since: date, until: date | None) -> Settings:
        """The ladder of a rule's deadlines due from a day to a day (None: as delivered); other days stay as they were."""
        kept = [one for one in self.ladders if one.rule != rule]
        for one in self.ladders:
            if one.rule == rule and one.since < since:
                kept.append(replace(one, until=_earlier(one.until, since - timedelta(days=1))))
            if one.rule == rule and until is not None and (one.until is None or one.until > until):
                kept.append(replace(one, since=max(one.since, until + timedelta(days=1))))
        kept += [Chosen(rule, ladder, since, until)] if ladder is not None else []
        return replace(self, ladders=tuple(sorted(kept, key=lambda one: (one.rule, one.since))))

    def define(self, rule: str, ladder: str, since: date) -> Settings:
        """A version of the unit's own ladder for a rule; the one before ends on the eve. Raises Refused.

        The same rungs again, while they hold on, are no version more.
        """
        last = self._last(rule)
        if last is not None and last.until is None and last.ladder == ladder and last.since <= since:
            return self
        ended = self._ended(last, since)
        version = last.version + 1 if last else 1
        return self._with_own([*ended, Chosen(rule, ladder, since, None, version)])

    def undefine(self, rule: str, since: date) -> Settings:
        """From a day on the unit has no ladder of its own for a rule. Raises Refused."""
        last = self._last(rule)
        if last is None or last.until is not None:
            raise Refused([replace(NO_OWN, params={"rule": rule[:40]})])
        return self._with_own(self._ended(last, since))

    def _last(self, rule: str) -> Chosen | None:
        return max((one for one in self.own_ladders if one.rule == rule), key=lambda one: one.version, default=None)

    def _ended(self, last: Chosen | None, since: date) -> list[Chosen]:
        if last is not None and since < last.since:
            raise Refused([replace(BEGINS_BEFORE, params={"rule": last.rule, "since": last.since})])
        eve = since - timedelta(days=1)
        return [replace(one, until=_earlier(one.until, eve)) if one is last else one for one in self.own_ladders]

    def _with_own(self, own: Iterable[Chosen]) -> Settings:
        return replace(self, own_ladders=tuple(sorted(own, key=lambda one: (one.rule, one.version))))

    def as_json(self) -> dict[str, Any]:
        """The form in which they are kept: only what was settled.

        {"meeting_reminder_day": 3, "packs": [["lao_cai", "2026-01-26", null]],
        "ladders": [["TRF.PAPER", "short", "2026-01-01", null]], "own_ladders": [["TRF.PAPER", "early@5f0c…", "2026-01-01",
        null, 1]]}
        """
        day = {"meeting_reminder_day": self.meeting_reminder_day} if self.meeting_reminder_day is not None else {}
        turned = [[one.pack, one.since.isoformat(), one.until and one.until.isoformat()] for one in self.packs]
        chosen = [_row(one) for one in self.ladders]
        own = [[*_row(one), one.version] for one in self.own_ladders]
        kept_as = {"packs": turned, "ladders": chosen, "own_ladders": own}
        return day | {name: rows for name, rows in kept_as.items() if rows}

    def faults(self) -> list[Refusal]:
        """What is wrong with them, all at once."""
        wrong = [BAD_DAY] if self.meeting_reminder_day is not None and self.meeting_reminder_day not in DAYS else []
        return [*wrong, *unknown({one.pack for one in self.packs}), *wrong_choices(self.ladders)]


def configure(
    who: Who, unit_id: int, amend: Callable[[Settings], Settings], *, on: date, facts: Mapping[str, Any] | None = None,
    words: Mapping[str, str] | None = None,
) -> Unit:  # fmt: skip
    """Change what the unit has settled by itself, with one event; nothing at all where it stays as it is.

    `facts` stand in the event's line besides, `words` behind its commitment.
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
        changed = {"was": was.as_json(), "now": now.as_json(), **(facts or {})}
        log(who, unit, EventCode.UNIT_CONFIGURED, on, changed, words)
    return unit


def unknown(packs: Iterable[str]) -> list[Refusal]:
    """A refusal for each pack that the law does not know."""
    return [_unknown(name) for name in sorted(set(packs) - law.packs())]


def reminder_day(chain: Iterable[Mapping[str, Any]]) -> int | None:
    """The reminder day that holds for a unit, from what its ancestors and it have kept (the root first): the nearest."""
    days = [kept["meeting_reminder_day"] for kept in chain if kept.get("meeting_reminder_day")]
    return days[-1] if days else None


def reminder_days(units: Iterable[Unit]) -> dict[int, int | None]:
    """The reminder day of each of the units."""
    above = chains(units)
    settled = kept(above)
    return {key: reminder_day(settled.get(one, {}) for one in chain) for key, chain in above.items()}


def packs_on(asked: Iterable[tuple[int, date]]) -> dict[tuple[int, date], frozenset[str]]:
    """For each (unit id, day) the packs that bound the unit on the day, where it stood then. Inside a transaction.

    For a day before all that is known of the unit's place, the place where it stands now.
    """
    wanted = list(dict.fromkeys(asked))
    found: dict[tuple[int, date], set[str]] = {one: set() for one in wanted}
    rows = execute(_PACKS, [[unit for unit, _ in wanted], [day for _, day in wanted]]) if wanted else []
    for unit_id, day, pack in rows:
        found[unit_id, day].add(pack)
    return {one: frozenset(packs) for one, packs in found.items()}


def pack_history(unit: Unit) -> list[tuple[Turned, int]]:
    """Every stretch over which a pack is or was turned on for the unit where it stands now, with the unit that did it."""
    chain = chains([unit])[unit.pk]
    settled = kept({unit.pk: chain})
    found = [(turned, key) for key in chain for turned in Settings.of(settled.get(key, {})).packs]
    return sorted(found, key=lambda one: (one[0].pack, one[0].since, one[1]))


def _unknown(pack: str) -> Refusal:
    words = {"pack": pack, "known": ", ".join(sorted(law.packs()))}
    message, remedy = gettext_noop("There is no rule pack “%(pack)s”."), gettext_noop("The packs are: %(known)s.")
    return Refusal("unit.unknown_pack", message, words, remedy=remedy, fact="packs")


def _row(one: Chosen) -> list[Any]:
    return [one.rule, one.ladder, one.since.isoformat(), one.until and one.until.isoformat()]


def _earlier(until: date | None, day: date) -> date:
    return day if until is None else min(until, day)
