"""Whose logs are believed here: keys of other installations, entered by a person who had them from there by another way."""

from __future__ import annotations

import re

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db.models import Max
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from backend.accounts.policy import Actor
from backend.audit.codes import EventCode, SubjectKind
from backend.audit.models import SignedHead
from backend.audit.record import Entry, record
from backend.core import clock
from backend.core.errors import Refused, Unchanged
from backend.deadlines.overrides import may_rule
from backend.handovers.models import TrustedKey
from workflows.answers import Refusal
from workflows.facts import Text
from workflows.reading import read_all

_GROUPING = re.compile(r"[\s:.-]")
INSTALLATION = Text("installation", _("Whose key it is"), max_length=120, lines=False)
BASIS = Text("basis", _("From whom, how and when it is known"), max_length=200, lines=False)
NO_KEY = Refusal(
    "key.not_a_key", gettext_noop("A key has 64 hexadecimal digits; groups may be divided by blanks."), fact="key",
    remedy=gettext_noop("The sending office reads it with: manage.py handover key"),
)  # fmt: skip
OWN = Refusal(
    "key.own", gettext_noop("This installation signs with that key itself."), fact="key",
    remedy=gettext_noop("Enter the key of the other installation."),
)  # fmt: skip
UNKNOWN = Refusal(
    "key.unknown", gettext_noop("No such key has been confirmed here."), fact="key",
    remedy=gettext_noop("Look at those that are: manage.py trusted_keys list"),
)  # fmt: skip


def trust(actor: Actor, key: str, *, installation: str, basis: str) -> TrustedKey:
    """Believe logs that this key signs, under the name of the installation. Must run inside a transaction.

    Raises NotPermitted, Unchanged, Refused with all that is wrong.
    """
    may_rule(actor)
    public = _public(key)
    said, wrong = read_all((INSTALLATION, BASIS), {"installation": installation, "basis": basis})
    wrong += [NO_KEY] if public is None else [OWN] if public in own_keys() else []
    if wrong or public is None:
        raise Refused(wrong)
    row = _known(public) or TrustedKey(public_key=public, version=0)
    if row.version and not row.withdrawn and {name: getattr(row, name) for name in said} == said:
        raise Unchanged
    row.installation, row.basis, row.withdrawn = said["installation"], said["basis"], False
    return _saved(actor, row, EventCode.KEY_TRUSTED)


def withdraw(actor: Actor, key: str, *, basis: str) -> TrustedKey:
    """Believe it no longer; histories checked under it stay, and say so. Must run inside a transaction. Raises as `trust`."""
    may_rule(actor)
    said, wrong = read_all((BASIS,), {"basis": basis})
    row = _known(_public(key) or b"")
    if wrong or row is None:
        raise Refused([*wrong, *([UNKNOWN] if row is None else [])])
    if row.withdrawn:
        raise Unchanged
    row.basis, row.withdrawn = said["basis"], True
    return _saved(actor, row, EventCode.KEY_WITHDRAWN)


def own_keys() -> list[bytes]:
    """The keys that have signed heads here, the newest first."""
    rows = SignedHead.objects.values("public_key").annotate(newest=Max("size")).order_by("-newest")
    return [bytes(row["public_key"]) for row in rows]


def _known(public: bytes) -> TrustedKey | None:
    return TrustedKey.objects.select_for_update().filter(public_key=public).first()


def _public(text: str) -> bytes | None:
    """The 32 bytes of an Ed25519 key; None for anything else."""
    try:
        public = bytes.fromhex(_GROUPING.sub("", text))
        Ed25519PublicKey.from_public_bytes(public)
    except ValueError:
        return None
    return public


def _saved(actor: Actor, row: TrustedKey, code: EventCode) -> TrustedKey:
    row.version += 1
    row.save()
    record([
        Entry(
            code=code, subject_kind=SubjectKind.KEY, subject_id=row.pk, version=row.version, who=actor.who(),
            on=clock.today(), unit_id=actor.unit_id or 0, unit_path=actor.path,
            facts={"key": bytes(row.public_key).hex()}, detail={"installation": row.installation, "basis": row.basis},
        )
    ])  # fmt: skip
    return row
