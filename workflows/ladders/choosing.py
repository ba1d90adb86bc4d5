"""A unit's own ladder for a rule, or its choice among those delivered, from a day to a day; and what no choice switches off."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workflows.ladders import Ladder, ladder_for
from workflows.ladders.own import base_name

TITLES: dict[str, Promise] = {
    "appeal_resolution": _("Resolution of an appeal"),
    "appeal_window": _("Term to appeal"),
    "at_once": _("Tasks told at once"),
    "hours": _("Breach of personal data"),
    "meeting_in_first_week": _("Monthly meeting in the first week"),
    "meeting_papers": _("Papers of a meeting"),
    "monthly_meeting": _("Monthly meeting"),
    "months": _("Terms of months"),
    "quarterly_meeting": _("Quarterly meeting"),
    "request_days": _("Requests about personal data"),
    "short": _("Short terms"),
    "sixty_working_days": _("Terms of sixty working days"),
    "task": _("Other tasks"),
    "thirty_working_days": _("Terms of thirty working days"),
}
"""What people call each ladder."""


def ladder_title(name: str) -> str | Promise:
    """What people call a ladder; a unit's own has the name that it was given."""
    return TITLES.get(name, base_name(name))


@dataclass(frozen=True)
class Chosen:
    """The ladder of a rule's deadlines that are due from a day up to and with another (None: until further notice).

    `version` counts the unit's own ladders for the rule, from 1; 0: one of those delivered. A version that another one took
    the place of before it held ends before it begins.
    """

    rule: str
    ladder: str
    since: date
    until: date | None = None
    version: int = 0

    def on(self, due_on: date) -> bool:
        return self.since <= due_on and (self.until is None or due_on <= self.until)


def holding(rule_id: str, due_on: date, chosen: Iterable[Chosen]) -> Chosen | None:
    """Which of them holds for a rule's deadline due on a day: the first, which is the nearest unit's; None: as delivered."""
    return next((one for one in chosen if one.rule == rule_id and one.on(due_on)), None)


def version_of(ladder: str, rule_id: str, due_on: date, chosen: Iterable[Chosen]) -> int:
    """Which version of a unit's own the ladder of a rule's deadline is; 0: one of those delivered."""
    one = holding(rule_id, due_on, chosen)
    return one.version if one is not None and one.ladder == ladder else 0


def chosen_ladder(
    rule_id: str, due_on: date, chosen: Iterable[Chosen], called: Callable[[str], Ladder | None],
    packs: Callable[[], frozenset[str]] = frozenset,
) -> Ladder:  # fmt: skip
    """The ladder of a rule's deadline due on a day: what the units settled, else as delivered (`ladder_for`).

    `called` finds a ladder by its name; one that no longer is leaves the delivered one.
    """
    one = holding(rule_id, due_on, chosen)
    return (called(one.ladder) if one else None) or ladder_for(rule_id, packs)


def has_floor(ladder: Ladder) -> bool:
    """Whether the office that must act is reminded on the day itself, by every channel that the delivered ladders use."""
    floor = {"inbox", "mail"}
    return any(
        one.side == "day" and one.up == 0 and one.offset == 0 and floor <= {*one.channels} for one in ladder.rungs
    )


def may_replace(ladder: Ladder, rule_id: str) -> bool:
    """Whether a unit may choose the ladder for the rule: it keeps the day, and climbs at least as far as the delivered one."""
    delivered = ladder_for(rule_id)
    return (has_floor(ladder) or not has_floor(delivered)) and _height(ladder) >= min(1, _height(delivered))


def _height(ladder: Ladder) -> int:
    return max(one.up for one in ladder.rungs)
