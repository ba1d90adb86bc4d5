"""A local SMTP server in a process of its own (aiosmtpd), which keeps what it takes: `python -m bench.mail_server PORT SPOOL`.

The spool is one file: for each letter a line `SIZE RECIPIENT`, then its bytes.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

READY = 20.0
"""Seconds within which it must be there."""


class Kept:
    """Every letter is taken."""

    def __init__(self, spool: IO[bytes]) -> None:
        self.spool = spool

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  (aiosmtpd's name)
        self.spool.write(b"%d %s\n" % (len(envelope.content), envelope.rcpt_tos[0].encode()))
        self.spool.write(envelope.content)
        self.spool.flush()
        return "250 kept"


def letters(spool: Path) -> Iterator[tuple[str, bytes]]:
    """(recipient, bytes) of what was taken, in its order."""
    with spool.open("rb") as kept:
        while line := kept.readline():
            size, _, to = line.decode().strip().partition(" ")
            yield to, kept.read(int(size))


@contextmanager
def listening(spool: Path) -> Iterator[int]:
    """The server, with an empty spool; gives its port."""
    spool.write_bytes(b"")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    process = subprocess.Popen([sys.executable, "-m", "bench.mail_server", str(port), str(spool)])
    try:
        end = time.monotonic() + READY
        while True:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            if time.monotonic() > end or process.poll() is not None:
                raise RuntimeError("the mail server does not start")
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    """Serve until the process is ended."""
    import asyncio

    from aiosmtpd.smtp import SMTP

    async def serve(port: int, spool: IO[bytes]) -> None:
        server = await asyncio.get_running_loop().create_server(lambda: SMTP(Kept(spool)), "127.0.0.1", port)
        async with server:
            await server.serve_forever()

    with Path(sys.argv[2]).open("ab") as spool:
        asyncio.run(serve(int(sys.argv[1]), spool))


if __name__ == "__main__":
    main()
