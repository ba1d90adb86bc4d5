"""Browsers that take a person's notices (web push): added by the browser's own subscription, listed, removed, set aside.

A subscription is an address at the browser's push service, which may be called by whoever has it, and two keys for which what
is sent there is encrypted. All three are kept sealed. The address is judged as every other that people enter
(`targets`): https and public.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_noop

from backend.accounts.keeping import by_owner, keep, locked
from backend.accounts.models import User
from backend.accounts.policy import Actor
from backend.audit.codes import EventCode
from backend.contacts.models import Device
from backend.contacts.targets import Unreachable, resolved
from backend.core import clock, vapid
from backend.core.db import execute, naming
from backend.core.errors import NotFound, Refused
from backend.core.keyring import seal, unseal
from backend.core.nudge import nudge
from workflows.answers import Refusal

MOST = 5
"""Devices of one person."""
AUTH = 16
"""Bytes of the secret that browsers give (RFC 8291, 3.2)."""
OFF = Refusal(
    "device.off",
    gettext_noop("This installation sends nothing to devices: it has no keys for it."),
    remedy=gettext_noop("The administrators make them with `manage.py vapid --new`."),
)
TOO_MANY = Refusal(
    "device.too_many",
    gettext_noop("You have %(most)s devices already."),
    {"most": MOST},
    remedy=gettext_noop("Remove one that you no longer use."),
)
NO_KEY = Refusal(
    "device.no_key",
    gettext_noop("This is no key of a browser: a point of P-256, 65 bytes in base64url."),
    fact="p256dh",
)
NO_SECRET = Refusal(
    "device.no_secret",
    gettext_noop("This is no secret of a browser: 16 bytes in base64url."),
    fact="auth",
)


@dataclass(frozen=True)
class Subscription:
    """What a browser gives (Push API): its address at a push service, its public key, and its secret, as base64url."""

    endpoint: str
    p256dh: str
    auth: str

    def faults(self) -> list[Refusal]:
        """What is no key or no secret."""
        found = [] if _is_point(self.p256dh) else [NO_KEY]
        return found if _length(self.auth) == AUTH else [*found, NO_SECRET]


def is_on() -> bool:
    """Whether browsers can be given a key of this installation."""
    return bool(settings.CHIBO_VAPID_PUBLIC_KEY)


def devices_of(user_id: int) -> list[Device]:
    """The person's, the newest first, those set aside too. Must run inside a transaction."""
    naming(user_id)
    return list(Device.objects.filter(user_id=user_id).order_by("-id"))


def add_device(user_id: int, wanted: Subscription) -> tuple[Device, bool]:
    """Send notices there too, and whether that is new; a device that another person used before is that person's no more.

    Those of the person that were set aside are forgotten. Raises Refused.
    """
    if not is_on():
        raise Refused([OFF])
    if wrong := wanted.faults():
        raise Refused(wrong)
    try:
        service = resolved(wanted.endpoint).host
    except Unreachable as error:
        raise Refused([replace(error.answer, fact="endpoint")]) from None
    digest = hashlib.sha256(wanted.endpoint.encode()).digest()
    with transaction.atomic(durable=True):
        execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(digest[:8], "big", signed=True)])
        _left_behind(digest, user_id)
        user = locked(user_id)
        held = {bytes(one.digest): one for one in devices_of(user_id) if one.gone_at is None}
        if digest in held and _opened(held[digest]) == wanted:
            return held[digest], False
        if digest not in held and len(held) >= MOST:
            raise Refused([TOO_MANY])
        Device.objects.filter(user=user).exclude(gone_at=None).delete()
        values = {"subscription": seal(json.dumps(asdict(wanted))), "service": service, "made_at": clock.now()}
        row, _ = Device.objects.update_or_create(user=user, digest=digest, defaults=values)
        keep(user, by_owner(user), EventCode.DEVICE_ADDED)
    nudge("jobs.seal")
    return row, True


def remove_device(user_id: int, device_id: int) -> None:
    """Nothing is sent there any more. Raises NotFound for what is not the person's."""
    with transaction.atomic(durable=True):
        user = locked(user_id)
        gone, _ = Device.objects.filter(user=user, pk=device_id).delete()
        if not gone:
            raise NotFound
        keep(user, by_owner(user), EventCode.DEVICE_REMOVED)
    nudge("jobs.seal")


def set_aside(device_id: int) -> None:
    """Its push service says that it is gone for good; in the caller's transaction, of the jobs."""
    row = Device.objects.filter(pk=device_id, gone_at=None).first()
    if row is None:
        return
    user = locked(row.user_id)
    if Device.objects.filter(pk=device_id, gone_at=None).update(gone_at=clock.now()):
        keep(user, Actor.system().who(), EventCode.DEVICE_GONE)


def subscription_of(device_id: int) -> Subscription | None:
    """Where to send what is for a device; None where it was removed or set aside. Must run inside a transaction of the jobs."""
    row = Device.objects.filter(pk=device_id, gone_at=None).first()
    return _opened(row) if row else None


def _left_behind(digest: bytes, user_id: int) -> None:
    """Whoever used the device before is told nothing there any more."""
    ((owner,),) = execute("SELECT chibo_device_owner(%s)", [digest])
    if owner in (None, user_id):
        return
    for key in sorted((owner, user_id)):  # in one order: of two who exchange browsers none waits for the other for ever
        locked(key)
    before: User = locked(owner)  # once more: it is the one named last whose rows are seen
    Device.objects.filter(user=before, digest=digest).delete()
    keep(before, Actor.system().who(), EventCode.DEVICE_REMOVED)


def _opened(row: Device) -> Subscription:
    return Subscription(**json.loads(unseal(row.subscription)))


def _is_point(text: str) -> bool:
    try:
        vapid.point(vapid.decoded(text))
    except ValueError:
        return False
    return True


def _length(text: str) -> int:
    try:
        return len(vapid.decoded(text))
    except ValueError:
        return 0
