"""The list of members: what an office finds is what the selectors give; saved views; the file to take along."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backend.accesses.models import Access
from backend.accounts.models import User
from backend.cases import selectors
from backend.members.models import Member
from backend.members.protected import sealed_columns
from backend.web import member_list
from tests.api.test_flags import flag
from tests.web.people import browser, text
from tests.world import World, make_world, person
from workflows.offices import Office

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def of(name: str, language: str = "vi") -> Client:
    client = browser(language)
    client.force_login(User.objects.get(username=name))
    return client


def found(page: Any) -> list[str]:
    return re.findall(r'<a href="/members/\d+/">([^<]+)</a>', text(page))


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    return len([one for one in caught.captured_queries if "SAVEPOINT" not in one["sql"]])


def post(client: Client, address: str, **form: Any) -> Any:
    client.get("/office/")
    return client.post(address, {**form, "csrfmiddlewaretoken": client.cookies["csrftoken"].value})


@pytest.mark.parametrize(
    "name", ["secretary", "deputy", "other_secretary", "officer", "committee", "province", "auditor"]
)
def test_an_office_finds_whom_the_selectors_give_in_the_order_of_a_list(world: World, name: str) -> None:
    for full_name in ("Trần Thị Bé", "Nguyễn Văn An", "Lê Văn Ân"):
        world.member(full_name)
    world.member("Phạm Văn Xa", unit=world.other)
    world.guest("Đỗ Thị Khách", home=world.other, place=world.cell)
    mine = selectors.members(world.actor(name)).order_by("sort_key", "id")
    assert found(of(name).get("/members/")) == [one.full_name for one in mine]


def test_words_are_found_without_diacritics_and_whole_cards(world: World) -> None:
    world.member("Trần Thị Bé")
    world.member("Nguyễn Trần An")
    card = world.member("Lê Văn Ân")
    Member.objects.filter(pk=card.pk).update(**sealed_columns({"card_number": "87.001234"}))
    secretary = of("secretary")
    assert found(secretary.get("/members/?q=tran")) == ["Nguyễn Trần An", "Trần Thị Bé"]
    assert found(secretary.get("/members/?q=be+tr")) == ["Trần Thị Bé"]
    assert found(secretary.get("/members/?q=87.001234")) == ["Lê Văn Ân"]
    page = secretary.get("/members/?q=87.0012")
    assert (found(page), "Không tìm thấy ai." in text(page)) == ([], True)
    assert Access.objects.filter(door="web/members/").latest("id").filters == {"q": "…"}


def test_filters_narrow_and_the_count_says_how_many(world: World) -> None:
    world.member("Nguyễn Văn An")
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    world.probation(new, date(2025, 10, 30))
    away = world.member("Lê Văn Xa", participation="away", away_until="2027-01-31")
    flag(away, 1)
    world.member("Phạm Văn Kia", unit=world.other)
    officer = of("officer")
    narrowed = {
        "standing=probationary": ["Trần Thị Mới"],
        "participation=away": ["Lê Văn Xa"],
        "stage=recognition": ["Trần Thị Mới"],
        "flag=meetings": ["Lê Văn Xa"],
        f"unit={world.other.pk}": ["Phạm Văn Kia"],
        f"code={world.cell.code}&standing=official": ["Nguyễn Văn An", "Lê Văn Xa"],
    }
    for query, names in narrowed.items():
        page = officer.get(f"/members/?{query}")
        assert found(page) == names, query
        assert f"Số người: {len(names)}" in text(page)
    assert "Trong phạm vi của đồng chí không có đơn vị mang mã này." in text(officer.get("/members/?code=1"))


@pytest.mark.parametrize(
    "query", ["standng=official", "standing=x", "q=a&q=b", "cursor=x", "unit=0", "unit=x", "stage=membership", "q=%00"]
)
def test_what_no_form_of_ours_asks_is_not_there(world: World, query: str) -> None:
    assert of("officer").get(f"/members/?{query}").status_code == 404


def test_a_unit_out_of_sight_is_no_filter(world: World) -> None:
    secretary = of("secretary")
    for address in ("/members/", "/cases/", "/members/export/"):
        assert secretary.get(f"{address}?form=csv&unit={world.other.pk}").status_code == 404
    assert secretary.get(f"/members/?code={world.cell.code}").status_code == 404, "an office of one unit chooses none"


def test_a_helper_finds_the_one_member_and_cannot_ask_for_flags(world: World) -> None:
    world.member("Nguyễn Văn An")
    helped = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    person("helps", Office.HELPER, world.cell, helped.pk)
    client = of("helps")
    assert found(client.get("/members/")) == ["Trần Thị Mới"]
    assert client.get("/members/?flag=dues").status_code == 404


def test_a_long_list_is_turned_page_by_page(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(member_list, "PAGE", 2)
    people = world.members(5)
    client, address, seen = of("secretary"), "/members/?standing=official", []
    while address:
        page = client.get(address)
        seen.append(found(page))
        further = re.search(r'rel="next" href="([^"]+)"', text(page))
        address = f"/members/{further[1]}" if further else ""
    assert [len(one) for one in seen] == [2, 2, 1]
    assert [name for one in seen for name in one] == [one.full_name for one in people]


def test_more_than_can_be_counted_is_said_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.members(3)
    monkeypatch.setattr(member_list, "CHUNK", 2)
    assert "Hơn 2 người" in text(of("secretary").get("/members/"))


def test_the_list_costs_the_same_queries_at_one_row_and_at_three(world: World) -> None:
    flag(world.member("Nguyễn Văn An"), 1)
    costs = [queries(of("officer"), "/members/")]
    flag(world.member("Lê Văn Ân"), 2)
    world.member("Phạm Văn Kia", unit=world.other)
    costs.append(queries(of("officer"), "/members/"))
    assert costs == [19, 19]


def test_a_look_at_the_list_is_noted_with_what_was_asked(world: World) -> None:
    world.members(2)
    of("officer").get(f"/members/?unit={world.cell.pk}&standing=official")
    seen = Access.objects.get(door="web/members/")
    assert (seen.count, seen.filters) == (2, {"unit": str(world.cell.pk), "standing": "official"})
    assert (seen.office, seen.unit_path) == ("organisation_officer", world.commune.path)


def test_a_search_that_finds_one_alone_is_a_look_at_that_record(world: World) -> None:
    """Shown to the person's own unit like any other; one that finds more is a look at the list."""
    member = world.member("Trần Thị Bé")
    world.member("Nguyễn Trần An")
    for words in ("be+tr", "tran", "xyz"):
        of("officer").get(f"/members/?q={words}")
        of("officer").get(f"/api/v1/members/?q={words}")
    seen = Access.objects.order_by("id").values_list("door", "member_id", "count")
    assert list(seen) == [
        ("web/members/", member.pk, 1), ("members/", member.pk, 1), ("web/members/", None, 2), ("members/", None, 2),
        ("members/", None, 0),
    ]  # fmt: skip


def test_a_cursor_makes_no_search_a_look_at_nobody(world: World) -> None:
    """With somebody else's place in the list the page still shows the one row."""
    world.member("Nguyễn Trần An")
    member = world.member("Trần Thị Bé")
    client = of("officer")
    cursor = client.get("/api/v1/members/?limit=1").json()["next"].split("cursor=")[1].split("&")[0]
    assert found(client.get(f"/members/?q=be+tr&cursor={cursor}")) == ["Trần Thị Bé"]
    assert found(client.get(f"/members/?cursor={cursor}")) == ["Trần Thị Bé"]
    looks = Access.objects.filter(door="web/members/").order_by("id").values_list("member_id", "count")
    assert list(looks) == [(member.pk, 1), (None, 1)]


def test_an_administrator_sees_no_members(world: World) -> None:
    person("admin", Office.ADMINISTRATOR, world.commune)
    for address in ("/members/", "/cases/", "/members/export/?form=csv"):
        assert of("admin").get(address).status_code == 404
