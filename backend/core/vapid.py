"""The key pair by which push services know this installation (VAPID, RFC 8292): P-256, as browsers and tools write it.

The private key is the 32 bytes of its number, the public one the 65 bytes of the uncompressed point; base64url, no padding.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

PRIVATE, PUBLIC = "CHIBO_VAPID_PRIVATE_KEY", "CHIBO_VAPID_PUBLIC_KEY"


def new_pair() -> dict[str, str]:
    """Another pair, by the names of its settings."""
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415  (for whoever uses keys)

    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    private = encoded(number.to_bytes(32, "big"))
    return {PUBLIC: public_of(private), PRIVATE: private}


def private_key(text: str) -> Any:
    """The key of `cryptography` behind the text. Raises ValueError for what is none."""
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

    raw = decoded(text)
    if len(raw) != 32:
        raise ValueError("not 32 bytes")
    return ec.derive_private_key(int.from_bytes(raw, "big"), ec.SECP256R1())


def public_of(private: str) -> str:
    """The public key that goes with a private one. Raises ValueError for what is none."""
    return encoded(point_of(private_key(private)))


def point_of(key: Any) -> bytes:
    """The uncompressed point of a key of `cryptography`, private or public: 65 bytes."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat  # noqa: PLC0415

    public = key.public_key() if hasattr(key, "public_key") else key
    return bytes(public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def point(raw: bytes) -> Any:
    """The public key of `cryptography` behind the bytes of a point. Raises ValueError where it is not on the curve."""
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

    if len(raw) != 65:
        raise ValueError("not 65 bytes")
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)


def encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """Bytes behind base64url, with padding or without. Raises ValueError for other signs."""
    bare = text.rstrip("=")
    if not bare.isascii() or set(bare) & set("+/") or len(bare) % 4 == 1:
        raise ValueError("not base64url")
    raw = urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
    if encoded(raw) != bare:
        raise ValueError("not base64url")
    return raw
