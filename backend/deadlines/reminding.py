"""A unit's settings or its place changed, or a deadline is open again: it is reminded from the day that holds for it now."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import partial

from django.db.models import Q

from backend.accounts.policy import Actor
from backend.audit.record import Who
from backend.deadlines.models import Deadline
from backend.deadlines.moving import recorder
from backend.deadlines.recompute import Move, recompute
from backend.organizations.laddering import rules_of_packs, rules_settled
from backend.organizations.models import Unit
from backend.organizations.settings import packs_on, reminder_days
from workflows.catalogue import reminded
from workflows.reminders import Reminder


def follow_settings(who: Who, path: str, rules: Collection[str] = ()) -> list[Move]:
    """Plan the reminders of the subtree's open deadlines anew, each move with its event; what was said stays said.

    Of the rules whose reminder day a unit sets or whose ladder a pack does, and of `rules`, for which a unit settled another.
    """
    inside = Q(unit_path__gte=path, unit_path__lt=f"{path}~", rule_id__in={*reminded(), *rules_of_packs(), *rules})
    return recompute(only=inside, remind=_by_settings, record=recorder(who))


def follow_reopened(who: Who, keys: Collection[int]) -> list[Move]:
    """Count deadlines that a void has opened again, by id, as everything stands now, each move with its event.

    While they were closed they followed nothing: neither the law nor the calendar nor what their unit settled.
    """
    return recompute(only=Q(pk__in=keys), remind=_by_settings, record=recorder(who)) if keys else []


def follow_move(_was: str, path: str) -> None:
    """Units that moved below another committee follow its day and its ladders, where they have none of their own."""
    follow_settings(Actor.system().who(), path, rules_settled())


def _by_settings(batch: Sequence[Deadline]) -> dict[int, Reminder | None]:
    own = reminder_days(Unit.objects.filter(pk__in={one.unit_id for one in batch}))
    packs = packs_on((one.unit_id, one.started_on) for one in batch)
    return {
        one.pk: reminded()[one.rule_id](own[one.unit_id], partial(_known, packs, one.unit_id), one.started_on)
        if one.rule_id in reminded()
        else None
        for one in batch
    }


def _known(packs: Mapping[tuple[int, date], frozenset[str]], unit_id: int, day: date) -> frozenset[str]:
    return packs[unit_id, day]
