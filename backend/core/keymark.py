"""A word that every database keeps sealed, so that a server whose keys are another's notices before it seals anything.

Without it a wrong CHIBO_FIELD_KEYS goes unnoticed: what is written under it cannot be read once the right key is back. Beside
it stands a digest of the word under CHIBO_INDEX_KEY: under another one nobody is found by a number, and one person comes in
twice.
"""

from __future__ import annotations

import hmac
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext, gettext_noop

from backend.config.errors import ConfigurationError
from backend.core.db import execute
from backend.core.keyring import KeyMissing, resealed, seal, unseal
from backend.core.models import KeyMark

WORD = "Chibo"


class OtherKeys(ConfigurationError):
    """The keys of this server are not the database's. Whoever meets it while the server runs (its keys were changed in the
    database, and it was not started anew) is answered as by KeyMissing."""

    code = KeyMissing.code

    def said(self) -> str:
        """In the current language."""
        return gettext(self.message) % self.params


def mark_after_migrate(**_: Any) -> None:
    """Signal receiver of post_migrate: the first keys that this database is used with are its own."""
    with transaction.atomic():
        execute("LOCK core_keymark IN SHARE ROW EXCLUSIVE MODE")
        if settings.CHIBO_FIELD_KEYS and not KeyMark.objects.exists():
            KeyMark.objects.create(sealed=seal(WORD))
        if settings.CHIBO_INDEX_KEY:
            KeyMark.objects.filter(index_mark=None).update(index_mark=_index_mark(settings.CHIBO_INDEX_KEY))


def mark_anew() -> None:
    """Under the newest key, once everything else is: a rotation that stopped half-way leaves the older key needed."""
    for mark in KeyMark.objects.all():
        mark.sealed = resealed(bytes(mark.sealed)) or mark.sealed
        mark.save()


def must_open(connection: Any, **_: Any) -> None:
    """On every new connection. Raises OtherKeys, and closes it, where no key of this server opens the word, or its
    index key is another one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('core_keymark') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return  # migrations are still to come
        cursor.execute("SELECT sealed, index_mark FROM core_keymark")
        marks = cursor.fetchall()
    if not all(_opens(settings.CHIBO_FIELD_KEYS, bytes(sealed)) for sealed, _ in marks):
        connection.close()
        raise OtherKeys(
            gettext_noop(
                "No key of CHIBO_FIELD_KEYS opens what this database keeps sealed; put the key it was sealed with back."
            )
        )
    own = settings.CHIBO_INDEX_KEY
    if own and any(kept is not None and bytes(kept) != _index_mark(own) for _, kept in marks):
        connection.close()
        raise OtherKeys(
            gettext_noop(
                "CHIBO_INDEX_KEY is not the one by which this database finds people's numbers; put that one back."
            )
        )


@lru_cache(maxsize=8)
def _index_mark(key: str) -> bytes:
    return hmac.digest(bytes.fromhex(key), f"core_keymark:{WORD}".encode(), "sha256")


@lru_cache(maxsize=8)
def _opens(_keys: str, mark: bytes) -> bool:
    try:
        return unseal(mark) == WORD
    except KeyMissing:
        return False
