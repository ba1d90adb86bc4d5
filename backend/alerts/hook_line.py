"""The line to a webhook or push service: to the very address that was judged, speaking under its name, for a bounded time."""

from __future__ import annotations

import socket
from contextlib import suppress
from threading import Timer

import certifi
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

from backend.contacts.targets import Target

TIMEOUT = urllib3.Timeout(connect=4, read=10)
LONGEST = 20.0
"""Seconds after which a line is cut, however busily the other side dribbles: other letters wait behind it."""


class _Bounded(HTTPConnection):
    _end: Timer | None = None

    def connect(self) -> None:
        super().connect()
        self._end = Timer(LONGEST, _cut, [self.sock])
        self._end.daemon = True
        self._end.start()

    def close(self) -> None:
        if self._end is not None:
            self._end.cancel()
        super().close()


class _BoundedSecure(_Bounded, HTTPSConnection):
    pass


def line_to(target: Target) -> urllib3.HTTPConnectionPool:
    """A pool for one request; certificates are checked against the target's name, not its address."""
    if not target.secure:
        pool = urllib3.HTTPConnectionPool(target.address, target.port, timeout=TIMEOUT)
        pool.ConnectionCls = _Bounded
        return pool
    secure = urllib3.HTTPSConnectionPool(
        target.address, target.port, timeout=TIMEOUT, cert_reqs="CERT_REQUIRED", ca_certs=certifi.where(),
        server_hostname=target.host, assert_hostname=target.host,
    )  # fmt: skip
    secure.ConnectionCls = _BoundedSecure
    return secure


def _cut(line: socket.socket) -> None:
    with suppress(OSError):  # closed in this moment
        line.shutdown(socket.SHUT_RDWR)
