"""An SMTP server of plain sockets that cuts the line at one place of the conversation, as often as it is told to."""

from __future__ import annotations

import re
import socket
import struct
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Thread
from typing import BinaryIO

BEFORE_THE_LETTER = ("connect", "EHLO", "MAIL", "RCPT", "DATA")
"""Places at which no byte of a letter has left yet."""
_ANSWERS = {
    "EHLO": b"250 here",
    "MAIL": b"250 ok",
    "RCPT": b"250 ok",
    "DATA": b"354 go on",
    "QUIT": b"221 bye",
    "RSET": b"250",
}


class _Cut(Exception):
    pass


@dataclass
class Cutter:
    """`cuts` counts how often the line is still to be cut, by place: `connect` (no greeting), a command (it is read and not
    answered), `354` (that is answered, and nothing is read), `body` (half of the letter is read), `dot` (all of it is read and
    taken, and not answered). `answer` is said to letters; what it accepts is counted by Message-ID."""

    cuts: Counter[str] = field(default_factory=Counter)
    answer: bytes = b"250 kept"
    accepted: Counter[str] = field(default_factory=Counter)
    lines: int = 0
    port: int = 0

    def talk(self, line: socket.socket) -> None:
        self.lines += 1
        with line, suppress(OSError, _Cut):
            heard = line.makefile("rb")
            self._cut(line, "connect")
            line.sendall(b"220 cutter\r\n")
            while said := heard.readline():
                name = said[:4].decode().strip().upper()
                self._cut(line, name)
                line.sendall(_ANSWERS[name] + b"\r\n")
                if name == "DATA":
                    self._cut(line, "354")
                    self._read(line, heard)

    def _read(self, line: socket.socket, heard: BinaryIO) -> None:
        letter = bytearray()
        while (part := heard.readline()) != b".\r\n":
            letter += part
            if not part or (self.cuts["body"] and len(letter) > 1000):
                self._cut(line, "body")
                return
        if self.answer.startswith(b"250"):
            found = re.search(rb"^Message-ID: (\S+)", letter, re.MULTILINE | re.IGNORECASE)
            self.accepted[found[1].decode() if found else ""] += 1
        self._cut(line, "dot")
        line.sendall(self.answer + b"\r\n")

    def _cut(self, line: socket.socket, place: str) -> None:
        if self.cuts[place] > 0:
            self.cuts[place] -= 1
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # at once, with a reset
            line.close()
            raise _Cut


@contextmanager
def cutting(cutter: Cutter) -> Iterator[Cutter]:
    """The server, at `cutter.port` (0: any) until the end of the block."""
    with socket.create_server(("127.0.0.1", cutter.port)) as door:
        cutter.port = door.getsockname()[1]
        threads: list[Thread] = []

        def serve() -> None:
            with suppress(OSError):  # the door is shut
                while True:
                    threads.append(Thread(target=cutter.talk, args=[door.accept()[0]], daemon=True))
                    threads[-1].start()

        own = Thread(target=serve, daemon=True)
        own.start()
        yield cutter
        door.shutdown(socket.SHUT_RDWR)
    own.join()
