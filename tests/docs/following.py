"""A page of the documentation that tells what to write where, followed word for word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_WHERE = re.compile(r"^(?:New file `(?P<new>[^`]+)`|`(?P<path>[^`]+)`, (?:below the line `(?P<line>.+)`|at the end)):$")
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Instruction:
    """A block to be written: as a new file, below a line (as it stands, without its indent), or at the end (no line)."""

    path: str
    text: str
    line: str | None = None
    new: bool = False

    def follow(self, root: Path) -> None:
        """Raises FileExistsError or LookupError where the page does not fit what it speaks of."""
        path = root / self.path
        if self.new:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                file.write(self.text)
            return
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        if self.line is None:
            lines.append(self.text)
        else:
            found = [place for place, line in enumerate(lines) if line.strip() == self.line]
            if len(found) != 1:
                raise LookupError(f"{self.path} has {len(found)} lines {self.line!r}.")
            lines.insert(found[0] + 1, self.text)
        path.write_text("".join(lines), encoding="utf-8")


def instructions(page: str) -> Iterator[Instruction]:
    """What the page says to write, in its order. Raises LookupError for a block that no line says where to put."""
    for block in _BLOCK.finditer(page):
        if block[1] == "sh":
            continue
        before = page[: block.start()].rstrip().rsplit("\n", 1)[-1]
        where = _WHERE.match(before)
        if where is None:
            raise LookupError(f"Nothing says where this block goes: {before!r}.")
        yield Instruction(where["new"] or where["path"], block[2], where["line"], bool(where["new"]))


def commands(page: str) -> list[str]:
    """The commands of the page, in its order."""
    return [line for block in _BLOCK.finditer(page) if block[1] == "sh" for line in block[2].splitlines()]
