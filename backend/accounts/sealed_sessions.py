"""Sessions of which the database keeps what they hold sealed: it can be whom a list was searched for, or the key of an
authenticator app that is being set up.

`SESSION_ENGINE`. What an older version wrote in clear is read until migration or the next change has sealed it. A key that is
taken away ends the sessions under it: sessions need no rotation.
"""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends import db

from backend.core.keyring import KeyMissing, seal_bytes, unseal_bytes

CLEAR = ":"
"""Stands in what Django wrote, before its signature, and in nothing that is sealed."""


class SessionStore(db.SessionStore):
    """Django's, sealed."""

    def encode(self, session_dict: dict[str, Any]) -> str:
        return seal_bytes(super().encode(session_dict).encode())

    def decode(self, session_data: Any) -> dict[str, Any]:
        try:
            kept = session_data if CLEAR in session_data else unseal_bytes(session_data).decode()
        except KeyMissing:
            return {}
        return super().decode(kept)
