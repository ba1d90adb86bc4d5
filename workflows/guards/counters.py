"""Guards of what is claimed to have been missed: compared with what attendance and dues show."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.utils.translation import gettext_noop

from workflows.answers import Caution
from workflows.flagging import windows
from workflows.situation import Situation
from workflows.workdays import month_start

_ROLLS = gettext_noop("%(months)s months are claimed; in one year the roll calls recorded here show %(shown)s at most.")
_LEDGER = gettext_noop(
    "%(months)s months are claimed; in one year the dues recorded here show %(shown)s unpaid at most."
)
_BOTH = gettext_noop(
    "%(months)s months are claimed; in one year roll calls and dues recorded here show %(shown)s at most."
)
_CLAIMED = {
    "meetings": ("meetings", _ROLLS), "activity_dropped": ("meetings", _ROLLS),
    "dues": ("dues", _LEDGER), "dues_unpaid": ("dues", _LEDGER),
}  # fmt: skip
"""The grounds that stand on months, each with what counts them and what is said where it shows fewer."""


def months_as_counted(situation: Situation) -> Caution | None:
    """Fewer months on record than are claimed: papers may know more than the record, so people are told and decide.

    Compared by the windows in which flags count (LAP.WINDOW), up to the month of the step.
    """
    kind, message = _CLAIMED.get(situation.facts.get("ground") or "", ("", ""))
    claimed = situation.facts.get("months")
    if not kind or claimed is None:
        return None
    mixed = situation.rule("LAP.MIX_MEETINGS_AND_DUES").value
    shown = max(_counted(situation, first, last, () if mixed else (kind,)) for first, last in windows(situation.on))
    if shown >= claimed:
        return None
    return Caution(
        "lapse.fewer_on_record", _BOTH if mixed else message, {"months": claimed, "shown": shown}, "LAP.MONTHS",
        gettext_noop("Compare the papers with the record; months without a meeting and of an approved leave do not count."),
        "months",
    )  # fmt: skip


def _counted(situation: Situation, first: date, last: date, kinds: Collection[str]) -> int:
    """Months of these kinds (of all where none is named) from a month to a month, or to that of the step."""
    found = situation.missed(first, min(last, month_start(situation.on)))
    return len({month for kind, months in found.items() if not kinds or kind in kinds for month in months})
