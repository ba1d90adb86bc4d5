"""The last head of each day in a file outside of the database, where the hand of whoever owns it does not reach.

A line for each day on which something was sealed, as `export_heads` writes it; lines are added, never changed. Each time the
log must still have the last head of the file, and all of them before a line is added, or have named them as lost after a
restore (`epochs`): else whoever runs this is told, and the file stays as it is.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from backend.audit import epochs, heads
from backend.audit.files import read_heads
from backend.audit.models import Head, SignedHead
from backend.audit.promised import FILE
from backend.core import clock
from backend.core.db import execute
from backend.core.errors import ChiboError
from backend.core.outfiles import OutFile

_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('chibo.heads'))"
_LAST_OF_DAYS = """
SELECT DISTINCT ON (day) * FROM (
  SELECT *, (signed_at AT TIME ZONE %s)::date AS day FROM audit_signedhead
  WHERE signed_at < %s AND (epoch, size) > (%s, %s)) heads
ORDER BY day, epoch DESC, size DESC
"""


class HeadsLost(ChiboError):
    """The log does not have what a kept head promised."""

    code = "heads_lost"
    sentence = gettext_noop(
        "%(file)s holds %(count)s heads that this log does not reach (the first of epoch %(epoch)s, size %(size)s). If a backup"
        " was restored, say so with log_epoch --heads; else the log's end was cut off. Nothing was written."
    )


class NoFolder(ChiboError):
    """The folder for the heads cannot be written to."""

    code = "no_heads_folder"
    sentence = gettext_noop(
        "The heads cannot be kept in %(folder)s (%(why)s): name another folder, or let Chibo write there."
    )


def keep(folder: Path) -> int:
    """Add to the file in the folder the last head of each day that is over and has none there yet; answers how many.

    Safe to run twice at once and as often as one likes. Raises NoFolder, HeadsLost, and BadHeads where a line of the file is
    no head, or is not of this log.
    """
    file = folder / FILE
    with transaction.atomic():
        execute(_ONE_AT_A_TIME)
        try:
            folder.stat()
            before = file.read_bytes() if file.exists() else b""
            kept = read_heads(file) if before else []
            new = _last_of_days(kept[-1] if kept else None)
            _must_have(kept if new else kept[-1:], file)
            if new:
                lines = [line.encode() for line in heads.dump(new)]
                gap = b"\n" if before and not before.endswith(b"\n") else b""  # an editor may have taken it away
                OutFile(file, before.__eq__).write([before, gap, *lines])
        except OSError as error:
            raise NoFolder(folder=folder, why=error.strerror) from error
    return len(new)


def day_began() -> datetime:
    """When today began by the real clock: what was signed before is of a day that is over."""
    return clock.midnight(timezone.localdate(clock.now()))


def daily_sizes() -> list[int]:
    """Of the last head of each day that is over: those that whoever keeps this file has."""
    return [head.size for head in _last_of_days(None)]


def _last_of_days(after: heads.TreeHead | None) -> list[heads.TreeHead]:
    zone = timezone.get_default_timezone_name()
    place = (after.epoch, after.size) if after else (0, 0)
    return [heads.of_row(row) for row in SignedHead.objects.raw(_LAST_OF_DAYS, [zone, day_began(), *place])]


def _must_have(kept: list[heads.TreeHead], file: Path) -> None:
    size = Head.objects.values_list("size", flat=True).get(pk=1)
    lost = epochs.lost_of(kept, size)
    if lost:
        raise HeadsLost(file=file, count=len(lost), epoch=lost[0].epoch, size=lost[0].size)
