"""Message encryption for web push (RFC 8291) in the content coding aes128gcm (RFC 8188), in one record.

The steps are those of RFC 8291, section 3.4; only the browser that gave the public key and the secret can read what comes out.
"""

from __future__ import annotations

import os
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from backend.core import vapid

RECORD = 4096
"""Bytes of a record, which no message here fills: every push service takes as much (RFC 8030, 7.2)."""
LARGEST = 3072
"""Bytes of a message: with its head, its mark and its tag it stays well inside the record."""
LAST = b"\x02"
"""Marks the last record (RFC 8188, 2)."""


class TooLarge(ValueError):
    """The message has more bytes than LARGEST."""


def encrypted(message: bytes, *, point: bytes, secret: bytes, salt: bytes = b"", key: Any = None) -> bytes:
    """The body for a browser with this public key (`point`, 65 bytes) and this secret (16 bytes).

    `salt` (16 bytes) and `key` (P-256) are made for each message; only tests give them. Raises TooLarge.
    """
    if len(message) > LARGEST:
        raise TooLarge(len(message))
    salt, key = salt or os.urandom(16), key or ec.generate_private_key(ec.SECP256R1())
    ours = vapid.point_of(key)
    shared = key.exchange(ec.ECDH(), vapid.point(point))
    seed = _derived(shared, secret, b"WebPush: info\0" + point + ours, 32)
    content_key = _derived(seed, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(seed, salt, b"Content-Encoding: nonce\0", 12)
    head = salt + RECORD.to_bytes(4, "big") + bytes([len(ours)]) + ours
    return head + AESGCM(content_key).encrypt(nonce, message + LAST, None)


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(secret)
