"""Signed heads: the bytes that are signed, the key, exporting heads and reading them back.

Signed is `chibo-head/1`, then epoch, size, root (hex) and time (UTC, six decimals, Z), joined by tabs, in ASCII. A head as
one line of text, which a printed slip's QR code holds, is the same parted by blanks, then key and signature (hex).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.utils.translation import gettext_noop

from backend.core.db import execute
from backend.core.errors import ChiboError

FORMAT = "chibo-head/1"


class NoSigningKey(ChiboError):
    """This process cannot sign: it has no key, or what it was given is none."""

    code = "no_signing_key"
    sentence = gettext_noop(
        "Sealing needs CHIBO_SIGNING_KEY (or CHIBO_SIGNING_KEY_FILE), an Ed25519 seed of 64 hexadecimal digits; only the jobs"
        " process has it."
    )


class BadHeads(ChiboError):
    """A file of exported heads that cannot be read or does not belong to this log."""

    code = "bad_heads"


@dataclass(frozen=True)
class TreeHead:
    """A signed head as it is exported; hashes, keys and signatures are bytes."""

    epoch: int
    size: int
    root: bytes
    signed_at: datetime
    public_key: bytes
    signature: bytes

    @property
    def key_id(self) -> str:
        return key_id(self.public_key)

    def is_signed(self) -> bool:
        """Whether the signature was made by the key that the head names (not whether that key is trusted)."""
        signed = message(self.epoch, self.size, self.root, self.signed_at)
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(self.signature, signed)
        except (InvalidSignature, ValueError):
            return False
        return True

    def as_text(self) -> str:
        """The head in one line, about 310 characters of ASCII: what is signed, the public key, the signature."""
        signed = message(self.epoch, self.size, self.root, self.signed_at).decode().replace("\t", " ")
        return f"{signed} {self.public_key.hex()} {self.signature.hex()}"

    def as_json(self) -> dict[str, Any]:
        return {
            "epoch": self.epoch, "size": self.size, "root": self.root.hex(), "signed_at": stamp(self.signed_at),
            "key_id": self.key_id, "public_key": self.public_key.hex(), "signature": self.signature.hex(),
        }  # fmt: skip


def message(epoch: int, size: int, root: bytes, signed_at: datetime) -> bytes:
    """The exact bytes an Ed25519 signature of a head is made over."""
    return "\t".join([FORMAT, str(epoch), str(size), root.hex(), stamp(signed_at)]).encode("ascii")


def stamp(moment: datetime) -> str:
    """A moment in UTC with six decimals: `2026-11-23T09:44:56.000000Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def key_id(public_key: bytes) -> str:
    """The first 8 bytes of SHA-256 of the public key, in hexadecimal."""
    return sha256(public_key).digest()[:8].hex()


def key_number(public_key: bytes) -> int:
    """A key as a subject of the log: the first 63 bits of SHA-256 of the public key."""
    return int.from_bytes(sha256(public_key).digest()[:8], "big") >> 1


def signing_key() -> Ed25519PrivateKey:
    """The key of CHIBO_SIGNING_KEY, which only the jobs have. Raises NoSigningKey."""
    try:
        seed = bytes.fromhex(settings.CHIBO_SIGNING_KEY)
        return Ed25519PrivateKey.from_private_bytes(seed)
    except ValueError:
        raise NoSigningKey from None


def trusted_keys() -> set[bytes]:
    """CHIBO_LOG_KEYS (public keys of now and before, hexadecimal) and this process's own, if it has one."""
    try:
        keys = {bytes.fromhex(word) for word in settings.CHIBO_LOG_KEYS.split(",") if word.strip()}
    except ValueError:
        said = gettext_noop("CHIBO_LOG_KEYS must be public keys of 64 hexadecimal digits, separated by commas.")
        raise BadHeads(said) from None
    try:
        return keys | {signing_key().public_key().public_bytes_raw()}
    except NoSigningKey:
        return keys


class HeadRow(Protocol):
    """A row in which a signed head is kept."""

    epoch: Any
    size: Any
    root: Any
    signed_at: Any
    public_key: Any
    signature: Any


def of_row(row: HeadRow) -> TreeHead:
    """The head as it was signed."""
    return TreeHead(row.epoch, row.size, bytes(row.root), row.signed_at, bytes(row.public_key), bytes(row.signature))


def signers() -> set[bytes]:
    """Every public key that a head of this database names."""
    return {bytes(row[0]) for row in execute("SELECT DISTINCT public_key FROM audit_signedhead")}


def sign(epoch: int, size: int, root: bytes, signed_at: datetime) -> TreeHead:
    """A head signed with this process's key. Raises NoSigningKey."""
    key = signing_key()
    signature = key.sign(message(epoch, size, root, signed_at))
    return TreeHead(epoch, size, root, signed_at, key.public_key().public_bytes_raw(), signature)


def dump(heads: Iterable[TreeHead]) -> Iterable[str]:
    """Export lines, one JSON object each, oldest first."""
    return (json.dumps(head.as_json(), sort_keys=True) + "\n" for head in heads)


def load(text: str) -> list[TreeHead]:
    """Read exported heads back (JSON, or text as a slip has it), by epoch and size.

    Raises BadHeads for a line that is no head or is not signed by its key.
    """
    heads = [_parse(line, number) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    return sorted(heads, key=lambda head: (head.epoch, head.size))


def from_json(raw: Any) -> TreeHead:
    """A head as `as_json` wrote it, not checked. Raises ValueError, KeyError or TypeError for what is none."""
    epoch, size = raw["epoch"], raw["size"]
    if type(epoch) is not int or type(size) is not int:  # 1e999 is a number too
        raise TypeError(raw)
    return TreeHead(
        epoch, size, bytes.fromhex(raw["root"]), datetime.fromisoformat(raw["signed_at"]),
        bytes.fromhex(raw["public_key"]), bytes.fromhex(raw["signature"]),
    )  # fmt: skip


def from_text(line: str) -> TreeHead:
    """A head as `as_text` wrote it, not checked. Raises ValueError for what is none."""
    form, epoch, size, root, signed_at, public_key, signature = line.split()
    if form != FORMAT:
        raise ValueError(form)
    return TreeHead(
        int(epoch), int(size), bytes.fromhex(root), datetime.fromisoformat(signed_at), bytes.fromhex(public_key),
        bytes.fromhex(signature),
    )  # fmt: skip


def _parse(line: str, number: int) -> TreeHead:
    try:
        head = from_text(line) if line.startswith(FORMAT) else from_json(json.loads(line))
    except (ValueError, KeyError, TypeError, RecursionError):
        said = gettext_noop("Line %(number)s of the heads is not an exported head: export them anew.")
        raise BadHeads(said, number=number) from None
    if not head.is_signed():
        said = gettext_noop("Line %(number)s of the heads: the signature does not belong to the head of size %(size)s.")
        raise BadHeads(said, number=number, size=head.size)
    return head
