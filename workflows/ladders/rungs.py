"""One rung: when, to which office at which level, how; and what is wrong with one that somebody wrote."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal, get_args

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from workflows.answers import Refusal
from workflows.law import LawError
from workflows.workdays import Calendar

Side = Literal["before", "day", "last", "after"]
Kind = Literal["remind", "escalate"]
CHANNELS: dict[str, Promise] = {"inbox": _("in the application"), "mail": _("by e-mail")}
"""How an office can be told."""


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

    def row(self) -> dict[str, Any]:
        """The rung as data, every field of it."""
        return {**vars(self), "channels": list(self.channels)}


FIELDS = gettext_noop("Ladder %(ladder)s: missing %(missing)s, unknown %(unknown)s.")
NO_RUNG = gettext_noop("Ladder %(ladder)s: a rung is a mapping of fields to values.")
WORDS = gettext_noop("Ladder %(ladder)s: a rung is before, day, last or after, and remind or escalate.")
NUMBERS = gettext_noop(
    "Ladder %(ladder)s: offsets are of one of %(units)s, from 0 to %(most)s; levels up are 0 or more."
)
ESCALATION = gettext_noop("Ladder %(ladder)s: an escalation goes to a level above, after the due day.")
WAYS = gettext_noop("Ladder %(ladder)s: channels are one or more of %(channels)s; critical is true or false.")
LONGEST = 366
UNITS = ("days", "working_days")


class LadderError(LawError):
    """A ladder that cannot be one; `fault` says why in the reader's language."""

    def __init__(self, fault: Refusal) -> None:
        super().__init__(fault.text("en"))
        self.fault = fault


def read_rung(owner: str, row: Any) -> Rung:
    """One rung. Raises LadderError with the ladder's name and what to write instead."""
    if (fault := next(_faults(owner, row), None)) is not None:
        raise LadderError(fault)
    return Rung(**{**row, "channels": tuple(row["channels"])})


def refused(message: str, ladder: str, **params: Any) -> Refusal:
    """What is wrong with the form of a ladder."""
    return Refusal("unit.ladder_form", message, {"ladder": ladder, **params}, fact="ladders")


def _faults(owner: str, row: Any) -> Iterator[Refusal]:
    """What is wrong, one thing after the other; each may be looked at once those before it are right."""
    if not isinstance(row, Mapping):
        yield refused(NO_RUNG, owner)
        return
    unknown, missing = {*map(str, row)} - set(Rung.__dataclass_fields__), set(Rung.__dataclass_fields__) - set(row)
    if unknown or missing:
        yield refused(FIELDS, owner, missing=sorted(missing), unknown=sorted(unknown))
        return
    if row["side"] not in get_args(Side) or row["kind"] not in get_args(Kind):
        yield refused(WORDS, owner)
    numbers = _is_number(row["offset"], LONGEST) and _is_number(row["up"], LONGEST)
    if row["unit"] not in UNITS or not numbers:
        yield refused(NUMBERS, owner, units=", ".join(UNITS), most=LONGEST)
    if row["kind"] == "escalate" and (row["up"] == 0 or row["side"] != "after"):
        yield refused(ESCALATION, owner)
    ways = row["channels"]
    listed = isinstance(ways, (list, tuple)) and bool(ways) and all(one in [*CHANNELS] for one in ways)
    if not listed or len({*ways}) < len(ways) or not isinstance(row["critical"], bool):
        yield refused(WAYS, owner, channels=", ".join(CHANNELS))


def _is_number(value: Any, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most
