"""How far a long command has come: a bar in a terminal, plain lines in a pipe."""

from __future__ import annotations

from shutil import get_terminal_size
from typing import Any, Protocol, TextIO

from tqdm import tqdm


class Line(Protocol):
    """Shows progress of one thing after another."""

    def show(self, what: str, done: int, total: int) -> None: ...

    def close(self) -> None: ...


def progress_to(stream: TextIO) -> Line:
    """A bar where somebody is watching, else one line for each thing that is done."""
    return _Bar(stream) if stream.isatty() else _Plain(stream)


class _Bar:
    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.bar: Any = None
        self.what = ""

    def show(self, what: str, done: int, total: int) -> None:
        if what != self.what:
            self.close()
            self.what = what
            size = get_terminal_size()  # 80 by 24 where the terminal does not say; tqdm itself would show nothing there
            self.bar = tqdm(
                total=total, desc=what, file=self.stream, ncols=size.columns, nrows=size.lines, mininterval=0.2
            )
        self.bar.total = total  # how many lines a file has is known for sure once they were read
        self.bar.update(done - self.bar.n)

    def close(self) -> None:
        if self.bar is not None:
            self.bar.close()
            self.bar = None


class _Plain:
    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def show(self, what: str, done: int, total: int) -> None:
        if done == total:
            self.stream.write(f"{what}: {total}\n")

    def close(self) -> None:
        self.stream.flush()
