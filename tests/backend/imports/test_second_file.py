"""A later file: what is new is taken, what the record lacks is added, what stands otherwise is told and left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import openpyxl
import pytest
from django.utils.translation import override

from backend.audit.models import Event, EventDetail
from backend.audit.sealing import seal_all
from backend.audit.verify import verify_log
from backend.cases.engine import OnCase, perform
from backend.cases.models import Case
from backend.core.db import WHOLE, scoped
from backend.core.errors import CannotVoid
from backend.core.keyring import unseal
from backend.deadlines.models import Deadline
from backend.imports.applying import bring_in
from backend.imports.reading import read_commune
from backend.imports.summary import summary
from backend.imports.undoing import undo
from backend.members.models import Member
from backend.members.protected import blind_index
from backend.organizations.models import Unit
from backend.participation.models import Attendance, DuesEntry
from tests.backend.imports.books import CELL, GOOD, PROBATIONER, TABLES, UNITS, write_folder
from tests.backend.imports.running import ANN, BEN, counted, load, secretary
from tests.realdb import RealDatabase
from tests.roles import as_role

pytestmark = pytest.mark.real
NAMELESS = {**GOOD, "full_name": "Lý Văn Ba", "personal_id": None, "card_number": None}
OTHER = "87.107.000.000.002"
TWO_CELLS = UNITS | {OTHER: ("87.107", "Chi bộ 2", "cell")}
ID = GOOD["personal_id"]


@pytest.fixture
def app(committed_db: RealDatabase) -> Iterator[RealDatabase]:
    with as_role("chibo_app"):
        yield committed_db


def told(report: dict[str, Any], file: str = "") -> list[tuple[str, str, str, str]]:
    """(code, column, what the file says, what stands) of the roster's faults, or of one of the tables."""
    faults = report["files"][file]["faults"] if file else report["faults"]
    return [(one["code"], one["column"], one["value"], one.get("stands", "")) for one in faults]


def changed(report: dict[str, Any]) -> dict[str, int]:
    """What was counted, without the zeros."""
    return {name: count for name, count in report["counts"].items() if count}


def meetings(**lines: str) -> Mapping[str, list[str]]:
    return {**TABLES, "meetings.csv": [f"{CELL},{line}" for line in lines.values()]}


def test_the_same_folder_changes_nothing(app: RealDatabase, tmp_path: Path) -> None:
    folder = write_folder(tmp_path, [{**GOOD, "phone": "0912345678"}, PROBATIONER, NAMELESS], tables=TABLES)
    load(folder)
    before = counted()
    report = load(folder)
    assert (report["changed"], report["batch"], changed(report)) == (False, None, {"unchanged": 3})
    assert [code for code, *_ in told(report)] == ["id_missing", "card_missing"]
    assert [told(report, name) for name in TABLES] == [[], [], []]
    assert counted() == before


def test_new_people_come_in_and_another_state_is_only_told(app: RealDatabase, tmp_path: Path) -> None:
    load(write_folder(tmp_path, [GOOD, NAMELESS]))
    gone = {**GOOD, "status": "Đã xóa tên", "left_on": "01/10/2026"}
    fresh = {**GOOD, "full_name": "Võ Thị Tư", "personal_id": "087080000004"}
    report = load(write_folder(tmp_path, [gone, {**NAMELESS, "full_name": "LÝ VĂN BA"}, fresh]))
    assert changed(report) == {"people": 1, "unchanged": 1, "state_differs": 1}
    (fault,) = [one for one in report["faults"] if one["code"] == "state_differs"]
    assert (fault["row"], fault["cell"], fault["value"], fault["stands"]) == (4, "Z4", "removed", "official")
    with scoped(WHOLE):
        assert sorted(Member.objects.values_list("full_name", "standing")) == [
            ("Lê Văn Tám", "official"), ("Lý Văn Ba", "official"), ("Võ Thị Tư", "official"),
        ]  # fmt: skip


def test_a_roster_older_than_one_that_stands_is_told_with_the_sheets_passed_over(
    app: RealDatabase, tmp_path: Path
) -> None:
    folder, earlier = write_folder(tmp_path, [GOOD, NAMELESS]), date(2026, 9, 30)
    first = load(folder)
    assert (first["newer_roster"], first["sheets_passed_over"]) == (None, [])
    book = openpyxl.load_workbook(folder / "roster.xlsx")
    book.copy_worksheet(book.active).title = "Cũ"
    book.create_sheet("Ghi chú")
    book.save(folder / "roster.xlsx")
    before = counted()
    report = bring_in(read_commune(folder, earlier, known_units=frozenset(UNITS)), ANN, dry_run=True)
    assert (report["newer_roster"], report["sheets_passed_over"]) == ("2026-10-31", ["Cũ"])
    with override("en"):
        said = list(summary(report, kept=False))
    assert "Caution: a roster of 2026-10-31 stands here already, and this one speaks of 2026-09-30, before it." in said
    assert "Caution: other sheets have people too and were not read: “Cũ”." in said
    assert counted() == before
    undo(BEN, UUID(first["batch"]), reason="a test")
    report = bring_in(read_commune(folder, earlier, known_units=frozenset(UNITS)), ANN, dry_run=True)
    assert report["newer_roster"] is None


# A personal id, phone or card number that comes later


def test_what_the_record_lacks_is_stored_and_the_task_is_met(app: RealDatabase, tmp_path: Path) -> None:
    load(write_folder(tmp_path, [NAMELESS]))
    later = {
        **NAMELESS,
        "personal_id": "087080000003",
        "phone": "0912 345 678",
        "card_number": "87.0000000003",
        "note": "x",
    }
    report = load(write_folder(tmp_path, [later], tables=_of("087080000003")))
    assert changed(report) == {"completed": 1, "past_meetings": 1, "attendance": 1, "dues": 1}
    assert told(report) == []
    with scoped(WHOLE):
        member = Member.objects.get(personal_id_index=blind_index("personal_id", "087080000003"))
        assert (unseal(member.personal_id), unseal(member.phone)) == ("087080000003", "0912345678")
        assert (member.card, unseal(member.note), member.version) == ("870000000003", "x", 2)
        assert member.phone_index == blind_index("phone", "0912345678")
        event = Event.objects.get(code="member.completed")
        assert (event.subject_kind, event.subject_id, event.version, str(event.batch)) == (
            "member", member.pk, 2, report["batch"],
        )  # fmt: skip
        assert event.facts == {"completed": ["card_number", "note", "personal_id", "phone"]}
        assert EventDetail.objects.get(event_uid=event.uid).data == {"who": "ann"}
        task = Deadline.objects.get(rule_id="TASK.COMPLETE_RECORD")
        assert (task.status, task.met_on, task.closed_by) == ("met", date(2026, 10, 31), event.uid)
    before = counted()
    assert changed(load(write_folder(tmp_path, [later], tables=_of("087080000003")))) == {"unchanged": 1}
    assert counted() == before
    verified()


def _of(personal_id: str) -> dict[str, list[str]]:
    return {name: [line.replace(ID, personal_id) for line in lines] for name, lines in TABLES.items()}


def test_what_came_later_goes_again_when_the_later_file_is_undone(app: RealDatabase, tmp_path: Path) -> None:
    first = load(write_folder(tmp_path, [NAMELESS]))
    later = {**NAMELESS, "personal_id": "087080000003", "note": "x"}
    second = load(write_folder(tmp_path, [later]))
    with pytest.raises(CannotVoid):
        undo(BEN, UUID(first["batch"]), reason="too early")
    assert undo(BEN, UUID(second["batch"]), reason="x") == {"events": 1, "rows": 0, "units": 0, "names": 0}
    with scoped(WHOLE):
        member = Member.objects.get()
        assert (member.standing, member.personal_id, member.personal_id_index, member.note) == (
            "official",
            None,
            None,
            None,
        )
        assert Deadline.objects.get(rule_id="TASK.COMPLETE_RECORD").status == "open"
    verified()
    assert changed(load(write_folder(tmp_path, [later]))) == {"completed": 1}
    with scoped(WHOLE):
        assert unseal(Member.objects.get().personal_id) == "087080000003"
    verified()


def test_the_first_file_can_be_undone_after_the_later_one(app: RealDatabase, tmp_path: Path) -> None:
    first = load(write_folder(tmp_path, [NAMELESS]))
    second = load(write_folder(tmp_path, [{**NAMELESS, "personal_id": "087080000003"}]))
    for report in (second, first):
        undo(BEN, UUID(report["batch"]), reason="the wrong list")
    with scoped(WHOLE):
        assert Member.objects.get().full_name == ""
    verified()


def verified() -> None:
    with as_role("chibo_jobs"):
        seal_all()
        assert verify_log().fault is None


@pytest.mark.parametrize(
    ("change", "column", "stands"),
    [
        ({"phone": "0987654321"}, "Điện thoại", ""),
        ({"old_personal_id": "339999999"}, "Số CMND cũ", ""),
        ({"card_number": "870000000009"}, "Số thẻ đảng viên (12 số)", ""),
        ({"full_name": "Lê Văn Tâm"}, "Họ và tên khai sinh", "Lê Văn Tám"),
        ({"born_on": "04/03/1980"}, "Ngày sinh", "02/03/1980"),
        ({"sex": "Nữ"}, "Giới tính", "m"),
        ({"ethnicity": "Khmer"}, "Dân tộc", ""),
        ({"official_on": "03/02/2007"}, "Ngày chính thức", "03/02/2006"),
        ({"admission_decided_on": "01/02/2005"}, "Ngày QĐ kết nạp", ""),
    ],
)
def test_another_value_is_told_and_never_written(app: RealDatabase, tmp_path: Path, change, column, stands) -> None:
    whole = {**GOOD, "phone": "0912345678", "old_personal_id": "331234567", "ethnicity": "Kinh"}
    load(write_folder(tmp_path, [whole]))
    before, row = counted(), _member()
    report = load(write_folder(tmp_path, [{**whole, **change}]))
    ((code, named, value, stood),) = [one for one in told(report) if one[0] != "id_other_sex"]
    assert (code, named, stood) == ("record_differs", column, stands)
    assert value
    assert changed(report) == {"record_differs": 1}
    assert (counted(), _member()) == (before, row)


def _member() -> dict[str, Any]:
    with scoped(WHOLE):
        return Member.objects.values().get()


@pytest.mark.parametrize(
    "change",
    [
        {"full_name": "LÊ  VĂN  TÁM"}, {"personal_id": 87080000001}, {"card_number": "87.000.0000001"}, {"born_on": "1980"},
        {"born_on": date(1980, 3, 2)}, {"sex": None}, {"status": "Đang sinh hoạt Đảng"}, {"personal_id": None},
    ],
)  # fmt: skip
def test_another_way_of_writing_and_an_empty_cell_say_nothing_else(app: RealDatabase, tmp_path: Path, change) -> None:
    load(write_folder(tmp_path, [GOOD]))
    before = counted()
    report = load(write_folder(tmp_path, [{**GOOD, **change}]))
    assert changed(report) == {"unchanged": 1}
    assert counted() == before


def test_another_id_for_a_person_who_has_one_is_told_and_nobody_comes_in(app: RealDatabase, tmp_path: Path) -> None:
    load(write_folder(tmp_path, [GOOD]))
    before = counted()
    other = {**GOOD, "personal_id": "087080000009"}
    report = load(write_folder(tmp_path, [other], tables=_of("087080000009")))
    assert told(report) == [("record_differs", "Số định danh cá nhân", "087080000009", "")]
    assert [code for code, *_ in told(report, "attendance.csv")] == ["unknown_person"]
    assert changed(report) == {"record_differs": 1, "past_meetings": 1}
    assert {**counted(), "Case": 0} == {**before, "Case": 0} | {
        name: before[name] + count
        for name, count in {"Event": 2, "EventDetail": 2, "Pending": 2, "ImportBatch": 1}.items()
    }


def test_a_namesake_who_is_in_the_file_beside_the_known_one_is_new(app: RealDatabase, tmp_path: Path) -> None:
    load(write_folder(tmp_path, [GOOD]))
    twin = {**GOOD, "personal_id": "087080000009"}
    assert changed(load(write_folder(tmp_path, [twin, GOOD]))) == {"people": 1, "unchanged": 1}


def test_of_two_namesakes_without_an_id_nobody_is_guessed(app: RealDatabase, tmp_path: Path) -> None:
    folder = write_folder(tmp_path, [NAMELESS, NAMELESS])
    assert changed(load(folder))["people"] == 2
    assert changed(load(folder)) == {"unchanged": 2}
    before = counted()
    report = load(write_folder(tmp_path, [{**NAMELESS, "personal_id": "087080000003"}]))
    assert [code for code, *_ in told(report)] == ["card_missing", "ambiguous_person"]
    assert changed(report) == {"ambiguous_person": 1}
    assert counted() == before
    assert changed(load(write_folder(tmp_path, [NAMELESS] * 3))) == {"people": 1, "unchanged": 2, "tasks": 1}


def test_a_person_of_another_cell_is_told(app: RealDatabase, tmp_path: Path) -> None:
    load(write_folder(tmp_path, [GOOD], TWO_CELLS))
    report = load(write_folder(tmp_path, [GOOD], TWO_CELLS, group=f"Chi bộ 2 ({OTHER})"))
    assert told(report) == [("state_differs", "Đảng bộ, chi bộ đang sinh hoạt", OTHER, "")]
    assert changed(report) == {"state_differs": 1}


# Lines of the months


def test_a_changed_line_is_told_a_new_one_taken(app: RealDatabase, tmp_path: Path) -> None:
    people = [GOOD, PROBATIONER]
    load(write_folder(tmp_path, people, tables=TABLES))
    tables = {
        **TABLES,
        "attendance.csv": [f"{CELL},2026-09,{ID},unexcused", f"{CELL},2026-09,087080000002,present"],
        "dues.csv": [f"{CELL},2026-09,{ID},2026-09-26", f"{CELL},2026-08,{ID},2026-08-01"],
    }
    report = load(write_folder(tmp_path, people, tables=tables))
    assert told(report, "attendance.csv") == [("line_differs", "status", "unexcused", "present")]
    assert told(report, "dues.csv") == [("line_differs", "paid_on", "2026-09-26", "2026-09-25")]
    assert [report["files"][name]["faults"][0]["row"] for name in ("attendance.csv", "dues.csv")] == [2, 2]
    assert [report["files"][name]["left_out"] for name in ("attendance.csv", "dues.csv")] == [1, 1]
    assert changed(report) == {"unchanged": 2, "line_differs": 2, "attendance": 1, "dues": 1}
    with scoped(WHOLE):
        assert Attendance.objects.filter(status="present").count() == Attendance.objects.count() == 2
        assert sorted(DuesEntry.objects.values_list("paid_on", flat=True)) == [date(2026, 8, 1), date(2026, 9, 25)]
        assert Attendance.objects.filter(meeting_id=None).count() == 0


def test_of_two_roll_calls_of_a_month_a_line_is_compared_with_its_own_cell_s(app: RealDatabase, tmp_path: Path) -> None:
    """A guest is called at home and at the temporary cell; the table knows one of them."""
    load(write_folder(tmp_path, [GOOD], TWO_CELLS, TABLES))
    with scoped(WHOLE):
        there, row = Unit.objects.get(code=OTHER), Attendance.objects.get()
        Attendance.objects.create(
            month=row.month, member_id=row.member_id, kind="regular", status="unexcused", unit_id=there.pk,
            unit_path=there.path,
        )  # fmt: skip
    report = load(write_folder(tmp_path, [GOOD], TWO_CELLS, TABLES))
    assert (told(report, "attendance.csv"), changed(report)) == ([], {"unchanged": 1})
    other = {**TABLES, "attendance.csv": [f"{CELL},2026-09,{ID},excused"]}
    report = load(write_folder(tmp_path, [GOOD], TWO_CELLS, other))
    assert told(report, "attendance.csv") == [("line_differs", "status", "excused", "present")]


def test_a_line_of_another_cell_is_told(app: RealDatabase, tmp_path: Path) -> None:
    both = {**TABLES, "meetings.csv": [*TABLES["meetings.csv"], f"{OTHER},2026-09,regular,2026-09-04,90,2026-09-05"]}
    load(write_folder(tmp_path, [GOOD], TWO_CELLS, both))
    moved = {name: [line.replace(CELL, OTHER) for line in lines] for name, lines in TABLES.items()}
    report = load(write_folder(tmp_path, [GOOD], TWO_CELLS, {**moved, "meetings.csv": both["meetings.csv"]}))
    for name in ("attendance.csv", "dues.csv"):
        assert told(report, name) == [("line_differs", "cell_code", OTHER, CELL)]
    assert changed(report) == {"unchanged": 1, "line_differs": 2}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("2026-09,regular,2026-09-03,75,2026-09-05", []),
        ("2026-09,regular,2026-09-03,,", []),
        ("2026-09,regular,2026-09-04,75,2026-09-05", [("line_differs", "held_on", "2026-09-04", "2026-09-03")]),
        ("2026-09,regular,2026-09-03,90,2026-09-05", [("line_differs", "minutes_long", "90", "75")]),
        (
            "2026-09,regular,2026-09-03,75,2026-09-06",
            [("line_differs", "minutes_filed_on", "2026-09-06", "2026-09-05")],
        ),
    ],
)
def test_a_changed_meeting_is_told(app: RealDatabase, tmp_path: Path, line, expected) -> None:
    load(write_folder(tmp_path, [GOOD], tables=TABLES))
    before = counted()
    report = load(write_folder(tmp_path, [GOOD], tables=meetings(one=line)))
    assert told(report, "meetings.csv") == expected
    assert report["files"]["meetings.csv"]["left_out"] == len(expected)
    assert (report["changed"], counted()) == (False, before)


def test_minutes_and_meetings_that_only_a_step_may_record_are_told(app: RealDatabase, tmp_path: Path) -> None:
    unfiled = meetings(one="2026-09,regular,2026-09-03,75,")
    load(write_folder(tmp_path, [GOOD], tables=unfiled))
    later = meetings(one="2026-09,regular,2026-09-03,75,2026-09-05", two="2026-10,regular,2026-10-30,80,2026-10-31")
    attended = {**later, "attendance.csv": [*TABLES["attendance.csv"], f"{CELL},2026-10,{ID},present"]}
    report = load(write_folder(tmp_path, [GOOD], tables=attended))
    assert told(report, "meetings.csv") == [
        ("state_differs", "minutes_filed_on", "2026-09-05", "held"), ("state_differs", "held_on", "2026-10-30", "planned"),
    ]  # fmt: skip
    assert told(report, "attendance.csv") == [("no_meeting", "month", "2026-10", "")]
    assert changed(report) == {"unchanged": 1, "state_differs": 2}
    with scoped(WHOLE):
        planned = Case.objects.get(lifecycle="meeting", state="planned")
    facts = {"held_on": "2026-10-30", "minutes_long": 80}
    perform(secretary(CELL), OnCase(planned.pk), "hold", facts, on=date(2026, 10, 30))
    again = load(write_folder(tmp_path, [GOOD], tables=attended))
    assert told(again, "attendance.csv") == []
    assert changed(again) == {"unchanged": 1, "state_differs": 2, "attendance": 1}
