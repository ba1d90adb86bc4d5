"""A server without demo accounts is run from the command line: units, accounts, offices; each an event, each once."""

from __future__ import annotations

import re
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from backend.accounts.acting import held_by
from backend.accounts.models import Assignment, User
from backend.audit.codes import EventCode
from backend.audit.models import Event, EventDetail
from backend.audit.sealing import seal_all
from backend.audit.verify import verify_log
from backend.core import clock
from backend.core.db import WHOLE, scoped
from backend.organizations.models import Unit, UnitSpell
from tests.roles import as_role
from tests.world import TODAY, World, make_world
from workflows.catalogue import event_codes

pytestmark = pytest.mark.django_db
AGAIN = "Đã như vậy từ trước; không có gì thay đổi."
ONE_TIME = "Mật khẩu này chỉ dùng để đổi sang mật khẩu khác, tại http://localhost:8000/password/."
CELL = "87.107.000.000.001"
LAN = ("user", "add", "lan", "--name", "Nguyễn Thị Lan", "--email", "lan@example.org")


def run(*words: str) -> list[str]:
    out = StringIO()
    with as_role("chibo_app"):
        call_command(*words, stdout=out)
    return out.getvalue().splitlines()


def refused(*words: str) -> str:
    before = traces()
    with pytest.raises(CommandError) as error:
        run(*words)
    assert error.value.returncode == 2
    assert traces() == before
    return str(error.value)


def traces() -> tuple[Any, ...]:
    counts = [model.objects.count() for model in (Event, EventDetail, User, UnitSpell)]
    offices = sorted(Assignment.objects.values_list("pk", "to_date", "version"))
    return counts, offices, sorted(Unit.objects.values_list("pk", "path", "closed_on", "version"))


def offices_of(name: str, day: date) -> list[str]:
    with scoped(WHOLE):
        return [one.office for one in held_by(User.objects.get(username=name), day)]


def test_from_an_empty_server_to_a_secretary_who_signs_in() -> None:
    clock.move_to(TODAY)
    run("unit", "open", "87", "Đảng bộ tỉnh", "province", "--on", "2026-01-01")
    run("unit", "open", "87.107", "Đảng bộ xã", "base_committee", "--under", "87", "--on", "2026-01-01")
    said = run("unit", "open", CELL, "Chi bộ ấp Một", "cell", "--under", "87.107", "--on", "2026-01-01")
    assert said == ["Chi bộ ấp Một đã được lập."]
    assert list(Unit.objects.order_by("path").values_list("code", "level")) == [
        ("87", "province"), ("87.107", "base_committee"), (CELL, "cell"),
    ]  # fmt: skip
    printed = run(*LAN)
    password = printed[1].rpartition(" ")[2]
    assert re.fullmatch(r"([a-hjkmnp-z2-9]{4}-){3}[a-hjkmnp-z2-9]{4}", password)
    assert printed == ["lan đã có thể đăng nhập.", f"Mật khẩu, chỉ hiện lần này: {password}", ONE_TIME]
    user = User.objects.get(username="lan")
    assert (user.full_name, user.email, user.check_password(password)) == ("Nguyễn Thị Lan", "lan@example.org", True)
    assert (user.password_must_change, user.language) == (True, "vi")
    run("office", "give", "lan", "cell_secretary", CELL, "--from", "2026-03-01")
    assert offices_of("lan", date(2026, 2, 28)) == []
    assert offices_of("lan", date(2026, 3, 1)) == ["cell_secretary"]
    run("office", "end", "lan", "cell_secretary", CELL, "--to", "2026-10-31")
    assert offices_of("lan", date(2026, 10, 31)) == ["cell_secretary"]
    assert offices_of("lan", date(2026, 11, 1)) == []
    every_change_is_an_event()


def every_change_is_an_event() -> None:
    told = Event.objects.order_by("id")
    assert [(one.code, one.office, one.on_date.isoformat()) for one in told] == [
        ("unit.opened", "operator", "2026-01-01"), ("unit.opened", "operator", "2026-01-01"),
        ("unit.opened", "operator", "2026-01-01"), ("user.added", "operator", "2026-11-02"),
        ("assignment.given", "operator", "2026-03-01"), ("assignment.ended", "operator", "2026-10-31"),
    ]  # fmt: skip
    added, given, ended = told[3:]
    user, cell = User.objects.get(username="lan"), Unit.objects.get(code=CELL)
    held = {"user": user.pk, "office": "cell_secretary", "from": "2026-03-01"}
    assert (given.facts, given.unit_id, given.version) == ({**held, "to": None}, cell.pk, 1)
    assert (ended.facts, ended.unit_id, ended.version) == ({**held, "to": "2026-10-31"}, cell.pk, 2)
    assert EventDetail.objects.get(event_uid=added.uid).data["facts"]["full_name"] == "Nguyễn Thị Lan"
    assert all("Lan" not in bytes(one.line).decode() for one in told)
    assert {one.code for one in told} <= set(EventCode.values) | set(event_codes())
    seal_all()
    assert verify_log().fault is None


def test_an_office_given_behind_the_log_is_found() -> None:
    world = make_world()
    seal_all()
    assert verify_log().fault is None
    user, cell = User.objects.get(username="officer"), world.cell
    forged = Assignment.objects.create(
        user=user, office="cell_secretary", unit=cell, unit_path=cell.path, from_date=TODAY
    )
    fault = verify_log().fault
    assert fault is not None
    said = f"Dữ liệu và sự kiện không khớp: Phân công {forged.pk}: có dữ liệu nhưng không có sự kiện."
    assert fault.sentence == said


def test_the_same_again_says_so_and_changes_nothing() -> None:
    make_world()
    cell = ("unit", "open", "87.107.000.000.009", "Chi bộ Chín", "cell", "--under", "87.107", "--on", "2026-10-01")
    close = ("unit", "close", "87.107.000.000.009", "--on", "2026-11-01")
    give = ("office", "give", "lan", "auditor", "87.107", "--from", "2026-10-01", "--to", "2026-12-31")
    end = ("office", "end", "lan", "auditor", "87.107", "--to", "2026-11-30")
    for words in (LAN, cell, close, give, end):
        assert run(*words) != [AGAIN]
        before = traces()
        assert run(*words) == [AGAIN], words
        assert traces() == before


def test_capitals_make_no_other_account() -> None:
    make_world()
    run(*LAN)
    before = traces()
    assert refused("user", "add", "LAN", *LAN[3:5], "--email", "other@example.org").startswith("Đã có người khác")
    assert run("user", "add", "Lan", *LAN[3:]) == [AGAIN]
    assert traces() == before
    assert run("user", "address", "LAN", "lan@example.com") == ["Thư gửi lan sẽ đến địa chỉ lan@example.com."]
    with pytest.raises(IntegrityError, match="user_name_once"), transaction.atomic():
        User.objects.create(username="lAN")


def test_a_move_is_done_once() -> None:
    make_world()
    run("unit", "open", "87.108", "Đảng bộ xã Hai", "base_committee", "--under", "87", "--on", "2026-01-01")
    move = ("unit", "move", CELL, "--under", "87.108", "--on", "2026-11-01")
    assert run(*move) == ["Chi bộ ấp Một nay trực thuộc Đảng bộ xã Hai."]
    before = traces()
    assert run(*move) == [AGAIN]
    assert traces() == before


@pytest.fixture
def peopled() -> World:
    world = make_world()
    world.meeting(world.members(2), TODAY)
    run(*LAN)
    return world


def test_bad_input_is_one_sentence_for_each_fault(peopled: World) -> None:
    give = ("office", "give", "lan")
    since = ("--from", "2026-11-01")
    assert refused(*give, "auditor", "87.999", *since) == "Không có đơn vị nào mang mã 87.999."
    assert refused("office", "give", "la", "auditor", "87.107", *since) == "Không có ai đăng nhập bằng tên la."
    wrong_level = refused(*give, "cell_secretary", "87.107", *since)
    assert wrong_level == "Ở Đảng bộ xã (Đảng ủy cơ sở) không có chức vụ “Bí thư chi bộ”."
    taken = refused(*give, "cell_secretary", CELL, *since)
    assert taken.startswith("secretary giữ chức vụ này ở đó từ 01/01/2026 đến nay. ")
    backwards = refused(*give, "auditor", "87.107", *since, "--to", "2026-10-01")
    assert backwards == "Ngày cuối lại trước ngày đầu."
    assert refused("office", "end", "lan", "auditor", "87.107", "--to", "2026-11-01").startswith("Vào ngày đó")
    assert refused("user", "add", "lan", "--name", "Lê Văn Lan").startswith("Đã có người khác")
    assert refused(*LAN, "--language", "en").startswith("Đã có người khác")
    assert refused("user", "add", "l n", "--name", "", "--email", "x").count("\n") == 2


def test_units_are_not_opened_moved_or_closed_against_the_rules(peopled: World) -> None:
    day = ("--on", "2026-11-01")
    new = ("unit", "open", "87.107.000.000.009", "Chi bộ Chín", "cell")
    assert refused("unit", "open", CELL, "Chi bộ khác", "cell", "--under", "87.107", *day).startswith("Một đơn vị khác")
    assert refused("unit", "open", "x", "", "base_committee", "--under", CELL, *day).count("\n") == 2
    assert refused(*new, "--under", "87.107", "--on", "2026-11-03").startswith("Ngày 03/11/2026 chưa tới")
    assert refused("unit", "move", "87.107", "--under", CELL, *day).count("\n") == 1  # below itself, wrong level
    assert refused("unit", "close", "87.107", *day).startswith("Còn đơn vị trực thuộc")
    open_cell = refused("unit", "close", CELL, *day).splitlines()
    assert [line.split(".")[0] for line in open_cell] == [
        "Còn 2 người giữ chức vụ ở đó từ ngày này trở đi", "Danh sách ở đó còn 2 người từ ngày này trở đi",
        "Ở đó còn 1 hồ sơ chưa kết thúc",
    ]  # fmt: skip


def test_one_holder_at_a_time_and_hand_over_from_day_to_day(peopled: World) -> None:
    end = ("office", "end", "secretary", "cell_secretary", CELL, "--to", "2026-10-31")
    give = ("office", "give", "lan", "cell_secretary", CELL, "--from")
    refused(*give, "2026-11-01")
    run(*end)
    refused(*give, "2026-10-31")
    run(*give, "2026-11-01")
    assert offices_of("lan", TODAY) == ["cell_secretary"]
    assert offices_of("secretary", TODAY) == []
    run("office", "give", "lan", "cell_deputy", CELL, "--from", "2026-11-01")  # several may hold this one


def test_a_password_is_asked_for_twice_and_never_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    words = iter(["một mật khẩu dài", "một mật khẩu dài", "một", "hai", "123", "123"])
    monkeypatch.setattr("getpass.getpass", lambda _prompt: next(words))
    assert run(*LAN, "--ask") == ["lan đã có thể đăng nhập.", ONE_TIME]
    assert User.objects.get(username="lan").check_password("một mật khẩu dài")
    other = ("user", "add", "be", "--name", "Trần Bé", "--ask")
    assert refused(*other).startswith("Hai lần nhập")
    assert refused(*other).splitlines() == [
        "Mật khẩu quá ngắn: phải có ít nhất 8 ký tự.", "Mật khẩu này quá phổ biến, kẻ xấu sẽ thử trước tiên.",
        "Mật khẩu chỉ gồm chữ số.",
    ]  # fmt: skip
    assert not User.objects.filter(username="be").exists()


def test_an_address_is_set_or_confirmed_and_stands_in_no_line_of_the_log(peopled: World) -> None:
    User.objects.filter(username="secretary").update(address_dead_since=TODAY)
    for email, same in (("secretary@example.org", True), ("moi@example.org", False)):
        assert run("user", "address", "secretary", email) == [f"Thư gửi secretary sẽ đến địa chỉ {email}."]
        event = Event.objects.latest("pk")
        assert (event.code, event.facts, event.office) == ("user.address_set", {"confirmed": same}, "operator")
        assert email.encode() not in bytes(event.line)
        assert EventDetail.objects.get(event_uid=event.uid).data["facts"] == {"email": email}
    user = User.objects.get(username="secretary")
    assert (user.email, user.address_dead_since) == ("moi@example.org", None)
    assert refused("user", "address", "secretary", "moi@").startswith("Địa chỉ thư")
    assert refused("user", "address", "secretary", " ").startswith("Cần có địa chỉ để nhận thư.")
    assert refused("user", "address", "nobody", "a@example.org").startswith("Không có ai")


def test_days_and_choices_are_checked_before_anything_else() -> None:
    with pytest.raises(CommandError, match="“1/11/2026” không phải ngày"):
        run("office", "give", "lan", "auditor", "87.107", "--from", "1/11/2026")
    with pytest.raises(CommandError, match="lựa chọn không hợp lệ: 'system'"):
        run("office", "give", "lan", "system", "87.107", "--from", "2026-11-01")
    assert not Event.objects.exists()


def test_a_helper_is_assigned_to_one_candidate(peopled: World) -> None:
    world = peopled
    probationer = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    candidate = world.member("Lê Văn Sẽ Vào", "import_candidate")
    give = ("office", "give", "lan", "helper", CELL, "--from", "2026-11-01", "--member")
    said = run(*give, str(probationer.pk))
    assert said == [f"lan: Đảng viên giúp đỡ, Chi bộ ấp Một, giúp đỡ người có hồ sơ số {probationer.pk}."]
    assert run(*give, str(probationer.pk)) == [AGAIN]
    run(*give, str(candidate.pk))  # another office, from the same day on
    with scoped(WHOLE):
        held = held_by(User.objects.get(username="lan"), TODAY)
    assert [(one.office, one.member_id) for one in held] == [("helper", probationer.pk), ("helper", candidate.pk)]
    event = Event.objects.filter(code="assignment.given").latest("id")
    assert (event.facts["member"], event.member_id, event.subject_id) == (candidate.pk, None, held[1].pk)
    run("office", "end", "lan", "helper", CELL, "--to", "2026-11-30", "--member", str(candidate.pk))
    with scoped(WHOLE):
        assert [one.member_id for one in held_by(held[0].user, date(2026, 12, 1))] == [probationer.pk]
    seal_all()
    assert verify_log().fault is None


def test_a_helper_of_nobody_or_of_the_wrong_one_is_refused(peopled: World) -> None:
    world = peopled
    new, official = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30"), world.members(1)[0]
    give, since = ("office", "give", "lan", "helper"), ("--from", "2026-11-01")
    assert refused(*give, CELL, *since).startswith("Đảng viên giúp đỡ được phân công cho một người cụ thể")
    nobody = "Trong danh sách của đơn vị không có người nào mang số này."
    for unit, member in ((CELL, 987654321), ("87.107.000.000.002", new.pk)):
        assert refused(*give, unit, *since, "--member", str(member)).startswith(nobody)
    assert refused(*give, CELL, *since, "--member", str(official.pk)).startswith("Chỉ phân công đảng viên giúp đỡ cho")
    other = ("office", "give", "lan", "cell_deputy", CELL, *since, "--member", str(new.pk))
    assert refused(*other) == "Chỉ đảng viên giúp đỡ mới được phân công cho một người cụ thể."
    assert refused(*give, "87.107", *since, "--member", str(new.pk)).count("\n") == 1  # no cell, not on its lists
    missing = refused("office", "end", "lan", "helper", CELL, "--to", "2026-11-30", "--member", str(new.pk))
    assert missing.startswith("Vào ngày đó")
