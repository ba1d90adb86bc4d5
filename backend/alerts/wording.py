"""The words of a letter: case numbers, days, counts and links; no names and no grounds (lifecycles.md A.0)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext, override

from backend.alerts.models import Letter
from backend.core import clock
from backend.deadlines.titles import title
from workflows.answers import shown

LINES = """
SELECT DISTINCT d.due_on, d.id, d.reference, d.rule_id, d.firmness, u.code, u.name, coalesce(e.seat_unit_id, n.unit_id) <> u.id,
  coalesce(e.seat_unit_id, n.unit_id) <> n.unit_id
FROM alerts_enclosure e
JOIN alerts_notice n ON n.id = e.notice_id AND n.month = e.month
JOIN deadlines_deadline d ON d.id = n.deadline_id
JOIN organizations_unit u ON u.id = d.unit_id
WHERE e.letter_id = %s AND e.left_out_from IS NULL ORDER BY u.code, d.due_on, d.id
"""


@dataclass(frozen=True)
class Line:
    """One deadline, once, however many rungs spoke of it. `unit` is empty for the reader's own cell.

    `vacant`: it was addressed to offices that nobody holds, so that it came to the level above."""

    reference: str
    title: str
    due_on: date
    to_confirm: bool
    unit: str
    link: str
    vacant: bool = False

    @property
    def due(self) -> str:
        return str(shown(self.due_on))


@dataclass
class Group:
    """The lines of one cell, for a reader above it."""

    unit: str
    lines: list[Line] = field(default_factory=list)


@dataclass
class Section:
    """Overdue, this week, later."""

    title: str
    groups: list[Group]

    @property
    def count(self) -> int:
        return sum(len(group.lines) for group in self.groups)


def compose(letter_id: int) -> EmailMultiAlternatives | None:
    """The message of a letter as things stand today, under the Message-ID it keeps through every attempt.

    In its reader's language. None where everything it was to tell of was left out by now.
    """
    with transaction.atomic():
        letter = Letter.objects.select_related("user").get(pk=letter_id)
        with connection.cursor() as cursor:
            cursor.execute(LINES, [letter_id])
            rows = cursor.fetchall()
    if not rows:
        return None
    with override(letter.user.language):
        sections = arrange(lines(rows), clock.today())
        words = {"sections": sections, "language": letter.user.language, "home": settings.CHIBO_PUBLIC_URL}
        message = EmailMultiAlternatives(
            subject=subject(sections, letter.day),
            body=render_to_string("alerts/letter.txt", words),
            to=[letter.address],
            headers={"Message-ID": letter.message_id, "Auto-Submitted": "auto-generated"},
        )
        message.attach_alternative(render_to_string("alerts/letter.html", words), "text/html")
    return message


def lines(rows: Sequence[tuple[Any, ...]]) -> list[Line]:
    """Rows of LINES; a deadline told of for the reader's cell and for one above is told of once."""
    found: dict[int, Line] = {}
    for due_on, key, reference, rule_id, firmness, code, name, above, vacant in rows:
        unit = f"{name} ({code})" if above else ""
        link = f"{settings.CHIBO_PUBLIC_URL}/deadlines/{key}/"
        found.setdefault(
            key, Line(reference or f"#{key}", title(rule_id), due_on, firmness == "to_confirm", unit, link, vacant)
        )
    return list(found.values())


def arrange(found: Sequence[Line], day: date) -> list[Section]:
    """Overdue first, then what is due by Sunday, then the rest; each grouped by cell. Empty sections are left out."""
    sunday = day + timedelta(days=6 - day.weekday())
    parts = (
        (gettext("Overdue"), [line for line in found if line.due_on < day]),
        (gettext("This week"), [line for line in found if day <= line.due_on <= sunday]),
        (gettext("Later"), [line for line in found if line.due_on > sunday]),
    )
    return [Section(name, _grouped(part)) for name, part in parts if part]


def subject(sections: Sequence[Section], day: date) -> str:
    """E.g. "3 deadlines, 10/03/2027"."""
    count = sum(section.count for section in sections)
    said = gettext("1 deadline, %(day)s") if count == 1 else gettext("%(count)s deadlines, %(day)s")
    return said % {"count": count, "day": shown(day)}


def _grouped(part: Sequence[Line]) -> list[Group]:
    ordered = sorted(part, key=lambda line: (line.unit, line.due_on, line.reference))
    return [Group(unit, list(some)) for unit, some in groupby(ordered, key=lambda line: line.unit)]
