"""The open deadlines of a person's offices as a calendar (RFC 5545), written so that the same deadlines are the same bytes.

Each deadline is an event of a whole day: what is to be done, the case's number, the unit; no person's name and no
grounds (lifecycles.md A.0 point 10). Its UID stays for ever, its SEQUENCE is the deadline's version, its DTSTAMP the moment of
that version (RFC 5545, 3.8.7.2: without a METHOD it is the last revision), so that no reader keeps an earlier one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext, override
from icalendar import Calendar, Event

from backend.accounts.acting import actor_for, held_by
from backend.accounts.models import User
from backend.alerts.wording import link_to
from backend.cases import selectors
from backend.deadlines.models import Deadline
from backend.deadlines.titles import title
from backend.organizations.models import Unit
from workflows.offices import Office, Right, holds

LARGEST = 500
"""Deadlines in one calendar, the earliest first."""
ASK_AGAIN = timedelta(hours=6)


def feed(user: User, today: date) -> bytes:
    """The calendar in the person's language. Must run inside a transaction; its scope is that of one office afterwards."""
    rows, units = _due(user, today)
    with override(user.language):
        return bytes(_calendar(rows, units).to_ical())


def _due(user: User, today: date) -> tuple[list[Deadline], dict[int, Unit]]:
    """What the person's offices that answer for deadlines must see to, one more than is shown; and whose they are."""
    found: dict[int, Deadline] = {}
    units: dict[int, Unit] = {}
    for held in held_by(user, today):
        if not holds(Office(held.office), Right.ANSWER):
            continue
        actor = actor_for(user, held.pk, today)
        mine = selectors.deadlines(actor).filter(status=Deadline.Status.OPEN, acting_unit_id=actor.unit_id)
        rows = mine.order_by("due_on", "id")[: LARGEST + 1]
        found |= {row.pk: row for row in rows}
        units |= Unit.objects.in_bulk({row.unit_id for row in rows})
    return sorted(found.values(), key=lambda row: (row.due_on, row.pk)), units


def _calendar(rows: Sequence[Deadline], units: dict[int, Unit]) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Chibo//Deadlines//VI")
    calendar.add("version", "2.0")
    name = gettext("Deadlines in Chibo")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    if len(rows) > LARGEST:
        calendar.add("description", gettext("The next %(count)s deadlines; there are more.") % {"count": LARGEST})
    calendar.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    for event in _events(rows[:LARGEST], units):
        calendar.add_component(event)
    return calendar


def _events(rows: Iterable[Deadline], units: dict[int, Unit]) -> Iterable[Event]:
    host = urlsplit(settings.CHIBO_PUBLIC_URL).hostname or "localhost"
    for row in rows:
        event = Event()
        event.add("uid", f"deadline-{row.pk}@{host}")
        event.add("sequence", row.version)
        event.add(
            "dtstamp", row.revised_at or row.opened_at
        )  # not the moment of asking: the same deadlines are the same bytes
        event.add("dtstart", row.due_on)
        event.add("dtend", row.due_on + timedelta(days=1))
        event.add("transp", "TRANSPARENT")  # a deadline leaves its day free
        event.add("summary", f"{title(row.rule_id)} ({row.reference or f'#{row.pk}'})")
        event.add("description", _description(row, units.get(row.unit_id)))
        event.add("url", link_to(row.pk))
        yield event


def _description(row: Deadline, unit: Unit | None) -> str:
    lines = [f"{unit.name} ({unit.code})" if unit else ""]
    if row.firmness == "to_confirm":
        lines.append(gettext("rule to be confirmed"))
    return "\n".join([*filter(None, lines), link_to(row.pk)])
