"""Flags in a scenario: what the jobs would have counted by now, and what a scenario says of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from backend.audit.models import Event
from backend.cases.durable import durable
from backend.core import clock
from backend.core.db import WHOLE, scope
from backend.deadlines.models import Deadline
from backend.flags.answering import answer
from backend.flags.models import Flag
from backend.flags.refreshing import cells_under, refresh
from backend.participation import following
from backend.scenarios.differing import Difference, as_day
from backend.scenarios.world import World
from workflows.scenarios import Block
from workflows.workdays import month_start


def catch_up() -> None:
    """Do what the jobs do after a step and at night: attendance follows the log, flags are counted again and answered."""
    with durable():
        scope(WHOLE)
        following.follow(list(Event.objects.filter(lifecycle="meeting").order_by("id")))
        refresh(cells_under(WHOLE), clock.today())
        met = Deadline.objects.filter(subject_kind="flag", closed_by__isnull=False).values("closed_by")
        answer(list(Event.objects.filter(member_id__isnull=False).exclude(uid__in=met).order_by("id")))


def flags(world: World, wanted: Iterable[Block]) -> Iterator[Difference]:
    """The months (or years) of a flag that stands, or the last day of what ends; no flag where neither is said."""
    for block in wanted:
        member, about = world.member(block["of"], block.at("of")), f"{block['cause']} · {block['of']}"
        flag = Flag.objects.filter(member_id=member, cause=block["cause"], cleared_on=None).order_by("since").last()
        found = _counted(flag.months, flag.ends_on) if flag is not None else []
        months = (month_start(date.fromisoformat(day)) for day in block.get("months", ()))
        asked = _counted(sorted(months), as_day(block.get("ends")))
        if asked != found:
            yield Difference(block.at("months"), about, asked, found)


def _counted(months: list[date], ends_on: date | None) -> list[date]:
    return [*months, *([ends_on] if ends_on else [])]
