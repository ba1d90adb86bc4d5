"""The words of a letter: case numbers, days, counts and links; no names and no grounds (lifecycles.md A.0 point 10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

import structlog
from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _

from backend.alerts.contents import PARTS, Contents, contents_of
from backend.alerts.mime import LetterMessage
from backend.alerts.models import Letter
from backend.audit.codes import EventCode
from backend.core import clock
from backend.deadlines.titles import title
from workflows.answers import shown
from workflows.offices import Office

log = structlog.get_logger(__name__)
TITLES: dict[str, Promise] = {"overdue": _("Overdue"), "week": _("This week"), "later": _("Later")}
"""By part of a letter."""


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


@dataclass(frozen=True)
class Tally:
    """How many deadlines of one unit below, where there are too many to list."""

    unit: str
    count: int
    link: str


@dataclass(frozen=True)
class News:
    """What happened to a deadline of the reader's office since the last letter, without a word of what was written."""

    said: str
    reference: str
    title: str
    due: str
    link: str


@dataclass
class Group:
    """The lines of one cell, for a reader above it."""

    unit: str
    lines: list[Line] = field(default_factory=list)


@dataclass
class Section:
    """Overdue, this week or later: `count` deadlines, listed in groups, counted by unit, or left to the list itself.

    `more`: deadlines of the reader's own office that are not listed; `units` and `rest`: units that are not counted by
    themselves, and their deadlines; `link`: the full list.
    """

    key: str
    title: str
    count: int
    groups: list[Group]
    tallies: list[Tally]
    more: int
    units: int
    rest: int
    link: str


class TemplateBroken(Exception):
    """A letter cannot be rendered; its cause says why. No fault of the letter's: it goes out once that is mended."""


def compose(letter_id: int) -> LetterMessage | None:
    """The message of a letter as things stand today, under the Message-ID it keeps through every attempt.

    In its reader's language. None where everything it was to tell of was left out by now. Raises TemplateBroken.
    """
    found = compose_all([letter_id])[letter_id]
    if isinstance(found, TemplateBroken):
        raise found
    return found


def compose_all(letter_ids: Sequence[int]) -> dict[int, LetterMessage | TemplateBroken | None]:
    """The same of some letters, read together; the error in place of the one that cannot be rendered."""
    return {letter.pk: _composed(letter, told, today) for letter, told, today in _read(letter_ids)}


def subject_of(letter_id: int) -> str | None:
    """What its letter says in one line, in its reader's language; None where nothing is left to say."""
    ((letter, told, _today),) = _read([letter_id])
    with override(letter.user.language if letter.user else None):
        return _subject(letter, told) if told.counts else None


def _read(letter_ids: Sequence[int]) -> list[tuple[Letter, Contents, date]]:
    today = clock.today()
    with transaction.atomic():
        letters = list(Letter.objects.select_related("user").filter(pk__in=letter_ids, endpoint=None))
        told = contents_of(letter_ids, today)
    return [(letter, told[letter.pk], today) for letter in letters]


def _composed(letter: Letter, told: Contents, today: date) -> LetterMessage | TemplateBroken | None:
    if not told.counts:
        return None
    with override(letter.user.language if letter.user else None):
        message = LetterMessage(
            subject=_subject(letter, told),
            to=[letter.address],
            headers={"Message-ID": letter.message_id, "Auto-Submitted": "auto-generated"},
        )
        try:
            words = words_of(told, letter, today)
            message.body = render_to_string("alerts/letter.txt", words)
            message.attach_alternative(render_to_string("alerts/letter.html", words), "text/html")
        except Exception as error:  # whatever a template can raise
            log.exception("template_broken", letter=letter.pk)
            broken = TemplateBroken(type(error).__name__)
            broken.__cause__ = error
            return broken
    return message


def _subject(letter: Letter, told: Contents) -> str:
    return subject(told.counts, letter.day, urgent=letter.urgent_notice_id is not None)


def words_of(contents: Contents, letter: Letter, today: date) -> dict[str, Any]:
    """What the templates show, in the current language."""
    sections = sections_of(contents)
    many = contents.news[0]["many"] if contents.news else 0
    return {
        "sections": sections, "news": [_news(row) for row in contents.news], "news_count": many,
        "news_more": many - len(contents.news), "seats": [_seat(row) for row in contents.seats],
        "day": shown(today), "urgent": letter.urgent_notice_id is not None, "language": get_language(),
        "home": settings.CHIBO_PUBLIC_URL, "list": list_of(), "counted": any(one.tallies for one in sections),
    }  # fmt: skip


def sections_of(contents: Contents) -> list[Section]:
    """Overdue first, then what is due by Sunday, then the rest; empty ones are left out."""
    return [_section(key, contents) for key in PARTS if contents.counts.get(key)]


def _section(key: str, contents: Contents) -> Section:
    rows = [row for row in contents.lines if row["part"] == key]
    own = [row for row in rows if not row["below"]]
    counted = [row for row in contents.units if row["part"] == key]
    tallies = [
        Tally(f"{row['name']} ({row['code']})", row["many"], list_of(part=key, unit=row["code"])) for row in counted
    ]
    return Section(
        key, str(TITLES[key]), contents.counts[key], _grouped([line_of(row) for row in rows]), tallies,
        more=(own[0]["many"] - len(own)) if own else 0,
        units=(counted[0]["units"] - len(counted)) if counted else 0,
        rest=int(counted[0]["in_all"]) - sum(one.count for one in tallies) if counted else 0,
        link=list_of(part=key),
    )  # fmt: skip


def line_of(row: Mapping[str, Any]) -> Line:
    """A row of `CONTENTS.line`."""
    return Line(
        row["reference"] or f"#{row['id']}", title(row["rule_id"]), date.fromisoformat(row["due_on"]),
        row["firmness"] == "to_confirm", row["unit"], link_to(row["id"]), row["vacant"],
    )  # fmt: skip


def link_to(deadline_id: int) -> str:
    """The page of a deadline."""
    return f"{settings.CHIBO_PUBLIC_URL}/deadlines/{deadline_id}/"


def list_of(**asked: str) -> str:
    """The page that lists open deadlines, of a `part` of a letter and at or below the `unit` of a code."""
    return f"{settings.CHIBO_PUBLIC_URL}/deadlines/" + (f"?{urlencode(asked)}" if asked else "")


def subject(counts: Mapping[str, int], day: date, *, urgent: bool = False) -> str:
    """E.g. "3 deadlines (1 overdue), 10/03/2027"."""
    count, late = sum(counts.values()), counts.get("overdue", 0)
    if late:
        one, several = (
            gettext("1 deadline (%(late)s overdue), %(day)s"),
            gettext("%(count)s deadlines (%(late)s overdue), %(day)s"),
        )
    else:
        one, several = gettext("1 deadline, %(day)s"), gettext("%(count)s deadlines, %(day)s")
    said = (one if count == 1 else several) % {"count": count, "late": late, "day": shown(day)}
    return f"{gettext('URGENT')}: {said}" if urgent else said


def _grouped(part: Sequence[Line]) -> list[Group]:
    ordered = sorted(part, key=lambda line: (line.unit, line.due_on, line.reference))
    return [Group(unit, list(some)) for unit, some in groupby(ordered, key=lambda line: line.unit)]


def _news(row: Mapping[str, Any]) -> News:
    due = str(shown(date.fromisoformat(row["due_on"])))
    said = str(EventCode(row["code"]).label)
    return News(said, row["reference"] or f"#{row['id']}", title(row["rule_id"]), due, link_to(row["id"]))


def _seat(row: Mapping[str, Any]) -> str:
    return f"{Office(row['office']).label}, {row['name']}"
