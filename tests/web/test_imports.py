"""Import on pages: sent, tried by the worker, shown cell by cell, done once, undone by somebody else."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import openpyxl
import pytest
from cryptography.fernet import Fernet
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backend.accounts.models import Assignment, User
from backend.audit.models import Event, EventDetail
from backend.core import clock, rotation
from backend.core.db import WHOLE, scoped
from backend.core.keyring import seal_bytes
from backend.imports import asking, working
from backend.imports.models import ImportBatch, ImportFile, ImportTask
from backend.members.models import Member
from tests.backend.imports.books import GOOD, write_roster
from tests.backend.imports.running import counted
from tests.realdb import RealDatabase
from tests.roles import as_role
from tests.web.people import browser, text
from tests.world import TODAY, World, make_world, person
from workflows.offices import Office

pytestmark = pytest.mark.real
COST = 26
BAD = {**GOOD, "full_name": "Trần Văn Sai", "personal_id": "087080000009", "born_on": "31/02/1980"}


@pytest.fixture
def world(committed_db: RealDatabase) -> World:
    world = make_world()
    person("second_officer", Office.ORGANISATION_OFFICER, world.commune)
    return world


def of(name: str) -> Client:
    client = browser()
    client.force_login(User.objects.get(username=name))
    return client


def roster(tmp_path: Path, *people: Any, **options: Any) -> bytes:
    return write_roster(tmp_path / "sent.xlsx", people, **options).read_bytes()


def send(client: Client, content: bytes, **more: Any) -> Any:
    client.get("/imports/")
    form = {"as_of": "31/10/2026", "key": str(uuid4()), "csrfmiddlewaretoken": client.cookies["csrftoken"].value} | more
    with as_role("chibo_app"):
        return client.post("/imports/", {**form, "roster": SimpleUploadedFile("ds.xlsx", content)})


def press(client: Client, address: str, **form: str) -> Any:
    client.get("/imports/")
    with as_role("chibo_app"):
        return client.post(address, {**form, "csrfmiddlewaretoken": client.cookies["csrftoken"].value})


def look(client: Client, address: str) -> str:
    with as_role("chibo_app"):
        answer = client.get(address)
        assert answer.status_code == 200
        return text(answer)


def work() -> None:
    with as_role("chibo_jobs"):
        working.work()


def the_task() -> ImportTask:
    with scoped(WHOLE):
        return ImportTask.objects.latest("id")


def tried(client: Client, content: bytes, **more: Any) -> str:
    """The address of what was sent and tried."""
    address = str(send(client, content, **more).headers["Location"])
    work()
    return address


def test_from_the_sheet_to_the_members_and_back(world: World, tmp_path: Path) -> None:
    officer, before = of("officer"), counted()
    sent = send(officer, roster(tmp_path, GOOD, BAD))
    address = sent.headers["Location"]
    page = look(officer, address)
    assert 'hx-trigger="every 2s"' in page
    assert '<meta http-equiv="refresh"' in page
    work()
    assert counted() == before
    page = look(officer, address)
    assert "Danh sách có 2 dòng về người: nhận 1, để lại 1." in page
    assert page.count('class="faulty"') == 1
    assert "31/02/1980<br><strong>ngày không có thật hoặc không thể đúng</strong>" in page
    assert press(officer, address, do="go").headers["Location"] == address
    work()
    with scoped(WHOLE):
        assert [one.full_name for one in Member.objects.all()] == ["Lê Văn Tám"]
        batch = ImportBatch.objects.get()
    assert (batch.uid, the_task().state) == (the_task().batch, "done")
    undo, second = f"/imports/undo/{batch.uid}/", of("second_officer")
    done = press(second, undo, reason="Nhầm xã", key=str(uuid4())).headers["Location"]
    work()
    assert "Đã hoàn tác toàn bộ lần nhập" in look(second, done)
    with scoped(WHOLE):
        undone = Event.objects.get(code="import.undone").uid
        assert EventDetail.objects.get(event_uid=undone).data["facts"]["reason"] == "Nhầm xã"
        assert ImportFile.objects.count() == 0
    page = look(officer, address)
    assert "Lần nhập này đã được hoàn tác lúc" in page
    for gone in ("31/02/1980", "Hoàn tác toàn bộ lần nhập", "Đã nhập danh sách."):
        assert gone not in page, gone
    with as_role("chibo_app"):
        assert officer.get(f"{address}sheet/").status_code == 404


def test_who_brought_it_in_is_told_whom_to_ask_for_the_undo(world: World, tmp_path: Path) -> None:
    officer = of("officer")
    address = tried(officer, roster(tmp_path, GOOD, BAD))
    press(officer, address, do="go")
    work()
    page, undo, asks = (
        look(officer, address),
        f"/imports/undo/{the_task().batch}/",
        "Đồng chí nhờ người khác: Cán bộ tổ chức",
    )
    for words in (
        "Đã nhập danh sách.", "Dòng ghi “để lại” đã không được nhập", asks,
        f'<a href="/units/{world.commune.pk}/">Đảng bộ xã</a>',
        f'<a href="/members/?unit={world.commune.code}">Người trong danh sách</a>',
    ):  # fmt: skip
        assert words in page, words
    for own in (page, look(officer, "/imports/")):
        assert undo not in own
    assert (asks in (own := look(officer, undo)), "<textarea" in own) == (True, False)
    told = press(officer, undo, reason="Nhầm xã", key=str(uuid4()))
    assert (told.status_code, asks in text(told), the_task().kind) == (200, True, "import")
    assert f'href="{undo}"' in look(of("second_officer"), address)


def test_what_was_built_on_an_import_keeps_it_standing_and_is_named(world: World, tmp_path: Path) -> None:
    officer, second = of("officer"), of("second_officer")
    press(officer, tried(officer, roster(tmp_path, GOOD)), do="go")
    work()
    with scoped(WHOLE):
        member = Member.objects.get()
    meeting = world.meeting([member], TODAY)
    before = counted()
    undo = f"/imports/undo/{the_task().batch}/"
    address = press(second, undo, reason="Nhầm xã", key=str(uuid4())).headers["Location"]
    work()
    held = Event.objects.get(subject_kind="case", subject_id=meeting.pk, step="hold")
    assert f'<a href="/desk/events/{held.uid}/">02/11/2026: Ghi nhận cuộc họp đã diễn ra</a>' in look(second, address)
    assert counted() == before


def test_what_is_kept_is_sealed_and_let_go(world: World, tmp_path: Path) -> None:
    officer = of("officer")
    content = roster(tmp_path, GOOD, BAD)
    address = tried(officer, content)
    with scoped(WHOLE):
        (file,) = ImportFile.objects.values_list("sealed", flat=True)
        assert b"PK" not in bytes(file)[:40]
        ImportTask.objects.update(changed_at=clock.now() - timedelta(days=7, minutes=1))
    work()
    with as_role("chibo_app"):
        assert officer.get(address).status_code == 404
    with scoped(WHOLE):
        assert (ImportTask.objects.count(), ImportFile.objects.count()) == (0, 0)
    address = tried(officer, content)
    assert press(officer, address, do="drop").headers["Location"] == "/imports/"
    with scoped(WHOLE):
        assert (ImportTask.objects.count(), ImportFile.objects.count()) == (0, 0)


def test_a_newer_key_opens_what_waits(world: World, tmp_path: Path, settings: LazySettings) -> None:
    officer = of("officer")
    address = tried(officer, roster(tmp_path, GOOD))
    newer = Fernet.generate_key().decode()
    settings.CHIBO_FIELD_KEYS = f"{newer},{settings.CHIBO_FIELD_KEYS}"
    done = [rotation.rotate(rotation.PLACES[name]) for name in ("imports_importtask.sealed", "imports_importfile")]
    assert done == [1, 1]
    settings.CHIBO_FIELD_KEYS = newer
    assert press(officer, address, do="go").headers["Location"].startswith("/sign-in/"), (
        "its session ended with the key"
    )
    press(of("officer"), address, do="go")
    work()
    assert the_task().state == "done"


def test_the_sheet_comes_back_with_what_is_wrong_beside_each_row(world: World, tmp_path: Path) -> None:
    officer = of("officer")
    address = tried(officer, roster(tmp_path, GOOD, BAD))
    with as_role("chibo_app"):
        answer = officer.get(f"{address}sheet/")
        content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))  # type: ignore[union-attr]
    assert rows[1][-1] == "Chỗ sai"
    assert rows[3][-1] is None
    assert rows[4][-1] == "E5, Ngày sinh: ngày không có thật hoặc không thể đúng"
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    assert sheet["E5"].fill.fgColor.rgb == "FFF8D3CF"
    assert sheet["E5"].comment.text == "E5, Ngày sinh: ngày không có thật hoặc không thể đúng"
    assert (sheet["D5"].fill.fill_type, sheet["D5"].comment) == (None, None)
    assert (sheet.freeze_panes, sheet["B2"].font.b, sheet.column_dimensions["B"].width) == ("A3", True, 21)
    address = tried(officer, content)  # it is read as it was
    assert "nhận 1, để lại 1." in look(officer, address)


def test_a_faulty_row_begins_with_whom_it_is_about_and_what_is_wrong(world: World, tmp_path: Path) -> None:
    """On a phone no faulty cell lies out of sight; the list names the columns, in their order."""
    officer = of("officer")
    wrong = {**BAD, "status": "???", "card_number": None, "official_on": "01/01/2005"}
    page = look(officer, tried(officer, roster(tmp_path, wrong)))
    assert re.findall(r"<li>(\w+, [^<]*)</li>", page) == [
        "E4, Ngày sinh: ngày không có thật hoặc không thể đúng",
        "I4, Số thẻ đảng viên (12 số): thiếu số thẻ đảng viên",
        "V4, Ngày chính thức: ngày chính thức trước ngày vào Đảng",
        "Z4, Trạng thái sinh hoạt: trạng thái không rõ",
    ]
    heads = re.findall(r'<th scope="col">([^<]*)</th>', page)
    assert heads[1:9] == ["B", "E", "I", "V", "Z", "A", "C", "D"]
    assert heads[heads.index("Dòng") + 1 :][:3] == ["Họ và tên khai sinh", "Ngày sinh", "Số thẻ đảng viên (12 số)"]


def test_a_neighbour_with_long_words_is_cut_and_breaks_its_lines(world: World, tmp_path: Path) -> None:
    """Else what is wrong in the row beside it lay far out of sight; what is wrong itself stands there whole."""
    officer, words = of("officer"), "Lê " + "Dài " * 100
    page = look(officer, tried(officer, roster(tmp_path, BAD, {**GOOD, "full_name": words})))
    cells = re.findall(r'<td( class="\w+")?>(?:<span aria-hidden="true">✕ </span>)?(Lê Dài [^<]*)', page)
    assert cells == [(' class="long"', f"{words[:79]}…"), (' class="faulty"', words.strip())]


@pytest.mark.parametrize("content", [b"%PDF-1.7", b"PK\x03\x04"])
def test_a_wrong_file_and_a_wrong_day_are_told_at_once(world: World, content: bytes) -> None:
    page = text(send(of("officer"), content, as_of="31/02/2026"))
    assert "Không có ngày này." in page.split('id="id_as_of_error">')[1].split("</div>")[0]
    assert ("Đây không phải tệp Excel (.xlsx)." in page) == (content == b"%PDF-1.7")


@pytest.mark.parametrize(
    ("content", "more", "field", "said"),
    [
        (b"%PDF-1.7", {}, "roster", "Đây không phải tệp Excel (.xlsx)."),
        (b"PK\x03\x04" + b"x" * asking.LARGEST, {}, "roster", "roster.xlsx lớn hơn 25 MB."),
        (b"PK\x03\x04", {"as_of": "1/12/2030"}, "as_of", "Ngày của danh sách ở tương lai."),
    ],
)
def test_what_cannot_be_a_roster_is_refused_beside_its_field(
    world: World, content: bytes, more: dict[str, str], field: str, said: str
) -> None:
    answer = send(of("officer"), content, **more)
    assert answer.status_code == 200
    assert said in text(answer).split(f'id="id_{field}_error">')[1].split("</div>")[0]
    with scoped(WHOLE):
        assert ImportTask.objects.count() == 0


def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(world: World) -> None:
    officer, before = of("officer"), counted()
    address = tried(officer, b"PK\x03\x04 no more")
    assert "roster.xlsx bị hỏng" in look(officer, address)
    assert (the_task().state, counted()) == ("refused", before)


def test_sending_twice_asks_once_and_deciding_twice_does_it_once(world: World, tmp_path: Path) -> None:
    officer, content, key = of("officer"), roster(tmp_path, GOOD), str(uuid4())
    first, again = send(officer, content, key=key), send(officer, content, key=key)
    assert first.headers["Location"] == again.headers["Location"]
    work()
    address = first.headers["Location"]
    press(officer, address, do="go")
    second = of("second_officer")
    press(second, address, do="go")
    assert "Việc này đã được quyết định" in look(second, address)
    assert the_task().state == "going"
    work()
    work()
    with scoped(WHOLE):
        assert (Member.objects.count(), ImportBatch.objects.count()) == (1, 1)


def test_two_officers_with_the_same_file_bring_it_in_once(world: World, tmp_path: Path) -> None:
    content = roster(tmp_path, GOOD)
    one, two = of("officer"), of("second_officer")
    first, second = tried(one, content), tried(two, content)
    press(one, first, do="go")
    press(two, second, do="go")
    work()
    assert "Đã nhập danh sách." in look(one, first)
    assert "không có gì thay đổi" in look(two, second)
    with scoped(WHOLE):
        assert (Member.objects.count(), ImportBatch.objects.count()) == (1, 1)


class Killed(BaseException):
    """What no code catches."""


def test_a_worker_killed_half_way_leaves_nothing_and_the_next_one_does_it(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = of("officer")
    address = tried(officer, roster(tmp_path, GOOD))
    before = counted()
    press(officer, address, do="go")

    def killed(*args: object, **options: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("backend.imports.applying.report", killed)
        with pytest.raises(Killed):
            work()
    assert (counted(), the_task().state) == (before, "going")
    with monkeypatch.context() as patch:  # it is done, and the worker dies before it can say so
        patch.setattr(working, "_end", killed)
        with pytest.raises(Killed):
            work()
    assert the_task().state == "going"
    work()
    with scoped(WHOLE):
        assert (the_task().state, Member.objects.count(), ImportBatch.objects.count()) == ("done", 1, 1)
    assert "Đã nhập danh sách." in look(officer, address)


def test_a_task_at_which_workers_die_is_refused_in_the_end(world: World, tmp_path: Path) -> None:
    officer, before = of("officer"), counted()
    address = send(officer, roster(tmp_path, GOOD)).headers["Location"]
    with scoped(WHOLE):
        ImportTask.objects.update(tries=working.MOST_TRIES)
    work()
    assert "Hệ thống đã dừng giữa chừng 3 lần" in look(officer, address)
    assert (the_task().state, counted()) == ("refused", before)


def test_another_file_than_the_one_that_was_tried_is_not_brought_in(world: World, tmp_path: Path) -> None:
    officer, before = of("officer"), counted()
    address = tried(officer, roster(tmp_path, GOOD))
    press(officer, address, do="go")
    with scoped(WHOLE):
        ImportFile.objects.update(sealed=seal_bytes(roster(tmp_path, GOOD, BAD)).encode())
    work()
    assert (the_task().state, counted()) == ("refused", before)
    assert "không phải là tệp đã gửi" in look(officer, address)


def test_progress_is_written_beside_the_import_and_a_held_task_is_left(world: World, tmp_path: Path) -> None:
    send(of("officer"), roster(tmp_path, GOOD))
    hold = working.Hold(the_task().pk)
    with hold as mine:
        assert mine
        hold.tell("danh sách", 3, 12)
        assert (the_task().part, the_task().done, the_task().total) == ("danh sách", 3, 12)
        assert "danh sách: 3 / 12" in look(of("officer"), f"/imports/{the_task().pk}/")
        work()
        assert the_task().state == "waiting"
    work()
    assert the_task().state == "tried"


def test_other_offices_and_other_units_find_nothing(world: World, tmp_path: Path) -> None:
    province = of("province")
    address = tried(province, roster(tmp_path, GOOD))
    batch = UUID(int=7)
    for name in ("officer", "secretary", "auditor"):
        client = of(name)
        with as_role("chibo_app"):
            for one in (address, f"{address}sheet/", f"/imports/undo/{batch}/"):
                assert client.get(one).status_code == 404, (name, one)
    before = counted()
    for do in ("go", "drop", ""):
        assert press(of("officer"), address, do=do).status_code == 404
    assert press(province, address, do="").headers["Location"] == address
    work()
    assert (the_task().state, counted()) == ("tried", before)


def test_who_holds_the_office_no_more_brings_nothing_in(world: World, tmp_path: Path) -> None:
    officer, before = of("officer"), counted()
    send(officer, roster(tmp_path, GOOD))
    Assignment.objects.filter(user__username="officer").delete()
    work()
    assert (the_task().state, counted()) == ("refused", before)


def test_the_list_of_imports_costs_the_same_with_one_and_with_three(world: World, tmp_path: Path) -> None:
    client, costs = of("officer"), []
    for place in (1, 2, 3):
        send(client, roster(tmp_path, {**GOOD, "full_name": f"Trần Văn {place}"}))
        look(client, "/imports/")
        with CaptureQueriesContext(connection) as caught:
            told = look(client, "/imports/")
        costs.append((told.count("yêu cầu lúc"), len(caught)))
    assert costs == [(1, COST), (2, COST), (3, COST)]
