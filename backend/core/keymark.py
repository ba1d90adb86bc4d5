"""A word that every database keeps sealed, so that a server whose keys are another's notices before it seals anything.

Without it a wrong CHIBO_FIELD_KEYS goes unnoticed: what is written under it cannot be read once the right key is back.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import transaction

from backend.config.errors import ConfigurationError
from backend.core.db import execute
from backend.core.keyring import KeyMissing, resealed, seal, unseal
from backend.core.models import KeyMark

WORD = "Chibo"


def mark_after_migrate(**_: Any) -> None:
    """Signal receiver of post_migrate: the first keys that this database is used with are its own."""
    with transaction.atomic():
        execute("LOCK core_keymark IN SHARE ROW EXCLUSIVE MODE")
        if settings.CHIBO_FIELD_KEYS and not KeyMark.objects.exists():
            KeyMark.objects.create(sealed=seal(WORD))


def mark_anew() -> None:
    """Under the newest key, once everything else is: a rotation that stopped half-way leaves the older key needed."""
    for mark in KeyMark.objects.all():
        mark.sealed = resealed(bytes(mark.sealed)) or mark.sealed
        mark.save()


def must_open(connection: Any, **_: Any) -> None:
    """On every new connection. Raises ConfigurationError, and closes it, where no key of this server opens the word."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('core_keymark') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return  # migrations are still to come
        cursor.execute("SELECT sealed FROM core_keymark")
        marks = [bytes(sealed) for (sealed,) in cursor.fetchall()]
    if not all(_opens(settings.CHIBO_FIELD_KEYS, mark) for mark in marks):
        connection.close()
        raise ConfigurationError(
            "No key of CHIBO_FIELD_KEYS opens what this database keeps sealed; put the key it was sealed with back."
        )


@lru_cache(maxsize=8)
def _opens(_keys: str, mark: bytes) -> bool:
    try:
        return unseal(mark) == WORD
    except KeyMissing:
        return False
