"""Whether a task is open for each cell that is too small, and for no other, and whether their events say so too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from backend.cases.loading import lock_units_as_they_are
from backend.cases.reinforcing import KIND, TASK, Strength, least, strengths
from backend.cases.replay_deadlines import deadline_differences, subject_name
from backend.core import clock
from backend.core.db import WHOLE, scope
from backend.deadlines.models import Deadline
from backend.organizations.models import Unit
from workflows.offices import Level

CHUNK = 500


def unit_differences() -> Iterator[str]:
    """One sentence for each difference, in order of the units' ids."""
    after = 0
    while ids := _next_ids(after):
        found = _chunk(ids)
        if found:  # somebody may have been at work between two readings: look again, with the rows held still
            found = _chunk(sorted(found), lock=True)
        for key in sorted(found):
            yield from found[key]
        after = ids[-1]


def _next_ids(after: int) -> list[int]:
    """The next cells, and whatever else has a task of its own."""
    with transaction.atomic():
        scope(WHOLE)
        tasks = Deadline.objects.filter(subject_kind=KIND)
        wanted = Unit.objects.filter(Q(level=Level.CELL) | Q(pk__in=tasks.values("subject_id")), pk__gt=after)
        return list(wanted.order_by("pk").values_list("pk", flat=True)[:CHUNK])


def _chunk(ids: Sequence[int], *, lock: bool = False) -> dict[int, list[str]]:
    today = clock.today()
    with transaction.atomic():
        scope(WHOLE)
        if lock:
            lock_units_as_they_are(ids)
        about = deadline_differences(KIND, {}, {key: [] for key in ids})
        found = {
            one.unit_id: [*_wrong(one, least(today)), *about.get(one.unit_id, ())] for one in strengths(ids, today)
        }
    return {key: told for key, told in found.items() if told}


def _wrong(stand: Strength, needed: int) -> Iterator[str]:
    if stand.tasks != int(stand.is_short):
        words = {"subject": subject_name(KIND, stand.unit_id), "count": stand.official, "needed": needed}
        short = _("%(subject)s: has %(count)s official members of %(needed)s, and %(tasks)s %(task)s are open")
        enough = _("%(subject)s: is not too small, and %(tasks)s %(task)s are open")
        yield (short if stand.is_short else enough) % {**words, "tasks": stand.tasks, "task": TASK}
