"""Every notice of a part of the tree and a period, with what became of it: for lists, and as a table for other programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import override

from backend.alerts.models import Notice
from backend.alerts.reasons import why
from backend.core.tables import MARK, as_csv
from backend.deadlines.models import Deadline
from backend.deadlines.titles import title
from backend.organizations.models import Unit
from workflows.workdays import month_start

CHUNK = 1000
COLUMNS = (
    "id", "day", "reference", "rule", "title", "rung", "kind", "levels_up", "office", "unit_code", "unit_name", "channel",
    "outcome", "reason", "reason_words", "created_at", "settled_at",
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What is looked for; the period is of the days of rungs, both ends included. `path`: about it, or said in it."""

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
            found &= _under("about_path", self.path) | _under("unit_path", self.path)
        if self.first:
            found &= Q(month__gte=month_start(self.first), rung_on__gte=self.first)
        if self.last:
            found &= Q(month__lte=month_start(self.last), rung_on__lte=self.last)
        found &= Q(**{name: value for name in ("outcome", "channel") if (value := getattr(self, name))})
        if self.rule:
            found &= Q(deadline_id__in=Deadline.objects.filter(rule_id=self.rule).values("pk"))
        return found


def _under(column: str, path: str) -> Q:
    bounds: dict[str, Any] = {f"{column}__gte": path, f"{column}__lt": f"{path}~"}
    return Q(**bounds)


def with_deadlines(notices: Sequence[Notice]) -> Sequence[Notice]:
    """The same, each with its `deadline` (None where it is out of sight)."""
    known = Deadline.objects.in_bulk({one.deadline_id for one in notices})
    for one in notices:
        one.deadline = known.get(one.deadline_id)
    return notices


def table(notices: QuerySet[Notice], language: str) -> Iterator[str]:
    """The notices as lines of CSV, the newest first, in pieces; begins with the mark by which Excel knows UTF-8."""
    yield MARK + as_csv([COLUMNS])
    last: int | None = None
    while True:
        behind = notices if last is None else notices.filter(id__lt=last)
        found = with_deadlines(list(behind.order_by("-id")[:CHUNK]))
        units = Unit.objects.in_bulk({one.unit_id for one in found})
        with override(language):
            lines = as_csv([_row(one, units.get(one.unit_id), language) for one in found])
        yield lines
        if len(found) < CHUNK:
            return
        last = found[-1].id


def _row(one: Notice, unit: Unit | None, language: str) -> tuple[Any, ...]:
    about = one.deadline
    return (
        one.id, one.rung_on, about.reference if about else "", about.rule_id if about else "",
        title(about.rule_id) if about else "", one.rung, one.kind, one.levels_up, one.office,
        unit.code if unit else "", unit.name if unit else "", one.channel, one.outcome, one.reason,
        why(one.reason, language), one.created_at.isoformat(), one.settled_at.isoformat() if one.settled_at else "",
    )  # fmt: skip
