"""A commune with something to count: members, meetings, admissions; counted as the worker does it."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from backend.audit.models import Event
from backend.cases.models import Case
from backend.core.db import execute
from backend.jobs.tasks import follow, seal
from backend.members.models import Member, Spell
from backend.organizations.models import Unit
from backend.reports.counting import rebuild
from backend.reports.plans import Target, enter
from tests.backend.reports.counting import asleep
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


def seed_of_2022(world: World, cells: int = 2_900, admitted: int = 934, held: int = 1_793) -> None:
    """The province of the report of 26/07/2022 in rows of its own: so many cells, admissions and congresses; and its plans."""
    asleep("members_member", "cases_case")
    day, units = date(2026, 3, 1), _cells(world, cells)
    _admitted(units[:admitted], day)
    Case.objects.bulk_create(
        Case(
            lifecycle="congress", number=f"DH-{number}", state="approved", version=1, unit=one, unit_path=one.path,
            acting_unit=one, acting_path=one.path, opened_on=day, closed_on=day, exclusive_key=f"term:{number}",
            facts={"minutes": {"date": day.isoformat()}},
        )
        for number, one in enumerate(units[:held])
    )  # fmt: skip
    for seen, (figure, value) in enumerate((("admission.year", 1_300), ("congress.year", 2_900))):
        enter(
            world.actor("province"),
            world.province.pk,
            Target(2026, figure, value, "1-KH/TU", day),
            seen,
        )
    rebuild()


def _cells(world: World, count: int) -> list[Unit]:
    made = Unit.objects.bulk_create(
        Unit(
            code=f"87.107.000.{number // 1_000 + 1:03}.{number % 1_000:03}", name=f"Chi bộ {number}", level="cell",
            parent=world.commune, path=f"x{number}",
        )
        for number in range(count)
    )  # fmt: skip
    execute("UPDATE organizations_unit SET path = %s || id || '/' WHERE path LIKE %s", [world.commune.path, "x%"])
    execute(
        """INSERT INTO organizations_unitspell (unit_id, name, code, level, parent_id, path_then, unit_path, valid, recorded_at)
           SELECT id, name, code, level, parent_id, path, path, daterange('2026-01-01', NULL), now()
           FROM organizations_unit WHERE id = ANY (%s)""",
        [[one.pk for one in made]],
    )
    return list(Unit.objects.filter(pk__in=[one.pk for one in made]).order_by("pk"))


def _admitted(units: list[Unit], day: date) -> None:
    """One in each cell, whom a roster brought."""
    event = Event.objects.create(
        uid=uuid4(), code="membership.imported_probationary", subject_kind="member", subject_id=0, version=1,
        step="import_probationary", unit_id=units[0].pk, unit_path=units[0].path, office="operator", on_date=day,
        recorded_at=timezone.now(), line=b"",
    )  # fmt: skip
    people = Member.objects.bulk_create(
        Member(unit=one, unit_path=one.path, full_name=f"Nguyễn Văn {number}", sort_key="", joined_on=day)
        for number, one in enumerate(units)
    )
    Spell.objects.bulk_create(
        Spell(
            member=one, unit=one.unit, unit_path=one.unit_path, standing="probationary", participation="attending",
            valid=DateRange(day, None), recorded_at=timezone.now(), event_uid=event.uid,
        )
        for one in people
    )  # fmt: skip
