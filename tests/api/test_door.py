"""The door itself: signing in, errors in one form, bodies nobody means, the catalogue, the pages."""

from __future__ import annotations

import pytest
from django.test import Client
from rest_framework.test import APIClient

from backend.accounts.models import User
from tests.api.conftest import Knock, traces
from tests.world import World
from workflows.catalogue import LIFECYCLES

PROBLEM = "application/problem+json"


OWN = "mật khẩu dài 2026"


def with_password(world: World) -> None:
    user = User.objects.get(pk=world.actor("secretary").user_id)
    user.set_password(OWN)
    user.save()


def test_default_is_deny(world: World) -> None:
    for place in ("me", "units", "members", "workflows", "cases", "deadlines", "notices", "events"):
        answer = APIClient().get(f"/api/v1/{place}/")
        assert (answer.status_code, answer.headers["Content-Type"]) == (401, PROBLEM), place
        assert answer.json()["code"] == "not_authenticated"


def test_token_opens_the_door_until_it_is_revoked(world: World) -> None:
    with_password(world)
    client = APIClient()
    wrong = client.post("/api/v1/tokens/", {"username": "secretary", "password": "?"})
    assert (wrong.status_code, wrong.headers["Content-Type"]) == (401, PROBLEM)
    given = client.post("/api/v1/tokens/", {"username": "secretary", "password": OWN})
    assert (given.status_code, given.json()["user"]["username"]) == (201, "secretary")
    client.credentials(HTTP_AUTHORIZATION=f"Token {given.json()['token']}")
    me = client.get("/api/v1/me/").json()
    assert (me["current"]["office"], me["today"]) == ("cell_secretary", "2026-11-02")
    assert client.post("/api/v1/tokens/revoke/").status_code == 204
    assert client.get("/api/v1/me/").status_code == 401


def test_a_token_that_is_no_text_is_no_token(world: World) -> None:
    answer = APIClient().get("/api/v1/me/", headers={"Authorization": "Token \xff"})
    assert (answer.status_code, answer.json()["code"]) == (401, "authentication_failed")


def test_tries_to_sign_in_are_limited(world: World) -> None:
    client = APIClient()
    wrong = {"username": "secretary", "password": "?"}
    headers = [{"X-Forwarded-For": f"203.0.113.{number}"} for number in range(11)]  # nobody is asked to believe these
    answers = [client.post("/api/v1/tokens/", wrong, headers=one) for one in headers]
    assert [one.status_code for one in answers] == [401] * 10 + [429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
    assert answers[-1].json()["code"] == "throttled"
    assert client.post("/api/v1/tokens/", {"username": "officer", "password": "?"}).status_code == 401


@pytest.mark.parametrize("again", [" secretary", "secretary\t", "SECRETARY", "\uff53ecretary", "\u2003secretary"])
def test_another_way_of_writing_the_name_is_no_other_name(world: World, again: str) -> None:
    with_password(world)
    client = APIClient()
    for _ in range(10):
        client.post("/api/v1/tokens/", {"username": "secretary", "password": "?"})
    for password in ("?", OWN):
        assert client.post("/api/v1/tokens/", {"username": again, "password": password}).status_code == 429
    page = Client()
    page.get("/sign-in/")
    form = {"username": again, "password": OWN, "csrfmiddlewaretoken": page.cookies["csrftoken"].value}
    assert page.post("/sign-in/", form).status_code == 429


def test_the_page_counts_with_the_api(world: World) -> None:
    with_password(world)
    for _ in range(10):
        APIClient().post("/api/v1/tokens/", {"username": "secretary", "password": "?"})
    page = Client().post("/sign-in/", {"username": "secretary", "password": OWN})
    assert (page.status_code, page.headers["Content-Type"]) == (429, "text/html; charset=utf-8")
    assert 0 < int(page.headers["Retry-After"]) <= 60
    assert "Quá nhiều lần thử" in page.content.decode()
    assert "_auth_user_id" not in page.client.session


def test_session_sign_in_works_with_csrf_only(world: World) -> None:
    with_password(world)
    browser = Client(enforce_csrf_checks=True)
    assert "csrfmiddlewaretoken" in browser.get("/").content.decode()
    token = browser.cookies["csrftoken"].value
    form = {"username": "secretary", "password": OWN, "csrfmiddlewaretoken": token}
    assert browser.post("/sign-in/", form).headers["Location"] == "/"
    assert browser.get("/api/v1/units/").status_code == 200
    before = traces()
    refused = browser.post("/api/v1/cases/", "{}", content_type="application/json")
    assert (refused.status_code, refused.headers["Content-Type"]) == (403, PROBLEM)
    with_token = browser.post(
        "/api/v1/cases/",
        "{}",
        content_type="application/json",
        headers={"X-CSRFToken": browser.cookies["csrftoken"].value},
    )
    assert with_token.status_code == 400
    assert traces() == before


@pytest.mark.parametrize(
    ("body", "status"),
    [("{", 400), ('{"step": "a\\u0000b"}', 400), ('{"step": "\\ud800"}', 400), ("[1]", 400), ('{"x": NaN}', 400),
     ('{"facts": {"x": 9223372036854775808}}', 400),
     ("[" * 100_000, 400), ('{"step": ' + "[" * 50 + "]" * 50 + "}", 400), (b"\xff\xfe", 400),
     ('{"facts": {"held_on": "2026-11-28", "held_on": "2026-11-27"}}', 400)],
)  # fmt: skip
def test_bodies_nobody_means_are_problems(world: World, as_: Knock, body: str, status: int) -> None:
    before = traces()
    answer = as_("secretary").generic("POST", "/api/v1/cases/", body, content_type="application/json")
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, PROBLEM)
    assert traces() == before


def test_every_error_is_a_problem(world: World, as_: Knock) -> None:
    client = as_("secretary")
    answers = [
        (404, client.get("/api/v1/nowhere/")),
        (404, client.get("/api/v1/members/99999999999999999999/")),
        (404, client.get("/api/v1/members/123456/")),
        (404, client.get("/api/v1/workflows/unknown/")),
        (405, client.delete("/api/v1/members/")),
        (405, client.options("/api/v1/members/")),
        (406, client.get("/api/v1/members/", headers={"Accept": "text/html"})),
        (415, client.generic("POST", "/api/v1/cases/", "a=1", content_type="application/x-www-form-urlencoded")),
        (400, client.get("/api/v1/members/?q=%ED%A0%80%00")),
    ]
    for status, answer in answers:
        assert (answer.status_code, answer.headers["Content-Type"]) == (status, PROBLEM), answer.content
        assert answer.json()["status"] == status
        assert answer.json()["detail"]


def test_catalogue_tells_states_steps_and_rights(world: World, as_: Knock) -> None:
    client = as_("secretary")
    assert [one["key"] for one in client.get("/api/v1/workflows/").json()["results"]] == sorted(LIFECYCLES)
    page = client.get("/api/v1/workflows/recognition/").json()
    propose = next(one for one in page["steps"] if one["name"] == "propose")
    assert (propose["sources"], propose["target"], propose["right"]) == (["probation"], "proposed", "record_resolution")
    assert {one["state"] for one in page["states"] if one["final"]} == {"announced", "removed", "annulled", "ended"}
    assert {fact["name"]: fact["choices"] for fact in propose["facts"]} == {"resolution": [], "ballot": []}
    membership = client.get("/api/v1/workflows/membership/").json()["steps"]
    lapse = {one["name"]: one for one in membership}["record_lapse"]
    assert {fact["name"]: fact["choices"] for fact in lapse["facts"]}["ground"] == [
        {"value": "meetings", "label": {"vi": "Bỏ sinh hoạt", "en": "Meetings missed"}},
        {"value": "dues", "label": {"vi": "Không đóng đảng phí", "en": "Dues unpaid"}},
    ]


def test_drawing_is_svg_and_its_errors_are_problems(world: World, as_: Knock) -> None:
    drawn = as_("secretary").get("/api/v1/workflows/recognition/drawing/", headers={"Accept": "image/svg+xml"})
    assert drawn.headers["Content-Type"] == "image/svg+xml; charset=utf-8"
    assert drawn.content.decode().startswith("<svg")
    unknown = as_("secretary").get("/api/v1/workflows/x/drawing/", headers={"Accept": "image/svg+xml"})
    assert (unknown.status_code, unknown.headers["Content-Type"], unknown.json()["code"]) == (404, PROBLEM, "not_found")


def test_pages_and_health(world: World) -> None:
    browser = Client()
    home = browser.get("/")
    assert home.status_code == 200
    assert "/api/docs/" not in home.content.decode(), "no word for a secretary; the page of all pages has it"
    assert browser.get("/healthz").content == b"ok\n"
    docs = browser.get("/api/docs/").content.decode()
    assert "swagger-ui" in docs
    assert "https://" not in docs.replace("https://github.com", "")
    assert browser.get("/nowhere/").status_code == 404


def test_a_body_beyond_the_limit_is_a_problem_of_its_size(client: Client) -> None:
    said = client.post("/api/v1/tokens/", b'{"username": "' + b"x" * 3_000_000 + b'"}', content_type="application/json")
    assert (said.status_code, said.json()["code"]) == (413, "too_large")
    assert said.json()["detail"] == "Yêu cầu quá lớn; hãy gửi thành nhiều phần."
