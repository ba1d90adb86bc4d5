"""Whether a hand-over file holds: each line in the log that its head signs, nothing taken out, added, moved or changed.

Pure: the file and the trusted keys come in, the first line that does not hold goes out as a refusal. What is checked:
docs/handover.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_noop

from backend.audit import merkle
from backend.audit.codes import EventCode, SubjectKind
from backend.audit.models import Event
from backend.audit.record import commitment
from backend.core.errors import Refused
from backend.handovers.form import FileLine, FileLog, HandOver
from workflows.answers import Refusal

ANEW = gettext_noop("Ask the sender for the file anew, and tell them: it is not the one that was made.")
HEAD = gettext_noop("Line %(line)s does not hold: the signature does not belong to this head.")
KEY = gettext_noop("Line %(line)s is signed with a key that nobody here has confirmed: %(key)s.")
ENTRY = gettext_noop("Line %(line)s does not hold: this entry does not stand so in the log that its head signs.")
TOLD = gettext_noop("Line %(line)s does not hold: what is told of this entry is not what its line is bound to.")
LIST = gettext_noop("Line %(line)s does not hold: the log must end with the entry that lists what was handed over.")
PLACE = gettext_noop(
    "Line %(line)s does not hold: entry %(found)s stands where entry %(expected)s was handed over; "
    "a line was taken out, added or moved."
)
OPENED = gettext_noop("Line %(line)s does not hold: what was told of this entry was left out or added.")
OTHER = gettext_noop("Line %(line)s does not hold: it is about somebody else.")
PERSON = gettext_noop("Line %(line)s does not hold: these are not the person and the places that were handed over.")
EARLIER = gettext_noop("Line %(line)s does not hold: these are not the earlier histories that were handed over.")


@dataclass(frozen=True)
class Checked:
    """A file that holds: the sender's log, the name under which the key of each log is trusted, and the sender's list."""

    file: HandOver
    own: FileLog
    installations: tuple[str, ...]
    issued: Event


def check(file: HandOver, keys: Mapping[bytes, str]) -> Checked:
    """`keys` are the trusted ones, with the name of the installation. Raises Refused with the first line that is wrong."""
    for log in file.logs:
        for fault in faults_of(log, keys, own=log is file.own):
            raise Refused([fault])
    if file.own is None:
        raise ValueError("no file was read")
    issued = file.own.lines[-1].event
    for fault in _unbound(file, issued.facts):
        raise Refused([fault])
    return Checked(file, file.own, tuple(keys[log.head.public_key] for log in file.logs), issued)


def shown_key(public_key: bytes) -> str:
    """A key as people compare it: 64 hexadecimal digits in groups of four."""
    text = public_key.hex()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def faults_of(log: FileLog, keys: Mapping[bytes, str], *, own: bool) -> Iterator[Refusal]:
    """What is wrong with one log, in the order of the file's lines; `own` is the sender's."""
    if not log.head.is_signed():
        yield _fault("head", HEAD, log.number)
    if log.head.public_key not in keys:
        yield Refusal(
            "handover.unknown_key", KEY, {"line": log.number, "key": shown_key(log.head.public_key)}, fact="file",
            remedy=gettext_noop(
                "Ask the sending office for its key by another way (telephone, letter), compare it, and have it entered: "
                "manage.py trusted_keys add."
            ),
        )  # fmt: skip
    listed = _list(log)
    proven = listed is not None and _stands(log.lines[-1], log)
    for place, line in enumerate(log.lines):
        yield from _wrong(line, log)
        if listed is not None and proven:
            yield from _unlisted(line, place, log.lines[-1], listed, own=own)
    if listed is None:
        yield _fault("list", LIST, log.lines[-1].number if log.lines else log.number)


def _wrong(line: FileLine, log: FileLog) -> Iterator[Refusal]:
    """A line against the head of its log, and what is told of it against the line."""
    if not _stands(line, log):
        yield _fault("entry", ENTRY, line.number)
    if line.told is not None and not _is_bound(line):
        yield _fault("told", TOLD, line.number)


def _unlisted(line: FileLine, place: int, last: FileLine, listed: Event, *, own: bool) -> Iterator[Refusal]:
    """A line against the list; of an earlier log the sender may have erased what was told."""
    expected = [*listed.facts["positions"], last.position]
    wanted = expected[min(place, len(expected) - 1)]
    if place >= len(expected) or line.position != wanted:
        yield _fault("place", PLACE, line.number, found=line.position, expected=wanted)
    if line.event.member_id != listed.member_id:
        yield _fault("other", OTHER, line.number)
    was_told, is_told = line.position in listed.facts["opened"], line.told is not None
    if is_told != was_told and (own or is_told):
        yield _fault("opened", OPENED, line.number)


def _list(log: FileLog) -> Event | None:
    """The entry that lists what was handed over, if the log ends with one of the form that is known."""
    last = log.lines[-1].event if log.lines else None
    if last is None or last.code != EventCode.HANDOVER_ISSUED or last.subject_kind != SubjectKind.HANDOVER:
        return None
    kinds = {"positions": list, "opened": list, "person": str, "earlier": str}
    said = all(isinstance(last.facts.get(name), kind) for name, kind in kinds.items())
    return last if said and isinstance(last.member_id, int) else None


def _stands(line: FileLine, log: FileLog) -> bool:
    leaf, head = merkle.leaf_hash(line.line), log.head
    return merkle.verify_inclusion(leaf, line.position - 1, head.size, line.proof, head.root)


def _is_bound(line: FileLine) -> bool:
    told, bound = line.told, line.event.commitment
    return told is not None and bound is not None and commitment(told.salt, told.data) == bound


def _unbound(file: HandOver, said: Mapping[str, Any]) -> Iterator[Refusal]:
    """What stands beside the logs, against the sender's list."""
    if file.person_digest != said["person"]:
        yield _fault("person", PERSON, 2)
    if file.earlier_digest != said["earlier"]:
        yield _fault("earlier", EARLIER, file.logs[0].number)


def _fault(code: str, message: str, number: int, **params: Any) -> Refusal:
    return Refusal(f"handover.{code}", message, {"line": number, **params}, fact="file", remedy=ANEW)
