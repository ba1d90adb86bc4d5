"""What gunicorn cannot read never reaches Django: it gets the problem that every other fault gets, not a page of gunicorn's."""

from __future__ import annotations

import json
import socket
from http import HTTPStatus

from django.conf import settings
from django.utils.translation import gettext, gettext_noop, override
from gunicorn import util

from backend.web.faults import problem

UNREADABLE = gettext_noop("The request cannot be read.")
SENTENCES = {
    HTTPStatus.REQUEST_URI_TOO_LONG: ("uri_too_long", gettext_noop("The address is too long; ask for less at once.")),
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: ("headers_too_large", gettext_noop("The headers are too large.")),
    HTTPStatus.INTERNAL_SERVER_ERROR: ("error", gettext_noop("Nothing was read of the request; try again.")),
}


def answer_unread() -> None:
    """Let gunicorn's workers of this process answer so. It has no setting for it: this is the one function they all call."""
    util.write_error = _write


def _write(sock: socket.socket, status_int: int, reason: str, mesg: str) -> None:
    """In gunicorn's place; its `mesg` quotes what was sent and stays in the log. No request, so no language was asked for."""
    code, sentence = SENTENCES.get(HTTPStatus(status_int), ("invalid", UNREADABLE))
    with override(settings.LANGUAGE_CODE):
        body = json.dumps(problem(status_int, code, gettext(sentence)), ensure_ascii=False).encode()
    head = f"HTTP/1.1 {status_int} {reason}\r\nConnection: close\r\nContent-Type: application/problem+json\r\n"
    util.write_nonblock(sock, f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
