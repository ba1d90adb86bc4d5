"""The folder of scans: sealed files under names that Chibo draws, and what a file must be to be taken."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_noop

from backend.core.errors import ChiboError, NotFound, Refused
from backend.core.outfiles import OutFile
from backend.scans.models import Scan
from workflows.answers import Refusal

OFF = gettext_noop(
    "No scans are stored here: a paper is its kind, number, date and issuer, and where it is kept. The operator may allow them."
)
_SIGNS = (
    (Scan.Kind.PDF, b"%PDF-", b"%%EOF"), (Scan.Kind.JPEG, b"\xff\xd8\xff", b"\xff\xd9"),
    (Scan.Kind.PNG, b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"),
)  # fmt: skip
"""How files of each kind begin, and what stands near their end (ISO 32000, ITU-T T.81, ISO 15948)."""
NEAR_END = 1024
"""Bytes within which the end must stand: a writer of PDF may put line ends after it."""


class FileLost(ChiboError):
    """The file is not in the folder, or not the one that was put there."""

    code = "scan_lost"
    sentence = gettext_noop("This scan cannot be read from its folder any more; tell the people who run Chibo.")


def must_be_on() -> None:
    """Raises NotFound where the operator keeps no scans."""
    if not settings.CHIBO_SCANS_DIR:
        raise NotFound(OFF)


def kind_of(content: bytes) -> Scan.Kind:
    """By what the bytes are, never by a name or by what the sender says of them. Raises Refused."""
    most = settings.CHIBO_SCAN_BYTES
    if len(content) > most:
        words = {"most": f"{most / 1_000_000:g}"}
        message = gettext_noop("A scan has at most %(most)s MB.")
        remedy = gettext_noop("Scan it in grey or at a lower resolution.")
        raise Refused([Refusal("scan.too_large", message, words, remedy=remedy)])
    for kind, begins, ends in _SIGNS:
        if content.startswith(begins) and ends in content[-NEAR_END:]:
            return kind
    message = gettext_noop("A scan is a PDF, a JPEG or a PNG, and whole.")
    remedy = gettext_noop("Scan the paper again, and send the file as it comes from the scanner.")
    raise Refused([Refusal("scan.other_kind", message, remedy=remedy)])


def write(uid: UUID, sealed: bytes) -> None:
    """Put a file in place, the whole of it or none. Raises OSError."""
    OutFile(_place(uid), lambda _: False, private=True).write([sealed])


def read(uid: UUID) -> bytes:
    """Raises FileLost."""
    try:
        return _place(uid).read_bytes()
    except OSError:
        raise FileLost from None


def remove(uid: UUID) -> None:
    """Where there is no folder, or no such file, nothing is left to be removed."""
    if settings.CHIBO_SCANS_DIR:
        _place(uid).unlink(missing_ok=True)


def _place(uid: UUID) -> Path:
    return Path(settings.CHIBO_SCANS_DIR) / f"{uid}.sealed"
