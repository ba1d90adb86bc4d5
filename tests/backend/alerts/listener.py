"""A real HTTP server on this machine that answers as it is told to, and keeps what it heard."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread


@dataclass
class Listener:
    """`answers`, one per request, then `always`: a status, "hang" (no answer until the end, or until `always` is another),
    "drop" (the line closes) or "dribble" (a sign now and then, and never an end). `judge` says the status by what came, where
    200 would be said; `fields` go with every answer, and `phrase` in place of the usual words. `taken` is what was heard and
    not refused, met with silence or not. `certificate` and its key: files, to speak TLS; `names` are those asked for."""

    answers: list[int | str] = field(default_factory=list)
    always: int | str = 200
    judge: Callable[[str, dict[str, str], bytes], int] = lambda _place, _fields, _body: 200
    fields: dict[str, str] = field(default_factory=dict)
    heard: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    taken: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    redirect: str = ""
    phrase: str = ""
    certificate: tuple[str, str] | None = None
    names: list[str] = field(default_factory=list)
    port: int = 0
    over: Event = field(default_factory=Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/told?by=chibo"


class Handler(BaseHTTPRequestHandler):
    """Answers for the listener of its own kind (`listening`)."""

    listener: Listener

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        came = (self.path, {name.lower(): value for name, value in self.headers.items()}, body)
        self.listener.heard.append(came)
        answer = self.listener.answers.pop(0) if self.listener.answers else self.listener.always
        if isinstance(answer, str):
            self.listener.taken.append(came)
        if answer == "dribble":
            self.dribble()
        while answer == "hang" and self.listener.always in ("hang", 200) and not self.listener.over.wait(0.02):
            pass
        if answer == 200:
            answer = self.listener.judge(*came)
        if isinstance(answer, str):
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        if answer < 300:
            self.listener.taken.append(came)
        self.send_response(answer, self.listener.phrase or None)
        if self.listener.redirect:
            self.send_header("Location", self.listener.redirect)
        for name, value in self.listener.fields.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def dribble(self) -> None:
        """An answer whose first line has no end."""
        with suppress(OSError):
            self.wfile.write(b"HTTP/1.1 2")
            while not self.listener.over.wait(0.05):
                self.wfile.write(b"x")

    do_GET = do_POST  # noqa: N815  (a name of the library)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def listening(listener: Listener) -> Iterator[Listener]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Own", (Handler,), {"listener": listener}))
    server.daemon_threads = True
    if listener.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*listener.certificate)
        context.sni_callback = lambda _line, name, _context: listener.names.append(name)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    listener.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield listener
    finally:
        listener.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
