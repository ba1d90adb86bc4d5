"""Units, offices and accounts as they were on a day: in columns for people, as JSON for programs."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override

from backend.accounts.models import User
from tests.roles import as_role
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
CELL = "87.107.000.000.001"


@pytest.fixture
def world() -> World:
    return make_world()


def run(*words: str) -> list[str]:
    out = StringIO()
    with as_role("chibo_app"):
        call_command(*words, stdout=out)
    return out.getvalue().splitlines()


def test_the_tree_is_shown_as_it_stood(world: World) -> None:
    run("unit", "open", "87.108", "Đảng bộ xã Hai", "base_committee", "--under", "87", "--on", "2026-02-01")
    run("unit", "move", CELL, "--under", "87.108", "--on", "2026-11-01")
    assert run("unit", "list", "--on", "2026-10-31") == [
        "Mã                  Tên                Cấp",
        "87                  Đảng bộ tỉnh       Cấp tỉnh",
        "87.107                Đảng bộ xã       Đảng ủy cơ sở",
        "87.107.000.000.001      Chi bộ ấp Một  Chi bộ",
        "87.107.000.000.002      Chi bộ ấp Hai  Chi bộ",
        "87.108                Đảng bộ xã Hai   Đảng ủy cơ sở",
    ]
    codes = [line.split("  ")[0] for line in run("unit", "list")]
    assert codes == ["Mã", "87", "87.107", "87.107.000.000.002", "87.108", CELL]
    below = json.loads("\n".join(run("unit", "list", "--under", "87.108", "--json")))
    assert below == [
        {"code": "87.108", "name": "Đảng bộ xã Hai", "level": "base_committee", "depth": 0},
        {"code": CELL, "name": "Chi bộ ấp Một", "level": "cell", "depth": 1},
    ]
    assert run("unit", "list", "--on", "2025-12-31") == ["Không có gì để liệt kê."]
    with pytest.raises(CommandError, match=r"^Vào ngày 31/01/2026 không có đơn vị nào mang mã 87.108.$"):
        run("unit", "list", "--under", "87.108", "--on", "2026-01-31")


def test_offices_are_those_held_on_the_day(world: World) -> None:
    run("office", "end", "secretary", "cell_secretary", CELL, "--to", "2026-10-31")
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    run("office", "give", "officer", "helper", CELL, "--from", "2026-11-01", "--member", str(new.pk))
    assert run("office", "list", "--unit", CELL) == [
        "Đơn vị              Tên            Chức vụ            Tài khoản  Họ và tên      Giúp đỡ  Từ ngày     Đến hết ngày",
        f"{CELL}  Chi bộ ấp Một  Phó bí thư chi bộ  deputy     Người deputy            01/01/2026",
        f"{CELL}  Chi bộ ấp Một  Đảng viên giúp đỡ  officer    Người officer  {new.pk:<7}  01/11/2026",
    ]
    before = json.loads("\n".join(run("office", "list", "--user", "secretary", "--on", "2026-10-31", "--json")))
    assert before == [
        {"unit": CELL, "unit_name": "Chi bộ ấp Một", "office": "cell_secretary", "user": "secretary",
         "name": "Người secretary", "member": None, "from": "2026-01-01", "to": "2026-10-31"},
    ]  # fmt: skip
    in_commune = [line.split()[0] for line in run("office", "list", "--unit", "87.107", "--on", "2026-10-31")[1:]]
    assert in_commune == ["87.107"] * 3 + [CELL] * 2 + ["87.107.000.000.002"]
    assert run("office", "list", "--user", "secretary") == ["Không có gì để liệt kê."]
    for wrong in (("--unit", "87.999"), ("--user", "nobody")):
        with pytest.raises(CommandError):
            run("office", "list", *wrong)


def test_accounts_are_shown_with_what_an_operator_asks_about(world: World) -> None:
    run("user", "add", "lan", "--name", "Nguyễn Thị Lan")
    signed_in = datetime(2026, 11, 1, 20, tzinfo=UTC)
    User.objects.filter(username="auditor").update(last_login=signed_in)
    lines = run("user", "list")
    assert lines[0] == (
        "Tài khoản        Họ và tên              Địa chỉ thư                  Chức vụ  Mật khẩu dùng một lần  "
        "Đăng nhập gần nhất  Từ chối thư từ ngày"
    )
    assert [line.split()[0] for line in lines[1:]] == sorted(User.objects.values_list("username", flat=True))
    lan = next(line for line in lines if line.startswith("lan"))
    assert lan.split() == ["lan", "Nguyễn", "Thị", "Lan", "0", "có"]
    assert next(line for line in lines if line.startswith("auditor")).split()[-1] == "02/11/2026"
    told = {one["user"]: one for one in json.loads("\n".join(run("user", "list", "--json")))}
    assert told["auditor"]["last_sign_in"] == "2026-11-02T03:00:00+07:00"
    assert (told["auditor"]["offices"], told["auditor"]["one_time_password"]) == (1, False)
    assert told["lan"]["one_time_password"] is True
    User.objects.filter(username="lan").update(address_dead_since="2026-11-02")
    told = {one["user"]: one for one in json.loads("\n".join(run("user", "list", "--json")))}
    assert (told["lan"]["address_dead_since"], told["auditor"]["address_dead_since"]) == ("2026-11-02", None)


def test_headings_follow_the_language(world: World) -> None:
    with override("en"):
        assert run("unit", "list")[0].split() == ["Code", "Name", "Level"]
