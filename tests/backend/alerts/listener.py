"""A real HTTP server on this machine that answers as it is told to, and keeps what it heard."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread


@dataclass
class Listener:
    """`answers`: a status, "hang" (no answer until the end) or "drop" (the line closes), one per request, then 200."""

    answers: list[int | str] = field(default_factory=list)
    heard: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    redirect: str = ""
    port: int = 0
    over: Event = field(default_factory=Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/told?by=chibo"


@contextmanager
def listening(listener: Listener) -> Iterator[Listener]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            listener.heard.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            answer = listener.answers.pop(0) if listener.answers else 200
            if answer == "hang":
                listener.over.wait(30)
            if isinstance(answer, str):
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
                return
            self.send_response(answer)
            if listener.redirect:
                self.send_header("Location", listener.redirect)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST  # noqa: N815  (a name of the library)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
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
