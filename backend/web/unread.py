"""What gunicorn cannot read never reaches Django: it gets the problem that every other fault gets, not a page of gunicorn's."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable
from http import HTTPStatus
from weakref import WeakKeyDictionary

from django.http import HttpRequest
from django.utils.translation import get_language_from_request, gettext, gettext_noop, override
from gunicorn import util
from gunicorn.http.unreader import SocketUnreader

from backend.web.faults import problem

UNREADABLE = gettext_noop("The request cannot be read.")
SENTENCES = {
    HTTPStatus.REQUEST_URI_TOO_LONG: ("uri_too_long", gettext_noop("The address is too long; ask for less at once.")),
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: ("headers_too_large", gettext_noop("The headers are too large.")),
    HTTPStatus.INTERNAL_SERVER_ERROR: ("error", gettext_noop("Nothing was read of the request; try again.")),
}
KEPT = 65_536
"""How many bytes that a connection sent last are searched for the language it asks for."""
_ASKED = re.compile(rb"\r\naccept-language:[ \t]*([\x20-\x7e]{1,500})", re.IGNORECASE)
Chunk = Callable[[SocketUnreader, int | None], bytes]
_came: WeakKeyDictionary[socket.socket, bytes] = WeakKeyDictionary()


def answer_unread() -> None:
    """Let gunicorn's workers of this process answer so. It has no setting for it: these are the functions they all call."""
    util.write_error = _write
    SocketUnreader.chunk = _remembering(SocketUnreader.chunk)


def _remembering(chunk: Chunk) -> Chunk:
    """The same, and the end of what came is kept while the connection lasts; bodies of a known length are passed by."""

    def read(self: SocketUnreader, size_hint: int | None = None) -> bytes:
        came = chunk(self, size_hint)
        if size_hint is None:
            _came[self.sock] = (_came.get(self.sock, b"") + came)[-KEPT:]
        return came

    return read


def _write(sock: socket.socket, status_int: int, reason: str, mesg: str) -> None:
    """In gunicorn's place; its `mesg` quotes what was sent and stays in the log."""
    code, sentence = SENTENCES.get(HTTPStatus(status_int), ("invalid", UNREADABLE))
    with override(_language(sock)):
        body = json.dumps(problem(status_int, code, gettext(sentence)), ensure_ascii=False).encode()
    head = f"HTTP/1.1 {status_int} {reason}\r\nConnection: close\r\nContent-Type: application/problem+json\r\n"
    util.write_nonblock(sock, f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)


def _language(sock: socket.socket) -> str:
    """The language that was asked for, as far as the head of the request came; else the installation's."""
    request = HttpRequest()
    if asked := _ASKED.findall(_came.get(sock, b"") + _waiting(sock)):
        request.META["HTTP_ACCEPT_LANGUAGE"] = asked[-1].decode("ascii")
    return get_language_from_request(request)


def _waiting(sock: socket.socket) -> bytes:
    """What came and nobody has read: the headers behind a line that was too long to be read to its end."""
    try:
        return sock.recv(KEPT, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except (OSError, ValueError):  # nothing, or an encrypted connection, which cannot be peeked into
        return b""
