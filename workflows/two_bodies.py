"""Four eyes where the law has two bodies: a committee's decision on what a cell resolved is recorded by another person.

A page that lets one person record both does not start (A.2, A.3, A.5, A.7, A.9, A.10), also where the step that settles it
is one that the cell may take itself: the cell's own offices are not held apart from themselves (`another_than`). A
committee's own resolution (RECORD_COMMITTEE) is held to the same by `tests/workflows/test_two_bodies.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workflows.guards.people import decides_on_nothing
from workflows.offices import Level, Right
from workflows.vocabulary import Act, Lifecycle, Step

CELL_RESOLVES = (Right.RECORD_RESOLUTION, (Level.CELL,))
JUDGED_OTHERWISE = {Right.RECORD_DECISION, Right.RECORD_COMMITTEE, Right.THROUGH_CASE}
"""Rights of a committee alone, and of no office: no step under them is one that the cell may take, too."""

ALONE = {
    "admission.hand_over": "the dossier goes to another place with all that was resolved",
    "removal.file_self_review": "a paper of the person's; the cell resolves on it anew",
    "screening.hand_to_discipline": "a case of its own begins, in which others decide",
}
"""What a committee, too, may take after a cell's resolution without deciding on it, each with the reason; beside what a
guard ties to another paper that has settled the case (`of_another_paper`)."""


def resolved_before(page: type[Lifecycle], one: Step) -> list[str]:
    """The steps by which the cell can have resolved something before the step is taken."""
    found = {name: other for name, other in page.steps().items() if (other.by, other.at) == CELL_RESOLVES}
    return [
        name
        for name, other in found.items()
        if reached(page, other.field, (to for _, to in other.moves)) & {*one.sources}
    ]


def settled_above(page: type[Lifecycle], one: Step) -> list[str]:
    """The steps whose resolution, on which no committee has decided yet, this one settles, taken above the cell as well."""
    above = isinstance(one.at, Act) or {*one.at} - {Level.CELL}
    if not above or one.by in JUDGED_OTHERWISE or f"{page.key}.{one.name}" in ALONE or decides_on_nothing(one.guards):
        return []
    left = {source for source, target in one.moves if source != target}
    apart = {name for name, other in page.steps().items() if other.apart_from}
    return [
        name
        for name, other in page.steps().items()
        if (other.by, other.at) == CELL_RESOLVES and not other.there
        and reached(page, other.field, (to for _, to in other.moves), without=apart) & left
    ]  # fmt: skip


def faults(page: type[Lifecycle], one: Step) -> Iterator[str]:
    """What is wrong with whom a step is apart from, one sentence each."""
    for strange in sorted({*one.apart_from} - {*page.steps()}):
        yield f"is apart from {strange!r}, which is no step of this page."
    if one.by == Right.RECORD_DECISION:
        for name in resolved_before(page, one):
            if name not in one.apart_from:
                yield f"decides on what {name} resolved, and may be recorded by the same person (apart_from)."
    for name in settled_above(page, one):
        if name not in one.apart_from:
            yield f"settles above the cell what {name} resolved, and may be recorded by the same person (apart_from)."


def reached(page: type[Lifecycle], field: str, since: Iterable[str], without: Iterable[str] = ()) -> set[str]:
    """The states of a field to which the page's steps, but for some, lead from these, themselves among them."""
    left_out = {*without}
    moves = [
        move for name, one in page.steps().items() if one.field == field and name not in left_out for move in one.moves
    ]
    found, size = {*since}, 0
    while len(found) > size:
        size = len(found)
        found |= {target for source, target in moves if source in found}
    return found
