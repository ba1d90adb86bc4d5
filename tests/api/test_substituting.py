"""Handing one's reminders to the substitute through the door."""

from __future__ import annotations

from datetime import date

import pytest

from backend.accounts.assigning import end_office
from backend.accounts.models import Assignment, User
from backend.accounts.policy import Actor
from backend.alerts.sweep import sweep
from backend.audit.models import Event
from backend.core import clock
from backend.deadlines.models import Deadline
from tests.api.conftest import Knock, traces
from tests.world import World, person
from workflows.offices import Office

PLACE = "/api/v1/substitutions/"


def test_reminders_are_handed_over_once_seen_above_and_taken_back(world: World, as_: Knock) -> None:
    secretary, body = as_("secretary"), {"until": "2026-11-20"}
    headers = {"Idempotency-Key": "leave-1"}
    done = secretary.post(PLACE, body, headers=headers)
    told = {
        "assignment_id": world.actor("secretary").assignment_id, "office": "cell_secretary", "unit_id": world.cell.pk,
        "to": "cell_deputy", "since": "2026-11-02", "until": "2026-11-20", "version": 2,
    }  # fmt: skip
    assert (done.status_code, done.json()) == (200, told)
    before = traces()
    assert secretary.post(PLACE, body, headers=headers).json() == told
    other = secretary.post(PLACE, {"until": "2026-11-21"}, headers=headers)
    assert (other.status_code, other.json()["code"], traces()) == (422, "request_key_reused", before)
    for again in (body, {"until": "2026-11-20", "since": "2026-11-02"}):
        same = secretary.post(PLACE, again)
        assert (same.status_code, same.json()["code"], traces()) == (422, "unchanged", before)
    for who, seen in (("secretary", [told]), ("deputy", [told]), ("officer", [told]), ("province", [told])):
        assert as_(who).get(PLACE).json() == {"results": seen, "next": None}, who
    assert as_("other_secretary").get(PLACE).json()["results"] == []
    back = secretary.post(f"{PLACE}end/", {})
    assert (back.status_code, back.json()) == (200, {**told, "since": None, "until": None, "version": 3})
    assert as_("officer").get(PLACE).json()["results"] == []


@pytest.mark.parametrize(("who", "status"), [("deputy", 403), ("auditor", 403)])
def test_an_office_without_a_substitute_is_told_so_before_its_body_is_read(
    world: World, as_: Knock, who: str, status: int
) -> None:
    before = traces()
    assert as_(who).post(PLACE, {"until": "x"}).status_code == status
    assert as_(who).post(f"{PLACE}end/", {}).status_code == status
    assert traces() == before


def test_what_is_wrong_is_said_and_nothing_is_written(world: World, as_: Knock) -> None:
    before = (traces(), list(Assignment.objects.order_by("pk").values()))
    refused = as_("secretary").post(PLACE, {"until": "2026-11-01"})
    assert [(one["code"], one["fact"]) for one in refused.json()["unmet"]] == [("substitution.bad_days", "until")]
    alone = as_("other_secretary").post(PLACE, {"until": "2026-11-20"})
    assert (alone.status_code, [one["code"] for one in alone.json()["unmet"]]) == (422, ["substitution.nobody"])
    assert "Phó bí thư chi bộ" in alone.json()["unmet"][0]["vi"]
    assert as_("secretary").post(PLACE, {"until": "2026-11-20", "reason": "ốm"}).status_code == 400
    assert as_("secretary").post(f"{PLACE}end/", {}).status_code == 422
    assert (traces(), list(Assignment.objects.order_by("pk").values())) == before
    assert not Event.objects.filter(code="assignment.handed").exists()


def test_a_successor_reads_the_inbox_and_the_tasks_from_the_day_on_and_who_went_has_no_door(
    world: World, as_: Knock
) -> None:
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    case = world.probation(new, date(2025, 10, 30))
    one = Deadline.objects.get(subject_id=case.pk, rule_id="PRO.CELL_REVIEW")
    first, second = (day for day in one.rung_days[:2] if day)
    sweep(first)
    went = User.objects.get(username="secretary")
    eve = second.replace(day=second.day - 1)
    end_office(Actor.operator("test"), went, Office.CELL_SECRETARY, world.cell.pk, last_day=eve)
    person("after", Office.CELL_SECRETARY, world.cell, since=second)
    clock.move_to(eve)
    read = [row["deadline_id"] for row in as_("secretary").get("/api/v1/notices/").json()["results"]]
    assert read.count(one.pk) == 2  # in the inbox and by mail
    assert as_("after").get("/api/v1/notices/").status_code == 403
    clock.move_to(second)
    sweep(second)
    for place in ("notices", "deadlines", "cases"):
        assert as_("secretary").get(f"/api/v1/{place}/").status_code == 403, place
    read = [row["deadline_id"] for row in as_("after").get("/api/v1/notices/").json()["results"]]
    assert read.count(one.pk) == 4
    assert one.pk in [row["id"] for row in as_("after").get("/api/v1/deadlines/?status=open").json()["results"]]
    assert case.pk in [row["id"] for row in as_("after").get("/api/v1/cases/").json()["results"]]
