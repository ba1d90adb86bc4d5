"""Answers to a deadline through the door."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from backend.audit.models import Event, EventDetail
from backend.deadlines.models import Deadline
from tests.api.conftest import Knock, traces
from tests.world import World, about_to_climb


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
    about_to_climb(one)
    seen = as_("officer").post(f"{place}acknowledge/", {"reason": "Đã biết"}, headers={"If-Match": '"3"'})
    assert (seen.status_code, seen.json()["until"]) == (200, "2026-11-09")
    assert list(Event.objects.filter(subject_kind="deadline").order_by("version").values_list("code", flat=True)) == [
        "deadline.snoozed", "deadline.commented", "deadline.acknowledged",
    ]  # fmt: skip


ANSWERS = {
    "acknowledge": ({"working_days": 5, "reason": "Đã nhắc"}, {"working_days": 4, "reason": "Đã nhắc"}),
    "snooze": ({"until": "2026-11-20", "reason": "Chờ họp"}, {"until": "2026-11-21", "reason": "Chờ họp"}),
    "comment": ({"comment": "Sẽ họp"}, {"comment": "Đã họp"}),
}
"""What is sent to a deadline, and another body under the same key."""


@pytest.mark.parametrize(("answer", "bodies"), ANSWERS.items())
def test_an_answer_with_a_key_is_given_once(world: World, as_: Knock, answer: str, bodies: tuple[Any, Any]) -> None:
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    one = Deadline.objects.get(subject_id=world.probation(new, date(2025, 10, 30)).pk, rule_id="PRO.CELL_REVIEW")
    about_to_climb(one)
    place, secretary = f"/api/v1/deadlines/{one.pk}/", as_("secretary")
    headers = {"If-Match": '"1"', "Idempotency-Key": "tap-1"}
    bad = secretary.post(f"{place}{answer}/", bodies[0], headers=headers | {"Idempotency-Key": "hai từ"})
    assert (bad.status_code, bad.json()["code"]) == (400, "invalid")
    first = secretary.post(f"{place}{answer}/", bodies[0], headers=headers)
    before, stands = traces(), Deadline.objects.values().get(pk=one.pk)
    again = secretary.post(f"{place}{answer}/", bodies[0], headers=headers)
    assert (first.status_code, again.status_code, again.json()) == (200, 200, first.json())
    assert again["ETag"] == first["ETag"] == '"2"'
    for path, body, match in (
        (answer, bodies[1], '"1"'),
        (answer, bodies[0], '"2"'),
        ("comment", {"comment": "x"}, '"1"'),
    ):
        other = secretary.post(f"{place}{path}/", body, headers=headers | {"If-Match": match})
        assert (other.status_code, other.json()["code"]) == (422, "request_key_reused")
    assert (traces(), Deadline.objects.values().get(pk=one.pk)) == (before, stands)
    event = Event.objects.get(subject_kind="deadline")
    assert EventDetail.objects.get(event_uid=event.uid).data["request"] == "tap-1"
    assert secretary.post(f"{place}{answer}/", bodies[0], headers={"If-Match": '"1"'}).status_code == 412


def test_a_refused_answer_keeps_no_key(world: World, as_: Knock) -> None:
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    one = Deadline.objects.get(subject_id=world.probation(new, date(2025, 10, 30)).pk, rule_id="PRO.CELL_REVIEW")
    place, headers = f"/api/v1/deadlines/{one.pk}/comment/", {"If-Match": '"1"', "Idempotency-Key": "tap-2"}
    before = traces()
    assert as_("auditor").post(place, {"comment": "Sẽ họp"}, headers=headers).status_code == 403
    assert as_("secretary").post(place, {"comment": "Sẽ họp"}, headers=headers | {"If-Match": '"9"'}).status_code == 412
    assert traces() == before
    assert as_("secretary").post(place, {"comment": "Sẽ họp"}, headers=headers).status_code == 200
