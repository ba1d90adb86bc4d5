"""Webhook endpoints of units: registered, given another secret, closed by offices that may; set aside where they are gone.

A secret is shown once, when it is made, and kept sealed under the field keys. For a day after an exchange both sign, so that
nothing is lost while the other side changes over. Each change is an event; the URL stands behind its commitment.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from backend.accounts.policy import Actor, require, visible_to
from backend.audit.codes import EventCode, SubjectKind
from backend.audit.record import Entry, record
from backend.contacts.models import Endpoint
from backend.contacts.targets import Unreachable, resolved
from backend.core import clock
from backend.core.db import scope
from backend.core.errors import NotFound, NotPermitted, Refused
from backend.core.keyring import seal, unseal
from backend.core.nudge import nudge
from backend.organizations.models import Unit
from workflows.answers import Refusal
from workflows.offices import Right, holds

OVERLAP = timedelta(days=1)
"""For so long the earlier secret signs too."""
MOST = 10
"""Open endpoints of one unit."""
TOO_MANY = Refusal(
    "webhook.too_many",
    gettext_noop("This unit has %(most)s webhooks already."),
    {"most": MOST},
    remedy=gettext_noop("Close one that is no longer needed."),
    fact="unit",
)
CLOSED = Refusal(
    "webhook.closed",
    gettext_noop("This webhook is closed."),
    remedy=gettext_noop("Register the address again."),
    fact="webhook",
)


def endpoints(actor: Actor) -> QuerySet[Endpoint]:
    """Those of units in scope, closed ones too. Raises NotPermitted for an office that registers none."""
    entitled(actor)
    return Endpoint.objects.filter(visible_to(actor, "unit_path")).select_related("unit")


def register(actor: Actor, unit_id: int, url: str) -> tuple[Endpoint, str]:
    """Tell a program what is told at the unit and below; gives its row and its secret.

    Raises NotPermitted, NotFound, Refused (an address that may not be called, too many).
    """
    entitled(actor)
    with transaction.atomic():
        _unit(actor, unit_id)
    try:
        resolved(url)
    except Unreachable as error:
        raise Refused([error.answer]) from None
    secret = _secret()
    with transaction.atomic(durable=True):
        unit = _unit(actor, unit_id)
        if Endpoint.objects.filter(unit=unit, closed_at=None, gone_at=None).count() >= MOST:
            raise Refused([TOO_MANY])
        row = Endpoint.objects.create(
            unit=unit, unit_path=unit.path, url=url, secret=seal(secret), made_at=clock.now()
        )  # fmt: skip
        _written(row, actor, EventCode.WEBHOOK_REGISTERED, {"url": url})
    nudge("jobs.seal")
    return row, secret


def exchange_secret(actor: Actor, endpoint_id: int) -> tuple[Endpoint, str]:
    """Another secret; the earlier one signs too for `OVERLAP`. Raises NotPermitted, NotFound, Refused."""
    secret = _secret()
    with transaction.atomic(durable=True):
        row = _locked(actor, endpoint_id)
        if not row.is_open:
            raise Refused([CLOSED])
        row.old_secret, row.old_until = row.secret, clock.now() + OVERLAP
        row.secret = seal(secret)
        _changed(row, actor, EventCode.WEBHOOK_EXCHANGED)
    nudge("jobs.seal")
    return row, secret


def close(actor: Actor, endpoint_id: int) -> Endpoint:
    """Nothing is told there any more; nothing changes where it was closed already. Raises NotPermitted, NotFound."""
    with transaction.atomic(durable=True):
        row = _locked(actor, endpoint_id)
        if row.closed_at is None:
            row.closed_at = clock.now()
            _changed(row, actor, EventCode.WEBHOOK_CLOSED)
    nudge("jobs.seal")
    return row


def gone(endpoint_id: int) -> None:
    """It answered that it is gone for good; in the caller's transaction."""
    row = Endpoint.objects.select_for_update(no_key=True).get(pk=endpoint_id)
    if row.is_open:
        row.gone_at = clock.now()
        _changed(row, Actor.system(), EventCode.WEBHOOK_GONE)


def signing_secrets(row: Endpoint, now: datetime) -> list[str]:
    """What signs a message now, the present secret first."""
    overlaps = row.old_until is not None and now < row.old_until
    return [unseal(row.secret), *([unseal(row.old_secret)] if overlaps else [])]


def _secret() -> str:
    """256 random bits in the form of Standard Webhooks."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def entitled(actor: Actor) -> None:
    """Raises NotPermitted for an office that registers no webhooks anywhere."""
    if not holds(actor.office, Right.CONNECT):
        raise NotPermitted


def _unit(actor: Actor, unit_id: int) -> Unit:
    scope(actor.path)
    unit = Unit.objects.filter(visible_to(actor, "path"), pk=unit_id, closed_on=None).first()
    if unit is None:
        raise NotFound
    require(actor, Right.CONNECT, unit.path)
    return unit


def _locked(actor: Actor, endpoint_id: int) -> Endpoint:
    scope(actor.path)
    row = endpoints(actor).select_for_update(no_key=True, of=("self",)).filter(pk=endpoint_id).first()
    if row is None:
        raise NotFound
    return row


def _changed(row: Endpoint, actor: Actor, code: EventCode) -> None:
    row.version += 1
    row.save(update_fields=["secret", "old_secret", "old_until", "closed_at", "gone_at", "version"])
    _written(row, actor, code, {})


def _written(row: Endpoint, actor: Actor, code: EventCode, detail: Mapping[str, Any]) -> None:
    record([
        Entry(
            code=code, subject_kind=SubjectKind.WEBHOOK, subject_id=row.pk, version=row.version, who=actor.who(),
            on=clock.today(), unit_id=row.unit_id, unit_path=row.unit_path, detail=detail,
        )
    ])  # fmt: skip
