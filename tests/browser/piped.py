"""Chromium spoken to by its DevTools protocol over a pipe: no driver, no port, one message after the other."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.browser.chromium import FLAGS


class Piped:
    """`say` asks for something and gives its answer; `events` are what it told meanwhile."""

    def __init__(self, to: int, came: int) -> None:
        self._to, self._from, self._rest, self._number = to, came, b"", 0
        self.session = ""
        self.events: list[dict[str, Any]] = []

    def say(self, method: str, **params: Any) -> Any:
        self._number += 1
        session = {"sessionId": self.session} if self.session else {}
        asked = {"id": self._number, "method": method, "params": params, **session}
        os.write(self._to, json.dumps(asked).encode() + b"\0")
        while (told := self._next()).get("id") != self._number:
            self.events.append(told)
        assert "error" not in told, (method, told["error"])
        return told["result"]

    def run(self, script: str) -> Any:
        """What a script of the page comes to; promises are waited for."""
        told = self.say("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    def open(self, address: str) -> None:
        """A page of its own, loaded."""
        self.session = ""
        target = self.say("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.say("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.say("Page.enable")
        self.go(address)

    def go(self, address: str) -> None:
        self.events.clear()
        self.say("Page.navigate", url=address)
        self.until("Page.loadEventFired")

    def until(self, method: str) -> dict[str, Any]:
        """The first event of a kind that is told from now on, or was told and not asked for."""
        while not (found := [one for one in self.events if one.get("method") == method]):
            self.events.append(self._next())
        return dict(found[0]["params"])

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            came = os.read(self._from, 65536)
            assert came, "the browser has ended"
            self._rest += came
        told, _, self._rest = self._rest.partition(b"\0")
        return dict(json.loads(told))


@contextmanager
def piped(program: str, folder: Path) -> Iterator[Piped]:
    """A browser of its own, which reads from its descriptor 3 and writes to 4."""
    (theirs_in, ours_out), (ours_in, theirs_out) = os.pipe(), os.pipe()
    words = [program, *FLAGS, "--remote-debugging-pipe", f"--user-data-dir={folder / 'piped'}", "about:blank"]
    both = f'exec 3<&{theirs_in} 4>&{theirs_out}; exec "$@"'
    process = subprocess.Popen(
        ["bash", "-c", both, "bash", *words], pass_fds=(theirs_in, theirs_out), stderr=subprocess.DEVNULL
    )
    os.close(theirs_in)
    os.close(theirs_out)
    try:
        yield Piped(ours_out, ours_in)
    finally:
        process.kill()
        process.wait()
        os.close(ours_out)
        os.close(ours_in)
