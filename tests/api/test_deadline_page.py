"""The page a letter leads to: readable words, the scope of the reader's offices, and back here from signing in."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from django.test import Client

from backend.accounts.assigning import give_office
from backend.accounts.models import User
from backend.accounts.policy import Actor
from backend.alerts.wording import link_to
from backend.cases.models import Case
from backend.deadlines.models import Deadline
from backend.flags.models import Flag
from tests.api.conftest import traces
from tests.roles import as_role
from tests.world import BEGUN, World, person
from workflows.offices import Office

PASSWORD = "mật khẩu dài 2026"
Proposal = tuple[Case, dict[str, Any]]


def signed_in(username: str) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(User.objects.get(username=username))
    return client


@pytest.fixture
def due(proposal: Proposal) -> Deadline:
    return Deadline.objects.get(subject_kind="case", subject_id=proposal[0].pk, rule_id="PRO.CELL_REVIEW")


def link(due: Deadline) -> str:
    """The path of the link that letters carry."""
    return urlsplit(link_to(due.pk)).path


def test_the_letters_link_says_what_is_due_and_through_whom(world: World, proposal: Proposal, due: Deadline) -> None:
    before = traces()
    with as_role("chibo_app"):
        page = signed_in("secretary").get(link(due))
    text = page.content.decode()
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    for words in (
        "<h1>Consider the recognition in the cell</h1>", f">{due.reference}</a> · Recognition", "Trần Thị Mới",
        "<dd>Chi bộ ấp Một (87.107.000.000.001)</dd>", f"{due.due_on:%d/%m/%Y}", "working days from",
        "<dd>Chi bộ ấp Một (87.107.000.000.001): Secretary of the cell</dd>", "this ends the deadline",
        "Through: Cell: Secretary of the cell, Deputy secretary of the cell",
        f'href="/cases/{due.subject_id}/steps/propose/">Record it</a>',
    ):  # fmt: skip
        assert words in text, words
    assert text.count("Your office may record this, where its facts bear it out.") > 1
    assert text.count("<script") == 1  # htmx, a file of ours
    assert traces() == before


def test_the_page_speaks_vietnamese(world: World, due: Deadline) -> None:
    text = signed_in("secretary").get(link(due), headers={"Accept-Language": "vi"}).content.decode()
    assert '<html lang="vi">' in text
    assert "<h2>Việc có thể làm</h2>" in text
    assert "bước này kết thúc thời hạn" in text


def test_an_office_that_may_not_act_reads_who_may(world: World, due: Deadline) -> None:
    text = signed_in("auditor").get(link(due)).content.decode()
    assert "Your office may not do this here. Ask the office that holds this right." in text
    assert "Your office may record this, where its facts bear it out." not in text


@pytest.mark.parametrize("kind", ["member", "flag"])
def test_a_task_about_a_person_names_the_cases_that_can_be_opened(world: World, due: Deadline, kind: str) -> None:
    member = world.members(1)[0]
    subject = member.pk
    if kind == "flag":
        place = {"member_id": member.pk, "unit_id": world.cell.pk, "unit_path": world.cell.path}
        flag = Flag.objects.create(
            number="C-1", cause="meetings", since=BEGUN, months=[BEGUN], raised_on=BEGUN, **place
        )
        subject = flag.pk
    Deadline.objects.filter(pk=due.pk).update(subject_kind=kind, subject_id=subject, rule_id="TASK.CONSIDER_LAPSE")
    text = signed_in("secretary").get(link(due)).content.decode()
    assert f'<a href="/members/{member.pk}/">Nguyễn Văn A</a></dd>' in text
    assert "Open a removal on a ground (" in text
    assert "No step starts" not in text
    (rests,) = [line for line in text.split("<li>") if "Record that the cell considered it and opens no case" in line]
    assert "this ends the deadline" in rests


def test_a_closed_deadline_offers_nothing(world: World, due: Deadline) -> None:
    Deadline.objects.filter(pk=due.pk).update(status="met", met_on="2026-11-02")
    text = signed_in("secretary").get(link(due)).content.decode()
    assert "Met (02/11/2026)" in text.replace("\n", "")
    assert "What can be done" not in text


@pytest.mark.parametrize("username", ["other_secretary", "nobody", "admin"])
def test_what_is_hidden_is_not_there(world: World, due: Deadline, username: str) -> None:
    User.objects.create(username="nobody")
    person("admin", Office.ADMINISTRATOR, world.province)
    client = signed_in(username)
    with as_role("chibo_app"):
        page = client.get(link(due))
    assert page.status_code == 404
    assert b"may not see it" in page.content


def test_what_is_no_deadline_is_not_there(world: World, due: Deadline) -> None:
    client = signed_in("secretary")
    for strange in ("/deadlines/0/", f"/deadlines/{2**63}/", "/deadlines/x/", "/deadlines/999999999/"):
        assert client.get(strange).status_code == 404, strange
        assert client.post(strange).status_code == 404, strange
    assert client.put(link(due)).status_code == 405


def test_of_several_offices_the_one_that_sees_it_reads(world: World, due: Deadline) -> None:
    user = User.objects.get(username="other_secretary")
    give_office(Actor.operator("test"), user, Office.CELL_DEPUTY, world.cell.pk, since=BEGUN)
    client = signed_in("other_secretary")
    with as_role("chibo_app"):
        assert client.get(link(due)).status_code == 200


def test_signing_in_comes_back_to_the_page_and_nowhere_else(world: World, due: Deadline) -> None:
    user = User.objects.get(username="secretary")
    user.set_password(PASSWORD)
    user.save()
    client, form = Client(), {"username": "secretary", "password": PASSWORD}
    asked = client.get(link(due))
    assert (asked.status_code, asked.headers["Location"]) == (302, f"/sign-in/?next={link(due)}")
    assert (
        f'<input type="hidden" name="next" value="{link(due)}">'
        in client.get(asked.headers["Location"]).content.decode()
    )
    assert client.post("/sign-in/", form | {"next": link(due)}).headers["Location"] == link(due)
    for elsewhere in ("https://example.org/", "//example.org/", "javascript:alert(1)", "/\\example.org"):
        page = Client().get(f"/sign-in/?next={quote(elsewhere)}").content.decode()
        assert "example.org" not in page.partition("</main>")[0], elsewhere  # the foot keeps the own address
        assert Client().post("/sign-in/", form | {"next": elsewhere}).headers["Location"] == "/", elsewhere
