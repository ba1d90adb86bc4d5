"""Histories that came in hand-over files: kept as they came, shown as history, handed on with the next transfer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, QuerySet

from backend.accounts.policy import Actor
from backend.audit.codes import SubjectKind
from backend.audit.heads import of_row
from backend.audit.models import Event
from backend.cases.frozen import shut
from backend.cases.selectors import need, readable
from backend.handovers.checking import Checked, faults_of
from backend.handovers.form import FileLine, FileLog, Told
from backend.handovers.keys import own_keys
from backend.handovers.models import History, Line, LineDetail, TrustedKey
from backend.members.models import Member
from workflows.answers import Refusal
from workflows.offices import Right
from workflows.standings import OUT_OF_THE_PARTY

HASH = 32
"""Bytes of a hash."""


def trusted() -> dict[bytes, str]:
    """The keys that are trusted here, with the name of the installation each belongs to."""
    rows = TrustedKey.objects.filter(withdrawn=False).values_list("public_key", "installation")
    return {bytes(key): name for key, name in rows}


def keep(checked: Checked, member_id: int, event_uid: UUID, on: date) -> list[History]:
    """Write the logs of a file that holds, in their order; the member's row is there already. Our own is here anyway."""
    kept, ours = [], set(own_keys())
    for name, log in zip(checked.installations, checked.file.logs, strict=True):
        if log.head.public_key in ours:
            continue
        issue_uid, head = log.lines[-1].event.uid, log.head
        if known := History.objects.filter(member_id=member_id, issue_uid=issue_uid).first():
            kept.append(
                known
            )  # the same bytes: it came before with somebody who left again, or in a step that was voided
            continue
        history = History.objects.create(
            member_id=member_id, event_uid=event_uid, installation=name, origin_member=log.about,
            issue_uid=issue_uid, taken_in_on=on, epoch=head.epoch, size=head.size, root=head.root,
            signed_at=head.signed_at, public_key=head.public_key, signature=head.signature,
        )  # fmt: skip
        rows = Line.objects.bulk_create(_row(history, one) for one in log.lines)
        pairs = zip(rows, log.lines, strict=True)
        LineDetail.objects.bulk_create(
            LineDetail(line=row, salt=one.told.salt, data=one.told.data) for row, one in pairs if one.told
        )
        kept.append(history)
    return kept


def next_version(history: History) -> int:
    """The version of the next entry about a history."""
    about = Event.objects.filter(subject_kind=SubjectKind.HISTORY, subject_id=history.pk)
    return int(about.aggregate(last=Max("version"))["last"] or 0) + 1


def _row(history: History, line: FileLine) -> Line:
    return Line(
        history=history, position=line.position, line=line.line, proof=b"".join(line.proof),
        opened=line.told is not None, subject_kind=line.event.subject_kind, lifecycle=line.event.lifecycle,
    )  # fmt: skip


def earlier_logs(member_id: int) -> tuple[FileLog, ...]:
    """What is kept of a member from other installations, as a file hands it on."""
    return tuple(log_of(one) for one in History.objects.filter(member_id=member_id).order_by("id"))


def log_of(history: History) -> FileLog:
    """A kept history as it stood in its file, but for what was erased."""
    lines = history.lines.order_by("id").select_related("told")
    return FileLog(of_row(history), tuple(replace(_line(one), number=place) for place, one in enumerate(lines, 1)))


def _line(row: Line) -> FileLine:
    proof, told = bytes(row.proof), getattr(row, "told", None)
    path = tuple(proof[start : start + HASH] for start in range(0, len(proof), HASH))
    return FileLine(row.position, bytes(row.line), path, Told(bytes(told.salt), told.data) if told else None)


def timeline(actor: Actor, member: Member) -> QuerySet[Line]:
    """The lines from elsewhere about a member whom the actor sees, each with its history and whether its key is trusted.

    As with the log here: of lifecycles that the office may read; where the member is a guest, or the file is frozen and shut
    to the office, the own history alone.
    """
    need(actor, Right.READ)
    trusted_still = TrustedKey.objects.filter(public_key=OuterRef("history__public_key"), withdrawn=False)
    lines = Line.objects.filter(history__member_id=member.pk, lifecycle__in=["", *readable(actor)])
    is_guest = not actor.sees(member.unit_path) and actor.member_id is None
    if is_guest or (shut(actor) and member.standing in OUT_OF_THE_PARTY):
        lines = lines.filter(subject_kind=SubjectKind.MEMBER)
    return lines.select_related("history", "told").annotate(trusted=Exists(trusted_still))  # type: ignore[no-redef]  # declared there


def as_event(row: Line) -> Event:
    """A line as the events of this log are shown; every id in it is the other installation's."""
    event, told = _line(row).event, getattr(row, "told", None)
    event.pk, event.told, event.origin = row.pk, told.data if told else None, row.history
    row.history.trusted = row.trusted
    event.commitment = event.commitment if row.opened else None  # what was never told is not there to be erased
    return event


def first_fault(history: History) -> Refusal | None:
    """What no longer holds of a kept history against its own head and list; lines are counted from 1."""
    log = log_of(history)
    return next(faults_of(log, {log.head.public_key: history.installation}, own=False), None)
