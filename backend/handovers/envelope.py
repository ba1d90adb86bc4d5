"""A hand-over file under a passphrase: what it holds is sensitive (NĐ 356/2025 Điều 7), and it travels on sticks and by mail.

Two lines: `{"format": "chibo-handover-sealed/1", "salt": hex}`, then a Fernet token of the file. The key is scrypt of the
passphrase (UTF-8, blanks folded) with that salt of 16 bytes, n = 2^15, r = 8, p = 1, 32 bytes in URL-safe Base64.
"""

from __future__ import annotations

import base64
import hashlib
import os

from cryptography.fernet import Fernet, InvalidToken
from django.utils.translation import gettext_noop

from backend.core.encoding import canonical, loads
from backend.core.errors import Refused
from workflows.answers import Refusal

FORMAT = "chibo-handover-sealed/1"
SHORTEST = 16
"""Signs of a passphrase that people choose themselves."""
_N, _R, _P, _MEMORY = 2**15, 8, 1, 64 * 2**20

NEEDED = Refusal(
    "handover.passphrase_needed", gettext_noop("The file is encrypted; its passphrase is needed."), fact="passphrase",
    remedy=gettext_noop("The sending office gives it by another way than the file."),
)  # fmt: skip
WRONG = Refusal(
    "handover.wrong_passphrase", gettext_noop("This passphrase does not open the file, or the file was damaged."),
    fact="passphrase", remedy=gettext_noop("Ask the sending office for the passphrase once more."),
)  # fmt: skip
TOO_SHORT = Refusal(
    "handover.short_passphrase", gettext_noop("A passphrase has at least %(shortest)s signs."), {"shortest": SHORTEST},
    fact="passphrase", remedy=gettext_noop("Choose a longer one, such as five words."),
)  # fmt: skip


def need_long(passphrase: str) -> None:
    """Raises Refused for a passphrase that is too short."""
    if len(_folded(passphrase)) < SHORTEST:
        raise Refused([TOO_SHORT])


def seal(text: str, passphrase: str) -> str:
    """The file under a passphrase. Raises Refused for one that is too short."""
    need_long(passphrase)
    salt = os.urandom(16)
    head = canonical({"format": FORMAT, "salt": salt.hex()}).decode()
    return f"{head}\n{Fernet(_key(passphrase, salt)).encrypt(text.encode()).decode()}\n"


def is_sealed(text: str) -> bool:
    return FORMAT in text.partition("\n")[0]


def unseal(text: str, passphrase: str) -> str:
    """The file itself, also where it was never sealed. Raises Refused without the right passphrase."""
    if not is_sealed(text):
        return text
    if not passphrase.strip():
        raise Refused([NEEDED])
    head, _, token = text.partition("\n")
    try:
        salt = bytes.fromhex(loads(head)["salt"])
        return Fernet(_key(passphrase, salt)).decrypt(token.strip().encode()).decode()
    except (ValueError, KeyError, TypeError, InvalidToken):
        raise Refused([WRONG]) from None


def _key(passphrase: str, salt: bytes) -> bytes:
    words = _folded(passphrase).encode()
    raw = hashlib.scrypt(words, salt=salt, n=_N, r=_R, p=_P, maxmem=_MEMORY, dklen=32)
    return base64.urlsafe_b64encode(raw)


def _folded(passphrase: str) -> str:
    return " ".join(passphrase.split())
