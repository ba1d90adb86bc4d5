"""Two records compared before one is merged into the other (`MergeView`)."""

from __future__ import annotations

from typing import Any

from backend.core.db import execute
from backend.members.models import Member
from backend.members.twice import differing
from backend.participation.merging import counted_in_both
from workflows.guards.merging import DAYS
from workflows.situation import MergeView

_RUNNING = """
    SELECT number FROM cases_case WHERE member_id = %s AND closed_on IS NULL AND state <> '' ORDER BY id"""


def merge_view(gone: Any, kept: int) -> MergeView | None:
    """The record `kept` beside the member that goes; None where either is not there."""
    both = Member.objects.in_bulk([gone.pk, kept])
    if len(both) < 2:
        return None
    record = both[kept]
    return MergeView(
        id=kept, standing=record.standing, days={name: getattr(record, name) for name in DAYS},
        differing=differing(record, both[gone.pk]), counted=counted_in_both(kept, gone.pk),
        running=tuple(number for (number,) in execute(_RUNNING, [gone.pk])), is_guest=gone.guest_unit_id is not None,
        badge_years=record.badge_years,
    )  # fmt: skip
