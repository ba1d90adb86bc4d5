"""Reminder and escalation ladders: data files, their reader, and the arithmetic of a rung's day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from workflows.ladders.rungs import CHANNELS, Kind, LadderError, Rung, Side, read_rung
from workflows.law import Firmness, LawError
from workflows.law.reader import load
from workflows.workdays import Calendar

__all__ = [
    "CHANNELS", "HERE", "Kind", "Ladder", "LadderError", "Planned", "Rung", "Side", "ladder_called", "ladder_for", "ladders",
    "pack_of", "read_ladders", "read_named", "read_packs", "read_rung", "rules_of_packs", "rules_with_ladders",
]  # fmt: skip

HERE = Path(__file__).parent


class Planned(NamedTuple):
    """A rung with its day. `rung` is the rung's identity in its ladder; `levels_up` counts from the acting office."""

    rung: int
    day: date
    levels_up: int
    kind: Kind
    channels: tuple[str, ...]
    critical: bool


@dataclass(frozen=True)
class Ladder:
    """Rungs in the order of their file; a rung's place is its identity and is never reused."""

    name: str
    rungs: tuple[Rung, ...]

    def schedule(
        self, due_on: date, early_on: date | None, calendar: Calendar, firmness: Firmness, opened_on: date | None = None
    ) -> list[Planned]:
        """Every rung with its day, in order of day and rung. `opened_on` is the day the deadline was opened.

        A rule that is not settled reminds the office that must act and climbs to no one. With no early day before
        the due day, the rungs `day` and `last` would fall together: `last` is then left out.
        """
        single = early_on is None or early_on == due_on
        planned = [
            Planned(
                index, rung.day(due_on, early_on, calendar, opened_on), rung.up, rung.kind, rung.channels, rung.critical
            )
            for index, rung in enumerate(self.rungs)
            if (firmness != "unsettled" or (rung.up == 0 and rung.kind == "remind"))
            and not (rung.side == "last" and single)
        ]
        return sorted(planned, key=lambda one: (one.day, one.rung))


def read_ladders(folder: Path = HERE) -> tuple[dict[str, Ladder], dict[str, str], str]:
    """Ladders by name, the ladder's name by rule, and the name of the ladder for all other rules."""
    ladders: dict[str, Ladder] = {}
    by_rule: dict[str, str] = {}
    otherwise = ""
    for path in sorted(folder.glob("*.yaml")):
        data = load(path)
        ladders |= read_named(data)
        by_rule |= data["rules"]
        otherwise = data.get("otherwise", otherwise)
    if missing := {*by_rule.values(), otherwise} - set(ladders):
        raise LawError(f"No ladder is called {sorted(missing)}.")
    return ladders, by_rule, otherwise


def read_named(data: Mapping[str, Any]) -> dict[str, Ladder]:
    """The ladders of one file, by name. Raises LadderError."""
    return {
        name: Ladder(name, tuple(read_rung(name, {**data["defaults"], **row}) for row in rows))
        for name, rows in data["ladders"].items()
    }


def read_packs(folder: Path = HERE / "packs") -> tuple[dict[str, Ladder], dict[str, dict[str, str]]]:
    """Ladders of provincial rule packs by name; and by pack (the file's name) the ladder's name by rule."""
    ladders: dict[str, Ladder] = {}
    by_pack: dict[str, dict[str, str]] = {}
    for path in sorted(folder.glob("*.yaml")):
        data = load(path)
        found = read_named(data)
        if wrong := {*data["rules"].values()} - set(found) | set(found) & set(ladders) | set(data) & {"otherwise"}:
            raise LawError(f"{path.name}: {sorted(wrong)} is no ladder of this file, or one of another file too.")
        ladders |= found
        by_pack[path.stem] = data["rules"]
    return ladders, by_pack


@cache
def _ladders() -> tuple[dict[str, Ladder], dict[str, str], str, dict[str, dict[str, str]]]:
    (all_over, by_rule, otherwise), (of_packs, by_pack) = read_ladders(), read_packs()
    if twice := set(all_over) & set(of_packs):
        raise LawError(f"A pack's ladder has a name of its own; {sorted(twice)} is taken.")
    return all_over | of_packs, by_rule, otherwise, by_pack


def ladder_for(rule_id: str, packs: Callable[[], frozenset[str]] = frozenset) -> Ladder:
    """The ladder of a rule's deadlines as delivered: of the first of its unit's packs that has one for it (`packs` gives
    those of the day on which the clock started, and is asked only where some pack has), else the rule's, else the modest
    one of tasks.
    """
    ladders, by_rule, otherwise, by_pack = _ladders()
    having = [pack for pack, rules in by_pack.items() if rule_id in rules]
    on = packs() if having else frozenset()
    name = next((by_pack[pack][rule_id] for pack in having if pack in on), by_rule.get(rule_id, otherwise))
    return ladders[name]


def ladder_called(name: str) -> Ladder | None:
    """The delivered ladder of a name; None where there is none (any more)."""
    return _ladders()[0].get(name)


def ladders() -> list[Ladder]:
    """Every delivered ladder, by name."""
    return [ladder for _, ladder in sorted(_ladders()[0].items())]


def rules_with_ladders() -> frozenset[str]:
    """Rules that name a ladder (a start-up check compares them with the law)."""
    return frozenset(_ladders()[1])


def pack_of(name: str) -> str:
    """The provincial rule pack to which a ladder belongs; empty for one that is delivered to all."""
    return next((pack for pack, rules in _ladders()[3].items() if name in rules.values()), "")


def rules_of_packs() -> Mapping[str, Mapping[str, str]]:
    """By provincial rule pack, the name of the ladder by rule."""
    return _ladders()[3]
