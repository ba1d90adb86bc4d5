"""Tasks about small cells follow a figure of the law that has changed (ORG.CELL_MIN), though no number of theirs has.

What changes a cell's number brings its task along at once (`reinforcing`); a figure changes in a file, and nothing happens
until `manage.py law recompute`. What a lower figure no longer asks for is cancelled: nobody has reinforced the cell.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from django.db import transaction
from django.utils.translation import gettext, gettext_noop

from backend.accounts.policy import Actor
from backend.audit.codes import EventCode
from backend.cases.reinforcing import TASK, least, strengths
from backend.cases.unit_tasks import Found, UnitTask
from backend.core import clock
from backend.core.db import scope
from backend.deadlines.moving import REASONS
from backend.deadlines.titles import title
from backend.organizations.models import Unit
from workflows.offices import Level

_ASKED = gettext_noop("%(unit)s %(rule)s: asked for, it has %(official)s of %(needed)s official members (%(why)s)")
_NO_LONGER = gettext_noop("%(unit)s %(rule)s: no longer asked for, %(needed)s official members are enough (%(why)s)")
_WOULD = gettext_noop("%(count)s tasks about small cells would follow.")
_DID = gettext_noop("%(count)s tasks about small cells followed.")


def differing(today: date, units: Collection[int] | None = None) -> list[Found]:
    """The cells where the task and the law's figure differ, of some or of all, as far as the scope reaches."""
    if units is None:
        units = Unit.objects.filter(level=Level.CELL, closed_on=None).values_list("pk", flat=True)
    needed = least(today)
    return [
        Found(one.unit_id, one.is_short, {"official": one.official, "needed": needed, "why": "law"})
        for one in strengths(units, today) if one.is_short != bool(one.tasks)
    ]  # fmt: skip


SMALL = UnitTask(TASK, EventCode.UNIT_TOO_SMALL, EventCode.UNIT_LARGE_ENOUGH, differing, Level.BASE, cancels=True)


def follow_figure(actor: Actor, *, dry_run: bool) -> list[str]:
    """Open and cancel what the figure of today asks for (dry: only say so); a line for each cell, then how many."""
    today = clock.today()
    with transaction.atomic():
        scope(actor.path)
        lines = list(_told(differing(today)))
    if not dry_run:
        SMALL.follow(today, actor.who())
    return [*lines, gettext(_WOULD if dry_run else _DID) % {"count": len(lines)}] if lines else []


def _told(found: list[Found]) -> Iterator[str]:
    codes = dict(Unit.objects.filter(pk__in=[one.unit_id for one in found]).values_list("pk", "code"))
    for one in found:
        words = {"unit": codes[one.unit_id], "rule": title(TASK), "why": REASONS["law"]}
        yield gettext(_ASKED if one.opens else _NO_LONGER) % {**one.facts, **words}
