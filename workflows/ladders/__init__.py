"""Reminder and escalation ladders: data files, their reader, and the arithmetic of a rung's day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workflows.law import Firmness, LawError
from workflows.law.reader import load
from workflows.workdays import Calendar

Side = Literal["before", "day", "last", "after"]
Kind = Literal["remind", "escalate"]
CHANNELS: dict[str, Promise] = {"inbox": _("in the application"), "mail": _("by e-mail")}
"""How an office can be told."""
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
class Rung:
    """When (side and offset), to which office (levels above the one that must act), how."""

    side: Side
    offset: int
    unit: Literal["days", "working_days"]
    up: int
    kind: Kind
    channels: tuple[str, ...]
    critical: bool

    def day(self, due_on: date, early_on: date | None, calendar: Calendar, opened_on: date | None = None) -> date:
        """The rung's day: before and day count from the early day where there is one, last from the due day, and after
        from the due day, or from the day of opening where that came later: whoever hears of it late has the same time.
        """
        start = (early_on or due_on) if self.side in ("before", "day") else due_on
        if self.side == "after" and opened_on is not None:
            start = max(due_on, opened_on)
        steps = -self.offset if self.side == "before" else self.offset
        if self.unit == "days":
            return start + timedelta(days=steps)
        return calendar.add_working_days(start, steps)


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


def read_rung(owner: str, row: Mapping[str, Any]) -> Rung:
    """One rung. Raises LawError with the ladder's name and what to write instead."""
    unknown = set(row) - set(Rung.__dataclass_fields__)
    missing = set(Rung.__dataclass_fields__) - set(row)
    if unknown or missing:
        raise LawError(f"Ladder {owner}: missing {sorted(missing)}, unknown {sorted(unknown)}.")
    if row["side"] not in get_args(Side) or row["kind"] not in get_args(Kind):
        raise LawError(f"Ladder {owner}: a rung is before, day, last or after, and remind or escalate.")
    if row["unit"] not in ("days", "working_days") or row["offset"] < 0 or row["up"] < 0:
        raise LawError(f"Ladder {owner}: offsets are days or working_days, 0 or more; levels up are 0 or more.")
    if row["kind"] == "escalate" and (row["up"] == 0 or row["side"] != "after"):
        raise LawError(f"Ladder {owner}: an escalation goes to a level above, after the due day.")
    if not row["channels"] or set(row["channels"]) - set(CHANNELS) or row["critical"] not in (True, False):
        raise LawError(f"Ladder {owner}: channels are one or more of {', '.join(CHANNELS)}; critical is true or false.")
    return Rung(**{**row, "channels": tuple(row["channels"])})


def read_ladders(folder: Path = HERE) -> tuple[dict[str, Ladder], dict[str, str], str]:
    """Ladders by name, the ladder's name by rule, and the name of the ladder for all other rules."""
    ladders: dict[str, Ladder] = {}
    by_rule: dict[str, str] = {}
    otherwise = ""
    for path in sorted(folder.glob("*.yaml")):
        data = load(path)
        for name, rows in data["ladders"].items():
            ladders[name] = Ladder(name, tuple(read_rung(name, {**data["defaults"], **row}) for row in rows))
        by_rule |= data["rules"]
        otherwise = data.get("otherwise", otherwise)
    if missing := {*by_rule.values(), otherwise} - set(ladders):
        raise LawError(f"No ladder is called {sorted(missing)}.")
    return ladders, by_rule, otherwise


@cache
def _ladders() -> tuple[dict[str, Ladder], dict[str, str], str]:
    return read_ladders()


def ladder_for(rule_id: str) -> Ladder:
    """The ladder of a rule's deadlines; the modest one for tasks where the rule has none of its own."""
    ladders, by_rule, otherwise = _ladders()
    return ladders[by_rule.get(rule_id, otherwise)]


def ladder_called(name: str) -> Ladder | None:
    """The ladder of a name; None where there is none (any more)."""
    return _ladders()[0].get(name)


def ladders() -> list[Ladder]:
    """Every ladder, by name."""
    return [ladder for _, ladder in sorted(_ladders()[0].items())]


def rules_with_ladders() -> frozenset[str]:
    """Rules that name a ladder (a start-up check compares them with the law)."""
    return frozenset(_ladders()[1])
