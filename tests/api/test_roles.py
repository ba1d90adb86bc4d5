"""The door under the role it really runs under: chibo_app, with its grants and row-level security."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from backend.accounts.models import Token, User
from backend.cases.models import Case
from backend.members.models import Member
from tests.api.conftest import ON
from tests.realdb import RealDatabase
from tests.roles import as_role
from tests.world import make_world, paper


@pytest.mark.real
def test_signing_in_reading_and_stepping_under_the_application_role(committed_db: RealDatabase) -> None:
    cache.clear()
    world = make_world()
    people = world.members(6)
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    case = world.probation(new, date(2025, 10, 30))
    meeting = world.meeting(people, ON)
    user = User.objects.get(pk=world.actor("secretary").user_id)
    user.set_password("mật khẩu dài 2026")
    user.save()
    totals = {"meeting": meeting.pk, "issued": 6, "collected": 6, "valid": 6, "yes": 4, "no": 2}
    body = {"on": ON.isoformat(), "facts": {"resolution": paper(ON), "ballot": totals}}
    client = APIClient()
    with as_role("chibo_app"):
        given = client.post("/api/v1/tokens/", {"username": "secretary", "password": "mật khẩu dài 2026"})
        assert given.status_code == 201, given.content
        client.credentials(HTTP_AUTHORIZATION=f"Token {given.json()['token']}")
        for place in ("me", "units", "members", "cases", "deadlines", "notices", "events"):
            assert client.get(f"/api/v1/{place}/").status_code == 200, place
        assert len(client.get("/api/v1/members/", {"q": "nguyen"}).json()["results"]) == 6
        steps = client.get(f"/api/v1/cases/{case.pk}/steps/").json()["results"]
        assert next(one for one in steps if one["step"] == "propose")["allowed"] is True
        place, headers = f"/api/v1/cases/{case.pk}/steps/propose/", {"If-Match": '"1"', "Idempotency-Key": "k1"}
        done = client.post(place, body, headers=headers)
        assert done.status_code == 200, done.content
        assert client.post(place, body, headers=headers).json() == done.json()
        lapse = {"resolution": paper(ON), "ground": "meetings", "months": 3}
        subjects = [{"member": people[0].pk, "version": 1, "facts": lapse}]
        bulk = client.post("/api/v1/bulk/steps/", {"step": "record_lapse", "on": ON.isoformat(), "subjects": subjects})
        assert [one["status"] for one in bulk.json()["results"]] == [200]
        assert client.post("/api/v1/tokens/revoke/").status_code == 204
    assert Case.objects.get(pk=case.pk).state == "proposed"


@pytest.mark.real
def test_entering_and_voiding_under_the_application_role(committed_db: RealDatabase) -> None:
    cache.clear()
    world = make_world()

    def sign_in(name: str) -> APIClient:
        client = APIClient()
        _, token = Token.objects.create(user=User.objects.get(username=name))
        client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
        return client

    secretary, deputy, other = (sign_in(name) for name in ("secretary", "deputy", "other_secretary"))
    profile = {"full_name": "Trần Thị Mới", "sex": "f", "born_on": "2001-05-04", "personal_id": "087080000077"}
    asked = {"unit": world.cell.pk, "step": "choose", "profile": profile, "facts": {"resolution": paper(ON)}}
    with as_role("chibo_app"):
        entered = secretary.post("/api/v1/members/", asked, headers={"Idempotency-Key": "e1"})
        assert entered.status_code == 201, entered.content
        elsewhere = other.post("/api/v1/members/", {**asked, "unit": world.other.pk})
        assert [one["code"] for one in elsewhere.json()["unmet"]] == ["member.known_elsewhere"]
        faulty = {**asked, "unit": world.other.pk, "profile": {**profile, "sex": "x"}}
        told = other.post("/api/v1/members/", faulty).json()["unmet"]
        assert [one["code"] for one in told] == ["fact.bad_choice", "member.known_elsewhere"]
        place, correction = f"/api/v1/events/{entered.json()['event']}/void/", {"reason": "x", "paper": paper(ON)}
        headers = {"If-Match": '"1"', "Idempotency-Key": "v1"}
        assert other.post(place, correction).status_code == 404
        assert secretary.post(place, correction).status_code == 403
        voided = deputy.post(place, correction, headers=headers)
        assert voided.status_code == 200, voided.content
        assert deputy.post(place, correction, headers=headers).json() == voided.json()
        assert other.post("/api/v1/members/", {**asked, "unit": world.other.pk}).status_code == 201
    assert sorted(Member.objects.values_list("unit_id", "standing")) == [
        (world.cell.pk, ""), (world.other.pk, "candidate"),
    ]  # fmt: skip
