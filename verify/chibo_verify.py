#!/usr/bin/env python3
"""Checks an export of a Chibo log without Chibo: its server, its database and its word are not needed.

    python3 chibo_verify.py EXPORT [--heads FILE] [--head TEXT] [--key HEX] [--against EARLIER] [--tsa PEM] [--json]
                            [--lang vi|en]

Needs Python 3.11 or later and the package `cryptography` (and `rfc3161-client` for --tsa); this one file is all of it. Exit
code 0: everything holds; 1: it does not, and the first thing that does not is named; 2: it could not be checked. EXPORT comes
from `manage.py export_log`, or from the auditor's desk; what its rows mean stands in docs/log-export.md. The heads that you
kept yourself, outside of the installation, are the only proof against whoever owns it: without one the answer says so.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

GAPLESS = (b'"case"', b'"member"')
"""Subjects of which every version has its event; of others (a deadline) some have none, but none comes twice or earlier."""
BOUND = b'"commitment":"'  # in a line that is bound to a detail
LONGEST_ROW, LONGEST_NUMBER = 64 * 1024 * 1024, 18
Note = tuple[str, dict[str, Any]]  # a code of WORDS, and what its sentence names
Name = tuple[int, int, str]  # epoch, size and root of a head


class Fault(Exception):
    """Something does not hold: a code of WORDS and what its sentence names."""

    def __init__(self, code: str, **words: Any) -> None:
        super().__init__(code)
        self.code, self.words = code, words


class Unchecked(Fault):
    """Something could not be checked."""


# --- JSON --------------------------------------------------------------------------------------------------------------


def parsed(text: str | bytes) -> Any:
    """JSON in which no name stands twice, or two readers might see different things. Raises ValueError."""
    try:
        return json.loads(text, object_pairs_hook=once)
    except RecursionError:
        raise ValueError("too deep") from None


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(pairs)
    if len(told) < len(pairs):
        raise ValueError("a name stands twice")
    return told


def canonical(told: Any) -> bytes:
    """The one spelling in which Chibo writes it."""
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def whole_number(value: Any) -> int:
    """Raises TypeError for 1.5, 1e999, true and "1"."""
    if type(value) is not int:
        raise TypeError(value)
    return value


# --- the tree: RFC 9162, section 2.1 -----------------------------------------------------------------------------------


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """The right edge of a growing tree: for each complete subtree (largest first) its number of leaves and its hash."""

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        widths = [1 << bit for bit in range(size.bit_length() - 1, -1, -1) if size >> bit & 1]
        if len(widths) != len(hashes):
            raise ValueError("the edge has another number of hashes")
        self.widths, self.hashes = widths, list(hashes)

    def append(self, leaf: bytes) -> None:
        widths, hashes, width = self.widths, self.hashes, 1
        while widths and widths[-1] == width:
            leaf = sha256(b"\x01" + hashes.pop() + leaf).digest()
            widths.pop()
            width *= 2
        widths.append(width)
        hashes.append(leaf)

    def root(self) -> bytes:
        if not self.hashes:
            return sha256(b"").digest()
        value = self.hashes[-1]
        for left in self.hashes[-2::-1]:
            value = node(left, value)
        return value


def included(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """The root that a path (leaf upwards) leads to, or None where it is no path for that place (2.1.3.2)."""
    if not 0 <= index < size:
        return None
    first, last, value = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return None
        if first & 1 or first == last:
            value = node(step, value)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            value = node(value, step)
        first, last = first >> 1, last >> 1
    return value if last == 0 else None


def continues(first: int, second: int, proof: Sequence[bytes], old: bytes, new: bytes) -> bool:
    """Whether the tree of `second` leaves with root `new` begins with that of `first` leaves with root `old` (2.1.4.2)."""
    if not 0 < first < second:
        return first == second > 0 and not proof and old == new
    path = [old, *proof] if first & (first - 1) == 0 else list(proof)
    if not path:
        return False
    place, last = first - 1, second - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    past = present = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            past, present = node(step, past), node(step, present)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            present = node(present, step)
        place, last = place >> 1, last >> 1
    return last == 0 and past == old and present == new


# --- heads and keys ----------------------------------------------------------------------------------------------------


class Head:
    """A signed tree head, from the JSON of an export or from the one line of a printed slip."""

    def __init__(self, raw: dict[str, Any]) -> None:
        self.epoch, self.size = whole_number(raw["epoch"]), whole_number(raw["size"])
        self.root = bytes.fromhex(raw["root"])
        self.signed_at, self.key = str(raw["signed_at"]), bytes.fromhex(raw["public_key"])
        self.signature = bytes.fromhex(raw["signature"])

    @classmethod
    def of_text(cls, text: str) -> Head:
        """JSON, or `chibo-head/1 epoch size root time key signature`, parted by blanks or tabs (what a QR code holds)."""
        text = text.strip()
        if text.startswith("{"):
            return cls(parsed(text))
        form, epoch, size, root, signed_at, key, signature = text.split()
        if form != "chibo-head/1":
            raise ValueError(form)
        names = ("epoch", "size", "root", "signed_at", "public_key", "signature")
        return cls(dict(zip(names, (int(epoch), int(size), root, signed_at, key, signature), strict=True)))

    def said(self) -> tuple[str, ...]:
        """What is signed, part by part."""
        return ("chibo-head/1", str(self.epoch), str(self.size), self.root.hex(), self.signed_at)

    def text(self) -> str:
        """One line, as on a slip; what a time stamp is made over."""
        return " ".join((*self.said(), self.key.hex(), self.signature.hex()))

    def place(self) -> tuple[int, int]:
        """The newest has the highest: an epoch after a restore begins at a smaller size."""
        return (self.epoch, self.size)

    @property
    def name(self) -> Name:
        return (self.epoch, self.size, self.root.hex())

    def signed(self) -> bool:
        message = "\t".join(self.said())
        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(self.signature, message.encode())
        except (InvalidSignature, ValueError):
            return False
        return True


def key_id(key: bytes) -> str:
    return sha256(key).hexdigest()[:16]


class Keys:
    """Which keys heads may be signed with: those given, those of kept heads, and each that an event under a trusted head
    announces; nothing because the export says it; and none from the event on that retires it.

    Of heads kept from before a file begins the newest alone says which key counted then: older ones may have been retired
    since, where the file does not tell. Heads of other keys before the first trusted one prove nothing: that one does.
    """

    def __init__(self, given: set[bytes], kept: Sequence[Head], notes: list[Note]) -> None:
        self.given, self.kept, self.notes = set(given), kept, notes
        self.trusted, self.any, self.retired = set(given), not (given or kept), set[bytes]()
        self.waiting: list[tuple[int, bytes]] = []  # announced since the last trusted head
        self.unknown: list[Head] = []  # before the first trusted head
        self.begin(0)

    def begin(self, size: int) -> None:
        """The file tells of keys from after this size on."""
        self.newest = newest = max((head for head in self.kept if head.size <= size), key=Head.place, default=None)
        self.began = newest is not None
        since = {head.key for head in self.kept if newest is None or head.place() >= newest.place()}
        self.trusted = self.given | since
        self.older = {head.key for head in self.kept} - self.trusted

    def told(self, position: int, code: str, facts: dict[str, Any]) -> None:
        key = bytes.fromhex(facts["public_key"])
        if code == "log.key_announced":
            self.waiting.append((position, key))
        else:
            self.retired.add(key)

    def check(self, head: Head) -> bool:
        """A head met in the export: whether its key is trusted; raises Fault."""
        if not head.signed():
            raise Fault("signature", size=head.size, position=head.size)
        said = {"size": head.size, "key": key_id(head.key)}
        if head.key in self.retired:
            raise Fault("key", **said, position=head.size)
        if self.newest and head.key != self.newest.key and head.key in self.older | self.given:
            beside = {**said, "newest": self.newest.size, "newest_key": key_id(self.newest.key)}
            if head.key in self.older:
                raise Unchecked("older_key", **beside)
            self.given.discard(head.key)  # said once
            self.notes.append(("given_key", beside))
        if not self.any and head.key not in self.trusted:
            self.unknown.append(head)
            return False
        for position, key in self.waiting:
            if key not in self.trusted and not self.any:
                self.notes.append(("announced", {"key": key_id(key), "position": position}))
            self.trusted.add(key)
            self.older, self.given = self.older - {key}, self.given - {key}
        if self.unknown:
            self.notes.append(("unknown_key", {**said, "count": len(self.unknown), "last": self.unknown[-1].size}))
        self.waiting, self.unknown, self.began = [], [], True
        return True


class Stamps:
    """Time stamps (RFC 3161) beside heads, checked against the root certificates of who made them; without any, counted."""

    def __init__(self, roots: str | None) -> None:
        self.asked, self.found, self.last = roots, 0, ""
        if roots is None:
            return
        try:
            import rfc3161_client  # noqa: PLC0415  (for those alone who ask for it)

            self.library = rfc3161_client
            self.roots = x509.load_pem_x509_certificates(Path(roots).read_bytes())
        except ImportError:
            raise Unchecked("no_library") from None
        except (OSError, ValueError) as error:
            raise Unchecked("no_file", file=roots, why=error) from None

    def check(self, head: Head, response: bytes) -> None:
        """The stamp beside a head; raises Fault."""
        if self.asked is None:
            self.found += 1
            return
        builder = self.library.VerifierBuilder(roots=list(self.roots))
        try:
            answer = self.library.decode_timestamp_response(response)
            builder.build().verify_message(answer, head.text().encode())
        except (self.library.VerificationError, ValueError) as error:
            raise Fault("stamp", size=head.size, position=head.size, why=error) from None
        self.found += 1
        self.last = f"{head.size}: {answer.tst_info.gen_time:%Y-%m-%dT%H:%M:%SZ}"

    def notes(self) -> list[Note]:
        if not self.found:
            return [("no_stamps", {})] if self.asked else []
        return [("stamps" if self.asked else "stamps_unchecked", {"count": self.found, "last": self.last})]


# --- the file ----------------------------------------------------------------------------------------------------------


class Export:
    """The rows of a file, each a kind (its first word) and the rest; the first row is its header."""

    def __init__(self, path: str) -> None:
        self.path, self.number, self.digest = path, 0, sha256()
        try:
            self.file = (gzip.open if str(path).endswith(".gz") else open)(path, "rb")
            kind, rest = next(self._rows(), (b"", b""))
            header = parsed(rest) if kind == b"chibo-log/1" else {}
            self.whole = {"whole": True, "part": False}[header["scope"]]
            self.first, self.size = whole_number(header["first"]), whole_number(header["size"])
            if not 1 <= self.first <= self.size + 1:
                raise ValueError
        except (OSError, EOFError, zlib.error) as error:
            raise Unchecked("no_file", file=path, why=error) from None
        except Unchecked:
            raise
        except (Fault, KeyError, TypeError, ValueError):
            raise Unchecked("no_export", file=path) from None

    def _rows(self) -> Iterator[tuple[bytes, bytes]]:
        while row := self.file.readline(LONGEST_ROW):
            self.number += 1
            kind, tab, rest = row.partition(b"\t")
            if row[-2:] == b"\r\n":
                raise Unchecked("line_ends", file=self.path)
            if not tab or rest[-1:] != b"\n":
                raise Fault("damaged", row=self.number)
            if kind != b"end":
                self.digest.update(row)
            yield kind, rest[:-1]

    def rows(self) -> Iterator[tuple[bytes, bytes]]:
        """Every row after the header; the last one says how many events there were, and the hash of all before it."""
        events = 0
        try:
            for kind, rest in self._rows():
                if kind != b"end":
                    events += kind == b"e"
                    yield kind, rest
                    continue
                said = {"events": events, "sha256": self.digest.hexdigest()}
                if self.json(rest) != said or self.file.readline(1):
                    raise Fault("damaged", row=self.number)
                return
        except (OSError, EOFError, zlib.error) as error:  # a compressed file that was cut or changed
            raise Unchecked("no_file", file=self.path, why=error) from None
        raise Fault("damaged", row=self.number)

    def event(self, rest: bytes) -> tuple[int, bytes, bytes]:
        """Of an event's row: its position, the hash or the path beside it (hexadecimal), its line."""
        try:
            position, beside, line = rest.split(b"\t", 2)
        except ValueError:
            raise self.unreadable("event") from None
        if not position.isdigit() or len(position) > LONGEST_NUMBER:
            raise self.unreadable("event")
        return int(position), beside, line

    def json(self, text: bytes) -> Any:
        try:
            return parsed(text)
        except ValueError:
            raise self.unreadable("JSON") from None

    def head(self, text: bytes) -> Head:
        try:
            return Head(self.json(text))
        except (KeyError, TypeError, ValueError):
            raise self.unreadable("head") from None

    def unreadable(self, why: str) -> Fault:
        return Fault("form", row=self.number, why=why)


class Epoch:
    """What the event tells that began an epoch: the size of the restored log, the epoch before it, the heads that it lost."""

    def __init__(self, position: int, body: dict[str, Any]) -> None:
        facts = body["facts"]
        self.position, self.number, self.size = position, whole_number(facts["epoch"]), whole_number(facts["size"])
        self.before = int(body["changes"]["epoch"][0])
        self.lost = {(whole_number(one["epoch"]), whole_number(one["size"]), str(one["root"])) for one in facts["lost"]}

    def may_lose(self, head: Head) -> bool:
        """Whether it is of an epoch before, and beyond what was restored."""
        return head.epoch < self.number and head.size > self.size

    def lost_with(self, head: Head) -> int:
        """The size of the named head with which this one was lost, itself or a later one; 0 where it was not."""
        if head.name in self.lost:
            return head.size
        later = [size for epoch, size, _root in self.lost if (epoch, size) > head.place()]
        return min(later, default=0) if self.may_lose(head) else 0


class Check:
    """What both kinds of export have: heads, epochs, details, and the versions of each subject."""

    def __init__(self, export: Export, given: set[bytes], kept: list[Head], stamps: Stamps) -> None:
        self.beside: Head | None = None
        self.stamps, self.export, self.kept = stamps, export, sorted(kept, key=lambda head: (head.size, head.epoch))
        self.notes: list[Note] = []
        self.keys, self.named = Keys(given, self.kept, self.notes), given
        self.position = self.heads = self.events = self.fitting = self.fit = self.since = 0
        self.bound = self.details = self.erased = self.erasures = self.told_of = 0
        self.epochs, self.restores = dict[int, Epoch](), list[Epoch]()
        self.proofs: dict[int, list[bytes]] = {}  # of a part
        self.versions: dict[bytes, int] = {}

    def version(self, line: bytes) -> tuple[bytes, int | None, int]:
        """(subject, its version before, its version in this line): they rise for each subject."""
        start = line.rfind(b',"subject":["')
        end = line.find(b"]", start)
        subject, _, version = line[start + 12 : end].rpartition(b",")
        if start < 0 or not version.isdigit() or len(version) > LONGEST_NUMBER:
            raise self.export.unreadable("subject")
        before, found = self.versions.get(subject), int(version)
        self.versions[subject] = found
        return subject, before, found

    def counted(self, position: int, line: bytes) -> None:
        self.position, self.events = position, self.events + 1
        self.bound, self.erasures = self.bound + (BOUND in line), self.erasures + (b'"code":"detail.erased"' in line)

    def about_the_log(self, position: int, line: bytes) -> None:
        """Events about the log itself: an epoch after a restore, a key announced or withdrawn."""
        body = self.export.json(line.partition(b"\t")[2])
        try:
            code, facts = body["code"], body["facts"]
            if canonical(body) != line.partition(b"\t")[2]:  # "log.\\u006bey_…", which the jobs do not write
                raise ValueError
            if code == "log.epoch_started":
                began = Epoch(position, body)
                self.epochs[began.number] = began
            elif code in ("log.key_announced", "log.key_retired"):
                self.keys.told(position, code, facts)
        except (LookupError, OverflowError, TypeError, ValueError):
            raise self.export.unreadable("facts") from None

    def restored(self, began: Epoch) -> None:
        """An epoch that a signed head stands behind: the heads it names, beyond what was restored, are lost by no hand."""
        if began.size >= began.position or any(size <= began.size for _epoch, size, _root in began.lost):
            raise Fault("no_restore", position=began.position, epoch=began.number, size=began.size)
        self.restores.append(began)
        self.notes.append(("restored", {"epoch": began.number, "position": began.position, "lost": len(began.lost)}))

    def detail(self, position: int, line: bytes, rest: bytes) -> None:
        """What stood behind the event's line, or null where it was erased."""
        told = self.export.json(rest)
        if self.told_of == position or (told is None and BOUND not in line):
            raise self.export.unreadable("detail")  # of two for one event one is another's, whose row was taken out
        self.told_of = position
        if told is None:
            self.erased += 1
            return
        try:
            bound = sha256(bytes.fromhex(told["salt"]) + canonical(told["data"])).hexdigest()
            same = bound == self.export.json(line.partition(b"\t")[2]).get("commitment")
        except (KeyError, TypeError, ValueError):
            same = False
        if not same:
            raise Fault("detail", position=position)
        self.details += 1

    def stamp(self, rest: bytes) -> None:
        """The time stamp of the head in the row before."""
        head, self.beside = self.beside, None
        try:
            response = bytes.fromhex(self.export.json(rest)["response"])
        except (KeyError, TypeError, ValueError):
            raise self.export.unreadable("stamp") from None
        if head is None:
            raise self.export.unreadable("stamp")
        self.stamps.check(head, response)

    def is_lost(self, head: Head) -> bool:
        """Whether an epoch that a signed head stands behind has named it, or one after it, as lost by a restore."""
        named = next(filter(None, (began.lost_with(head) for began in self.restores)), 0)
        if named:
            code = "lost" if any(head.name in began.lost for began in self.restores) else "lost_with"
            self.notes.append((code, {"size": head.size, "epoch": head.epoch, "named": named}))
        return named > 0

    def stranger(self, head: Head) -> Fault:
        """Of a head whose key nothing announces: a fault only where the file holds all that may announce it."""
        said = {"size": head.size, "key": key_id(head.key), "position": head.size}
        lost = any(began.may_lose(one) for began in self.restores for one in self.kept)
        all_told = self.export.whole and self.export.first == 1 and not lost
        return Fault("key", **said) if all_told else Unchecked("other_key", **said)

    def misfit(self, head: Head) -> Fault:
        """The fault of a kept head that does not fit; none is said where a restore may have lost it."""
        since = max([self.since, *(began.number for began in self.restores if began.may_lose(head))])
        if head.epoch < since:
            return Unchecked("other_epoch", since=since, size=head.size, epoch=head.epoch)
        words = {"size": head.size, "epoch": head.epoch, "position": self.fitting + 1}
        if head.size > self.export.size and head.size not in self.proofs:
            return Fault("cut", **words | {"position": self.export.size + 1, "count": head.size - self.export.size})
        return Fault("rewritten" if self.fitting else "other_log", **words)


class Whole(Check):
    """Every event from a place on, in order, with every head."""

    def __init__(
        self, export: Export, given: set[bytes], kept: list[Head], stamps: Stamps, earlier: Earlier | None
    ) -> None:
        super().__init__(export, given, kept, stamps)
        self.keys.begin(export.first - 1)
        self.tree, self.position, self.earlier = Tree(), export.first - 1, earlier
        self.roots: dict[int, bytes] = {}
        self.wanted = {head.size for head in self.kept}
        self.head_size, self.head_epoch, self.differs, self.signers = export.first - 1, 0, 0, dict[bytes, int]()

    def run(self) -> None:
        try:
            self.read()
        except Fault as fault:
            if self.differs and not isinstance(fault, Unchecked):
                raise Fault("differs", position=self.differs) from None
            raise

    def read(self) -> None:
        line = b""
        for kind, rest in self.export.rows():
            if kind == b"e":
                line = self.event(rest)
            elif kind == b"h":
                self.head(self.export.head(rest))
            elif kind == b"t":
                self.stamp(rest)
            elif kind == b"d":
                self.detail(self.position, line, rest)
            elif kind == b"edge" and not (self.tree.hashes or self.heads):  # later it would hide what stands before it
                self.edge(self.export.json(rest))
            elif kind != b"k":
                raise self.export.unreadable(kind.decode(errors="replace"))
        if self.head_size != self.position or self.position != self.export.size:
            raise Fault("unsigned", position=self.head_size + 1)
        for head in self.keys.unknown:
            raise self.stranger(head)
        self.changed_back()
        self.compare_kept()

    def event(self, rest: bytes) -> bytes:
        position, stored, line = self.export.event(rest)
        expected = self.position + 1
        if position != expected:
            removed = position > expected
            raise Fault("removed" if removed else "moved", position=expected if removed else position,
                        before=self.position, found=position, expected=expected)  # fmt: skip
        if self.earlier and not self.differs and self.earlier.had_another(position, line):
            self.differs = position
        leaf = sha256(b"\0" + line).digest()
        if leaf.hex().encode() != stored:
            raise Fault("edited", position=position)
        subject, before, found = self.version(line)
        whole = subject.startswith(GAPLESS) and (before is not None or self.export.first == 1)
        if found != (before or 0) + 1 if whole else found <= (before or 0):
            name = subject.decode(errors="replace").replace('"', "").replace(",", " ")
            raise Fault("version", position=position, subject=name, before=before or 0, found=found)
        if b'"code":"log.' in line:
            self.about_the_log(position, line)
        self.tree.append(leaf)
        self.counted(position, line)
        if position in self.wanted:
            self.roots[position] = self.tree.root()
        return line

    def head(self, head: Head) -> None:
        if not self.keys.check(head) and self.keys.began:
            raise self.stranger(head)
        if head.size != self.position or head.root != self.tree.root():
            raise Fault("root", size=head.size, position=self.head_size + 1)
        if head.epoch != self.head_epoch:
            self.begin(head)
        if self.differs:
            last = self.earlier and self.earlier.last
            raise self.misfit(last) if last and last.epoch < self.since else Fault("differs", position=self.differs)
        self.head_size, self.head_epoch, self.heads, self.beside = head.size, head.epoch, self.heads + 1, head
        self.signers[head.key] = head.size

    def begin(self, head: Head) -> None:
        """The first head of an epoch, or of the file."""
        unknown = not self.head_epoch and self.export.first > 1
        began = self.epochs.get(head.epoch)
        if began and began.position <= self.head_size:
            began = None
        if head.epoch < (self.head_epoch or 1) or (head.epoch > 1 and not began and not unknown):
            raise Fault("epoch", size=head.size, epoch=head.epoch, position=head.size)
        if unknown:
            self.since = began.before if began else head.epoch
        if began:
            if not unknown and began.size != self.head_size:  # what waited for a place was sealed with the event
                raise Fault("no_restore", position=began.position, epoch=began.number, size=began.size)
            self.restored(began)
            self.signers.clear()
            if self.earlier and self.earlier.last and self.differs > began.size and began.may_lose(self.earlier.last):
                self.differs, self.earlier = 0, None  # `compare_kept` tells of its last head

    def edge(self, hashes: Any) -> None:
        """The tree before the first event of an export that begins later; believed where a kept head has its root."""
        try:
            self.tree = Tree(self.position, [bytes.fromhex(one) for one in hashes])
        except (TypeError, ValueError):
            raise self.export.unreadable("edge") from None
        if self.position in self.wanted:
            self.roots[self.position] = self.tree.root()

    def changed_back(self) -> None:
        """A restore to before a change of keys: the older key may have been retired in what was lost, until the newer signs."""
        newest = max(self.kept, key=Head.place, default=None)
        lost = newest and any(one.may_lose(newest) for one in self.restores)
        if newest and lost and not {*self.signers} & {newest.key, *self.named}:
            last = {"size": self.head_size, "key": key_id(max(self.signers, key=self.signers.__getitem__))}
            raise Unchecked("older_key", **last, newest=newest.size, newest_key=key_id(newest.key))

    def compare_kept(self) -> None:
        before, misfits = self.export.first - 1, list[Fault]()
        for head in self.kept:
            if head.size < before or self.is_lost(head):
                continue
            if self.roots.get(head.size) != head.root:
                misfits.append(self.misfit(head))
            else:
                self.fitting, self.fit = head.size, self.fit + 1
        if misfits:  # a fault rather than a doubt
            raise min(misfits, key=lambda one: isinstance(one, Unchecked))
        earlier = [head.size for head in self.kept if head.size < before]
        if earlier and len(earlier) == len(self.kept):
            raise Unchecked("too_late", size=earlier[-1], first=self.export.first)
        if earlier:
            self.notes.append(("earlier", {"count": len(earlier), "first": self.export.first}))
        if before:
            self.notes.append(("continues" if before in self.wanted else "begins", {"before": before}))


class Part(Check):
    """Some events, each with its path to the root of one signed head, and that head's consistency with earlier ones."""

    def __init__(self, export: Export, given: set[bytes], kept: list[Head], stamps: Stamps) -> None:
        super().__init__(export, given, kept, stamps)
        self.gaps: set[bytes] = set()

    def run(self) -> None:
        line, rows = b"", self.export.rows()
        for kind, rest in rows:  # the head stands before whatever it proves
            if kind == b"h":
                self.top = self.export.head(rest)
                break
            if kind != b"k":
                raise self.export.unreadable("head?")
        else:
            raise Fault("unsigned", position=1)
        self.keys.begin(self.top.size)
        if not self.keys.check(self.top):
            raise self.stranger(self.top)
        if self.top.size != self.export.size:
            raise self.export.unreadable("head")
        self.heads, self.beside = 1, self.top
        for kind, rest in rows:
            if kind == b"e":
                line = self.event(rest)
            elif kind == b"t":
                self.stamp(rest)
            elif kind == b"d":
                self.detail(self.position, line, rest)
            elif kind == b"c":
                self.consistency(self.export.json(rest))
            else:
                raise self.export.unreadable(kind.decode(errors="replace"))
        self.compare_kept()
        self.notes.append(("left_out", {"gaps": len(self.gaps)}))

    def consistency(self, said: Any) -> None:
        try:
            self.proofs[whole_number(said["first"])] = [bytes.fromhex(one) for one in said["proof"]]
        except (KeyError, TypeError, ValueError):
            raise self.export.unreadable("consistency") from None

    def event(self, rest: bytes) -> bytes:
        position, path, line = self.export.event(rest)
        if position <= self.position:
            raise Fault("moved", position=position, expected=self.position + 1)
        try:
            proof = [bytes.fromhex(path[at : at + 64].decode()) for at in range(0, len(path), 64)]
        except ValueError:
            raise self.export.unreadable("path") from None
        leaf = sha256(b"\0" + line).digest()
        if position < 1 or included(leaf, position - 1, self.top.size, proof) != self.top.root:
            raise Fault("proof", position=position, size=self.top.size)
        subject, before, found = self.version(line)
        if before is not None and found != before + 1 and subject.startswith(GAPLESS):
            self.gaps.add(subject)
        if b'"code":"log.' in line:
            self.about_the_log(position, line)
            for began in [one for one in self.epochs.values() if one.position == position]:
                self.restored(began)
        self.counted(position, line)
        return line

    def compare_kept(self) -> None:
        if self.top.key in self.keys.retired:
            raise Fault("key", size=self.top.size, key=key_id(self.top.key), position=self.top.size)
        self.since = self.top.epoch
        for head in self.kept:
            if self.is_lost(head):
                continue
            if head.size <= self.top.size and head.size not in {*self.proofs, self.top.size}:
                raise Unchecked("no_proof", size=head.size)
            first, second = sorted((head, self.top), key=lambda one: one.size)
            if not continues(first.size, second.size, self.proofs.get(head.size, []), first.root, second.root):
                raise self.misfit(head)
            self.fitting, self.fit = head.size, self.fit + 1


class Earlier:
    """A whole export from before, beside which the present one is read, event by event; `last` is its last head."""

    def __init__(self, path: str) -> None:
        first = Export(path)
        if not first.whole:
            raise Unchecked("not_whole")
        heads = [rest for kind, rest in first.rows() if kind == b"h"]
        self.last: Head | None = first.head(heads[-1]) if heads else None
        self.export = Export(path)
        self.events = (self.export.event(rest) for kind, rest in self.export.rows() if kind == b"e")
        self.next = next(self.events, None)

    def had_another(self, position: int, line: bytes) -> bool:
        """Whether another event stood at this place."""
        while self.next and self.next[0] < position:
            self.next = next(self.events, None)
        return self.next is not None and self.next[0] == position and self.next[2] != line


# --- the words ---------------------------------------------------------------------------------------------------------

WORDS = {  # in Vietnamese and in English
    "form": (
        "Dòng {row} của tệp không đọc được ({why}): hãy xuất lại, hoặc chép lại tệp.",
        "Row {row} of the file cannot be read ({why}): export or copy it anew.",
    ),
    "damaged": (
        "Tệp không nguyên vẹn (đến dòng {row}): hãy chép lại; nếu vẫn vậy thì tệp đã bị sửa hoặc bị cắt.",
        "The file is not whole (up to row {row}): copy it anew; if it stays so, the file was changed or cut.",
    ),
    "edited": (
        "Sự kiện số {position} đã bị sửa: nội dung không còn khớp với dấu băm của nó.",
        "Event {position} was edited: it no longer fits the hash that it had.",
    ),
    "removed": (
        "Sự kiện số {position} đã bị lấy ra: sau số {before} là số {found}.",
        "Event {position} was removed: after {before} comes {found}.",
    ),
    "moved": (
        "Sự kiện số {position} bị đổi chỗ hoặc chèn vào: tại đây phải là số {expected}.",
        "Event {position} was moved or inserted: {expected} belongs here.",
    ),
    "version": (
        "Sự kiện số {position}: {subject} đi từ phiên bản {before} sang {found}; có sự kiện bị lấy ra, chèn vào hoặc đổi chỗ.",
        "Event {position}: {subject} goes from version {before} to {found}; one was removed, inserted or moved.",
    ),
    "detail": (
        "Sự kiện số {position}: phần chi tiết kèm theo không phải phần mà sự kiện đã cam kết.",
        "Event {position}: the detail beside it is not the one that the event is bound to.",
    ),
    "signature": ("Đầu nhật ký cỡ {size}: chữ ký không đúng.", "The head of size {size}: its signature is not valid."),
    "key": (
        "Đầu cỡ {size} ký bằng khóa {key}, chưa được công bố dưới đầu đáng tin nào hoặc đã bị thu hồi. (Nếu biết khóa: --key.)",
        "The head of size {size} was signed by the key {key}, not announced under a trusted one, or retired. (Known: --key.)",
    ),
    "root": (
        "Đầu cỡ {size} không khớp: trong các sự kiện {position} đến {size} có cái bị sửa, lấy ra, chèn, đổi chỗ. (--against.)",
        "The head of size {size} does not fit: one of the events {position} to {size} was edited, removed, inserted or "
        "moved. Compare with an earlier export (--against) to see which.",
    ),
    "no_restore": (
        "Sự kiện số {position} nói cơ sở dữ liệu được phục hồi ở cỡ {size} (kỳ {epoch}), nhưng đầu cuối cùng trước đó có cỡ "
        "khác, hoặc nó nêu là mất cả đầu mà nhật ký vẫn với tới: không lần phục hồi nào làm được vậy.",
        "Event {position} says that the database was restored at size {size} (epoch {epoch}), but the last head before it has "
        "another size, or it names as lost a head that the log still reaches: no restore does that.",
    ),
    "epoch": (
        "Đầu nhật ký cỡ {size} thuộc kỳ {epoch}, nhưng không có sự kiện nào trước đó mở kỳ này.",
        "The head of size {size} is of epoch {epoch}, which no event before it began.",
    ),
    "unsigned": (
        "Các sự kiện từ số {position} trở đi không nằm dưới đầu nhật ký nào đã ký.",
        "The events from {position} on stand under no signed head.",
    ),
    "proof": (
        "Sự kiện số {position} không nằm trong nhật ký mà đầu cỡ {size} xác nhận: đã bị sửa, hoặc thuộc nhật ký khác.",
        "Event {position} is not in the log that the head of size {size} signs: it was edited, or is of another log.",
    ),
    "cut": (
        "Theo đầu bạn giữ (cỡ {size}, kỳ {epoch}), {count} sự kiện cuối, từ số {position}, bị cắt. (Bản xuất cũ? Xin lại.)",
        "By your head (size {size}, epoch {epoch}) {count} events, from {position} on, were cut off. (Old export? Ask anew.)",
    ),
    "rewritten": (
        "Đầu nhật ký bạn giữ (cỡ {size}, kỳ {epoch}) không khớp: nhật ký đã bị viết lại giữa số {position} và {size}.",
        "The head you kept (size {size}, epoch {epoch}) does not fit: the log was rewritten between {position} and {size}.",
    ),
    "other_log": (
        "Không đầu nào bạn giữ khớp (đầu tiên: cỡ {size}, kỳ {epoch}): của nhật ký khác, hoặc nhật ký đã bị viết lại từ đầu.",
        "No head that you kept fits (the first: size {size}, epoch {epoch}): they are of another log, or this was rewritten.",
    ),
    "differs": (
        "Sự kiện số {position} không giống trong bản xuất trước: đã bị sửa, lấy ra, chèn vào hoặc đổi chỗ.",
        "Event {position} is not the one of the earlier export: it was edited, removed, inserted or moved.",
    ),
    "stamp": ("Dấu thời gian của đầu cỡ {size} không đúng ({why}).", "The stamp of the head of size {size} is wrong ({why})."),
    # what could not be checked
    "no_library": (
        "Muốn kiểm tra dấu thời gian (--tsa) cần gói Python rfc3161-client; hoặc dùng openssl ts.",
        "Time stamps (--tsa) need the Python package rfc3161-client; or check them with openssl ts.",
    ),
    "no_proof": (
        "Bản xuất không có chứng minh cho đầu cỡ {size} mà bạn giữ: hãy xuất lại và nêu cỡ này.",
        "The export has no proof for the head of size {size} that you kept: have it made anew, naming that size.",
    ),
    "no_export": (
        "{file} không phải bản xuất nhật ký Chibo (chibo-log/1): hãy nêu tệp do export_log lập.",
        "{file} is no export of a Chibo log (chibo-log/1): name a file that export_log wrote.",
    ),
    "no_file": ("{file} không đọc được ({why}).", "{file} cannot be read ({why})."),
    "bad_key": ("“{text}” không phải khóa công khai (64 chữ số hex).", "“{text}” is no public key (64 hexadecimal digits)."),
    "bad_head": ("“{text}” không phải một đầu nhật ký đã ký.", "“{text}” is no signed head."),
    "not_whole": ("Chỉ so được hai bản xuất toàn bộ (--against).", "Only whole exports can be compared (--against)."),
    "too_late": (
        "Bản xuất bắt đầu từ số {first}, sau các đầu bạn giữ (cuối cùng: cỡ {size}): hãy xuất lại với --after {size}.",
        "The export begins with {first}, after all heads you kept (the last: {size}): have it made anew with --after {size}.",
    ),
    "other_key": (
        "Đầu cỡ {size} ký bằng khóa {key}, không nằm trong các khóa bạn tin; tệp không có mọi sự kiện nên không cho biết nhật "
        "ký có công bố khóa ấy hay không. Hãy nêu khóa bằng --key, hoặc xin bản xuất toàn bộ, từ sự kiện đầu tiên.",
        "The head of size {size} was signed by the key {key}, which is none of those you trust; this file, without all events, "
        "does not tell whether the log announced it. Name the key with --key, or ask for a whole export, from the first on.",
    ),
    "older_key": (
        "Đầu cỡ {size} ký bằng khóa {key}, đầu mới nhất bạn giữ (cỡ {newest}) bằng khóa {newest_key}: tệp không cho biết khóa "
        "cũ đã bị thu hồi (chẳng hạn do bị lộ) hay chưa. Hãy xin bản xuất toàn bộ, mới hơn, hoặc nêu khóa bằng --key.",
        "The head of size {size} was signed by the key {key}, your newest (size {newest}) by {newest_key}: the file does not "
        "tell whether the older key was retired, as one that leaked is. Ask for a whole, newer export, or name it with --key.",
    ),
    "unknown_key": (
        "{count} đầu nhật ký, đến cỡ {last}, là của khóa bạn không tin nên không chứng minh gì; các sự kiện dưới đó được chứng "
        "minh bởi đầu cỡ {size}. Muốn kiểm tra cả các đầu ấy: nêu khóa bằng --key, hoặc nêu một đầu cũ bạn giữ.",
        "{count} heads, up to size {last}, are of keys that you do not trust and prove nothing; the events under them are "
        "proven by the head of size {size}. To have them checked, name their key with --key, or an older head that you kept.",
    ),
    "other_epoch": (
        "Đầu cỡ {size} (kỳ {epoch}) mà bạn giữ không khớp, nhưng theo kỳ {since} cơ sở dữ liệu được phục hồi từ bản sao lưu; "
        "tệp không nêu đầu này là bị mất. Hãy xin bản xuất toàn bộ, hoặc hỏi biên bản phục hồi.",
        "The head of size {size} (epoch {epoch}) that you kept does not fit, but by epoch {since} the database was restored "
        "from a backup; the file does not name it as lost. Ask for a whole export, or for the record of the restore.",
    ),
    "line_ends": (
        "Dấu xuống dòng trong {file} đã bị đổi trên đường đi (thư, trình soạn thảo): hãy chép lại nguyên tệp, tốt nhất là .gz.",
        "The line ends in {file} were changed on the way (by mail or an editor): copy it anew as it was, best as .gz.",
    ),
    # notes
    "earlier": (
        "{count} đầu bạn giữ có trước sự kiện số {first}, nơi tệp này bắt đầu, nên không được so.",
        "{count} heads that you kept are from before event {first}, with which this file begins, and were not compared.",
    ),
    "whole": (
        "NHẬT KÝ NGUYÊN VẸN: sự kiện số {first} đến {size}, {heads} đầu đã ký, {fit}/{kept} đầu bạn giữ khớp.",
        "THE LOG HOLDS: events {first} to {size}, {heads} signed heads, {fit} of the {kept} heads that you kept fit.",
    ),
    "part": (
        "CÁC SỰ KIỆN CÓ THẬT: {count} sự kiện đều nằm trong nhật ký mà đầu cỡ {size} xác nhận; {fit}/{kept} đầu bạn giữ khớp.",
        "THE EVENTS HOLD: all {count} stand in the log that the head of size {size} signs; {fit} of the {kept} you kept fit.",
    ),
    "fault": ("KHÔNG KHỚP ({code}): {sentence}", "FAULT ({code}): {sentence}"),
    "unchecked": ("KHÔNG KIỂM TRA ĐƯỢC ({code}): {sentence}", "COULD NOT BE CHECKED ({code}): {sentence}"),
    "no_heads": (
        "Không có đầu nào do bạn giữ: ai làm chủ cả cơ sở dữ liệu lẫn khóa ký có thể đã viết lại tất cả hoặc cắt phần cuối.",
        "No head that you kept was given: whoever owns database and key may have written everything anew or cut off the end.",
    ),
    "no_key": (
        "Không có khóa nào đáng tin được nêu: chữ ký chỉ được so với khóa ghi trong chính bản xuất.",
        "No trusted key was given: signatures were checked against the keys that the export itself names.",
    ),
    "given_key": (
        "Đầu cỡ {size} ký bằng khóa {key} do bạn nêu, không phải khóa {newest_key} của đầu mới nhất bạn giữ (cỡ {newest}).",
        "The head of size {size} was signed by the key {key} that you named, your newest (size {newest}) by {newest_key}.",
    ),
    "announced": (
        "Khóa {key} được công bố bởi sự kiện số {position}, dưới đầu của một khóa đã đáng tin.",
        "The key {key} was announced by event {position}, under a head of a key that was trusted already.",
    ),
    "restored": (
        "Kỳ {epoch} bắt đầu ở sự kiện số {position}: cơ sở dữ liệu được phục hồi từ bản sao lưu, {lost} đầu đã ký được nêu "
        "là bị mất. Hãy hỏi biên bản phục hồi.",
        "Epoch {epoch} began with event {position}: the database was restored from a backup, and {lost} signed heads are "
        "named as lost. Ask for the record of the restore.",
    ),
    "lost": (
        "Đầu cỡ {size} (kỳ {epoch}) mà bạn giữ nằm trong số bị mất khi phục hồi.",
        "The head of size {size} (epoch {epoch}) that you kept is among those lost by the restore.",
    ),
    "lost_with": (
        "Đầu cỡ {size} (kỳ {epoch}) mà bạn giữ không được nêu, nhưng bị mất cùng đầu cỡ {named} được nêu là mất khi phục hồi.",
        "The head of size {size} (epoch {epoch}) that you kept is not named, but was lost with that of size {named}, which is.",
    ),
    "details": (
        "{details} phần chi tiết khớp với cam kết, {erased} phần đã bị xóa (được phép: nhật ký vẫn kiểm tra được).",
        "{details} details fit their commitments, {erased} were erased (which is allowed: the log still verifies).",
    ),
    "unlogged": (
        "{erased} phần chi tiết là null, nhật ký ghi {told} lần xóa. Hủy mục đưa người vào danh sách cũng xóa; còn lại: hỏi.",
        "{erased} details are null, the log tells of {told} erasures. A void of a person's entry erases, too; ask of the rest.",
    ),
    "untold": (
        "{count} sự kiện thiếu phần chi tiết, tệp cũng không ghi là đã xóa: tệp bị lược bớt. Các sự kiện vẫn đúng.",
        "{count} events lack a detail that the file does not name as erased: it was left out. The events hold.",
    ),
    "left_out": (
        "Bản trích không chứng minh rằng không bỏ sót gì ({gaps} đối tượng thiếu phiên bản ở giữa); bản xuất toàn bộ thì có.",
        "An extract does not prove that nothing was left out ({gaps} subjects lack a version between); a whole export does.",
    ),
    "stamps": (
        "{count} đầu nhật ký có dấu thời gian đúng; dấu cuối cùng là của đầu cỡ {last}.",
        "{count} heads have a time stamp that holds; the last is that of the head of size {last}.",
    ),
    "stamps_unchecked": (
        "{count} đầu nhật ký có dấu thời gian, chưa được kiểm tra (--tsa).",
        "{count} heads have a time stamp, which was not checked (--tsa).",
    ),
    "no_stamps": ("Không có đầu nhật ký nào trong tệp có dấu thời gian.", "No head in the file has a time stamp."),
    "continues": (
        "Các sự kiện từ số 1 đến {before} không có trong tệp này; phần còn lại nối tiếp đúng đầu cỡ {before} bạn giữ.",
        "The events 1 to {before} are not in this file; the rest continues the head of size {before} that you kept.",
    ),
    "begins": (
        "Các sự kiện từ số 1 đến {before} không có trong tệp này, và không có đầu cỡ {before} do bạn giữ để so.",
        "The events 1 to {before} are not in this file, and no head of size {before} that you kept was there to compare.",
    ),
}  # fmt: skip


# --- the answer --------------------------------------------------------------------------------------------------------


def sentence(code: str, words: dict[str, Any], language: str) -> str:
    """What a file says must not move the cursor of whoever reads."""
    said = WORDS[code][language == "en"].format(**words)
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in said)


def opened(arguments: argparse.Namespace) -> Whole | Part:
    """What the command line asks for, ready to be run; raises Unchecked."""
    kept = [head_of(text) for text in arguments.head]
    for path in arguments.heads:
        kept += [head_of(text) for text in read(path).splitlines() if text.strip()]
    given = {public_key(text) for text in arguments.key}
    export = Export(arguments.export)
    earlier = Earlier(arguments.against) if arguments.against else None
    if earlier and not export.whole:
        raise Unchecked("not_whole")
    if earlier and earlier.last:
        kept.append(earlier.last)
    stamps = Stamps(arguments.tsa)
    return Whole(export, given, kept, stamps, earlier) if export.whole else Part(export, given, kept, stamps)


def head_of(text: str) -> Head:
    with suppress(KeyError, TypeError, ValueError):
        head = Head.of_text(text)
        if head.signed():
            return head
    raise Unchecked("bad_head", text=text[:80])


def read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise Unchecked("no_file", file=path, why=error) from None


def public_key(text: str) -> bytes:
    with suppress(ValueError):
        key = bytes.fromhex(text.strip())
        if len(key) == 32:
            return key
    raise Unchecked("bad_key", text=text[:80])


def notes_of(check: Check) -> list[Note]:
    """What is to be known beside the verdict, as (code, words)."""
    notes = [*check.notes, *check.stamps.notes()]
    if check.details or check.erased:
        notes.append(("details", {"details": check.details, "erased": check.erased}))
        if check.export.whole and check.erased > check.erasures:
            notes.append(("unlogged", {"erased": check.erased, "told": check.erasures}))
        if silent := check.bound - check.details - check.erased:
            notes.append(("untold", {"count": silent}))
    lacking = {"no_heads": not check.kept, "no_key": check.keys.any}
    return notes + [(name, {}) for name, holds in lacking.items() if holds]


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    add = parser.add_argument
    add("export", help="file of `manage.py export_log`, or of the auditor's desk (also .gz)")
    add("--heads", action="append", default=[], metavar="FILE", help="heads that you kept (export_heads)")
    add("--head", action="append", default=[], metavar="TEXT", help="one head, as its QR code says it")
    add("--key", action="append", default=[], metavar="HEX", help="a public key that you trust")
    add("--against", metavar="EARLIER", help="a whole export from before, to be compared event by event")
    add("--tsa", metavar="PEM", help="root certificates of who stamped the heads (RFC 3161)")
    add("--json", action="store_true", help="answer as JSON")
    add("--lang", choices=["vi", "en"], default="vi", help="language of the answer")
    arguments = parser.parse_args(argv)
    check: Whole | Part | None = None
    code, verdict = 0, "holds"
    try:
        check = opened(arguments)
        check.run()
        kind = "whole" if check.export.whole else "part"
        words: dict[str, Any] = {"first": check.export.first, "size": check.export.size}
        words |= {"heads": check.heads, "count": check.events, "kept": len(check.kept), "fit": check.fit}
    except Fault as fault:
        code, verdict = (2, "unchecked") if isinstance(fault, Unchecked) else (1, "fault")
        kind, words = fault.code, fault.words
    first = sentence(kind, words, arguments.lang)
    if code:
        first = sentence(verdict, {"code": kind, "sentence": first}, arguments.lang)
    notes = [sentence(name, told, arguments.lang) for name, told in (notes_of(check) if check else [])]
    if arguments.json:
        counted = {"events": check.events if check else 0, "position": words.get("position")}
        said = {"verdict": verdict, "code": kind, **counted, "sentence": first, "notes": notes}
        print(json.dumps(said, ensure_ascii=False))
    else:
        print("\n".join([first, *(f"– {text}" for text in notes)]))
    return code


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # a file on Windows would know no Vietnamese
    sys.exit(main())
