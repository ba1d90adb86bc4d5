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
from backend.organizations.models import Unit
from backend.organizations.tree import locked, log
from workflows import law
from workflows.answers import Refusal
from workflows.ladders import ladders
from workflows.ladders.choosing import Chosen, may_replace

DAYS = range(1, 32)
BAD_DAY = Refusal(
    "unit.bad_meeting_reminder_day",
    gettext_noop("The day of the meeting's reminders is a day of the month, from 1 to 31."),
    remedy=gettext_noop("A month without that day is reminded on its last day."),
    fact="meeting_reminder_day",
)
UNKNOWN_RULE = Refusal("unit.unknown_rule", gettext_noop("There is no rule “%(rule)s”."), fact="ladders")
UNKNOWN_LADDER = Refusal(
    "unit.unknown_ladder", gettext_noop("There is no ladder “%(ladder)s”."), remedy=gettext_noop("The ladders are: %(known)s."),
    fact="ladders",
)  # fmt: skip
BELOW_FLOOR = Refusal(
    "unit.ladder_below_floor",
    gettext_noop("The ladder “%(ladder)s” says too little for %(rule)s."),
    remedy=gettext_noop("Choose one that reminds the office that must act on the day, and the level above after it."),
    fact="ladders",
)
ENDS_FIRST = Refusal("unit.ladder_ends_first", gettext_noop("The last day lies before the first."), fact="until")
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

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Settings:
        turned = (Turned(pack, _day(since), _day(until)) for pack, since, until in kept.get("packs", ()))
        return cls(kept.get("meeting_reminder_day"), tuple(turned), tuple(chosen_of(kept)))

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

    def as_json(self) -> dict[str, Any]:
        """The form in which they are kept: only what was settled."""
        day = {"meeting_reminder_day": self.meeting_reminder_day} if self.meeting_reminder_day is not None else {}
        turned = [[one.pack, one.since.isoformat(), one.until and one.until.isoformat()] for one in self.packs]
        chosen = [
            [one.rule, one.ladder, one.since.isoformat(), one.until and one.until.isoformat()] for one in self.ladders
        ]
        return day | ({"packs": turned} if turned else {}) | ({"ladders": chosen} if chosen else {})

    def faults(self) -> list[Refusal]:
        """What is wrong with them, all at once."""
        wrong = [BAD_DAY] if self.meeting_reminder_day is not None and self.meeting_reminder_day not in DAYS else []
        return [*wrong, *unknown({one.pack for one in self.packs}), *_wrong_ladders(self.ladders)]


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


def unknown(packs: Iterable[str]) -> list[Refusal]:
    """A refusal for each pack that the law does not know."""
    return [_unknown(name) for name in sorted(set(packs) - law.packs())]


def reminder_day(chain: Iterable[Mapping[str, Any]]) -> int | None:
    """The reminder day that holds for a unit, from what its ancestors and it have kept (the root first): the nearest."""
    days = [kept["meeting_reminder_day"] for kept in chain if kept.get("meeting_reminder_day")]
    return days[-1] if days else None


def reminder_days(units: Iterable[Unit]) -> dict[int, int | None]:
    """The reminder day of each of the units."""
    chains = _chains(units)
    kept = _kept(chains)
    return {key: reminder_day(kept.get(one, {}) for one in chain) for key, chain in chains.items()}


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
    chain = _chains([unit])[unit.pk]
    kept = _kept({unit.pk: chain})
    found = [(turned, key) for key in chain for turned in Settings.of(kept.get(key, {})).packs]
    return sorted(found, key=lambda one: (one[0].pack, one[0].since, one[1]))


def ladder_history(unit: Unit) -> list[tuple[Chosen, int]]:
    """Every ladder that was chosen for the unit where it stands now, the nearest unit first, with the unit that chose."""
    chain = _chains([unit])[unit.pk]
    kept = _kept({unit.pk: chain})
    return [(one, key) for key in reversed(chain) for one in chosen_of(kept.get(key, {}))]


def chosen_ladders(units: Iterable[Unit]) -> dict[int, tuple[Chosen, ...]]:
    """The choices of ladders that hold for each of the units, the nearest unit's first."""
    chains = _chains(units)
    kept = _kept(chains)
    return {key: nearest(kept.get(one, {}) for one in chain) for key, chain in chains.items()}


def nearest(chain: Iterable[Mapping[str, Any]]) -> tuple[Chosen, ...]:
    """The choices of ladders from what a unit's ancestors and it have kept (the root first): the nearest first."""
    return tuple(one for kept in reversed(list(chain)) for one in chosen_of(kept))


def chosen_of(kept: Mapping[str, Any]) -> Iterable[Chosen]:
    """What one unit has chosen by itself."""
    return (Chosen(rule, ladder, _day(since), _day(until)) for rule, ladder, since, until in kept.get("ladders", ()))


def rules_chosen_for() -> set[str]:
    """The rules for which any unit has chosen a ladder."""
    return {
        one.rule
        for kept in Unit.objects.exclude(settings={}).values_list("settings", flat=True)
        for one in chosen_of(kept)
    }


def _chains(units: Iterable[Unit]) -> dict[int, list[int]]:
    return {unit.pk: [int(key) for key in unit.path.strip("/").split("/")] for unit in units}


def _kept(chains: Mapping[int, list[int]]) -> dict[int, dict[str, Any]]:
    wanted = {key for chain in chains.values() for key in chain}
    return dict(Unit.objects.filter(pk__in=wanted).exclude(settings={}).values_list("pk", "settings"))


def _day(text: str | None) -> Any:
    return date.fromisoformat(text) if text else None


def _unknown(pack: str) -> Refusal:
    words = {"pack": pack, "known": ", ".join(sorted(law.packs()))}
    message, remedy = gettext_noop("There is no rule pack “%(pack)s”."), gettext_noop("The packs are: %(known)s.")
    return Refusal("unit.unknown_pack", message, words, remedy=remedy, fact="packs")


def _earlier(until: date | None, day: date) -> date:
    return day if until is None else min(until, day)


def _wrong_ladders(chosen: Iterable[Chosen]) -> list[Refusal]:
    known, rules = {ladder.name: ladder for ladder in ladders()}, {row.id for row in law.rules(packs=law.packs())}
    wrong = []
    for one in chosen:
        words = {"rule": one.rule, "ladder": one.ladder, "known": ", ".join(sorted(known))}
        if one.rule not in rules:
            wrong.append(replace(UNKNOWN_RULE, params=words))
        elif one.ladder not in known:
            wrong.append(replace(UNKNOWN_LADDER, params=words))
        elif not may_replace(known[one.ladder], one.rule):
            wrong.append(replace(BELOW_FLOOR, params=words))
        if one.until is not None and one.until < one.since:
            wrong.append(ENDS_FIRST)
    return wrong
