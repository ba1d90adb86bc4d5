"""A unit that was closed takes nobody back, and no case is open there again: it closes once nobody and nothing is left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_noop

from backend.audit.models import Event
from backend.cases.orders import Loaded
from backend.core.errors import CannotVoid
from backend.organizations.models import Unit
from workflows.answers import shown
from workflows.catalogue import LIFECYCLES
from workflows.standings import ENDED, ON_THE_LISTS

NO_WAY_BACK = gettext_noop(
    "The person would go back to %(unit)s, which was closed on %(day)s. Let the person go to the right cell by a transfer."
)
ON_ITS_LIST = gettext_noop(
    "The person would stand on the list of %(unit)s again, which was closed on %(day)s. Enter the person anew in the cell where"
    " the person belongs."
)
OPEN_THERE = gettext_noop(
    "The case would be open again in %(unit)s, which was closed on %(day)s. What is still to be done is opened anew in the unit"
    " that took over."
)
_PLACES = ("unit_id", "guest_unit_id")


def refuse_if_closed(events: Sequence[Event], rows: Mapping[tuple[str, int], Loaded], *, whole: bool) -> None:
    """Raise CannotVoid where the events, the newest first, once undone put somebody or a case back into a closed unit.

    Of a `whole` import nothing stays that it had entered: only whoever it had moved goes back.
    """
    left = {one.facts.get("was", {}).get(name) for one in events for name in _PLACES} - {None}
    wanted = dict.fromkeys(left, NO_WAY_BACK) | (dict(_standing_again(events, rows)) if not whole else {})
    closed = Unit.objects.filter(pk__in=wanted, closed_on__isnull=False).order_by("pk").first() if wanted else None
    if closed is not None:
        raise CannotVoid(wanted[closed.pk], unit=closed.name, day=shown(closed.closed_on))


def _standing_again(events: Sequence[Event], rows: Mapping[tuple[str, int], Loaded]) -> Iterator[tuple[int, str]]:
    """The units in which somebody who has left, or a case that has ended, would be found again, and what is said of it."""
    back: dict[tuple[str, int], dict[str, Any]] = {}
    for one in events:  # the oldest says what is left of its subject
        states = {name: was for name, (was, _) in one.changes.items()}
        back.setdefault((one.subject_kind, one.subject_id), {}).update(states)
    for key, states in back.items():
        unit, case, member = rows[key].unit, rows[key].case, rows[key].member
        if case is None:
            if member.standing in ENDED and states.get("standing") in ON_THE_LISTS:
                yield unit.id, ON_ITS_LIST
        elif case.closed_on is not None and states.get("state", "") not in ("", *LIFECYCLES[case.lifecycle].final):
            yield unit.id, OPEN_THERE
