"""What happened to a member, the newest first; before the first entry here, what came in hand-over files."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404

from backend.accounts.policy import Actor
from backend.audit.details import with_voids
from backend.cases import selectors
from backend.core import keyset
from backend.handovers import histories
from backend.members.models import Member
from backend.web.timeline import Line, lines

PAGE = 20


@dataclass(frozen=True)
class Story:
    """A page of entries, and the cursor of the next one."""

    lines: list[Line]
    next: str


def story(actor: Actor, row: Member, cursor: str) -> Story:
    """A page of the member's timeline. Raises Http404 for a cursor that is none of ours."""
    here, elsewhere = with_voids(selectors.timeline(actor, row)), histories.timeline(actor, row)
    try:
        found, following = keyset.chained([(here, lambda one: one), (elsewhere, histories.as_event)], cursor, PAGE)
    except keyset.BadCursor as error:
        raise Http404 from error
    return Story(lines(found, actor), following)
