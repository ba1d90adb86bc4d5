"""One row here and one row there in every table behind a wall: what the walls are tried with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.utils import timezone

from backend.accesses.models import Access
from backend.accounts.models import Assignment, Invitation, Token, User
from backend.alerts.models import Attempt, Enclosure, Letter, Notice, Preference, ReadMark, Unheard
from backend.audit.models import HealthDetail
from backend.cases.models import Case, RequestKey
from backend.contacts.models import CalendarAddress, ChatAddress, Device, Endpoint
from backend.core.partitions import ensure_month
from backend.dues.models import Sheet
from backend.flags.models import Flag
from backend.handovers.models import History, Issue, Line, LineDetail
from backend.imports.models import ImportBatch, ImportFile, ImportTask
from backend.members.models import Member
from backend.organizations.models import Unit
from backend.participation.models import Attendance, DuesEntry
from backend.reports.models import DailyCount, PlanTarget
from backend.scans.models import Scan
from backend.web.models import SavedView
from tests.world import World, make_world

ON, MONTH = date(2026, 11, 2), date(2026, 11, 1)
PATHS = ("path", "unit_path", "acting_path", "guest_path", "about_path")

OF_A_PERSON = {
    "alerts_preference", "alerts_readmark", "cases_requestkey", "contacts_calendaraddress", "contacts_chataddress",
    "contacts_device", "accounts_token", "mfa_authenticator", "usersessions_usersession", "web_savedview",
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """A cell, its secretary, the letter to that secretary, and a case there."""

    unit: Unit
    user: User
    letter: Letter
    line: Line
    case: int


@dataclass(frozen=True)
class Two:
    """Two cells of one commune that must not see into each other; `here` has a deputy too."""

    world: World
    here: Place
    there: Place

    def is_here(self, table: str, row: dict[str, Any]) -> bool:
        """Whether a row belongs to what the secretary here may read: the policies, said once more in Python."""
        scope = self.here.unit.path
        own = self.here.line
        if table.startswith("handovers_"):  # the history that came with somebody, its lines, and what they tell
            mine = {"member_id": own.history.member_id, "history_id": own.history_id, "line_id": own.pk}
            return any(row.get(name) == key for name, key in mine.items())
        if table in {"audit_healthdetail", "scans_scan"}:
            return bool(row["case_id"] == self.here.case)
        if table == "imports_importfile":
            return bool(row["name"] == self.here.unit.code)
        if "letter_id" in row:
            return bool(row["letter_id"] == self.here.letter.pk)
        if table == "accounts_user":
            return row["username"] in {"secretary", "deputy"}
        if table in OF_A_PERSON:
            return bool(row["user_id"] == self.here.user.pk)
        places = [row[name] for name in PATHS if row.get(name)]
        above = table in {"organizations_unit", "organizations_unitspell"} and scope.startswith(places[0])
        return above or any(path.startswith(scope) for path in places)


def two_of_everything() -> Two:
    """The world with both cells at work."""
    world = make_world()
    places = [
        _place(world, number, cell, User.objects.get(username=name))
        for number, (cell, name) in enumerate(((world.cell, "secretary"), (world.other, "other_secretary")), 1)
    ]
    return Two(world, *places)


def _place(world: World, number: int, cell: Unit, user: User) -> Place:
    member = world.member(f"Nguyễn Văn {number}", unit=cell)
    world.meeting([member], ON, unit=cell)
    Flag.objects.create(
        member_id=member.pk, unit_id=cell.pk, unit_path=cell.path, number=f"CB-2026-{number:04d}", cause="dues",
        since=MONTH, months=[MONTH], raised_on=ON,
    )  # fmt: skip
    _organised(cell, user, number)
    _planned(cell, user)
    _took_part(cell, member)
    case = Case.objects.filter(unit=cell).latest("pk").pk
    HealthDetail.objects.create(event_uid=uuid4(), case_id=case, lifecycle="exemption", salt=b"", data=b"")
    Scan.objects.create(
        uid=uuid4(), case_id=case, event_uid=uuid4(), paper="minutes", kind="pdf", size=1, secret=b"", added_at=timezone.now()
    )  # fmt: skip
    return Place(cell, user, _told(cell, user, number), _came(member, number), case)


def _came(member: Member, number: int) -> Line:
    Issue.objects.create(case_id=number, member=member, event_uid=uuid4(), nonce=b"")
    history = History.objects.create(
        member=member, event_uid=uuid4(), installation="A", origin_member=7, issue_uid=uuid4(), taken_in_on=ON, epoch=1,
        size=1, root=b"", signed_at=timezone.now(), public_key=b"", signature=b"",
    )  # fmt: skip
    line = Line.objects.create(history=history, position=1, line=b"", proof=b"", opened=True, subject_kind="member")
    LineDetail.objects.create(line=line, salt=b"", data={})
    return line


def _organised(cell: Unit, user: User, number: int) -> None:
    ImportBatch.objects.create(
        uid=uuid4(), unit_path=cell.path, as_of=ON, files={}, counts={}, report=[], operator="test",
        started_at=timezone.now(), finished_at=timezone.now(),
    )  # fmt: skip
    task = ImportTask.objects.create(
        key=uuid4(), kind="import", unit_path=cell.path, user_id=user.pk, assignment_id=1, language="vi", as_of=ON,
        batch=uuid4(), asked_at=timezone.now(), changed_at=timezone.now(),
    )  # fmt: skip
    ImportFile.objects.create(task=task, name=cell.code, sealed=b"")
    Token.objects.create(user=user)
    Invitation.objects.create(user=user, unit_path=cell.path, digest=f"d{number}", expires_at=timezone.now())
    Authenticator.objects.create(user=user, type="totp", data={})
    UserSession.objects.create(user=user, ip="192.0.2.1", session_key=f"k{number}", user_agent="")
    CalendarAddress.objects.create(user=user, digest=bytes([number]), made_at=timezone.now())
    ChatAddress.objects.create(user=user, url=b"", service="tgram", set_at=timezone.now())
    Device.objects.create(
        user=user, digest=bytes([number]), subscription=b"", service="push.example.org", made_at=timezone.now()
    )  # fmt: skip
    SavedView.objects.create(user=user, page="members", name="Dự bị")
    Endpoint.objects.create(unit=cell, unit_path=cell.path, url="https://a", secret=b"", made_at=timezone.now())
    RequestKey.objects.create(user_id=user.pk, key=f"k{number}", body=b"", outcome=b"", recorded_at=timezone.now())


def _planned(cell: Unit, user: User) -> None:
    DailyCount.objects.create(unit_path=cell.path, figure="member", day=ON, value=1)
    PlanTarget.objects.create(
        unit=cell, unit_path=cell.path, year=2026, figure="admission.year", version=1, value=3, paper_number="1-KH",
        paper_date=ON, office="committee_secretary", office_unit_id=cell.pk, user_id=user.pk, entered_at=timezone.now(),
        event_uid=uuid4(),
    )  # fmt: skip


def _took_part(cell: Unit, member: Member) -> None:
    for table in ("participation_attendance", "participation_duesentry", "accesses_access"):
        ensure_month(table, MONTH)
    place = {"month": MONTH, "member_id": member.pk, "unit_id": cell.pk, "unit_path": cell.path}
    Attendance.objects.create(**place, kind="regular", status="present")
    DuesEntry.objects.create(**place, paid_on=ON)
    Access.objects.create(
        month=MONTH, id=member.pk, seen_at=timezone.now(), door="members/", member_id=member.pk, user_id=1,
        office="cell_secretary", purpose="cell_work", unit_path=cell.path,
    )  # fmt: skip
    Sheet.objects.create(month=MONTH, unit_id=cell.pk, unit_path=cell.path, version=1)


def _told(cell: Unit, user: User, number: int) -> Letter:
    ensure_month("alerts_notice", MONTH)
    Notice.objects.create(
        month=MONTH, id=number, deadline_id=number, rung=0, rung_on=ON, kind="remind", levels_up=0,
        office="cell_secretary", unit_id=cell.pk, unit_path=cell.path, about_path=cell.path, channel="mail",
        created_at=timezone.now(),
    )  # fmt: skip
    letter = Letter.objects.create(
        user=user, day=ON, unit_path=cell.path, address=user.email, message_id=f"<{number}>", created_at=timezone.now()
    )
    Enclosure.objects.create(letter=letter, month=MONTH, notice_id=number)
    Attempt.objects.create(letter=letter, number=1, started_at=timezone.now())
    Unheard.objects.create(
        month=MONTH, notice_id=number, user_id=number, channel="mail", unit_path=cell.path, reason="muted_by_person"
    )  # fmt: skip
    Preference.objects.create(user=user, muted=["mail"])
    ReadMark.objects.create(assignment=Assignment.objects.get(user=user), user=user, up_to=number)
    return letter
