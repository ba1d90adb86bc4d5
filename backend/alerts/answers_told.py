"""What people answered to a deadline, and what moved it, as sentences: an event's codes and days said in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext, gettext_noop

from backend.audit.codes import EventCode
from backend.audit.models import Event
from backend.deadlines.moving import REASONS
from backend.organizations.models import Unit
from workflows.answers import shown
from workflows.offices import Cause, Office

SAID: dict[str, str] = {
    EventCode.DEADLINE_ACKNOWLEDGED: gettext_noop(
        "nobody above is told up to and with %(until)s (%(working_days)s working days)"
    ),
    EventCode.DEADLINE_SNOOZED: gettext_noop("the office that must act is not reminded before %(until)s"),
    EventCode.ASSIGNMENT_HANDED: gettext_noop(
        "handed to the %(to)s from %(since)s to %(until)s; past the legal day both are told"
    ),
    EventCode.ASSIGNMENT_TAKEN_BACK: gettext_noop("the %(to)s is no longer told in place of the office itself"),
    EventCode.DEADLINE_MOVED: gettext_noop("due on %(due)s instead of %(due_was)s; %(why)s"),
    EventCode.DEADLINE_REPLANNED: gettext_noop("due on %(due)s as before; %(why)s"),
}
"""By code, a sentence over the facts of its events; a comment has its own words only."""
DAYS = ("since", "until", "due", "due_was", "early", "reminder")


def answer_told(event: Event, units: Mapping[int, Unit]) -> str:
    """The event in the current language: day, what, by which office where, what follows, and what was written."""
    said = [briefly_told(event, units)]
    return ": ".join([*said, "; ".join(parts)] if (parts := list(_parts(event))) else said)


def briefly_told(event: Event, units: Mapping[int, Unit]) -> str:
    """Day, what, by which office; not what was written."""
    return f"{shown(event.on_date)} {EventCode(event.code).label} ({_who(event, units)})"


def _who(event: Event, units: Mapping[int, Unit]) -> str:
    unit = units.get(event.office_unit_id or 0)
    label = str(Office(event.office).label)
    return f"{label}, {unit.name}" if unit else label


def _parts(event: Event) -> Iterator[str]:
    facts: dict[str, Any] = {**event.facts}
    facts |= {name: shown(date.fromisoformat(facts[name])) for name in DAYS if facts.get(name)}
    facts["why"] = REASONS[facts["why"]] if "why" in facts else ""
    facts["to"] = Office(facts["to"]).label if "to" in facts else ""
    if sentence := SAID.get(event.code):
        yield gettext(sentence) % facts
    if facts.get("cause") in set(Cause):
        words = {"cause": Cause(facts["cause"]).label, "day": shown(date.fromisoformat(facts["said_on"]))}
        yield gettext("by the level above: %(cause)s, %(day)s") % words
    if facts.get("early"):
        yield gettext("reminder day %(day)s") % {"day": facts["early"]}
    if facts.get("reminder"):
        yield gettext("next reminder on %(day)s") % {"day": facts["reminder"]}
    yield from (f"“{words}”" for words in event.written.values())
    if event.erased:
        yield gettext("what was written has been erased")
