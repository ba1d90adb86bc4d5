"""Guards of what is claimed to have been missed: compared with what attendance and dues show."""

from __future__ import annotations

from collections.abc import Iterable

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
    counted, claimed = _CLAIMED.get(str(situation.facts.get("ground"))), situation.facts.get("months")
    if counted is None or claimed is None:
        return None
    kind, message = counted
    mixed = situation.rule("LAP.MIX_MEETINGS_AND_DUES").value
    shown = _most(situation, ("meetings", "dues") if mixed else (kind,))
    if shown >= claimed:
        return None
    return Caution(
        "lapse.fewer_on_record", _BOTH if mixed else message, {"months": claimed, "shown": shown}, "LAP.MONTHS",
        gettext_noop("Compare the papers with the record; months without a meeting and of an approved leave do not count."),
        "months",
    )  # fmt: skip


def _most(situation: Situation, kinds: Iterable[str]) -> int:
    """Of the windows the most months in one."""
    spans, until = windows(situation.on), month_start(situation.on)
    found = {month for kind in kinds for month in situation.missed(kind, spans[0][0], min(spans[-1][1], until))}
    return max(sum(first <= month <= last for month in found) for first, last in spans)
