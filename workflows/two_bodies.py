"""Four eyes where the law has two bodies: a committee's decision on what a cell resolved is recorded by another person.

A page that lets one person record both does not start (A.2, A.3, A.7, A.9, A.10). A committee's own resolution
(RECORD_COMMITTEE) is held to the same by `tests/workflows/test_two_bodies.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workflows.offices import Level, Right
from workflows.vocabulary import Lifecycle, Step

CELL_RESOLVES = (Right.RECORD_RESOLUTION, (Level.CELL,))


def resolved_before(page: type[Lifecycle], one: Step) -> list[str]:
    """The steps by which the cell can have resolved something before the step is taken."""
    found = {name: other for name, other in page.steps().items() if (other.by, other.at) == CELL_RESOLVES}
    return [
        name
        for name, other in found.items()
        if reached(page, other.field, (to for _, to in other.moves)) & {*one.sources}
    ]


def faults(page: type[Lifecycle], one: Step) -> Iterator[str]:
    """What is wrong with whom a step is apart from, one sentence each."""
    for strange in sorted({*one.apart_from} - {*page.steps()}):
        yield f"is apart from {strange!r}, which is no step of this page."
    if one.by == Right.RECORD_DECISION:
        for name in resolved_before(page, one):
            if name not in one.apart_from:
                yield f"decides on what {name} resolved, and may be recorded by the same person (apart_from)."


def reached(page: type[Lifecycle], field: str, since: Iterable[str]) -> set[str]:
    """The states of a field to which the page's steps lead from these, themselves among them."""
    moves = [move for one in page.steps().values() if one.field == field for move in one.moves]
    found, size = {*since}, 0
    while len(found) > size:
        size = len(found)
        found |= {target for source, target in moves if source in found}
    return found
