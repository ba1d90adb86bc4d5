"""What was told behind lines from elsewhere is erased like the details of the log here; the lines stay and still hold."""

from __future__ import annotations

from collections.abc import Sequence

from backend.audit.codes import EventCode, SubjectKind
from backend.audit.record import Entry, Who
from backend.core import clock
from backend.core.db import execute
from backend.handovers.histories import next_version
from backend.handovers.models import History, LineDetail

_FORGET = "SELECT chibo_erase_told(%s)"


def forget_told(members: Sequence[int]) -> None:
    """Of people whose entry was voided, by the database's own function: no process may delete such rows."""
    execute(_FORGET, [list(members)])


def erase_told(who: Who, reason: str, member_id: int) -> list[Entry]:
    """Everything told of a member, by the owner of the database; an entry for each history that had any."""
    entries = []
    for history in History.objects.filter(member_id=member_id).select_related("member").order_by("id"):
        told = LineDetail.objects.filter(line__history=history)
        if told.exists():
            told.delete()
            entries.append(_entry(who, history, reason))
    return entries


def _entry(who: Who, history: History, reason: str) -> Entry:
    """Names the event that took the history in, and not the member: so its own reason is never erased with the rest."""
    version, member = next_version(history), history.member
    return Entry(
        code=EventCode.DETAIL_ERASED, subject_kind=SubjectKind.HISTORY, subject_id=history.pk, version=version, who=who,
        on=clock.today(), unit_id=member.unit_id, unit_path=member.unit_path, facts={"event": str(history.event_uid)},
        detail={"reason": reason},
    )  # fmt: skip
