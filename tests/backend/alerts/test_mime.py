"""What is written out fast reads as what Django's own messages and Python's generator write."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes, policy

import pytest
from django.core.mail import BadHeaderError
from django.core.mail import message as django_message
from django.core.mail.message import sanitize_address

from backend.alerts import mime
from backend.alerts.mime import LetterMessage, clean

KEY = "0b1c2d3e-0000-4000-8000-000000000001"


@pytest.fixture(autouse=True)
def one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (mime, django_message):
        monkeypatch.setattr(module, "formatdate", lambda *_, **__: "Wed, 10 Mar 2027 01:00:00 -0000")


def letter(
    subject: str = "3 việc đến hạn (1 quá hạn), 10/03/2027",
    body: str = "Thời hạn\n.\n-- \nHết\n",
    to: str = "a@example.org",
) -> LetterMessage:
    headers = {"Message-ID": f"<{KEY}@example.org>", "Auto-Submitted": "auto-generated"}
    made = LetterMessage(subject, body, "Chi bộ <chibo@example.org>", [to], headers=headers)
    made.attach_alternative(f"<html><p>{body}</p></html>", "text/html")
    return made


@pytest.mark.parametrize(
    "made",
    [
        letter(),
        letter("3 deadlines, 10/03/2027", "Plain\r\nwords\n\n"),
        letter("Quá hạn " * 30),
        letter(to="Ánh <a@ví-dụ.vn>"),
        letter(body="x" * 997 + "\n"),
        letter(body="ế" * 400 + "\n"),
    ],
    ids=["usual", "ascii", "long subject", "names", "just fits", "too long a line"],
)
def test_it_reads_the_same(made: LetterMessage) -> None:
    own, theirs = made.as_sent(), made.message().as_bytes(linesep="\r\n")
    assert own.partition(b"\r\n\r\n")[2] == theirs.partition(b"\r\n\r\n")[2]
    assert list(headers(own)) == list(headers(theirs))
    assert max(map(len, own.splitlines())) <= 998


def headers(raw: bytes) -> Iterator[tuple[str, str]]:
    for name, value in message_from_bytes(raw, policy=policy.default).items():
        yield name, str(value).strip()  # the generator folds before the first word


def test_a_short_one_is_the_same_to_the_byte() -> None:
    made = letter("3 deadlines, 10/03/2027")
    assert made.as_sent() == made.message().as_bytes(linesep="\r\n")


def test_the_parts_come_out_as_they_went_in() -> None:
    found = message_from_bytes(letter().as_sent(), policy=policy.default)
    assert found["Subject"] == "3 việc đến hạn (1 quá hạn), 10/03/2027"
    plain, rich = found.iter_parts()
    assert plain.get_content().replace("\r\n", "\n") == "Thời hạn\n.\n-- \nHết\n"
    assert rich.get_content_type() == "text/html"


def test_no_header_is_smuggled_in() -> None:
    with pytest.raises(BadHeaderError):
        letter("Subject\nBcc: everybody@example.org").as_sent()


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("lan.tran+1@so-nha.vn", "lan.tran+1@so-nha.vn"),
        ("a@ví-dụ.vn", "a@xn--v-d-rma6749a.vn"),
        ("Ánh <a@example.org>", "=?utf-8?q?=C3=81nh?= <a@example.org>"),
    ],
)
def test_addresses_as_the_line_takes_them(address: str, sent: str) -> None:
    assert clean(address) == sent == sanitize_address(address, "utf-8")
