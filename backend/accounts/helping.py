"""Whom a helper may be assigned to: the rooms above know the members, and say what stands against it."""

from __future__ import annotations

from collections.abc import Callable

from workflows.answers import Refusal

Judge = Callable[[int, int], list[Refusal]]
"""Of a member's id and a unit's: why nobody there can be assigned to help this member; nothing where one can."""
_JUDGES: list[Judge] = []


def judged_by(judge: Judge) -> None:
    """Called from AppConfig.ready of a room above."""
    _JUDGES.append(judge)


def reasons_against(member_id: int, unit_id: int) -> list[Refusal]:
    """Inside the caller's transaction."""
    return [reason for judge in _JUDGES for reason in judge(member_id, unit_id)]
