"""What is wrong with a scenario's file: the line, and what to write there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from django.utils.translation import gettext_noop

from workflows.answers import Phrase

UNKNOWN = gettext_noop("“%(written)s” is not known here; write one of: %(known)s.")
MEANT = gettext_noop("“%(written)s” is not known here; did you mean “%(near)s”?")
LINE = gettext_noop("line %(line)s: %(said)s")


@dataclass(frozen=True)
class Fault:
    """A sentence (an English msgid with parameters) about one line of a file."""

    line: int
    message: str
    params: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """In the current language; without a line it is about the whole file."""
        if not self.line:
            return str(Phrase(self.message, self.params))
        return str(Phrase(LINE, {"line": self.line, "said": Phrase(self.message, self.params)}))


class BadScenario(Exception):
    """A file that cannot be read as scenarios; every fault at once where they are found together."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{fault.line}: {fault.message}" for fault in faults))
        self.faults = list(faults)


def unknown(line: int, written: str, known: Iterable[str]) -> Fault:
    """A word that is not among those that could stand there; the nearest one is named where there is one."""
    words = list(dict.fromkeys(known))
    near = get_close_matches(written, words, 1)
    if near:
        return Fault(line, MEANT, {"written": written, "near": near[0]})
    return Fault(line, UNKNOWN, {"written": written, "known": ", ".join(words)})
