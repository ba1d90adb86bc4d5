"""How far a person has read the notices of the office held: one mark for each, which only moves on.

It is for the person's own eye: what is due does not depend on it, no ladder asks it, nobody else sees it, and no entry of
the log tells of it.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet

from backend.accounts.policy import Actor
from backend.alerts.models import Notice, ReadMark
from backend.core.db import execute, naming

_MOVE = """
INSERT INTO alerts_readmark (assignment_id, user_id, up_to) VALUES (%s, %s, %s)
ON CONFLICT (assignment_id) DO UPDATE SET up_to = greatest(alerts_readmark.up_to, excluded.up_to)
"""


def read_up_to(actor: Actor) -> int:
    """The id of the last notice that the person has read in this office; 0 where there is none. Inside a transaction."""
    naming(actor.user_id or 0)
    mark = ReadMark.objects.filter(pk=actor.assignment_id or 0).values_list("up_to", flat=True).first()
    return mark or 0


def mark_read(actor: Actor, notices: QuerySet[Notice], up_to: int) -> None:
    """Those of `notices` (what the office reads) up to an id have been read; what was not written yet has not."""
    with transaction.atomic():
        naming(actor.user_id or 0)
        last = notices.filter(id__lte=up_to).order_by("-id").values_list("id", flat=True).first()
        if last is not None:
            execute(_MOVE, [actor.assignment_id, actor.user_id, last])
