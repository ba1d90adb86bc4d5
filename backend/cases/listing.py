"""What lists of members and of cases are asked for, and the rows that answer; every door asks through here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from backend.accounts.policy import Actor
from backend.cases import selectors
from backend.cases.models import Case
from backend.core.db import execute
from backend.core.models import under
from backend.deadlines.models import Deadline
from backend.members.models import Member
from backend.members.today import taking_part
from backend.organizations.models import Unit
from workflows.standings import ON_THE_LISTS

PEOPLE_ORDER = ("sort_key", "id")
"""As a Vietnamese list stands: by given name, then family and middle names."""
CASES_ORDER = ("-id",)
"""The newest first."""

_HEADS = """
    SELECT u.id, (SELECT count(*) FROM (
        SELECT FROM members_member m
        WHERE m.unit_path >= u.path AND m.unit_path < u.path || '~' AND m.standing = ANY (%s) LIMIT %s) heads)
    FROM organizations_unit u WHERE u.id = ANY (%s)"""


@dataclass(frozen=True)
class People:
    """Which members are looked for; what is empty narrows nothing.

    `q` is what `selectors.found` takes; `unit` the official or the temporary cell, `below` the path of a unit with all that
    stands below it, guests included; `stage` a lifecycle of which a case about the member is open and may be read.
    """

    q: str = ""
    standing: str = ""
    participation: str = ""
    unit: int | None = None
    below: str = ""
    stage: str = ""


@dataclass(frozen=True)
class Cases:
    """Which cases are looked for; what is empty (or None) narrows nothing. `below`: whose it is, or whose turn.

    `overdue` keeps those with an open deadline that has passed, or (False) those without one.
    """

    lifecycle: str = ""
    state: str = ""
    member: int | None = None
    unit: int | None = None
    below: str = ""
    is_open: bool | None = None
    overdue: bool | None = None


def people(actor: Actor, asked: People, today: date) -> QuerySet[Member]:
    """The members in sight that are looked for, with how they take part today. Raises NotPermitted."""
    rows = taking_part(selectors.members(actor), today)
    if asked.q:
        rows = selectors.found(rows, asked.q)
    if asked.standing:
        rows = rows.filter(standing=asked.standing)
    if asked.participation:
        rows = rows.filter(Q(takes_part=asked.participation))
    if asked.unit is not None:
        rows = rows.filter(Q(unit_id=asked.unit) | Q(guest_unit_id=asked.unit))
    if asked.below:
        rows = rows.filter(under("unit_path", asked.below) | under("guest_path", asked.below))
    if asked.stage:
        running = selectors.cases(actor).filter(lifecycle=asked.stage, closed_on=None)
        rows = rows.filter(pk__in=running.exclude(member=None).values("member_id"))
    return rows


def cases(actor: Actor, asked: Cases, today: date) -> QuerySet[Case]:
    """The cases in sight that are looked for. Raises NotPermitted."""
    named = {"lifecycle": asked.lifecycle, "state": asked.state, "member": asked.member, "unit": asked.unit}
    rows = selectors.cases(actor).filter(**{name: value for name, value in named.items() if value})
    if asked.below:
        rows = rows.filter(under("unit_path", asked.below) | under("acting_path", asked.below))
    if asked.is_open is not None:
        rows = rows.filter(closed_on__isnull=asked.is_open)
    if asked.overdue is not None:
        late = Deadline.objects.filter(
            subject_kind="case", subject_id=OuterRef("pk"), status=Deadline.Status.OPEN, due_on__lt=today
        )
        rows = rows.filter(Exists(late) if asked.overdue else ~Exists(late))
    return rows


def counted(rows: QuerySet[Member] | QuerySet[Case], most: int, *, whole: int | None = None) -> int:
    """How many there are, as far as `most` + 1: a list of a million is not counted to say that it is long.

    `whole` is their number where a first page held them all, up to `most`: then nobody counts again.
    """
    return rows.order_by()[: most + 1].count() if whole is None or whole > most else whole


def headcounts(units: Sequence[Unit], most: int) -> dict[int, int]:
    """By unit, how many people it and what is below it keep on their lists, as far as `most` + 1; one query."""
    listed = [str(one) for one in ON_THE_LISTS]
    return dict(execute(_HEADS, [listed, most + 1, [one.pk for one in units]]))
