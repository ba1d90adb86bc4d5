"""A browser and its push service, written from the RFCs and apart from what Chibo sends with: it checks who sends (RFC 8292),
how (RFC 8030), and reads what came (RFC 8188, 8291), with HMAC from the standard library for the derivation of keys."""

from __future__ import annotations

import hmac
import json
import os
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from backend.contacts.devices import Subscription
from tests.backend.alerts.listener import Listener

DAY = 24 * 3600


def text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def raw(written: str) -> bytes:
    return urlsafe_b64decode(written + "=" * (-len(written) % 4))


def hkdf(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    """RFC 5869 for one block, as RFC 8291 (3.4) writes it out."""
    return hmac.digest(hmac.digest(salt, secret, "sha256"), info + b"\x01", "sha256")[:length]


@dataclass
class Browser:
    """The private side of a subscription."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    secret: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def point(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def subscription(self, endpoint: str) -> Subscription:
        return Subscription(endpoint, text(self.point), text(self.secret))

    def read(self, body: bytes) -> bytes:
        """What came in one record. Raises InvalidTag for what was for another browser, or was changed."""
        salt, record, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        theirs, sealed = body[21 : 21 + length], body[21 + length :]
        assert 17 <= len(sealed) <= record, "one record, and the last one"
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
        seed = hkdf(self.secret, shared, b"WebPush: info\0" + self.point + theirs, 32)
        content_key = hkdf(salt, seed, b"Content-Encoding: aes128gcm\0", 16)
        nonce = hkdf(salt, seed, b"Content-Encoding: nonce\0", 12)
        plain = AESGCM(content_key).decrypt(nonce, sealed, None).rstrip(b"\0")
        assert plain[-1:] == b"\2"
        return plain[:-1]


class PushService(Listener):
    """Answers 201 where everything is as the RFCs want it, else 400 (the form), 403 (who sends) or 413 (too large);
    `told`: each message that it took, as the browser of its place reads it, with the fields it came with."""

    def __init__(self, public_key: str, **rest: Any) -> None:
        super().__init__(judge=self.taken, **rest)
        self.public_key, self.browsers, self.told = public_key, dict[str, Browser](), list[tuple[Any, dict[str, str]]]()

    def browser(self, place: str = "/device/1") -> Subscription:
        """Another one at a place of this service."""
        self.browsers[place] = Browser()
        scheme = "https" if self.certificate else "http"
        host = self.names_as or "127.0.0.1"
        return self.browsers[place].subscription(f"{scheme}://{host}:{self.port}{place}")

    names_as = ""

    def taken(self, place: str, fields: dict[str, str], body: bytes) -> int:
        if not self.is_signed(fields):
            return 403
        if not self.is_formed(fields):
            return 400
        if len(body) > 4096:
            return 413
        try:
            self.told.append((json.loads(self.browsers[place].read(body)), fields))
        except (InvalidTag, AssertionError):
            return 400
        return 201

    def is_signed(self, fields: dict[str, str]) -> bool:
        """RFC 8292: the token is signed with the key the browser was given, for this origin, for a day at most, by somebody."""
        scheme, _, rest = fields["authorization"].partition(" ")
        given = dict(part.strip().split("=", 1) for part in rest.split(","))
        head, claims, signature = given["t"].split(".")
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw(given["k"]))
        both = raw(signature)
        r, s = int.from_bytes(both[:32], "big"), int.from_bytes(both[32:], "big")
        try:
            key.verify(encode_dss_signature(r, s), f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))
        except InvalidSignature:
            return False
        said, now = json.loads(raw(claims)), time.time()
        origin = f"{'https' if self.certificate else 'http'}://{fields['host']}"
        return (
            (scheme, len(both), given["k"], json.loads(raw(head))["alg"]) == ("vapid", 64, self.public_key, "ES256")
            and said["aud"] == origin
            and now < said["exp"] <= now + DAY
            and said["sub"].startswith(("mailto:", "https://"))
        )

    def is_formed(self, fields: dict[str, str]) -> bool:
        """RFC 8030, section 5."""
        topic = fields.get("topic", "")
        signs = topic.isascii() and topic.replace("-", "a").replace("_", "a").isalnum()
        return (
            fields["content-encoding"] == "aes128gcm"
            and fields["ttl"].isdigit()
            and fields["urgency"] in {"very-low", "low", "normal", "high"}
            and signs
            and len(topic) <= 32
        )
