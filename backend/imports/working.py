"""The worker's part: tries, brings in and undoes what offices asked for, one after the other, and says how far it has come.

Whoever has a task in hand holds a lock of the database in a session of its own, in which the progress is written too: a
worker that is killed lets go of both, and the next run takes the task up from its beginning. What the killed one was writing
was rolled back, or stands as a whole: the batch has its name beforehand, so that it is found.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from time import monotonic
from typing import Any

import structlog
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.utils.translation import gettext_noop, override

from backend.accounts.acting import actor_for
from backend.accounts.models import User
from backend.accounts.policy import Actor
from backend.core import clock
from backend.core.db import WHOLE, as_application, scope
from backend.core.errors import CannotVoid, ChiboError
from backend.imports.applying import bring_in
from backend.imports.asking import State, days_kept
from backend.imports.excerpt import excerpt
from backend.imports.models import ImportBatch, ImportFile, ImportTask
from backend.imports.reading import read_commune
from backend.imports.undoing import undo
from backend.imports.unpacking import ROSTER, unpacked

log = structlog.get_logger(__name__)
MOST_TRIES = 3
"""A task at which a worker died so often is refused: it would die again."""
SECONDS = 1.0
"""From one word of progress to the next."""
BROKE_OFF = gettext_noop("The workers broke off at this %(count)s times; tell the people who run Chibo.")
_LOCK = "SELECT pg_try_advisory_lock(hashtext('chibo.imports'), %s)"
_UNLOCK = "SELECT pg_advisory_unlock(hashtext('chibo.imports'), %s)"
_TELL = "UPDATE imports_importtask SET part = %s, done = %s, total = %s WHERE id = %s"


class Hold:
    """A task in hand: its lock and its progress, in a session of their own."""

    def __init__(self, task_id: int) -> None:
        self.task_id, self.told = task_id, 0.0
        self.session = connections.create_connection(DEFAULT_DB_ALIAS)

    def __enter__(self) -> bool:
        """Whether it could be had."""
        with self.session.cursor() as cursor:
            cursor.execute(_LOCK, [self.task_id])
            return bool(cursor.fetchone()[0])

    def __exit__(self, *error: object) -> None:
        with self.session.cursor() as cursor:
            cursor.execute(_UNLOCK, [self.task_id])
        self.session.close()

    def tell(self, part: str, done: int, total: int) -> None:
        if monotonic() - self.told >= SECONDS:
            self.told = monotonic()
            with self.session.cursor() as cursor:
                cursor.execute(_TELL, [part[:200], done, total, self.task_id])


def work() -> None:
    """Everything that waits, in the order in which it was asked for; then let go of what was kept long enough."""
    with transaction.atomic():
        scope(WHOLE)
        waiting = list(
            ImportTask.objects.filter(state__in=_ASKED).order_by("changed_at", "id").values_list("pk", flat=True)
        )
    for key in waiting:
        hold = Hold(key)
        with hold as mine:
            if mine:
                _work(key, hold)
    _let_go()


_ASKED = (State.WAITING, State.GOING)


def _work(key: int, hold: Hold) -> None:
    with transaction.atomic():
        scope(WHOLE)
        task = ImportTask.objects.select_for_update(no_key=True).filter(pk=key, state__in=_ASKED).first()
        if task is None:
            return
        task.tries += 1
        task.save(update_fields=["tries"])
    with override(task.language):
        try:
            _refuse_hopeless(task)
            _end(task, *_DOING[task.kind, task.state](task, hold))
        except ChiboError as error:
            blockers = [str(one) for one in error.blockers] if isinstance(error, CannotVoid) else []
            _end(task, State.REFUSED, task.report | {"said": error.said(), "blockers": blockers})


def _refuse_hopeless(task: ImportTask) -> None:
    if task.tries > MOST_TRIES:
        raise ChiboError(BROKE_OFF, count=MOST_TRIES)


def _try(task: ImportTask, hold: Hold) -> tuple[State, dict[str, Any]]:
    report = _run(task, hold, dry_run=True)
    return State.TRIED, report


def _go(task: ImportTask, hold: Hold) -> tuple[State, dict[str, Any]]:
    tried = {name: task.report[name] for name in ("sheet",) if name in task.report}
    with transaction.atomic():
        scope(WHOLE)
        stands = ImportBatch.objects.filter(uid=task.batch).first()
    if stands is not None:  # a worker did it, and was killed before it could say so
        return State.DONE, tried | stands.report
    return State.DONE, _run(task, hold, dry_run=False)


def _run(task: ImportTask, hold: Hold, *, dry_run: bool) -> dict[str, Any]:
    with unpacked(task) as folder, as_application():
        actor = _actor(task)
        known = folder.known(actor)
        commune = read_commune(folder.path, task.as_of, known_units=known)
        report = bring_in(commune, actor, dry_run=dry_run, batch=task.batch, progress=hold.tell)
        return report | {"sheet": excerpt(folder.path / ROSTER, report["faults"])}


def _undo(task: ImportTask, hold: Hold) -> tuple[State, dict[str, Any]]:
    with transaction.atomic():
        scope(WHOLE)
        undone = ImportBatch.objects.filter(uid=task.batch, undone_at__isnull=False).exists()
    if undone and task.tries > 1:  # as above
        return State.DONE, task.report
    with as_application():
        counts = undo(_actor(task), task.batch, reason=task.report["reason"])
    return State.DONE, task.report | {"counts": counts}


_DOING: dict[tuple[str, str], Callable[[ImportTask, Hold], tuple[State, dict[str, Any]]]] = {
    (ImportTask.Kind.IMPORT, State.WAITING): _try,
    (ImportTask.Kind.IMPORT, State.GOING): _go,
    (ImportTask.Kind.UNDO, State.WAITING): _undo,
}


def _actor(task: ImportTask) -> Actor:
    """Whoever asked, in the office in which they asked, if they still hold it. Raises NotPermitted."""
    with transaction.atomic():
        return actor_for(User.objects.get(pk=task.user_id), task.assignment_id, clock.today())


def _end(task: ImportTask, state: State, report: dict[str, Any]) -> None:
    task.state, task.report, task.changed_at = state, report, clock.now()
    task.part, task.done, task.total = "", 0, 0
    with transaction.atomic():
        scope(WHOLE)
        task.save(update_fields=["state", "report", "changed_at", "part", "done", "total"])
        if task.kind == ImportTask.Kind.UNDO and state == State.DONE:
            brought = ImportTask.objects.filter(kind=ImportTask.Kind.IMPORT, batch=task.batch)
            ImportFile.objects.filter(task__in=brought).delete()
            brought.update(report={}, changed_at=task.changed_at)  # its page stands, and says that it was undone
    log.info("import_task", task=task.pk, kind=task.kind, state=str(state))


def _let_go() -> None:
    since = clock.now() - timedelta(days=days_kept())
    with transaction.atomic():
        scope(WHOLE)
        ImportTask.objects.filter(changed_at__lt=since).exclude(state__in=_ASKED).delete()
