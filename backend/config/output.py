"""Whoever reads what a command says (`manage.py law | head`) may stop at any time: then the command stops too, quietly."""

from __future__ import annotations

import os
import select
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

LEFT = 128 + signal.SIGPIPE
"""The exit code that a shell gives to a program whose reader went away."""


@contextmanager
def reader_may_leave() -> Iterator[None]:
    """Run a command in it: a reader who went away ends it with `LEFT`, without a word; other broken pipes stay errors.

    What the command had begun and not committed is undone, as after any other end.
    """
    try:
        try:
            yield
        finally:
            for stream in (sys.stdout, sys.stderr):  # a short answer breaks only here
                stream.flush()
    except BrokenPipeError:
        left = [stream for stream in (sys.stdout, sys.stderr) if _is_left(stream)]
        if not left:
            raise
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in left:  # what is still in the buffer is flushed once more at the very end
            os.dup2(nowhere, stream.fileno())
        sys.exit(LEFT)


def _is_left(stream: TextIO) -> bool:
    """Whether the other end of the stream's pipe was closed."""
    poll = select.poll()
    poll.register(stream.fileno(), 0)
    return any(event & select.POLLERR for _, event in poll.poll(0))
