"""The list as a file: the rows of the list, in its order, harmless to spreadsheets, noted before it goes out."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import date
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.conf import LazySettings

from backend.accesses.models import Access
from backend.members.models import Member
from backend.members.protected import sealed_columns
from backend.web import member_export
from tests.roles import as_role
from tests.web.people import text
from tests.web.test_member_list import found, of, world
from tests.world import World

__all__ = ["world"]
pytestmark = pytest.mark.django_db


def body(answer: Any) -> bytes:
    return b"".join(answer)


def rows(answer: Any) -> list[list[str]]:
    whole = body(answer).decode()
    assert whole.startswith("\ufeff")
    return list(csv.reader(io.StringIO(whole[1:])))


def test_the_file_holds_the_rows_of_the_list(world: World) -> None:
    world.member("Nguyễn Văn An", born_on=date(1971, 3, 4))
    world.member("Lê Văn Ân", unit=world.other)
    world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    officer = of("officer")
    for query in ("", "&standing=official", f"&unit={world.other.pk}", "&q=moi"):
        answer = officer.get(f"/members/export/?form=csv{query}")
        assert [row[1] for row in rows(answer)[1:]] == found(officer.get(f"/members/?{query[1:]}")), query
    head, first, *_ = rows(officer.get("/members/export/?form=csv"))
    assert head[1:4] == ["Họ và tên", "Tên gọi khác", "Năm sinh"]
    assert first[1:12] == [
        "Nguyễn Văn An", "", "1971", "nam", "", "Đảng viên chính thức", "Đang sinh hoạt", "", "05/01/2015", "05/01/2016",
        "87.107.000.000.001",
    ]  # fmt: skip


def test_a_name_that_is_a_formula_stays_a_text(world: World) -> None:
    member = world.member("Nguyễn Văn An")
    Member.objects.filter(pk=member.pk).update(full_name="=1+1", other_name="@x")
    secretary = of("secretary")
    assert rows(secretary.get("/members/export/?form=csv"))[1][1:3] == ["'=1+1", "'@x"]
    answer = secretary.get("/members/export/?form=xlsx")
    sheet = zipfile.ZipFile(io.BytesIO(body(answer))).read("xl/worksheets/sheet1.xml").decode()
    assert '<c t="inlineStr" s="1"><is><t xml:space="preserve">=1+1</t></is></c>' in sheet


def test_it_is_named_by_unit_and_day_and_noted_as_one_look(world: World) -> None:
    world.members(2)
    answer = of("officer").get(f"/members/export/?form=xlsx&unit={world.cell.pk}&q=nguyen")
    name = "members-87.107.000.000.001-2026-11-02.xlsx"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    look = Access.objects.get(door="web/members/export/")
    assert (look.count, look.filters) == (2, {"q": "…", "unit": str(world.cell.pk), "form": "xlsx"})
    answer = of("officer").get("/members/export/?form=csv")
    assert re.findall('filename="([^"]+)"', answer.headers["Content-Disposition"]) == ["members-87.107-2026-11-02.csv"]


def test_a_file_of_one_person_is_a_look_at_that_record(world: World) -> None:
    """However it was asked for; one that holds nobody, or more, names nobody."""
    member = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    world.member("Nguyễn Trần An")
    for query in ("q=moi", "standing=probationary", "q=tran", "q=xyz"):
        assert body(of("officer").get(f"/members/export/?form=csv&{query}"))
    looks = Access.objects.order_by("id").values_list("door", "member_id", "count")
    door = "web/members/export/"
    assert list(looks) == [(door, member.pk, 1), (door, member.pk, 1), (door, None, 2), (door, None, 0)]


def test_more_than_a_file_holds_is_refused_in_a_sentence(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.members(3)
    monkeypatch.setattr(member_export, "MOST", 2)
    officer = of("officer")
    answer = officer.get("/members/export/?form=csv&standing=official")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/members/?standing=official")
    assert "Mỗi tệp chứa nhiều nhất 2 người" in text(officer.get("/members/?standing=official"))
    assert not Access.objects.filter(door="web/members/export/").exists()


@pytest.mark.parametrize("query", ["", "form=pdf", "form=csv&cursor=x", "form=csv&standng=official"])
def test_another_form_or_filter_is_not_there(world: World, query: str) -> None:
    assert of("officer").get(f"/members/export/?{query}").status_code == 404


def test_behind_the_walls_of_the_database_the_file_is_the_same(world: World) -> None:
    world.members(3)
    world.member("Phạm Văn Kia", unit=world.other)
    secretary = of("secretary")
    with as_role("chibo_app"):
        walled = rows(secretary.get("/members/export/?form=csv"))
    assert (walled, len(walled)) == (rows(secretary.get("/members/export/?form=csv")), 4)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_no_key_opens_is_said_before_the_first_byte(world: World, settings: LazySettings, form: str) -> None:
    settings.CHIBO_FIELD_KEYS, old = Fernet.generate_key().decode(), settings.CHIBO_FIELD_KEYS
    late = world.member("Nguyễn Văn Yên")
    Member.objects.filter(pk=late.pk).update(**sealed_columns({"card_number": "87.000123"}))
    settings.CHIBO_FIELD_KEYS = old
    for name in ("Nguyễn Văn An", "Lê Văn Ân"):
        Member.objects.filter(pk=world.member(name).pk).update(**sealed_columns({"card_number": "87.000124"}))
    looks = Access.objects.count()
    answer = of("officer").get(f"/members/export/?form={form}")
    assert (answer.status_code, answer.streaming, Access.objects.count()) == (503, False, looks)
    assert "CHIBO_FIELD_KEYS" in text(answer)
