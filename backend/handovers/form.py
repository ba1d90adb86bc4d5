"""The form of a hand-over file, `chibo-handover/1`: one JSON object a line (docs/handover.md). Nothing is judged here.

    {"format": …, "from": [names of units, the top first], "nonce": hex}
    {"person": {…}}
    {"log": {"head": {…}}}                                                    once for each log, the sender's own last
    {"event": line, "position": n, "proof": [hex, …], "told": {"data", "salt"} or null}    each line of that log

The last event of a log is its `handover.issued`, which lists the others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext_noop

from backend.audit import heads
from backend.audit.heads import TreeHead
from backend.audit.models import Event
from backend.audit.reading import event_of
from backend.core.encoding import canonical, loads
from backend.core.errors import Refused
from workflows.answers import Refusal
from workflows.plain import is_plain

FORMAT = "chibo-handover/1"
LARGEST = 20_000_000
"""Signs of a file: more than any life has in it, and little enough to be read at once."""


@dataclass(frozen=True)
class Told:
    """What stands behind a line: SHA-256(salt ‖ canonical JSON of `data`) is the line's commitment."""

    salt: bytes
    data: dict[str, Any]


@dataclass(frozen=True)
class FileLine:
    """A line of a log with its place there and the path of hashes to the head's root; `number` is its line in the file."""

    position: int
    line: bytes
    proof: tuple[bytes, ...]
    told: Told | None = None
    number: int = 0

    @cached_property
    def event(self) -> Event:
        """Raises ValueError."""
        return event_of(self.line)

    def as_json(self) -> dict[str, Any]:
        told = {"salt": self.told.salt.hex(), "data": self.told.data} if self.told else None
        proof = [one.hex() for one in self.proof]
        return {"event": self.line.decode(), "position": self.position, "proof": proof, "told": told}


@dataclass(frozen=True)
class FileLog:
    """What one log says of the person; `number` is the file's line with the head."""

    head: TreeHead
    lines: tuple[FileLine, ...]
    number: int = 0

    @property
    def about(self) -> int:
        """The person's number there, by the list that closes the log."""
        return self.lines[-1].event.member_id or 0

    def as_json(self) -> list[dict[str, Any]]:
        return [{"log": {"head": self.head.as_json()}}, *(one.as_json() for one in self.lines)]


@dataclass(frozen=True)
class HandOver:
    """A file. `own` is the sender's log (None while it is still to be proven), `earlier` those that it hands on."""

    nonce: bytes
    places: tuple[str, ...]
    person: dict[str, Any]
    earlier: tuple[FileLog, ...]
    own: FileLog | None = None

    @property
    def logs(self) -> tuple[FileLog, ...]:
        """Every log, in the order of the file."""
        return (*self.earlier, self.own) if self.own is not None else self.earlier

    @property
    def person_digest(self) -> str:
        """What binds the person and the names of the units, hexadecimal."""
        return digest(self.nonce, [list(self.places), self.person])

    @property
    def earlier_digest(self) -> str:
        """What binds the logs of installations before the sender's; empty where there are none."""
        return digest(self.nonce, [log.as_json() for log in self.earlier]) if self.earlier else ""

    def write(self) -> str:
        """The text of the file."""
        head = {"format": FORMAT, "from": list(self.places), "nonce": self.nonce.hex()}
        lines = [head, {"person": self.person}, *(line for log in self.logs for line in log.as_json())]
        return "".join(f"{canonical(line).decode()}\n" for line in lines)


def digest(nonce: bytes, value: Any) -> str:
    """SHA-256(nonce ‖ canonical JSON), hexadecimal: without the nonce nobody can try out what was hashed."""
    return hashlib.sha256(nonce + canonical(value)).hexdigest()


def unreadable(number: int) -> Refused:
    return Refused([
        Refusal(
            "handover.unreadable",
            gettext_noop("Line %(line)s of the file cannot be read as a hand-over of the form %(format)s."),
            {"line": number, "format": FORMAT}, fact="file",
            remedy=gettext_noop("Ask the sender for the file anew: it was damaged, or made by another version of Chibo."),
        )
    ])  # fmt: skip


def read(text: str) -> HandOver:
    """The file as it says it is. Raises Refused, naming the first line that has another form."""
    if len(text) > LARGEST:
        raise unreadable(1)
    rows = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    parsed = _parsed(rows)
    number, head = next(parsed, (1, {}))
    with _Line(number, head, "format", "from", "nonce") as one:
        names = [name for name in head["from"] if isinstance(name, str) and is_plain(name, lines=False)]
        one.need(head["format"] == FORMAT and names == head["from"])
        nonce, places = bytes.fromhex(head["nonce"]), tuple(names)
        one.need(len(nonce) == 16)
    number, row = next(parsed, (number + 1, {}))
    with _Line(number, row, "person") as one:
        person = dict(row["person"])
    logs = tuple(_logs(parsed))
    if not logs:
        raise unreadable(rows[-1][0])
    return HandOver(nonce, places, person, logs[:-1], logs[-1])


def _parsed(rows: list[tuple[int, str]]) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in rows:
        try:
            value = loads(line)
        except ValueError:
            raise unreadable(number) from None
        if not isinstance(value, dict):
            raise unreadable(number)
        yield number, value


def _logs(parsed: Iterator[tuple[int, dict[str, Any]]]) -> Iterator[FileLog]:
    head: tuple[int, TreeHead] | None = None
    lines: list[FileLine] = []
    for number, row in parsed:
        if "log" in row:
            if head is not None:
                yield FileLog(head[1], tuple(lines), head[0])
            with _Line(number, row, "log"):
                head, lines = (number, heads.from_json(row["log"]["head"])), []
            continue
        with _Line(number, row, "event", "position", "proof", "told") as one:
            one.need(head is not None and isinstance(row["position"], int) and row["position"] > 0)
            told = row["told"] and Told(bytes.fromhex(row["told"]["salt"]), dict(row["told"]["data"]))
            proof = tuple(bytes.fromhex(value) for value in row["proof"])
            lines.append(FileLine(row["position"], row["event"].encode(), proof, told or None, number))
            one.need(lines[-1].event is not None)
    if head is not None:
        yield FileLog(head[1], tuple(lines), head[0])


class _Line:
    """Whatever goes wrong inside is told as the line that cannot be read; its keys are exactly those named."""

    def __init__(self, number: int, row: dict[str, Any], *keys: str) -> None:
        self.number = number
        self.need(set(row) == set(keys))

    def need(self, sound: bool) -> None:  # noqa: FBT001  (a condition)
        if not sound:
            raise unreadable(self.number)

    def __enter__(self) -> _Line:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, ValueError | KeyError | TypeError | AttributeError):
            raise unreadable(self.number) from error
