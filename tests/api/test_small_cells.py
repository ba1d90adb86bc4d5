"""The task about a cell that is too small, at the door: the committee finds it, reads it and answers it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from backend.cases.engine import OnMember, perform
from backend.deadlines.models import Deadline
from tests.api.conftest import ON, Knock
from tests.world import World, paper


@pytest.fixture
def task(world: World) -> Deadline:
    """Four came one by one, then two died."""
    people = world.members(4)
    for one in people[:2]:
        facts = {"certificate_of_death": paper(ON), "died_on": ON.isoformat()}
        perform(world.actor("secretary"), OnMember(one.pk), "record_death", facts, on=ON)
    return Deadline.objects.get(rule_id="TASK.REINFORCE_CELL", status="open")


def test_the_committee_finds_it_and_reads_what_it_is(world: World, as_: Knock, task: Deadline) -> None:
    asked = f"/api/v1/deadlines/?rule=TASK.REINFORCE_CELL&status=open&unit={world.commune.pk}"
    (row,) = as_("officer").get(asked).json()["results"]
    assert (row["id"], row["subject_kind"], row["subject_id"], row["unit_id"]) == (
        task.pk, "unit", world.cell.pk, world.cell.pk,
    )  # fmt: skip
    assert (row["acting_unit_id"], row["acting_level"], row["reference"]) == (
        world.commune.pk, "base_committee", world.cell.code,
    )  # fmt: skip
    said = as_("officer").get(f"/api/v1/deadlines/{task.pk}/").json()
    assert said["title"] == {
        "vi": "Tăng cường đảng viên hoặc sáp nhập chi bộ không đủ đảng viên chính thức",
        "en": "Reinforce or merge a cell with too few official members",
    }
    assert said["explanation"]["en"].startswith("30 working days from 02/11/2026")
    assert said["start_label"] == {"vi": "Phát hiện khi đếm", "en": "Found by counting"}
    story = as_("officer").get(f"/api/v1/deadlines/{task.pk}/ledger/").json()
    assert {told["unit_id"] for told in story["rungs"][0]["to"]} == {world.commune.pk}


def test_who_is_not_concerned_does_not_see_it(as_: Knock, task: Deadline) -> None:
    assert as_("other_secretary").get(f"/api/v1/deadlines/{task.pk}/").status_code == 404
    assert as_("secretary").get(f"/api/v1/deadlines/{task.pk}/").status_code == 200


def test_the_committee_puts_its_own_reminders_off(as_: Knock, task: Deadline) -> None:
    place = f"/api/v1/deadlines/{task.pk}/"
    until = date(2026, 11, 20)
    asked = {"until": until.isoformat(), "reason": "Đang xem xét sáp nhập"}
    done = as_("officer").post(f"{place}snooze/", asked, headers={"If-Match": '"1"'})
    assert (done.status_code, done.json()["version"]) == (200, 2)
    task.refresh_from_db()
    assert task.next_rung_on == until < task.due_on - timedelta(days=7)
    assert as_("secretary").post(f"{place}snooze/", asked, headers={"If-Match": '"2"'}).status_code == 403
