"""The auditor's desk on the pages, under the application's role: what it says, to whom, and what it leaves in the log."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from backend.accesses.models import Access
from backend.audit import kept_heads
from backend.audit.models import Event, SignedHead
from backend.audit.record import Who, record
from backend.cases.engine import OnCase, perform
from backend.cases.models import Case
from backend.desk.called import NAMES, called
from backend.desk.words import told
from backend.members.models import Member
from tests.api.conftest import ON, traces
from tests.api.test_desk import post as at_the_api
from tests.api.test_desk import sealed
from tests.backend.audit.events import entry
from tests.realdb import RealDatabase
from tests.roles import as_role
from tests.verify.conftest import kept, verify
from tests.web.people import text
from tests.web.test_acting import of
from tests.world import World, make_world, paper
from workflows.offices import Office

pytestmark = pytest.mark.real
UID = re.compile(r"/desk/events/([0-9a-f-]{36})/")
COST = 24


@pytest.fixture
def world(committed_db: RealDatabase) -> World:
    """A recognition proposed after its day with 4 of 6 votes; people of the other cell; everything sealed."""
    cache.clear()
    world = make_world()
    people = world.members(6)
    world.members(2, unit=world.other)
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-09-10")
    case, meeting = world.probation(new, date(2025, 9, 10)), world.meeting(people, ON)
    totals = {"meeting": meeting.pk, "issued": 6, "collected": 6, "valid": 6, "yes": 4, "no": 2}
    perform(world.actor("secretary"), OnCase(case.pk), "propose", {"resolution": paper(ON), "ballot": totals}, on=ON)
    sealed()
    return world


def get(who: str, address: str) -> Any:
    with as_role("chibo_app"):
        return of(who).get(address)


def page(who: str, address: str, status: int = 200) -> str:
    answer = get(who, address)
    assert answer.status_code == status, (address, answer.status_code)
    return " ".join(text(answer).split())


def send(who: str, address: str, **form: Any) -> Any:
    """As the page's own form does it; a file is read while the role is held."""
    client = of(who)
    client.get("/more/")
    with as_role("chibo_app"):
        client.get("/office/")
        answer = client.post(address, {**form, "csrfmiddlewaretoken": client.cookies["csrftoken"].value})
        if answer.streaming:
            answer.sent = b"".join(answer)
    return answer


def proposed() -> Event:
    return Event.objects.get(code="recognition.proposed")


def listed(who: str, query: str = "") -> list[str]:
    return UID.findall(page(who, f"/desk/events/{query}"))


def uids(**kept: Any) -> list[str]:
    return [str(one.uid) for one in Event.objects.filter(**kept).order_by("-id")]


def test_the_log_is_asked_as_the_api_is(world: World) -> None:
    case, cell = proposed().case_id, world.cell
    assert listed("auditor", f"?case={case}") == uids(case_id=case)
    assert listed("auditor", f"?unit={cell.code}&code=recognition.proposed") == uids(code="recognition.proposed")
    assert listed("auditor", f"?unit={world.commune.code}&alone=on") == uids(unit_id=world.commune.pk)
    below = uids(unit_path__startswith=world.commune.path)[:50]
    assert listed("auditor", f"?unit={world.commune.code}") == below
    secretary = {"user_id": world.actor("secretary").user_id}
    assert listed("auditor", "?user=secretary&office=cell_secretary") == uids(**secretary, office="cell_secretary")
    assert listed("auditor", "?since=02/11/2026&until=2026-11-02&lifecycle=recognition") == [str(proposed().uid)]
    assert listed("auditor", "?after_deadline=true") == [str(proposed().uid)]
    assert listed("auditor", "?corrected=true") == []


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?unit=87", "mang mã này"),
        ("?unit=khong", "mang mã này"),
        ("?user=province", "không có tài khoản nào mang tên đăng nhập này"),
        ("?code=what.ever", "what.ever"),
        ("?since=03/11/2026&until=02/11/2026", "trước ngày đầu"),
        ("?since=31/02/2026", "ngày"),
        ("?late=-1", "0"),
        ("?member=x", "số"),
        ("?lifecycle=recognition&step=admit", "admit"),
    ],
)
def test_what_cannot_be_asked_is_said_beside_its_field(world: World, query: str, said: str) -> None:
    answer = page("auditor", f"/desk/events/{query}", 400)
    wrong = re.findall(r'class="wrong".*?</div>|role="alert">.*?</div>', answer)
    assert any(said in one for one in wrong), wrong
    assert "/desk/events/0" not in answer


def test_an_entry_says_all_that_is_kept_of_it(world: World) -> None:
    event = proposed()
    said = page("auditor", f"/desk/events/{event.uid}/")
    late = event.days_late
    for words in (
        "<h1>Đề nghị công nhận</h1>", f"Ghi sau khi xảy ra {late} ngày", "Sau thời hạn", "Theo quy định chưa xác nhận",
        "<dd>02/11/2026</dd>", "Bí thư chi bộ, Chi bộ ấp Một, Người secretary", "Chi bộ ấp Một (87.107.000.000.001)",
        "Đang dự bị → Chi bộ đã đề nghị", "Số 12-NQ/CB · Chi bộ ấp Một · ngày 02/11/2026",
        "Phát ra 6 · thu về 6 · hợp lệ 6 · tán thành 4 · không tán thành 2",
        "6 đảng viên chính thức; 2/3 → cần 4; 4 phiếu tán thành: đạt", "[PRO.VOTE@2011-01-19]", str(event.uid),
        "dẫn đúng đến gốc của đầu nhật ký", f"/desk/cases/{event.case_id}/", f"/desk/events/{event.uid}/finding/",
        "<h2>Điều cần cân nhắc đã nêu</h2>", "[probation.class_missing]",
    ):  # fmt: skip
        assert words in said, words
    assert "Nêu phát hiện" not in page("secretary", f"/desk/events/{event.uid}/")  # who does not audit raises none


def test_entries_that_no_step_makes_are_said_in_words(world: World) -> None:
    opened = Event.objects.get(code="unit.opened", subject_id=world.cell.pk)
    said = page("auditor", f"/desk/events/{opened.uid}/")
    assert (
        "<dt>Mã</dt><dd>87.107.000.000.001</dd> <dt>Cấp</dt><dd>Chi bộ</dd>".replace("</dd> <dt>", "</dd><dt>") in said
    )
    send("auditor", "/desk/samples/", seed="Họp 30/11", size=5, head=sealed())
    sealed()
    said = page("auditor", f"/desk/events/{Event.objects.get(code='log.sampled').uid}/")
    assert "<dt>Điều kiện lọc</dt><dd>–</dd>" in said
    assert "<dt>Cỡ mẫu</dt><dd>5</dd>" in said


@pytest.mark.parametrize(
    ("code", "facts"),
    [
        ("deadline.moved", "rule due_was due early_was early reminder why version_was ladder ladder_was"),
        ("unit.planned", "figure year value paper_date paper_number"),
        ("unit.opened", "code level parent name"), ("assignment.given", "user office from to member"),
        ("log.sampled", "asked size count sample drawn seed"), ("calendar.day_set", "day off name basis"),
        ("flag.raised", "member cause since months ends"), ("deadline.acknowledged", "rule level until working_days reason"),
    ],
)  # fmt: skip
def test_what_an_entry_keeps_has_a_name_in_both_languages(code: str, facts: str) -> None:
    said = {}
    for language in ("vi", "en"):
        with override(language):
            said[language] = [str(NAMES[one]) for one in facts.split()]
    assert all(len({*each}) == 3 for each in zip(facts.split(), *said.values(), strict=True)), code


def test_codes_in_entries_are_said_in_words() -> None:
    with override("vi"):
        asked = (("why", "calendar"), ("rule", "PRO.DECIDE"), ("level", "cell"), ("level", 2))
        assert [called(*one, str) for one in asked] == [
            "lịch làm việc đã thay đổi", "Quyết định công nhận chính thức", "Chi bộ", "2",
        ]  # fmt: skip
        assert [called("early", one, str) for one in (None, {}, [], "", 0, False)] == ["–", "–", "–", "–", "0", "False"]
        assert called("levels", ["cell", "province"], str) == "Chi bộ, Cấp tỉnh"


def test_what_lies_outside_is_not_there(world: World) -> None:
    event = proposed()
    for who, address in (
        ("other_secretary", f"/desk/events/{event.uid}/"), ("other_secretary", f"/desk/cases/{event.case_id}/"),
        ("auditor", f"/desk/events/{uuid4()}/"), ("auditor", "/desk/cases/99999/"),
        ("secretary", "/desk/samples/"), ("secretary", "/desk/exports/"),
        ("secretary", f"/desk/events/{event.uid}/finding/"),
    ):  # fmt: skip
        page(who, address, 404)
    assert listed("other_secretary", f"?case={event.case_id}") == []
    mine = set(uids(unit_path=world.other.path))
    assert set(listed("other_secretary")) <= mine
    before = traces()
    for address in ("/desk/samples/", "/desk/exports/", f"/desk/events/{event.uid}/finding/"):
        assert send("secretary", address, seed="x", size=1, form="csv").status_code == 404
    assert traces() == before


def test_reading_changes_nothing_and_is_noted_without_names(world: World) -> None:
    event, before = proposed(), traces()
    Access.objects.all().delete()
    for address in (
        "",
        "events/?member=999999999",
        f"events/{event.uid}/",
        f"cases/{event.case_id}/",
        "times/",
        "head/",
        "samples/",
    ):
        page("auditor", f"/desk/{address}")
    assert traces() == before
    looks = list(Access.objects.order_by("id").values_list("door", "member_id", "case_id", "filters"))
    assert looks == [
        ("web/desk/events/", None, None, {"member": 999999999}),
        ("web/desk/events/{uid}/", event.member_id, event.case_id, {}),
        ("web/desk/cases/{case_id}/", event.member_id, event.case_id, {}),
    ]


def test_the_log_of_one_person_or_one_case_names_them(world: World) -> None:
    """What finds nothing names nobody: the number may be of somebody out of sight."""
    event = proposed()
    hers, nobody = f"?member={event.member_id}", Member.objects.latest("id").pk + 1
    cases = (f"?case={event.case_id}", f"{hers}&case={event.case_id}")
    for query in (hers, *cases, f"?member={nobody}", "?code=unit.opened"):
        page("auditor", f"/desk/events/{query}")
        get("auditor", f"/api/v1/events/{query}")
    looks = list(Access.objects.order_by("id").values_list("member_id", "case_id"))
    of_her, of_case, none = (event.member_id, None), (event.member_id, event.case_id), (None, None)
    assert looks == [of_her] * 2 + [of_case] * 4 + [none] * 4


def test_a_case_is_told_with_the_time_in_each_state(world: World) -> None:
    said = page("auditor", f"/desk/cases/{proposed().case_id}/")
    first = (ON - Event.objects.get(code="recognition.taken_over").on_date).days
    assert said.index("Đang dự bị") < said.index("Chi bộ đã đề nghị")
    assert f"đến 02/11/2026 · {first} ngày" in said
    assert "từ 02/11/2026 · đến nay · 0 ngày" in said


def test_times_are_those_of_the_api(world: World) -> None:
    said = page("auditor", "/desk/times/?lifecycle=recognition&first=01/01/2026&last=02/11/2026")
    rows = re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', said)
    told = {state: re.findall(r">([\d–]+)</td>", cells) for state, cells in rows}
    assert told == {
        "Đang dự bị": ["1", "305", "305", "0", "–", "305"],
        "Chi bộ đã đề nghị": ["0", "–", "–", "1", "0", "1"],
    }
    assert "ngày cuối" in page("auditor", "/desk/times/?lifecycle=recognition&last=01/01/2027", 400).lower()
    page("auditor", "/desk/times/?lifecycle=nothing", 400)


def test_a_sample_is_the_one_that_anybody_draws_again(world: World) -> None:
    size = sealed()
    said = text(send("auditor", f"/desk/samples/?unit={world.cell.code}", seed="Họp 30/11", size=5, head=size))
    filters = {"under": world.cell.pk}
    again = at_the_api("auditor", "samples", {"seed": "Họp 30/11", "size": 5, "head": size, "filters": filters}).json()
    assert [one["uid"] for one in again["drawn"]] == list(dict.fromkeys(UID.findall(said)))
    assert all(one["key"] in said for one in again["drawn"])
    assert f"{again['population']} mục ghi" in said
    assert "python3 chibo_sample.py extract.txt 'Họp 30/11' 5" in said
    mine, theirs = Event.objects.filter(code="log.sampled").order_by("id")
    assert mine.facts == theirs.facts
    assert "Họp" not in bytes(mine.line).decode()


@pytest.mark.parametrize("form", ["csv", "xlsx", "lines"])
def test_an_extract_is_the_file_of_the_api_and_told_first(world: World, form: str) -> None:
    size = sealed()
    made = send("auditor", "/desk/exports/?lifecycle=recognition", form=form, head=size)
    again = at_the_api("auditor", "exports", {"form": form, "head": size, "filters": {"lifecycle": "recognition"}})
    assert made.headers["Content-Disposition"] == again.name
    mine, theirs = Event.objects.filter(code="log.exported").order_by("id")
    assert (mine.facts, mine.user_id) == (theirs.facts, world.actor("auditor").user_id)
    if form == "csv":
        assert made.sent == again.content
    else:  # a file that says when it was made
        assert abs(len(made.sent) - len(again.content)) < 20


def test_an_extract_of_the_page_is_checked_against_the_heads_that_were_kept(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last head of each day by itself, any other where its size is named; nothing for what is no size."""
    first = sealed()
    world.members(1)
    second = sealed()
    world.members(1)
    sealed()
    heads, log = kept(tmp_path / "heads"), tmp_path / "extract"
    log.write_bytes(send("auditor", "/desk/exports/", form="lines").sent)
    assert verify(log, "--heads", heads) == (2, "no_proof", None)
    log.write_bytes(send("auditor", "/desk/exports/", form="lines", known=f"{first}  {second}").sent)
    assert verify(log, "--heads", heads) == (0, "part", None)
    before = traces()
    for wrong in ("x", "-1", "1,2", "1 " * 51):
        answer = send("auditor", "/desk/exports/", form="lines", known=wrong)
        assert (answer.status_code, 'id="id_known_error"' in text(answer)) == (400, True), wrong
    assert traces() == before
    last = SignedHead.objects.order_by("size").last()
    assert last is not None
    monkeypatch.setattr(kept_heads, "day_began", lambda: last.signed_at + timedelta(microseconds=1))  # its day
    newest = tmp_path / "newest"
    newest.write_text(heads.read_text().splitlines()[-1])
    sealed()
    log.write_bytes(send("auditor", "/desk/exports/", form="lines").sent)
    assert verify(log, "--heads", newest) == (0, "part", None)


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"seed": "", "size": 5}, "seed"),
        ({"seed": "x", "size": 0}, "size"),
        ({"seed": "x", "size": 5, "head": 999}, "head"),
    ],
)
def test_a_sample_that_cannot_be_drawn_leaves_nothing(world: World, form: dict[str, Any], field: str) -> None:
    before = traces()
    answer = send("auditor", "/desk/samples/", **form)
    assert answer.status_code == 400
    assert f'id="id_{field}_error"' in text(answer)
    assert send("auditor", "/desk/samples/?unit=87", seed="x", size=5).status_code == 400
    assert traces() == before


def test_the_head_says_what_was_checked_and_no_more(world: World) -> None:
    said = page("auditor", "/desk/head/")
    assert "Những gì trang này đã kiểm tra đều khớp" in said
    assert said.count("<strong>Đúng:</strong>") == 3  # signature, key and root; there is no head before it
    world.members(1)
    sealed()
    said = page("auditor", "/desk/head/")
    assert said.count("<strong>Đúng:</strong>") == 4
    assert "Trang này không kiểm tra:" in said
    assert "nguyên vẹn." not in said  # the whole log was not looked at
    slip = get("auditor", "/desk/head/slip/")
    assert (slip.status_code, slip.headers["Content-Type"], slip.content[:5]) == (200, "application/pdf", b"%PDF-")


def test_before_the_first_head_the_page_says_so(committed_db: RealDatabase) -> None:
    cache.clear()
    make_world()
    assert "Chưa có gì được niêm phong" in page("auditor", "/desk/head/")
    assert "Chưa có gì được niêm phong" in page("auditor", "/desk/")
    assert get("auditor", "/desk/head/slip/").headers["Location"] == "/desk/head/"


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "UPDATE audit_signedhead SET signature = set_byte(signature, 0, get_byte(signature, 0) # 1)",
            "chữ ký của đầu",
        ),
        ("UPDATE audit_node SET hash = sha256(hash)", "cây lưu trong"),
        ("DELETE FROM audit_node", "cây lưu trong"),
    ],
)
def test_what_was_changed_by_hand_is_said(world: World, statement: str, said: str) -> None:
    tampered(statement)
    told = page("auditor", "/desk/head/")
    assert "Có điểm không đúng" in told
    wrong = re.findall(r"<strong>Không đúng:</strong> (.*?)</li>", told)
    assert any(one.startswith(said) for one in wrong), wrong
    assert "Có điểm không đúng" in page("auditor", "/desk/")


def test_an_entry_that_was_changed_by_hand_is_not_proven(world: World) -> None:
    tampered("UPDATE audit_event SET line = line || ' '::bytea WHERE code = 'recognition.proposed'")
    assert "Không chứng minh được" in page("auditor", f"/desk/events/{proposed().uid}/")


def tampered(statement: str) -> None:
    """As whoever owns the database could."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {re.search('audit_[a-z]+', statement)[0]} DISABLE TRIGGER USER")  # type: ignore[index]
        cursor.execute(statement)


def finding(who: str = "auditor", **form: Any) -> Any:
    told = {"matter": "late", "finding": "Ghi muộn", "key": str(uuid4()), **form}
    return send(who, f"/desk/events/{proposed().uid}/finding/", **told)


def test_a_finding_is_raised_once_however_often_it_is_sent(world: World) -> None:
    key, minutes = str(uuid4()), {"minutes.number": "3-BB", "minutes.issuer": "UBKT", "minutes.date": "02/11/2026"}
    answers = [finding(key=key, **minutes) for _ in range(2)]
    case = Case.objects.get(lifecycle="finding")
    listed_at_the_desk = f'<a href="/cases/{case.pk}/">{case.number}, Chi bộ ấp Một</a>'
    assert listed_at_the_desk in page("auditor", "/desk/")
    assert [one.status_code for one in answers] == [302, 302]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert (case.unit_id, case.state, case.facts["entries"]) == (world.cell.pk, "open", [str(proposed().uid)])
    assert case.number in page("auditor", "/desk/")
    assert f'href="/cases/{case.pk}/steps/answer/"' in page("secretary", f"/cases/{case.pk}/")  # the unit answers there
    told = page("auditor", f"/desk/events/{Event.objects.get(code='finding.raised').uid}/")
    for words in ("Ghi nhận muộn", "Ghi muộn", "Số 3-BB · UBKT · ngày 02/11/2026"):
        assert words in told, words
    assert "Nêu phát hiện</a>" not in told  # none about a finding itself


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"finding": "  "}, "finding"),
        ({"matter": "nothing"}, "matter"),
        ({"minutes.number": "3-BB"}, "minutes.issuer"),
        ({"minutes.number": "3-BB", "minutes.issuer": "UBKT", "minutes.date": "03/12/2026"}, "minutes"),
    ],
)
def test_a_finding_that_is_wrong_is_refused_beside_its_field(world: World, form: dict[str, str], field: str) -> None:
    before = traces()
    answer = finding(**form)
    assert answer.status_code == 422
    said = text(answer)
    assert f'id="id_{field}_error"' in said or (field == "minutes" and 'role="alert"' in said)
    assert "3-BB" in said or "minutes.number" not in form  # what was typed stays
    assert traces() == before


def test_a_list_costs_the_same_at_one_row_and_at_many(world: World) -> None:
    one = Event.objects.filter(code="membership.imported_official").earliest("id")
    costs = []
    for query in (f"&member={one.member_id}", "&unit=87.107.000.000.002", ""):
        client = of("auditor")
        client.get("/more/")
        with CaptureQueriesContext(connection) as caught:
            told = client.get(f"/desk/events/?code={one.code}{query}")
        costs.append((len(UID.findall(text(told))), len(caught)))
    assert costs == [(1, COST), (2, COST + 1), (8, COST)]  # the code of a unit is looked up


AWKWARD = (
    None,
    True,
    0,
    7,
    1.5,
    "",
    "chi bộ",
    "2026-11-02",
    [],
    ["a"],
    [{"b": None}],
    {},
    {"a": 1},
    {"a": {"b": [1, "c"]}},
)


@pytest.mark.parametrize("value", AWKWARD, ids=str)
def test_whatever_an_entry_keeps_is_told(value: Any) -> None:
    """Another version may have written it: no entry may shut the page, or the extract that it stands in."""
    names = [*NAMES, "corrected", "said_before", "nobody_knows"]
    for page_of, step in (("", ""), ("recognition", "propose"), ("membership", "correct")):
        event = Event(code="test.happened", lifecycle=page_of, step=step, facts=dict.fromkeys(names, value))
        event.told = None
        assert {one.words.count("\n") for one in told(event)} == {0}
        assert len(told(event)) == len({*names})


def test_entries_with_objects_in_them_open_and_stand_in_tables(world: World) -> None:
    """A roster brought in, dues of a month, an extract by filters: what every installation has."""
    there = {"unit_id": world.cell.pk, "unit_path": world.cell.path, "who": Who(office=Office.OPERATOR)}
    counted = {"files": {"roster.xlsx": "ab" * 32}, "counts": {"members": {"taken": 7, "left_out": 1}}}
    done = entry(90, code="import.done", facts=counted, **there)
    paid = {"month": "2026-10-01", "corrected": 2, "paid": 3}
    dues = entry(91, code="dues.corrected", subject_kind="dues", facts=paid, **there)
    with transaction.atomic():
        record([done, dues])
    sealed()
    send("auditor", "/desk/exports/?lifecycle=recognition", form="csv")
    sealed()
    said = page("auditor", f"/desk/events/{done.uid}/")
    assert "members: taken: 7; left_out: 1" in said
    assert "<dt>Số mục đã sửa</dt><dd>2</dd>" in page("auditor", f"/desk/events/{dues.uid}/")
    exported = Event.objects.get(code="log.exported")
    assert "lifecycle: recognition" in page("auditor", f"/desk/events/{exported.uid}/")
    table = send("auditor", "/desk/exports/", form="csv").sent.decode("utf-8-sig")
    assert [table.count(str(one.uid)) for one in (done, dues, exported)] == [1, 1, 1]
