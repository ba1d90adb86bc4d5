"""A rung as people read it: when somebody is told, who, and how."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from workflows.answers import Phrase
from workflows.ladders.rungs import CHANNELS, Rung, Side

SIDES: dict[Side, Promise] = {
    "before": _("before the day"), "day": _("on the day, or after it"), "last": _("on the last day, or after it"),
    "after": _("after the last day"),
}  # fmt: skip
UNITS = {"working_days": _("working days"), "days": _("days")}
_ON = {"day": gettext_noop("on the day"), "last": gettext_noop("on the last day")}
_BY: dict[tuple[Side, str], str] = {
    ("before", "working_days"): gettext_noop("%(count)s working days before the day"),
    ("before", "days"): gettext_noop("%(count)s days before the day"),
    ("day", "working_days"): gettext_noop("%(count)s working days after the day"),
    ("day", "days"): gettext_noop("%(count)s days after the day"),
    ("last", "working_days"): gettext_noop("%(count)s working days after the last day"),
    ("last", "days"): gettext_noop("%(count)s days after the last day"),
}
_KINDS = {
    "remind": gettext_noop("%(when)s a reminder to %(whom)s (%(how)s)"),
    "escalate": gettext_noop("%(when)s an escalation to %(whom)s (%(how)s)"),
}
CRITICAL = _("at once, at night too")


def rung_in_words(one: Rung) -> Phrase:
    """The whole rung, in the language in which it is said. "The day" is the unit's own reminder day where it has one; the
    last day is the legal one."""
    ways = tuple(CHANNELS[way] for way in one.channels)
    how = (*ways, CRITICAL) if one.critical else ways
    return Phrase(_KINDS[one.kind], {"when": _when(one), "whom": whom(one.up), "how": how})


def whom(up: int) -> Phrase:
    """The office that must act, or the committee so many levels above it."""
    if up == 0:
        return Phrase(gettext_noop("the office that must act"))
    if up == 1:
        return Phrase(gettext_noop("the committee directly above"))
    return Phrase(gettext_noop("the committee %(up)s levels above"), {"up": up})


def _when(one: Rung) -> Phrase:
    if one.offset == 0:
        return Phrase(_ON["last" if one.side in ("last", "after") else "day"])
    side: Side = "last" if one.side == "after" else one.side
    return Phrase(_BY[side, one.unit], {"count": one.offset})
