"""In which office a person acts on the pages: the only one, or the one chosen, until it ends."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from backend.accounts.models import Assignment, User
from backend.audit.models import Event
from backend.organizations.models import Unit
from tests.web.people import browser, text
from tests.world import TODAY, World, make_world, person
from workflows.offices import Office

TOMORROW, BEFORE = TODAY + timedelta(days=1), TODAY - timedelta(days=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def of(name: str) -> Client:
    client = browser()
    client.force_login(User.objects.get(username=name))
    return client


def second_office(name: str, office: Office, unit: Unit, until: object = None) -> Assignment:
    return Assignment.objects.create(
        user=User.objects.get(username=name), office=office, unit=unit, unit_path=unit.path, from_date=TODAY,
        to_date=until,
    )  # fmt: skip


def choose(client: Client, office: object, back: str = "/deadlines/") -> object:
    client.get("/office/")
    token = client.cookies["csrftoken"].value
    return client.post("/office/", {"office": office, "next": back, "csrfmiddlewaretoken": token})


def test_the_only_office_is_taken_without_asking(world: World) -> None:
    page = text(of("secretary").get("/"))
    assert "Bí thư chi bộ, Chi bộ ấp Một" in page
    assert "/office/" not in page


def test_of_several_one_is_chosen_and_kept(world: World) -> None:
    second = second_office("secretary", Office.AUDITOR, world.commune)
    client = of("secretary")
    asked = client.get("/")
    assert (asked.status_code, asked.headers["Location"]) == (302, "/office/?next=%2F")
    page = text(client.get("/office/?next=/deadlines/"))
    assert "Bí thư chi bộ, Chi bộ ấp Một" in page
    assert "Đảng bộ xã" in page
    assert choose(client, second.pk).headers["Location"] == "/deadlines/"  # type: ignore[attr-defined]
    page = text(client.get("/"))
    assert "Đảng bộ xã" in page
    assert "/office/?next=/" in page


def test_an_office_of_somebody_else_or_none_is_no_choice(world: World) -> None:
    second_office("secretary", Office.AUDITOR, world.commune)
    theirs = Assignment.objects.get(user__username="officer")
    client = of("secretary")
    for choice in (theirs.pk, "", "x", 0, "9" * 30):
        assert choose(client, choice).status_code == 400  # type: ignore[attr-defined]
    assert client.get("/").headers["Location"] == "/office/?next=%2F"


def test_an_office_that_ended_is_chosen_no_more(world: World) -> None:
    second = second_office("secretary", Office.AUDITOR, world.commune)
    client = of("secretary")
    choose(client, second.pk)
    Assignment.objects.filter(pk=second.pk).delete()
    page = text(client.get("/"))
    assert "Bí thư chi bộ, Chi bộ ấp Một" in page
    assert "Đảng bộ xã" not in page


@pytest.mark.parametrize("back", ["https://example.org/", "//example.org", "javascript:alert(1)", "\\\\example.org"])
def test_the_way_back_stays_on_this_site(world: World, back: str) -> None:
    second = second_office("secretary", Office.AUDITOR, world.commune)
    assert choose(of("secretary"), second.pk, back).headers["Location"] == "/"  # type: ignore[attr-defined]


def test_who_holds_no_office_is_told_and_can_leave(world: World) -> None:
    Assignment.objects.filter(user__username="secretary").delete()
    client = of("secretary")
    assert "Hôm nay đồng chí không giữ chức vụ nào." in text(client.get("/"))
    assert "Đăng xuất" in text(client.get("/more/"))


def test_with_the_last_office_its_session_ends(world: World) -> None:
    client = of("secretary")
    assert client.get("/").status_code == 200
    key = client.session.session_key
    Assignment.objects.filter(user__username="secretary").delete()
    said = client.get("/")
    assert "Đồng chí đã được đăng xuất vì chức vụ dùng khi đăng nhập đã kết thúc." in text(said)
    assert Session.objects.filter(session_key=key).count() == 0
    assert client.get("/more/").headers["Location"] == "/sign-in/?next=/more/"


def test_a_fault_is_told_without_asking_the_session(world: World) -> None:
    page = of("secretary").get("/nowhere/")
    assert page.status_code == 404
    assert 'class="ways"' not in text(page)


WITHDRAWAL = {
    "request-number": "1",
    "request-issuer": "x",
    "request-date": "02/11/2026",
    "cause": "other",
    "reason": "x",
}


@pytest.mark.parametrize("several", [True, False])
def test_a_form_opened_in_an_office_that_ended_is_recorded_in_no_other(world: World, several: bool) -> None:
    """Chosen among several, or the only one until a new one began: what was opened in it is not sent in another silently."""
    member = world.member("Nguyễn Văn An")
    first = Assignment.objects.get(user__username="secretary")
    second = second_office("secretary", Office.ORGANISATION_OFFICER, world.commune)
    client = of("secretary")
    if several:
        choose(client, second.pk)
    else:
        Assignment.objects.filter(pk=first.pk).update(from_date=TOMORROW)
    address = f"/members/{member.pk}/open/withdrawal/request/"
    assert "Đảng bộ xã" in text(client.get(address))
    Assignment.objects.filter(pk=second.pk).update(from_date=BEFORE, to_date=BEFORE)
    Assignment.objects.filter(pk=first.pk).update(from_date=BEFORE)
    before = Event.objects.count()
    sent = {**WITHDRAWAL, "do": "do", "csrfmiddlewaretoken": client.cookies["csrftoken"].value}
    for _again in range(2):
        told = client.post(address, sent)
        assert told.status_code == 409
        assert "đã hết hạn nên chưa ghi nhận gì" in text(told)
        assert "Bí thư chi bộ, Chi bộ ấp Một" in text(told)
    assert Event.objects.count() == before
    client.get(address)  # opened again, in the office that is held
    assert client.post(address, sent).status_code != 409


def test_the_documentation_of_the_api_is_offered_to_who_connects_programs(world: World) -> None:
    """It opens to everybody; a secretary's list of pages is of what a secretary does."""
    person("admin", Office.ADMINISTRATOR, world.commune)
    shown = {name: "Tài liệu API" in text(of(name).get("/more/")) for name in ("secretary", "officer", "admin")}
    assert shown == {"secretary": False, "officer": True, "admin": True}
