"""A time stamp of a third party (RFC 3161) beside the last head of a day: it existed by then, whoever holds the key since.

Stamped is the head as one line of text (`TreeHead.as_text`), hashed with SHA-256. What is kept was checked against the
authority's own root certificates; the answer is kept whole, as `openssl ts -verify` and the stand-alone verifier take it.
"""

from __future__ import annotations

from pathlib import Path

import urllib3
from cryptography import x509
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_noop
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from backend.audit.heads import TreeHead, of_row
from backend.audit.kept_heads import day_began
from backend.audit.models import HeadStamp, SignedHead
from backend.core.errors import ChiboError

TIMEOUT = urllib3.Timeout(connect=5, read=15)
LONGEST = 64 * 1024
"""Bytes of an answer; a stamp with its certificates has a few thousand."""


class NoStamp(ChiboError):
    """The time stamp could not be had, or is not to be believed; nothing was kept."""

    code = "no_stamp"
    sentence = gettext_noop(
        "%(url)s gave no time stamp that holds (%(why)s): see to CHIBO_TSA_URL and CHIBO_TSA_CERTS."
    )


def stamp() -> TreeHead | None:
    """Have the last head of the days that are over stamped, if it is not yet; the head, or None where nothing was to be done.

    Asks over the net outside of any transaction. Raises NoStamp; the next run tries again.
    """
    row = SignedHead.objects.filter(signed_at__lt=day_began()).order_by("epoch", "size").last()
    if row is None or HeadStamp.objects.filter(size=row.size, epoch=row.epoch).exists():
        return None
    head = of_row(row)
    try:
        answer = _asked(head.as_text().encode())
    except (urllib3.exceptions.HTTPError, VerificationError, ValueError, OSError) as error:
        raise NoStamp(url=settings.CHIBO_TSA_URL, why=str(error)[:200] or type(error).__name__) from error
    with transaction.atomic():
        HeadStamp.objects.bulk_create(
            [
                HeadStamp(
                    size=head.size, epoch=head.epoch, stamped_at=answer.tst_info.gen_time, response=answer.as_bytes()
                )
            ],
            ignore_conflicts=True,  # another worker was faster
        )
    return head


def _asked(text: bytes) -> TimeStampResponse:
    """The answer of the authority, checked."""
    request = TimestampRequestBuilder().data(text).hash_algorithm(HashAlgorithm.SHA256).build()
    answer = urllib3.PoolManager().request(
        "POST", settings.CHIBO_TSA_URL, body=request.as_bytes(), headers={"Content-Type": "application/timestamp-query"},
        timeout=TIMEOUT, retries=False, redirect=False, preload_content=False,
    )  # fmt: skip
    try:
        if answer.status != 200:
            raise ValueError(f"HTTP {answer.status}")
        response = decode_timestamp_response(in_order(answer.read(LONGEST)))
    finally:
        answer.close()
    builder = VerifierBuilder.from_request(request)
    for certificate in x509.load_pem_x509_certificates(Path(settings.CHIBO_TSA_CERTS).read_bytes()):
        builder = builder.add_root_certificate(certificate)
    builder.build().verify_message(response, text)
    return response


def in_order(answer: bytes) -> bytes:
    """The answer with the certificates of its token in the order that DER asks for: many authorities do not keep to it.

    No signature covers them there, and no length changes. Raises ValueError for what is no DER.
    """
    try:
        (whole,) = _parts(answer, 0, len(answer))
        token = _parts(answer, *whole[2:])[1]
        content = _parts(answer, *token[2:])[1]
        (signed,) = _parts(answer, *content[2:])
        found = [one for one in _parts(answer, *signed[2:]) if one[0] == _CERTIFICATES]
    except (IndexError, ValueError):
        raise ValueError("the answer holds no token") from None
    for _, _, start, end in found:
        certificates = sorted(answer[first:last] for _, first, _, last in _parts(answer, start, end))
        answer = answer[:start] + b"".join(certificates) + answer[end:]
    return answer


_CERTIFICATES = 0xA0
"""The tag of SignedData's certificates (RFC 5652, 5.1)."""


def _parts(data: bytes, start: int, end: int) -> list[tuple[int, int, int, int]]:
    """What stands one after the other in a stretch of DER: tag, where it begins, where its contents begin and end."""
    found = []
    while start < end:
        tag, length, inside = data[start], data[start + 1], start + 2
        if length & 0x80:
            inside += length & 0x7F
            length = int.from_bytes(data[start + 2 : inside])
        if inside + length > end:
            raise ValueError("cut off")
        found.append((tag, start, inside, inside + length))
        start = inside + length
    return found
