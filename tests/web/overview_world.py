"""A commune with something to count: members, meetings, admissions; counted as the worker does it."""

from __future__ import annotations

from datetime import date

from backend.jobs.tasks import follow, seal
from tests.world import World, make_world


def counted() -> None:
    """Sealed and counted as the worker does it, with the pulse of its jobs."""
    seal()
    follow()


def commune_at_work() -> World:
    """Three official members and one probationary in the first cell, two and nobody new in the other; two meetings held."""
    world = make_world()
    people = world.members(3)
    world.member("Lê Thị Mới", step="import_probationary", joined_on="2026-03-10")
    world.members(2, unit=world.other)
    world.meeting(people, date(2026, 9, 3))
    world.meeting(people, date(2026, 10, 5))
    counted()
    return world
