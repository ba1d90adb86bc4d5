"""What cases tell of somebody's health, for the offices that take part where it was recorded (`workflows.health`)."""

from __future__ import annotations

from typing import Any

from backend.accounts.policy import Actor
from backend.cases.models import Case
from backend.core.db import execute, in_office
from backend.core.encoding import loads
from backend.core.errors import NotPermitted
from backend.core.keyring import unseal_bytes
from workflows import health
from workflows.catalogue import LIFECYCLES

_TOLD = """
SELECT h.data FROM audit_healthdetail h JOIN audit_event e ON e.uid = h.event_uid
WHERE h.case_id = %s AND e.voids IS NULL AND NOT EXISTS (SELECT FROM audit_event v WHERE v.voids = e.uid) ORDER BY e.id"""


def health_of(actor: Actor, case: Case) -> dict[str, Any]:
    """By name, the newest of each fact of a case that the actor sees, without those of entries that were voided.

    Raises NotPermitted for an office that takes no part in the page; row-level security asks for the office too.
    """
    page = LIFECYCLES[case.lifecycle]
    if not health.names(page):
        return {}
    if actor.office not in health.readers(page):
        raise NotPermitted
    with in_office(actor.office):
        rows = execute(_TOLD, [case.pk])
    told: dict[str, Any] = {}
    for (sealed,) in rows:
        told |= loads(unseal_bytes(bytes(sealed)).decode())
    return told


def told_of_health(actor: Actor, case: Case | None) -> dict[str, Any]:
    """The same for a guard: nothing of a case that is yet to be opened, nor for an office that may not read it."""
    try:
        return health_of(actor, case) if case is not None and case.pk is not None else {}
    except NotPermitted:
        return {}
