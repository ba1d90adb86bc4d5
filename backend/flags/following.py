"""Flags follow the log: after the events that matter, those of the cells concerned are counted again.

The name of this follower sorts after that of attendance, whose rows it counts.
"""

from __future__ import annotations

from collections.abc import Sequence

from backend.audit.models import Event
from backend.core import clock
from backend.flags.answering import answer
from backend.flags.refreshing import affected, refresh

NAME = "flags"


def follow(events: Sequence[Event]) -> None:
    """Bring the flags of every cell that the events touch in line, then meet what people have answered."""
    cells = affected(events)
    if cells:
        refresh(sorted(cells), clock.today())
    answer(events)
