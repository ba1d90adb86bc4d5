"""Putting a scan beside the paper that it shows, reading it, and erasing it with the words of the entry."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID, uuid4

from cryptography.fernet import Fernet, InvalidToken
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from backend.accounts.policy import Actor, apart
from backend.audit.codes import EventCode, SubjectKind
from backend.audit.details import with_details
from backend.audit.models import Event
from backend.audit.record import Entry, Who, record
from backend.cases import selectors
from backend.cases.judging import granted
from backend.cases.loading import see_case
from backend.cases.models import Case
from backend.cases.registry import step_of
from backend.core import clock
from backend.core.db import execute, reaching, scope
from backend.core.errors import NotFound, NotPermitted
from backend.core.keyring import seal, unseal
from backend.core.nudge import nudge
from backend.scans import files
from backend.scans.models import Scan
from workflows import health
from workflows.catalogue import LIFECYCLES
from workflows.facts import Paper

ERASED = gettext_noop("What stood behind this entry was erased; nothing is added to it.")
_FORGET = "SELECT chibo_erase_scans(%s)"
NO_PAPER = gettext_noop("This entry names no such paper.")


@dataclass(frozen=True)
class Place:
    """The paper that a scan shows: of which entry of which case, under which name of a fact."""

    case: Case
    event: Event
    paper: str


def scans(actor: Actor) -> QuerySet[Scan]:
    """Those of cases that the office may see, but for pages that tell of health, where it takes no part."""
    files.must_be_on()
    kept_from = [key for key in LIFECYCLES if not may_see(actor, key)]
    seen = selectors.cases(actor).exclude(lifecycle__in=kept_from)
    return Scan.objects.filter(case__in=seen).select_related("case")


def may_see(actor: Actor, lifecycle: str) -> bool:
    """Whether scans of the pages of a lifecycle are for the office: those that tell of health are where it takes part."""
    page = LIFECYCLES[lifecycle]
    return not health.names(page) or actor.office in health.readers(page)


def content_of(scan: Scan) -> bytes:
    """What was scanned. Raises FileLost."""
    try:
        return Fernet(unseal(scan.secret)).decrypt(files.read(scan.uid))
    except InvalidToken:
        raise files.FileLost from None


def entitled(actor: Actor, event_uid: UUID, paper: str) -> Place:
    """By an office that may take the step which named the paper, and not of the own file. Raises NotFound, NotPermitted."""
    files.must_be_on()
    event = with_details(Event.objects.filter(uid=event_uid, subject_kind=SubjectKind.CASE)).first()
    case = selectors.cases(actor).filter(pk=event.subject_id).first() if event else None
    step = step_of(event.lifecycle, event.step) if event else None
    loaded = see_case(case.pk) if case else None
    if event is None or case is None or step is None or loaded is None:
        raise NotFound
    apart(actor, case.member_id)
    granted(actor, step, loaded, event.on_date)
    if not may_see(actor, case.lifecycle):
        raise NotPermitted
    if paper not in {fact.name for fact in step.facts if isinstance(fact, Paper)} & set(event.facts):
        raise NotFound(NO_PAPER)
    if event.erased:
        raise NotFound(ERASED)
    return Place(case, event, paper)


def attach(actor: Actor, event_uid: UUID, paper: str, content: bytes) -> Scan:
    """Keep a scan, in the place of one that was there. Raises NotFound, NotPermitted, Refused; then nothing is left behind."""
    uid, key = uuid4(), Fernet.generate_key()
    try:
        with transaction.atomic(durable=True):
            scope(actor.path)
            place = entitled(actor, event_uid, paper)
            Case.objects.select_for_update(no_key=True).get(pk=place.case.pk)
            kind = files.kind_of(content)
            files.write(uid, Fernet(key).encrypt(content))
            scan = Scan.objects.filter(event_uid=event_uid, paper=paper).first()
            scan = scan or Scan(case=place.case, event_uid=event_uid, paper=paper, version=0)
            if scan.pk is not None:
                transaction.on_commit(partial(files.remove, scan.uid))
            scan.uid, scan.secret, scan.kind, scan.size = uid, seal(key.decode()) or b"", kind, len(content)
            scan.added_at, scan.version = clock.now(), scan.version + 1
            scan.save()
            with reaching([place.case.unit_path]):
                record([_added(actor.who(), scan, hashlib.sha256(content).hexdigest())])
    except BaseException:
        files.remove(uid)
        raise
    nudge("jobs.seal")
    return scan


def erase_scans(who: Who, reason: str, events: Collection[UUID]) -> list[Entry]:
    """All scans of papers of these entries, by the owner of the database; an entry for each."""
    found = list(Scan.objects.filter(event_uid__in=events).select_related("case").order_by("pk"))
    for scan in found:
        transaction.on_commit(partial(files.remove, scan.uid))
    Scan.objects.filter(pk__in=[scan.pk for scan in found]).delete()
    return [_erased(who, scan, reason) for scan in found]


def forget_scans(members: Sequence[int]) -> None:
    """Of people whose entry was voided, by the database's own function: no process may delete such rows. The key goes with the
    row, so that a file which is not here (the worker has no folder) opens no more."""
    for (uid,) in execute(_FORGET, [list(members)]):
        transaction.on_commit(partial(files.remove, uid))


def _added(who: Who, scan: Scan, digest: str) -> Entry:
    """The line says that there is one; the hash of it stands behind, where it is erased with the rest."""
    case = scan.case
    return Entry(
        code=EventCode.SCAN_ADDED, subject_kind=SubjectKind.SCAN, subject_id=scan.pk, version=scan.version, who=who,
        on=clock.today(), unit_id=case.unit_id, unit_path=case.unit_path, lifecycle=case.lifecycle, case_id=case.pk,
        member_id=case.member_id, detail={"sha256": digest},
        facts={"event": str(scan.event_uid), "paper": scan.paper, "kind": str(scan.kind), "size": scan.size},
    )  # fmt: skip


def _erased(who: Who, scan: Scan, reason: str) -> Entry:
    """Names the event and not the member: so its own reason is never erased with the rest."""
    return Entry(
        code=EventCode.DETAIL_ERASED, subject_kind=SubjectKind.SCAN, subject_id=scan.pk, version=scan.version + 1, who=who,
        on=clock.today(), unit_id=scan.case.unit_id, unit_path=scan.case.unit_path,
        facts={"event": str(scan.event_uid), "paper": scan.paper}, detail={"reason": reason},
    )  # fmt: skip
