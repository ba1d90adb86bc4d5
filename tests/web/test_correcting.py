"""A record is corrected through the doors: the form of the pages, the address of the API, and how the log tells of it."""

from __future__ import annotations

import pytest

from backend.audit.models import Event
from backend.members.amending import said_of
from backend.members.models import Member
from tests.api.conftest import Knock, as_, own_language, world
from tests.web.people import text
from tests.web.stepping import do, of
from tests.world import TODAY, World

__all__ = ["as_", "own_language", "world"]
pytestmark = pytest.mark.django_db


def test_the_form_corrects_and_the_pages_tell_of_it(world: World) -> None:
    member = world.member("Nguyễn Văn An")
    client, address = of("secretary"), f"/members/{member.pk}/steps/correct_record/"
    blank = {"on": "02/11/2026", "request.date": "02/11/2026", "reason": "Theo giấy khai sinh"}
    nothing = do(client, address, blank)
    assert nothing.status_code == 422
    assert "Hồ sơ đã ghi đúng như vậy, không có gì thay đổi." in text(nothing)
    answer = do(client, address, {**blank, "full_name": "Lê Thị Ánh", "sex": "f", "phone": "0987 654 321"})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/members/{member.pk}/")
    page = text(client.get(f"/members/{member.pk}/"))
    assert "<h1>Lê Thị Ánh</h1>" in page
    assert "Đã ghi: Sửa nội dung hồ sơ đảng viên." in page
    assert "Họ và tên, Điện thoại, Giới tính" in page
    assert "0987654321" not in page
    entry = text(of("officer").get(f"/desk/events/{Event.objects.get(code='membership.corrected').uid}/"))
    assert "Trước đó ghi" in entry
    assert "Họ và tên: Nguyễn Văn An; Giới tính: Nam" in entry
    assert "Lê Thị Ánh" in entry
    assert "0987654321" not in entry


def test_the_form_empties_what_is_ticked(world: World) -> None:
    member = world.member("Nguyễn Văn An")
    Member.objects.filter(pk=member.pk).update(home_detail="Ấp Hai", home_commune="Xã Một")
    blank = {"on": "02/11/2026", "request.date": "02/11/2026", "reason": "Theo đơn", "home_detail": "true"}
    answer = do(of("secretary"), f"/members/{member.pk}/steps/empty_fields/", blank)
    assert answer.status_code == 302
    said = said_of(Member.objects.get(pk=member.pk))
    assert (said["home_detail"], said["home_commune"]) == (None, "Xã Một")


def test_the_api_corrects_and_empties_by_the_addresses_of_every_step(world: World, as_: Knock) -> None:
    member = world.member("Nguyễn Văn An")
    address, request = f"/api/v1/members/{member.pk}/steps/", {"date": TODAY.isoformat()}
    facts = {"request": request, "reason": "Theo đơn", "phone": "0987654321", "religion": "Không"}
    answer = as_("secretary").post(
        f"{address}correct_record/", {"on": TODAY.isoformat(), "facts": facts}, headers={"If-Match": '"1"'}
    )
    assert (answer.status_code, answer.json()["state"], answer.headers["ETag"]) == (200, "official", '"2"')
    del facts["phone"]  # a number that is shown in part alone is no try for nothing
    wrong = as_("secretary").post(
        f"{address}correct_record/", {"on": TODAY.isoformat(), "facts": facts}, headers={"If-Match": '"2"'}
    )
    assert (wrong.status_code, [one["code"] for one in wrong.json()["unmet"]]) == (422, ["record.nothing_corrected"])
    facts = {"request": request, "reason": "Theo đơn", "phone": True}
    answer = as_("secretary").post(
        f"{address}empty_fields/", {"on": TODAY.isoformat(), "facts": facts}, headers={"If-Match": '"2"'}
    )
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"3"')
    said = said_of(Member.objects.get(pk=member.pk))
    assert (said["phone"], said["religion"]) == (None, "Không")
    told = as_("secretary").get(f"/api/v1/events/?member={member.pk}").json()["results"]
    assert {one["code"]: one["facts"].get("corrected") for one in told if one["step"] != "import_official"} == {
        "membership.emptied": None, "membership.corrected": ["phone", "religion"],
    }  # fmt: skip
