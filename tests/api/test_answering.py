"""Answers to a deadline through the door."""

from __future__ import annotations

from datetime import date, timedelta

from backend.audit.models import Event
from backend.deadlines.models import Deadline
from tests.api.conftest import Knock
from tests.world import World


def test_a_deadline_is_put_off_and_commented_on_with_the_version_that_was_looked_at(world: World, as_: Knock) -> None:
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    case = world.probation(new, date(2025, 10, 30))
    one = Deadline.objects.get(subject_id=case.pk, rule_id="PRO.CELL_REVIEW")
    place, until = f"/api/v1/deadlines/{one.pk}/", (one.due_on - timedelta(days=1)).isoformat()
    secretary = as_("secretary")
    asked = {"until": until, "reason": "Chờ họp"}
    assert secretary.post(f"{place}snooze/", asked).status_code == 428
    assert as_("auditor").post(f"{place}snooze/", {}).status_code == 403
    assert as_("other_secretary").post(f"{place}comment/", {}).status_code == 404
    done = secretary.post(f"{place}snooze/", asked, headers={"If-Match": '"1"'})
    assert (done.status_code, done.json(), done["ETag"]) == (200, {"id": one.pk, "version": 2, "until": until}, '"2"')
    assert secretary.post(f"{place}comment/", {"comment": "x"}, headers={"If-Match": '"1"'}).status_code == 412
    said = as_("officer").post(f"{place}comment/", {"comment": "Đã nhắc"}, headers={"If-Match": '"2"'})
    assert (said.status_code, said.json()) == (200, {"id": one.pk, "version": 3})
    late = {**asked, "until": (one.due_on + timedelta(days=1)).isoformat()}
    refused = secretary.post(f"{place}snooze/", late, headers={"If-Match": '"3"'})
    assert [line["code"] for line in refused.json()["unmet"]] == ["snooze.bad_day"]
    assert f"{one.due_on:%d/%m/%Y}" in refused.json()["unmet"][0]["vi"]
    assert secretary.get(place).json()["snoozed_until"] == until
    seen = as_("officer").post(f"{place}acknowledge/", {"reason": "Đã biết"}, headers={"If-Match": '"3"'})
    assert (seen.status_code, seen.json()["until"]) == (200, "2026-11-09")
    assert list(Event.objects.filter(subject_kind="deadline").order_by("version").values_list("code", flat=True)) == [
        "deadline.snoozed", "deadline.commented", "deadline.acknowledged",
    ]  # fmt: skip
