"""The Merkle tree of the log (RFC 9162, section 2.1): hashes, what is stored, proofs and their verification.

Leaves count from 0 here. Stored are only complete subtrees, named (level, index): level 0 is a leaf, and (level,
index) covers the leaves index·2^level … (index+1)·2^level − 1. A complete subtree never changes again, so the root
and every proof at any size, past ones too, need O(log n) of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

EMPTY = sha256(b"").digest()

NodeName = tuple[int, int]
Nodes = dict[NodeName, bytes]
ReadNodes = Callable[[Sequence[NodeName]], Nodes]
Range = tuple[int, int]


def leaf_hash(line: bytes) -> bytes:
    return sha256(b"\x00" + line).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def peaks(size: int) -> list[NodeName]:
    """The complete subtrees that make up a tree of `size` leaves, from left to right (largest first)."""
    return _cover((0, size))


def root(hashes: Sequence[bytes]) -> bytes:
    """The root of a tree whose peaks have these hashes, from left to right."""
    if not hashes:
        return EMPTY
    joined = hashes[-1]
    for left in reversed(hashes[:-1]):
        joined = node_hash(left, joined)
    return joined


class Frontier:
    """The right edge of a growing tree: its size and the hashes of its peaks, all that appending needs."""

    def __init__(self, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        self.size = size
        self._peaks = [(name[0], value) for name, value in zip(peaks(size), hashes, strict=True)]

    def append(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Add one leaf hash; returns the subtrees it completes, as (level, index, hash), levels 1 and up."""
        level, value, made = 0, leaf, []
        while self._peaks and self._peaks[-1][0] == level:
            value = node_hash(self._peaks.pop()[1], value)
            level += 1
            made.append((level, self.size >> level, value))
        self._peaks.append((level, value))
        self.size += 1
        return made

    def root(self) -> bytes:
        return root([value for _, value in self._peaks])


def inclusion_proof(index: int, size: int, read: ReadNodes) -> list[bytes]:
    """The path (leaf upwards) that proves leaf `index` in the tree of `size` leaves; ValueError if it is not in it."""
    return inclusion_proofs([index], size, read)[0]


def inclusion_proofs(indexes: Sequence[int], size: int, read: ReadNodes) -> list[list[bytes]]:
    """The paths of several leaves with one read; ValueError if one is not in the tree."""
    if any(not 0 <= index < size for index in indexes):
        raise ValueError(f"One of the leaves {[*indexes]} is not in a tree of {size} leaves.")
    return _hashes([_path(index, (0, size)) for index in indexes], read)


def consistency_proof(first: int, second: int, read: ReadNodes) -> list[bytes]:
    """That the tree of `second` leaves begins with that of `first`; ValueError unless 0 < first ≤ second."""
    if not 0 < first <= second:
        raise ValueError(f"A tree of {second} leaves cannot be compared with one of {first}.")
    return _hashes([_subproof(first, (0, second), known=True)], read)[0]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes) -> bool:
    """RFC 9162, section 2.1.3.2."""
    if not 0 <= index < size:
        return False
    node, last, value = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            value = node_hash(step, value)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            value = node_hash(value, step)
        node, last = node >> 1, last >> 1
    return last == 0 and value == expected


def verify_consistency(first: int, second: int, proof: Sequence[bytes], old: bytes, new: bytes) -> bool:
    """RFC 9162, section 2.1.4.2: `old` and `new` are the roots at sizes `first` and `second`."""
    if not 0 < first <= second:
        return False
    if first == second:
        return not proof and old == new
    path = [old, *proof] if first & (first - 1) == 0 else list(proof)
    if not path:
        return False
    node, last = first - 1, second - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    past = present = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            past, present = node_hash(step, past), node_hash(step, present)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            present = node_hash(present, step)
        node, last = node >> 1, last >> 1
    return last == 0 and past == old and present == new


def _cover(span: Range) -> list[NodeName]:
    """The complete subtrees of a span that begins at a multiple of the largest power of two not above its width."""
    start, end = span
    names = []
    while start < end:
        level = (end - start).bit_length() - 1
        names.append((level, start >> level))
        start += 1 << level
    return names


def _halves(span: Range) -> tuple[Range, Range]:
    """Split a span of two or more leaves at the largest power of two below its width."""
    start, end = span
    middle = start + (1 << ((end - start - 1).bit_length() - 1))
    return (start, middle), (middle, end)


def _path(index: int, span: Range) -> list[Range]:
    """PATH of RFC 9162, section 2.1.3.1, as the spans whose hashes make it up, leaf upwards."""
    spans: list[Range] = []
    while span[1] - span[0] > 1:
        left, right = _halves(span)
        span, other = (left, right) if index < left[1] else (right, left)
        spans.append(other)
    return spans[::-1]


def _subproof(first: int, span: Range, *, known: bool) -> list[Range]:
    """SUBPROOF of RFC 9162, section 2.1.4.1, as spans; `known` while the verifier has the old root of the span."""
    if first == span[1]:
        return [] if known else [span]
    left, right = _halves(span)
    if first <= left[1]:
        return [*_subproof(first, left, known=known), right]
    return [*_subproof(first, right, known=False), left]


def _hashes(proofs: Sequence[Sequence[Range]], read: ReadNodes) -> list[list[bytes]]:
    """One read for all subtrees that these proofs need; only the last span of each can be made of several."""
    nodes = read(sorted({name for spans in proofs for span in spans for name in _cover(span)}))
    return [[root([nodes[name] for name in _cover(span)]) for span in spans] for spans in proofs]
