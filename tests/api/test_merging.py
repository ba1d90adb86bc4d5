"""Merging through the door, and what the id of a merged record answers afterwards."""

from __future__ import annotations

from typing import Any

from tests.api.conftest import ON, Knock, traces
from tests.world import World, paper


def body(record: int, **changed: Any) -> dict[str, Any]:
    return {
        "record": record,
        "reason": "Nhập hai lần",
        "confirmation": paper(ON, "7-BB/ĐU"),
        "on": ON.isoformat(),
        **changed,
    }


def test_a_committee_merges_and_the_old_id_points_to_the_kept_one(world: World, as_: Knock) -> None:
    keep, gone = world.member("Nguyễn Văn A"), world.member("Nguyễn Văn A", unit=world.other)
    place, headers = f"/api/v1/members/{keep.pk}/merge/", {"Idempotency-Key": "merge-1"}
    done = as_("officer").post(place, body(gone.pk), headers=headers)
    assert (done.status_code, done.json()["state"], done.json()["id"], done.headers["ETag"]) == (
        200,
        "merged",
        gone.pk,
        '"2"',
    )
    assert as_("officer").post(place, body(gone.pk), headers=headers).json() == done.json()
    told = as_("officer").get(f"/api/v1/members/{gone.pk}/")
    assert (told.status_code, told.json()) == (301, {"merged_into": keep.pk})
    assert told.headers["Location"].endswith(f"/api/v1/members/{keep.pk}/")
    for name in ("other_secretary", "secretary"):  # each sees one of the two records
        assert as_(name).get(f"/api/v1/members/{gone.pk}/").status_code == 404
    assert [one["id"] for one in as_("officer").get("/api/v1/members/").json()["results"]] == [keep.pk]


def test_refusals_leave_nothing(world: World, as_: Knock) -> None:
    keep, gone = world.member("Nguyễn Văn A"), world.member("Nguyễn Văn A", unit=world.other)
    before = traces()
    place = f"/api/v1/members/{keep.pk}/merge/"
    for name, status in (("secretary", 403), ("other_secretary", 403), ("auditor", 403)):
        assert as_(name).post(place, body(gone.pk)).status_code == status, name
    assert as_("officer").post("/api/v1/members/987654321/merge/", body(gone.pk)).status_code == 404
    assert as_("officer").post(place, body(987_654_321)).status_code == 404
    assert as_("officer").post(place, {"reason": "x"}).status_code == 400
    wrong = as_("officer").post(place, body(gone.pk, reason=" ", confirmation={"number": "1"}))
    assert [(one["code"], one["fact"]) for one in wrong.json()["unmet"]] == [
        ("fact.required", "confirmation.issuer"), ("fact.required", "confirmation.date"), ("fact.required", "reason"),
    ]  # fmt: skip
    assert traces() == before
