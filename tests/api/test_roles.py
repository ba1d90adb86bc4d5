"""The door under the role it really runs under: chibo_app, with its grants and row-level security."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.cases.models import Case
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
