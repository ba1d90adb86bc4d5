"""What tests of counts share: histories written as rows, and the same figures counted by hand over every row, in Python."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import uuid4

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from backend.audit.models import Event
from backend.core.db import execute
from backend.deadlines.models import Deadline
from backend.flags.models import Flag
from backend.members.models import Member, Spell
from backend.organizations.models import Unit, UnitSpell
from backend.reports.models import DailyCount
from workflows.flagging import Cause
from workflows.standings import MEMBERS, ON_THE_LISTS, Participation, Standing

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
STAND = (*ON_THE_LISTS, Standing.REMOVED, Standing.ANNULLED)


def asleep(*tables: str) -> None:
    """Let the triggers of tables sleep for the rest of the test's transaction: rows are written that the engine did not."""
    for table in tables:
        execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")


def some_day(chance: Random) -> date:
    return FIRST + timedelta(days=chance.randrange(0, 365))


def people(chance: Random, cells: list[Unit], count: int) -> None:
    """Members with a history of up to six stretches over these cells, some of them taken back; entered by a roster or not."""
    asleep("members_member")
    for number in range(count):
        days = sorted({some_day(chance) for _ in range(chance.randint(1, 6))})
        cell = chance.choice(cells)
        member = Member.objects.create(
            unit=cell, unit_path=cell.path, full_name=f"Nguyễn Văn {number}", sort_key="", standing="",
            joined_on=chance.choice([None, some_day(chance), date(2015, 3, 3)]),
        )  # fmt: skip
        for day, until in zip(days, [*days[1:], None], strict=True):
            place = chance.choice(cells)
            Spell.objects.create(
                member=member, unit=place, unit_path=place.path, standing=chance.choice(STAND), valid=DateRange(day, until),
                participation=chance.choice(list(Participation)), recorded_at=timezone.now(),
                event_uid=_event(member, place, day, chance.choice(["import_official", "receive_new_official", "admit"])),
                retracted_at=timezone.now() if chance.random() < 0.15 else None,
            )  # fmt: skip


def _event(member: Member, cell: Unit, day: date, step: str) -> Any:
    version = Event.objects.filter(subject_kind="member", subject_id=member.pk).count() + 1
    made = Event.objects.create(
        uid=uuid4(), code=f"membership.{step}", subject_kind="member", subject_id=member.pk, version=version, step=step,
        member_id=member.pk, unit_id=cell.pk, unit_path=cell.path, office="operator", on_date=day,
        recorded_at=timezone.now(), line=b"",
    )  # fmt: skip
    return made.uid


def flags(chance: Random, cells: list[Unit], count: int) -> None:
    for number in range(count):
        cell, day = chance.choice(cells), some_day(chance)
        Flag.objects.create(
            member_id=number, unit_id=cell.pk, unit_path=cell.path, number=f"CB-{number}", cause=chance.choice(list(Cause)),
            since=day, months=[], raised_on=day, cleared_on=chance.choice([None, day, day + timedelta(days=40)]),
        )  # fmt: skip


def deadlines(chance: Random, cells: list[Unit], count: int) -> None:
    for number in range(count):
        cell, day = chance.choice(cells), some_day(chance)
        met = chance.choice([None, day, day + timedelta(days=chance.randrange(0, 90))])
        Deadline.objects.create(
            subject_kind="bench", subject_id=number, unit=cell, unit_path=cell.path, acting_unit=cell, acting_path=cell.path,
            acting_level="cell", rule_id="X", rule_version="X", firmness="firm", start_label="", started_on=day,
            due_on=day + timedelta(days=chance.randrange(-5, 60)), status="open" if met is None else "met_late",
            met_on=met, occurrence=uuid4(), opened_at=timezone.now(), opened_on=day, ladder="x",
        )  # fmt: skip


def by_hand(day: date) -> Counter[tuple[int, str]]:
    """By unit and figure, what there was on the day: each thing looked at by itself, and added to all that stood above."""
    found: Counter[tuple[int, str]] = Counter()
    above = _above(day)
    for unit, figure in [*_people_by_hand(day), *_tasks_by_hand(day)]:
        for place in above(unit):
            found[place, figure] += 1
    return +found


def _people_by_hand(day: date) -> Iterator[tuple[int, str]]:
    for one in Spell.objects.filter(retracted_at=None):
        if one.valid.lower <= day and (one.valid.upper is None or day < one.valid.upper):
            if one.standing in ON_THE_LISTS:
                yield one.unit_id, f"standing.{one.standing}"
            if one.standing in MEMBERS:
                yield one.unit_id, "member"
                yield one.unit_id, f"participation.{one.participation}"
    steps = dict(Event.objects.values_list("uid", "step"))
    for member in Member.objects.all():
        before = ""
        spells = list(Spell.objects.filter(member=member, retracted_at=None).order_by("valid"))
        for place, one in enumerate(spells):
            step = steps[one.event_uid]
            admitted = before in {"approved", "candidate"} or (not before and step == "begin_probation")
            begun = one.valid.lower if admitted else member.joined_on if not before else None
            entered = admitted or (not before and step.startswith("import"))
            annulled = [later.valid.lower for later in spells[place + 1 :] if later.standing == "annulled"]
            counts = (
                one.standing in MEMBERS and entered and begun is not None and begun.year == day.year and begun <= day
            )
            if counts and not any(gone <= day for gone in annulled):
                yield one.unit_id, "admission.year"
            before = one.standing


def _tasks_by_hand(day: date) -> Iterator[tuple[int, str]]:
    for flag in Flag.objects.all():
        if flag.raised_on <= day and (flag.cleared_on is None or day < flag.cleared_on):
            yield from ((flag.unit_id, figure) for figure in ("flag.all", f"flag.{flag.cause}"))
    for one in Deadline.objects.exclude(subject_kind="unit"):
        if one.opened_on <= day and (one.met_on is None or day < one.met_on):
            yield one.unit_id, "deadline.open"
            if one.due_on < day:
                yield one.unit_id, "deadline.overdue"
    for spell in UnitSpell.objects.filter(level="cell"):
        begun = spell.valid.lower is None or spell.valid.lower <= day
        if begun and (spell.valid.upper is None or day < spell.valid.upper):
            yield spell.unit_id, "cell"


def _above(day: date) -> Any:
    """The units at and above one, as the tree stood on the day; before its first stretch as in that, after its last too."""
    stood: dict[int, int | None] = {}
    for one in UnitSpell.objects.order_by("unit_id", "valid"):
        if one.unit_id not in stood or (one.valid.lower is not None and one.valid.lower <= day):
            stood[one.unit_id] = one.parent_id

    def chain(unit: int | None) -> Iterator[int]:
        while unit is not None:
            yield unit
            unit = stood[unit]

    return chain


def stored(day: date) -> Counter[tuple[int, str]]:
    """The same as the table of counts has it."""
    units = {one.path: one.pk for one in Unit.objects.all()}
    found: Counter[tuple[int, str]] = Counter()
    for one in DailyCount.objects.filter(day__lte=day).order_by("day"):
        found[units[one.unit_path], one.figure] = one.value
    return +found
