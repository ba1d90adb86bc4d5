"""Every notice of a part of the tree and a period, with what became of it: for lists, and as a table for other programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import override

from backend.alerts.channels import ALSO
from backend.alerts.ledger import Told
from backend.alerts.ledger_sql import SAID_OF
from backend.alerts.models import Enclosure, Notice, Outcome, Unheard
from backend.alerts.reasons import answer_in_words, why
from backend.alerts.telling import channel_told, rung_told
from backend.core.db import execute
from backend.core.models import under
from backend.core.tables import MARK, as_csv
from backend.deadlines.models import Deadline
from backend.deadlines.titles import title
from backend.organizations.laddering import chosen_ladders
from backend.organizations.models import Unit
from workflows.ladders.choosing import version_of
from workflows.offices import Office
from workflows.workdays import month_start

CHUNK = 1000
COLUMNS = (
    "id", "day", "deadline_id", "reference", "rule", "title", "due_on", "about_code", "about_name", "ladder", "ladder_version",
    "rung", "kind", "levels_up", "rung_words", "office", "office_words", "told_code", "told_name", "channel", "channel_words",
    "user_id", "sign_in", "seat", "seat_words", "seat_code", "outcome", "outcome_words", "reason", "reason_words", "answer",
    "answered_at", "message_id", "created_at", "settled_at",
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What is looked for; the period is of the days of rungs, both ends included. `path`: about it, or said in it.

    `channel` may be one that no ladder names: what went that way beside the notice's own, or was kept from it.
    """

    path: str = ""
    first: date | None = None
    last: date | None = None
    outcome: str = ""
    channel: str = ""
    rule: str = ""

    def filter(self) -> Q:
        """Of Notice. The month is named too, so that other months' tables are not looked into."""
        found = Q()
        if self.path:
            found &= under("about_path", self.path) | under("unit_path", self.path)
        if self.first:
            found &= Q(month__gte=month_start(self.first), rung_on__gte=self.first)
        if self.last:
            found &= Q(month__lte=month_start(self.last), rung_on__lte=self.last)
        if self.outcome:
            found &= Q(outcome=self.outcome)
        if self.channel:
            found &= _by(self.channel)
        if self.rule:
            found &= Q(deadline_id__in=Deadline.objects.filter(rule_id=self.rule).values("pk"))
        return found


def _by(channel: str) -> Q:
    if channel not in ALSO:
        return Q(channel=channel)
    sent = Enclosure.objects.filter(letter__channel=channel).values("notice_id")
    return Q(id__in=sent) | Q(id__in=Unheard.objects.filter(channel=channel).values("notice_id"))


def newest_of_each(rows: QuerySet[Notice]) -> QuerySet[Notice]:
    """Of each deadline what was said last: a ladder says the same thing once for each of its rungs."""
    return rows.filter(~Exists(rows.filter(deadline_id=OuterRef("deadline_id"), id__gt=OuterRef("id"))))


def with_deadlines(notices: Sequence[Notice]) -> Sequence[Notice]:
    """The same, each with its `deadline` (None where it is out of sight), and that with the version of its ladder."""
    known = Deadline.objects.in_bulk({one.deadline_id for one in notices})
    settled = chosen_ladders(Unit.objects.filter(pk__in={one.unit_id for one in known.values()}))
    for about in known.values():
        chosen = settled.get(about.unit_id, ())
        about.ladder_version = version_of(about.ladder, about.rule_id, about.due_on, chosen)
    for one in notices:
        one.deadline = known.get(one.deadline_id)
    return notices


def table(notices: QuerySet[Notice], language: str, channel: str = "") -> Iterator[str]:
    """The notices as lines of CSV, the newest first, in pieces: a line for each reader and way, or only those of a channel.

    Begins with the mark by which Excel knows UTF-8. Codes stand beside their words in the language; moments are local.
    """
    yield MARK + as_csv([COLUMNS])
    last: int | None = None
    while True:
        behind = notices if last is None else notices.filter(id__lt=last)
        found = with_deadlines(list(behind.order_by("-id")[:CHUNK]))
        with override(language):
            lines = as_csv(_rows(found, language, channel))
        yield lines
        if len(found) < CHUNK:
            return
        last = found[-1].id


def _rows(notices: Sequence[Notice], language: str, channel: str) -> list[tuple[Any, ...]]:
    known = {one.id: one for one in notices}
    said = execute(SAID_OF, [sorted({one.month for one in notices}), list(known)])
    told = [(known[key], Told(*rest).waiting()) for key, *rest in said]
    about = {one.deadline.unit_id for one in notices if one.deadline}
    units = Unit.objects.in_bulk(about | {key for _, one in told for key in (one.unit_id, one.seat_unit_id) if key})
    return [_row(notice, one, units, language) for notice, one in told if channel in ("", one.channel)]


def _row(notice: Notice, one: Told, units: dict[int, Unit], language: str) -> tuple[Any, ...]:
    return (
        notice.id, notice.rung_on, *_about(notice, units), notice.rung, notice.kind, notice.levels_up,
        rung_told(notice.kind, notice.levels_up), one.office, _office(one.office), *_unit(units.get(one.unit_id)),
        one.channel, channel_told(one.channel), one.user_id, one.sign_in, one.seat, _office(one.seat),
        _unit(units.get(one.seat_unit_id or 0))[0], one.outcome, str(Outcome(one.outcome).label), one.reason,
        why(one.reason, language), answer_in_words(one.answer, language), _moment(one.answered_at), one.message_id,
        _moment(one.created_at), _moment(one.settled_at),
    )  # fmt: skip


def _about(notice: Notice, units: dict[int, Unit]) -> tuple[Any, ...]:
    one = notice.deadline
    if one is None:
        return (notice.deadline_id, *("",) * 8)
    return (
        one.pk, one.reference, one.rule_id, title(one.rule_id), one.due_on, *_unit(units.get(one.unit_id)), one.ladder,
        one.ladder_version,
    )  # fmt: skip


def _unit(unit: Unit | None) -> tuple[str, str]:
    return (unit.code, unit.name) if unit else ("", "")


def _office(office: str) -> str:
    return str(Office(office).label) if office else ""


def _moment(moment: datetime | None) -> str:
    """As in the JSON: local, with its offset from UTC."""
    return timezone.localtime(moment).isoformat() if moment else ""
