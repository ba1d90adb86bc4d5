"""Nothing is opened again behind somebody who has gone: a case that was over does not go along to another cell (R-10), and
of whoever leaves the lists no deadline stands (F-01, `leaving`).

So the move was built on the end of the case; the leaving also on whatever had ended one of its deadlines.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop

from backend.audit.details import standing
from backend.audit.models import Event
from backend.cases.leaving import OUTLIVING
from backend.cases.orders import Loaded
from backend.core.db import WHOLE, reaching
from backend.core.errors import CannotVoid
from backend.deadlines.models import Deadline
from workflows.catalogue import LIFECYCLES
from workflows.standings import ENDED

OUT_OF_SIGHT = gettext_noop(
    "Since then the member has gone to another cell, out of your sight. An office above both cells voids this entry."
)
MOVED = gettext_noop(
    "The case was over when the member went to another cell, so it stayed behind and is not opened again. Void the move first,"
    " or open a new case where the member is now."
)
LEFT = gettext_noop(
    "Since then the person has left: what this entry ended would go on about somebody who is on no list. Void the leaving"
    " first."
)
_MOVES, _LEAVES = Q(facts__set__has_key="unit_id"), Q(changes__standing__1__in=ENDED)


def refuse_if_out_of_sight(events: Sequence[Event], found: Collection[tuple[str, int]]) -> None:
    """Raise CannotVoid unless all that the events are about was found."""
    if any((one.subject_kind, one.subject_id) not in found for one in events):
        raise CannotVoid(OUT_OF_SIGHT)


def refuse_if_gone(events: Sequence[Event], rows: Mapping[tuple[str, int], Loaded], others: QuerySet[Event]) -> None:
    """Raise CannotVoid, with the moves or the leaving among the `others`, for what would be opened again behind a person.

    `rows` are what the events are about, as it stands now. Whoever came back is there for it.
    """
    for one in events:
        loaded = rows[one.subject_kind, one.subject_id]
        case, member = loaded.case, loaded.member
        if case is None or member is None:
            continue
        if member.standing in ENDED and one.lifecycle not in OUTLIVING:
            left = _since(one, others.filter(_LEAVES, subject_id=member.pk))
            if left and (_ended_the_case(one) or _ended_a_deadline(one)):
                raise CannotVoid(LEFT, left)
        if member.unit_id != case.unit_id and _ended_the_case(one):
            moves = _since(one, others.filter(_MOVES, subject_id=member.pk))
            if moves:
                raise CannotVoid(MOVED, moves)


def _since(event: Event, turns: QuerySet[Event]) -> list[UUID]:
    later = turns.filter(subject_kind="member", pk__gt=event.pk)
    with reaching([WHOLE]):
        return list(standing(later).order_by("id").values_list("uid", flat=True))


def _ended_the_case(event: Event) -> bool:
    was, now = event.changes.get("state", ("", ""))
    final = LIFECYCLES[event.lifecycle].final
    return was not in ("", *final) and now in final


def _ended_a_deadline(event: Event) -> bool:
    return Deadline.objects.filter(subject_kind="case", subject_id=event.subject_id, closed_by=event.uid).exists()
