"""Four eyes where the law has two bodies: a committee's decision on what a cell resolved is recorded by another person.

A page that lets one person record both does not start (A.2, A.3, A.7, A.9, A.10).
"""

from __future__ import annotations

from collections.abc import Iterator

from workflows.offices import Level, Right
from workflows.vocabulary import Lifecycle, Step

CELL_RESOLVES = (Right.RECORD_RESOLUTION, (Level.CELL,))


def resolved_before(page: type[Lifecycle], one: Step) -> list[str]:
    """The steps by which the cell can have resolved something before the step is taken."""
    found = {name: other for name, other in page.steps().items() if (other.by, other.at) == CELL_RESOLVES}
    return [name for name, other in found.items() if _after(page, other) & {*one.sources}]


def faults(page: type[Lifecycle], one: Step) -> Iterator[str]:
    """What is wrong with whom a step is apart from, one sentence each."""
    for strange in sorted({*one.apart_from} - {*page.steps()}):
        yield f"is apart from {strange!r}, which is no step of this page."
    if one.by == Right.RECORD_DECISION:
        for name in resolved_before(page, one):
            if name not in one.apart_from:
                yield f"decides on what {name} resolved, and may be recorded by the same person (apart_from)."


def _after(page: type[Lifecycle], one: Step) -> set[str]:
    """The states in which a case can be once the step was taken."""
    moves = [move for other in page.steps().values() if other.field == one.field for move in other.moves]
    reached, size = {target for _, target in one.moves}, 0
    while len(reached) > size:
        size = len(reached)
        reached |= {target for source, target in moves if source in reached}
    return reached
