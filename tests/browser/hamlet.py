"""A commune to take pictures of: six cells with their people and their year, one of them with work in every part of its page.

Names, units and papers are made up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from backend.accounts.assigning import give_office
from backend.accounts.models import User
from backend.accounts.policy import Actor
from backend.alerts.sweep import sweep
from backend.cases.engine import NewCase, NewMember, OnCase, perform
from backend.cases.models import Case
from backend.cases.monthly import open_monthly_meetings
from backend.core import clock
from backend.flags.refreshing import refresh_all
from backend.members.models import Member
from backend.organizations.models import Unit
from backend.reports.plans import Target
from backend.reports.plans import enter as enter_plan
from tests.roles import as_role
from tests.web.overview_world import counted
from tests.world import BEGUN, as_if_today, enter, unit
from workflows.offices import Level, Office

TODAY = date(2026, 11, 30)
CELLS = ("ấp Mỹ Hưng", "ấp Mỹ Thạnh", "ấp Bình Hòa", "ấp Vĩnh Lợi", "Trường Tiểu học Hưng Thuận", "Trạm Y tế xã")
IN_THE_CELL = ("Nguyễn Thị Lan", "Trần Văn Bảy", "Lê Minh Tâm", "Phạm Thị Ngọc Ánh", "Huỳnh Văn Út", "Võ Thị Kim Chi",
               "Đặng Quốc Thái", "Bùi Văn Sáu", "Ngô Thị Hồng Gấm", "Dương Hoàng Phúc")  # fmt: skip
ELSEWHERE = ("Trương Văn Hai", "Lý Thị Mai", "Đỗ Thành Nhân", "Hồ Thị Thu", "Phan Văn Tư", "Châu Thị Diễm",
             "Mai Văn Lộc", "Tô Thị Bích", "Cao Văn Đời", "Lâm Thị Yến")  # fmt: skip
MISSES, AWAY, OVERDUE, NEW = "Bùi Văn Sáu", "Dương Hoàng Phúc", "Nguyễn Hoàng Nam", "Trần Thị Cẩm Tú"
PROPOSED = "Lê Thị Thanh Trúc"
OFFICES = {
    "lan": ("Nguyễn Thị Lan", Office.CELL_SECRETARY, "ấp Mỹ Hưng"),
    "bay": ("Trần Văn Bảy", Office.CELL_DEPUTY, "ấp Mỹ Hưng"),
    "hai": ("Trương Văn Hai", Office.CELL_SECRETARY, "ấp Mỹ Thạnh"),
    "dung": ("Nguyễn Quốc Dũng", Office.COMMITTEE_SECRETARY, ""),
    "hanh": ("Phạm Thị Mỹ Hạnh", Office.ORGANISATION_OFFICER, ""),
    "kiet": ("Lê Anh Kiệt", Office.AUDITOR, ""),
}
"""By sign-in name: full name, office, cell (none: the commune)."""


@dataclass
class Hamlet:
    """The commune, its cells by name, people in offices by sign-in name, members of all cells by name."""

    commune: Unit
    cells: dict[str, Unit]
    actors: dict[str, Actor] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)


def make_hamlet() -> Hamlet:
    clock.move_to(TODAY)
    province = unit("98", "Đảng bộ tỉnh Cửu Giang", Level.PROVINCE)
    commune = unit("98.101", "Đảng bộ xã Hưng Thuận", Level.BASE, province)
    cells = {
        name: unit(f"98.101.000.000.{number:03}", f"Chi bộ {name}", Level.CELL, commune)
        for number, name in enumerate(CELLS, 1)
    }
    hamlet = Hamlet(commune, cells)
    for username, (full_name, office, cell) in OFFICES.items():
        hamlet.actors[username] = _seated(username, full_name, office, cells[cell] if cell else commune)
    _people(hamlet)
    _year(hamlet)
    _recognitions(hamlet)
    for month in (8, 9, 10, 11):
        with as_if_today(date(2026, month, 1)), as_role("chibo_jobs"):
            open_monthly_meetings(date(2026, month, 1))
    counted()
    with as_role("chibo_jobs"):
        refresh_all(TODAY)
        for days in range((TODAY - date(2026, 8, 25)).days, -1, -1):
            sweep(TODAY - timedelta(days))
    for number, (figure, value) in enumerate((("admission.year", 4), ("congress.year", 6))):
        paper_of = Target(2026, figure, value, "15-KH/ĐU", date(2026, 1, 20))
        enter_plan(hamlet.actors["hanh"], commune.pk, paper_of, number)
    counted()
    return hamlet


def paper(number: str, on: date, issuer: str = "Chi bộ ấp Mỹ Hưng") -> dict[str, str]:
    return {"number": number, "issuer": issuer, "date": on.isoformat()}


def _seated(username: str, full_name: str, office: Office, at: Unit) -> Actor:
    user = User.objects.create(
        username=username, full_name=full_name, email=f"{username}@example.org", first_day_over=True
    )
    held = give_office(Actor.operator("pictures"), user, office, at.pk, since=BEGUN)
    return Actor(office, at.path, Level(at.level), at.pk, user.pk, held.pk, None, user.full_name)


def _people(hamlet: Hamlet) -> None:
    """Ten official members and two probationers in the first cell, four to six in each of the others."""
    first, *others = hamlet.cells.values()
    for number, name in enumerate(IN_THE_CELL):
        facts = {"participation": "away", "away_until": "2027-01-31"} if name == AWAY else {}
        _enter(hamlet, name, first, number, **facts)
    for name, ceremony in ((OVERDUE, "2025-09-02"), (NEW, "2026-03-26")):
        _enter(hamlet, name, first, 4, step="import_probationary", joined_on=ceremony)
    names = iter(_names())
    for place, cell in enumerate(others):
        for number in range(4 + place % 3):
            _enter(hamlet, next(names), cell, number + place)
    _enter(hamlet, PROPOSED, others[0], 3, step="import_probationary", joined_on="2025-10-20")


def _names() -> Iterator[str]:
    """Each family name with each given name of another: never twice the same."""
    for shift in range(len(ELSEWHERE)):
        for place, name in enumerate(ELSEWHERE):
            middle_and_given = ELSEWHERE[(place + shift) % len(ELSEWHERE)].split(" ", 1)[1]
            yield f"{name.split()[0]} {middle_and_given}"


def _enter(hamlet: Hamlet, name: str, at: Unit, number: int, step: str = "import_official", **facts: Any) -> None:
    born = date(1962 + 3 * (number % 12), 1 + number % 12, 3 + number)
    joined = {"joined_on": f"{2004 + number}-05-19", "participation": "attending"}
    if step == "import_official":
        joined["official_on"] = f"{2005 + number}-05-19"
    raw = {"roster": paper("Danh sách", BEGUN, "Đảng ủy xã Hưng Thuận"), **joined, **facts}
    profile = {"full_name": name, "sex": "f" if " Thị " in name else "m", "born_on": born}
    hamlet.members[name] = enter(NewMember(at.pk, profile), step, raw, BEGUN)


def _year(hamlet: Hamlet) -> None:
    """Meetings from January to October; one member misses the last three, one cell holds none since August."""
    for place, cell in enumerate(hamlet.cells.values()):
        people = list(Member.objects.filter(unit=cell).exclude(participation="away"))
        for month in range(1, 8 if place == 3 else 11):
            missed = MISSES if month > 7 else ""
            _meet(hamlet, cell, people, date(2026, month, 3 + place), missed)


def _meet(hamlet: Hamlet, cell: Unit, people: list[Member], on: date, missed: str) -> Case:
    facts: dict[str, Any] = {"kind": "regular", "month": on.replace(day=1).isoformat()}
    with as_if_today(on):
        planned = perform(Actor.system(), NewCase("meeting", unit_id=cell.pk), "plan", facts, on=on)
        roll = {one.pk: "unexcused" if one.full_name == missed else "present" for one in people}
        facts = {"held_on": on.isoformat(), "roll_call": roll, "minutes_long": 95}
        done = perform(_secretary(hamlet, cell), OnCase(planned["id"]), "hold", facts, on=on)
        minutes = {"minutes": paper(f"{on.month:02}-BB/CB", on, cell.name)}
        perform(_secretary(hamlet, cell), OnCase(done["id"]), "file_minutes", minutes, on=on)
    return Case.objects.get(pk=planned["id"])


def _secretary(hamlet: Hamlet, cell: Unit) -> Actor:
    """Two cells have one who signs in here; for the others a passing one, of whom no picture is taken."""
    names = {"ấp Mỹ Hưng": "lan", "ấp Mỹ Thạnh": "hai"}
    name = names.get(cell.name.removeprefix("Chi bộ "), f"bt{cell.pk}")
    if name not in hamlet.actors:
        first = Member.objects.filter(unit=cell).earliest("pk")
        hamlet.actors[name] = _seated(name, first.full_name, Office.CELL_SECRETARY, cell)
    return hamlet.actors[name]


def _recognitions(hamlet: Hamlet) -> None:
    """One overdue at the cell, one in the middle of the year, one proposed and waiting for the commune."""
    for name in (OVERDUE, NEW, PROPOSED):
        member = hamlet.members[name]
        facts = {"ceremony_on": member.joined_on.isoformat()} if member.joined_on else {}
        done = perform(
            Actor.operator("pictures"), NewCase("recognition", member_id=member.pk), "take_over", facts, on=BEGUN
        )
        hamlet.cases[name] = Case.objects.get(pk=done["id"])
    away = {"away_from": "2026-02-01", "away_until": "2027-01-31"}
    done = perform(
        Actor.operator("pictures"), NewCase("away", member_id=hamlet.members[AWAY].pk), "take_over", away, on=BEGUN
    )
    hamlet.cases[AWAY] = Case.objects.get(pk=done["id"])
    _certified(hamlet, OVERDUE, "lan", date(2026, 8, 20))
    _proposed(hamlet, date(2026, 11, 4))


def _certified(hamlet: Hamlet, name: str, by: str, on: date) -> None:
    raw = {"class_certificate": paper("31-GCN", on, "Trung tâm chính trị")}
    with as_if_today(on):
        perform(hamlet.actors[by], OnCase(hamlet.cases[name].pk), "file_class", raw, on=on)


def _proposed(hamlet: Hamlet, on: date) -> None:
    """By the meeting of another cell, with all votes."""
    cell = hamlet.cells["ấp Mỹ Thạnh"]
    people = list(Member.objects.filter(unit=cell))
    meeting = _meet(hamlet, cell, people, on, "")
    voters = len(people) - 1
    ballot = {"meeting": meeting.pk, "issued": voters, "collected": voters, "valid": voters, "yes": voters, "no": 0}
    raw = {"resolution": paper("11-NQ/CB", on, cell.name), "ballot": ballot}
    _certified(hamlet, PROPOSED, "hai", on)
    with as_if_today(on):
        perform(hamlet.actors["hai"], OnCase(hamlet.cases[PROPOSED].pk), "propose", raw, on=on)
