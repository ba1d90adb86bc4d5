"""Requests that gunicorn cannot read: a real gunicorn, without a database, asked over a plain socket."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.real
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        chosen = int(free.getsockname()[1])
    words = ["-m", "gunicorn", "backend.config.wsgi", "--bind", f"127.0.0.1:{chosen}", "--threads", "2"]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "backend.config.settings.tools", "CHIBO_ROLE": "app"}
    process = subprocess.Popen(
        [sys.executable, *words, "--no-control-socket", "--log-level", "critical"], cwd=ROOT, env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 60
        while not _is_there(chosen):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield chosen
    finally:
        process.terminate()
        process.wait()


def _is_there(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def ask(port: int, words: bytes) -> tuple[str, dict[str, str], dict[str, Any]]:
    """Status line, headers and body of the answer to some bytes."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(words)
        head, _, body = b"".join(iter(lambda: connection.recv(65536), b"")).partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    assert int(headers["Content-Length"]) == len(body)
    return status, headers, json.loads(body)


@pytest.mark.parametrize(
    ("words", "status", "code", "sentence"),
    [
        (
            b"GET /api/v1/units/?q=" + b"a" * 5000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", "414 URI Too Long", "uri_too_long",
            "Địa chỉ quá dài; hãy hỏi ít hơn trong một lần.",
        ),
        (b"GET  <b>/ HTTP\r\n\r\n", "400 Bad Request", "invalid", "Không đọc được yêu cầu."),
        (
            b"GET / HTTP/1.1\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(200)) + b"\r\n",
            "431 Request Header Fields Too Large", "headers_too_large", "Phần đầu (header) của yêu cầu quá lớn.",
        ),
    ],
)  # fmt: skip
def test_it_is_a_problem_in_one_sentence_that_quotes_nothing(
    port: int, words: bytes, status: str, code: str, sentence: str
) -> None:
    said, headers, body = ask(port, words)
    assert said == f"HTTP/1.1 {status}"
    assert headers["Content-Type"] == "application/problem+json"
    assert body == {
        "type": f"urn:chibo:problem:{code}", "title": sentence, "status": int(status.split(maxsplit=1)[0]), "code": code,
        "detail": sentence,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("en", "The address is too long; ask for less at once."),
        ("en-GB,en;q=0.9,vi;q=0.5", "The address is too long; ask for less at once."),
        ("fr, vi;q=0.7, en;q=0.3", "Địa chỉ quá dài; hãy hỏi ít hơn trong một lần."),
        ("fr", "Địa chỉ quá dài; hãy hỏi ít hơn trong một lần."),
        ("\x00\xff", "Địa chỉ quá dài; hãy hỏi ít hơn trong một lần."),
    ],
)
@pytest.mark.parametrize("length", [5000, 20_000])
def test_it_speaks_the_language_that_was_asked_for(port: int, length: int, asked: str, sentence: str) -> None:
    """Whether gunicorn had read the headers by then, or they still wait behind a line that it read no further."""
    head = f"GET /api/v1/units/?q={'a' * length} HTTP/1.1\r\nHost: x\r\nAccept-Language: {asked}\r\n\r\n"
    assert ask(port, head.encode("latin-1"))[2]["detail"] == sentence


@pytest.mark.parametrize("before", [True, False])
def test_too_many_headers_are_told_in_the_language_asked_for(port: int, before: bool) -> None:
    many, language = b"".join(b"X-%d: %s\r\n" % (n, b"y" * 200) for n in range(120)), b"accept-language: en\r\n"
    head = b"GET / HTTP/1.1\r\n" + (language + many if before else many + language) + b"\r\n"
    said, _, body = ask(port, head)
    assert (said, body["detail"]) == ("HTTP/1.1 431 Request Header Fields Too Large", "The headers are too large.")


def test_the_next_connection_asks_anew(port: int) -> None:
    """What one asked for is not remembered for another."""
    long = b"GET /?q=" + b"a" * 5000 + b" HTTP/1.1\r\nHost: x\r\n"
    told = [ask(port, long + more + b"\r\n")[2]["detail"] for more in (b"Accept-Language: en\r\n", b"")]
    assert told == ["The address is too long; ask for less at once.", "Địa chỉ quá dài; hãy hỏi ít hơn trong một lần."]


def asking(length: int) -> bytes:
    """A request whose first line is so many bytes long."""
    before, after = b"GET /api/v1/units/?q=", b" HTTP/1.1"
    return before + b"a" * (length - len(before) - len(after)) + after + b"\r\nHost: x\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(("length", "code"), [(4094, 400), (4095, 414), (20_000, 414), (200_000, 414)])
def test_a_line_is_too_long_from_the_first_byte_past_the_limit(port: int, length: int, code: int) -> None:
    """Up to the limit Django answers (here: that it does not know the host); past it, the same form of answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(asking(length))
        answer = connection.recv(65536)
    assert answer.startswith(f"HTTP/1.1 {code} ".encode())
    assert b"Content-Type: application/problem+json\r\n" in answer
    assert b"<html" not in answer
