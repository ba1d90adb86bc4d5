"""What heads kept outside have promised: places that no other event may get, in a log that was restored or cut.

While the last head of the folder in which the jobs keep them (`kept_heads`) is not of this log, nothing is sealed: a backup
may have come back, and its new epoch (`epochs`) names what was lost before anything takes its places.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from backend.audit import proofs
from backend.audit.codes import EventCode, SubjectKind
from backend.audit.files import read_heads, read_last
from backend.audit.heads import BadHeads, TreeHead
from backend.audit.lost import Lost, lost_in
from backend.audit.models import Event, Leaf
from backend.core.errors import ChiboError

FILE = "chibo-heads.jsonl"
OTHER_LOG = gettext_noop(
    "%(file)s holds a head of size %(size)s that is not of this log: it is that of another one, or of one that was sealed on"
    " after a restore. Restore the backup again and declare its epoch first: log_epoch --heads. Nothing was sealed."
)


class EpochFirst(ChiboError):
    """The log does not reach what a kept head promised, and no epoch has named that as lost."""

    code = "epoch_first"
    sentence = gettext_noop(
        "%(file)s holds a head of epoch %(epoch)s, size %(size)s that this log does not reach. If a backup was restored,"
        " declare its epoch first: log_epoch --heads; else the log's end was cut off. Nothing was sealed."
    )


def kept() -> list[TreeHead]:
    """All heads of the jobs' folder, by epoch and size; none where they keep none. Raises BadHeads."""
    return read_heads(_file())


def hold(size: int) -> None:
    """Raise EpochFirst or BadHeads where a log of this size lacks what the last kept head promised.

    A log that has the last one has all before it. Whose key signed it is asked when the epoch is declared. The caller
    holds the log's lock. A folder that is not there or cannot be read holds nothing up: the job that keeps heads says so.
    """
    file = _file()
    head = read_last(file) if file is not None else None
    if head is None or (head.size <= size and proofs.root_at(head.size) == head.root):
        return
    if any(lost.explains(head) for lost in told_as_lost()):
        return
    if head.size > size:
        raise EpochFirst(file=file, epoch=head.epoch, size=head.size)
    raise BadHeads(OTHER_LOG, file=file, size=head.size)


def told_as_lost() -> list[Lost]:
    """What the epochs of this log tell of lost heads; what is not sealed, anybody may have written."""
    return [lost_in(facts) for facts in sealed_facts(SubjectKind.LOG, EventCode.EPOCH_STARTED)]


def sealed_facts(kind: SubjectKind, code: EventCode) -> QuerySet[Event, dict[str, Any]]:
    """The facts of the log's own events of a kind that are sealed."""
    sealed = Event.objects.filter(subject_kind=kind, code=code, pk__in=Leaf.objects.values("event_id"))
    return sealed.values_list("facts", flat=True)


def _file() -> Path | None:
    file = Path(settings.CHIBO_HEADS_DIR) / FILE
    with suppress(OSError):  # a folder that is shut
        return file if settings.CHIBO_HEADS_DIR and file.is_file() else None
    return None
