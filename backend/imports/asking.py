"""What an office asks of the workers: try an import, do what was tried, undo one; and what it may see of that."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import get_language, gettext_noop

from backend.accounts.policy import Actor, require, visible_to
from backend.audit.models import Event
from backend.core import clock
from backend.core.db import scope
from backend.core.errors import NotFound, NotPermitted, Refused, Stale
from backend.core.keyring import seal_bytes
from backend.core.nudge import nudge
from backend.imports.models import ImportBatch, ImportFile, ImportTask
from backend.imports.unpacking import ROSTER
from workflows import law
from workflows.answers import Refusal
from workflows.offices import GIVEN_OFFICES, RIGHTS, Office, Right, holds

LARGEST = 25_000_000
"""Bytes of one file that is sent; what it unpacks to is limited where it is read (`workbook`)."""
KEPT = "PDP.IMPORT_KEPT"
State = ImportTask.State
TOO_LARGE = Refusal(
    "import.too_large", gettext_noop("%(file)s has more than %(most)s MB."), fact="roster",
    remedy=gettext_noop("Save only the roster's own sheet, or bring it in at the server's command line."),
)  # fmt: skip
NO_WORKBOOK = Refusal(
    "import.no_workbook", gettext_noop("This is no Excel workbook (.xlsx)."), fact="roster",
    remedy=gettext_noop("Save the roster as .xlsx and choose that file."),
)  # fmt: skip
AHEAD = Refusal("import.ahead", gettext_noop("The day of the roster lies ahead."), fact="as_of")
OWN = Refusal(
    "import.own", gettext_noop("Nobody undoes what they brought in themselves."),
    remedy=gettext_noop("Ask another person to: %(offices)s, of this unit or of one above."),
)  # fmt: skip
UNDONE = Refusal("import.undone", gettext_noop("This import was undone already."))
_ZIP = b"PK\x03\x04"


@dataclass(frozen=True)
class Asked:
    """An office that asks, under the key of its form: the same key twice is one request."""

    actor: Actor
    key: UUID


def days_kept() -> int:
    """So many days what was sent, and what was said of it, is kept after the last change."""
    return int(law.rule(KEPT, on=clock.today()).value)


def tasks(actor: Actor) -> QuerySet[ImportTask]:
    """What was asked for in the actor's scope. Raises NotPermitted for an office that brings nothing in."""
    _need(actor)
    return ImportTask.objects.filter(visible_to(actor, "unit_path"))


def batches(actor: Actor) -> QuerySet[ImportBatch]:
    """The imports that were done in the actor's scope."""
    _need(actor)
    return ImportBatch.objects.filter(visible_to(actor, "unit_path"))


def own_batches(actor: Actor, rows: Iterable[ImportBatch]) -> frozenset[UUID]:
    """Those among them that the actor brought in: somebody else undoes them."""
    done = Event.objects.filter(subject_kind="import", subject_id__in=[one.pk for one in rows], version=1)
    return frozenset(uid for uid in done.filter(user_id=actor.user_id).values_list("batch", flat=True) if uid)


def not_ones_own() -> Refusal:
    """Why one's own import is not undone, with the offices that may."""
    able = [str(one.label) for one in GIVEN_OFFICES if {Right.IMPORT, Right.VOID} <= RIGHTS[Office(one)]]
    return replace(OWN, params={"offices": ", ".join(able)})


def ask_to_try(asked: Asked, files: Mapping[str, bytes], as_of: date) -> ImportTask:
    """Keep the files, encrypted, and have them tried. Raises NotPermitted, Refused with all that is wrong at once."""
    _need(asked.actor)
    if wrong := faults_of(files, as_of):
        raise Refused(wrong)
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    with transaction.atomic(durable=True):
        scope(asked.actor.path)
        task, new = _task(asked, ImportTask.Kind.IMPORT, batch=uuid4(), as_of=as_of, files=hashes)
        if new:
            sealed = [ImportFile(task=task, name=name, sealed=seal_bytes(one).encode()) for name, one in files.items()]
            ImportFile.objects.bulk_create(sealed)
    nudge("jobs.work_imports")
    return task


def ask_to_undo(asked: Asked, batch: UUID, reason: str) -> ImportTask:
    """Have a whole import undone; whether it can be is said by the worker. Raises NotFound, NotPermitted, Refused."""
    with transaction.atomic(durable=True):
        scope(asked.actor.path)
        row = batches(asked.actor).filter(uid=batch).first()
        if row is None:
            raise NotFound
        require(asked.actor, Right.VOID, row.unit_path)
        if row.undone_at is not None:
            raise Refused([UNDONE])
        if own_batches(asked.actor, [row]):
            raise Refused([not_ones_own()])
        words = {"reason": reason[:2000]}
        task, _new = _task(asked, ImportTask.Kind.UNDO, batch=batch, as_of=row.as_of, report=words)
    nudge("jobs.work_imports")
    return task


def go(actor: Actor, task_id: int) -> ImportTask:
    """Do what was tried, with the very files that were. Raises NotFound, NotPermitted, Stale where it was decided already."""
    with transaction.atomic(durable=True):
        task = _locked(actor, task_id)
        if task.state != State.TRIED:
            raise Stale(task.tries)
        task.state, task.tries, task.done, task.total, task.part = State.GOING, 0, 0, 0, ""
        task.user_id, task.assignment_id = actor.user_id or 0, actor.assignment_id or 0
        task.changed_at = clock.now()
        task.save()
    nudge("jobs.work_imports")
    return task


def drop(actor: Actor, task_id: int) -> None:
    """Let go of what was sent and what was said of it; not while a worker has it in hand. Raises NotFound, Stale."""
    with transaction.atomic(durable=True):
        task = _locked(actor, task_id)
        if task.state in {State.WAITING, State.GOING}:
            raise Stale(task.tries)
        task.delete()


def _need(actor: Actor) -> None:
    if not holds(actor.office, Right.IMPORT):
        raise NotPermitted


def _locked(actor: Actor, task_id: int) -> ImportTask:
    scope(actor.path)
    task = tasks(actor).select_for_update(no_key=True).filter(pk=task_id).first()
    if task is None:
        raise NotFound
    return task


def _task(asked: Asked, kind: ImportTask.Kind, **what: object) -> tuple[ImportTask, bool]:
    actor, now = asked.actor, clock.now()
    who = {"user_id": actor.user_id, "assignment_id": actor.assignment_id, "language": get_language() or "vi"}
    new = {"kind": kind, "unit_path": actor.path, "asked_at": now, "changed_at": now, **who, **what}
    return ImportTask.objects.get_or_create(key=asked.key, defaults=new)


def faults_of(files: Mapping[str, bytes], as_of: date | None) -> list[Refusal]:
    """What is wrong with what is sent, before anybody reads it; of no day nothing is said."""
    ahead = [AHEAD] if as_of is not None and as_of > clock.today() else []
    large = [_too_large(name) for name, content in files.items() if len(content) > LARGEST]
    return large + ahead + ([] if files.get(ROSTER, b"").startswith(_ZIP) else [NO_WORKBOOK])


def _too_large(name: str) -> Refusal:
    return replace(TOO_LARGE, params={"file": name, "most": LARGEST // 1_000_000}, fact=name.partition(".")[0])
