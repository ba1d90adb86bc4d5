"""Flags through the API: with the months that count, for the offices that may see them and for nobody else."""

from __future__ import annotations

from datetime import date

import pytest

from backend.deadlines.models import Deadline
from backend.flags.models import Flag
from backend.flags.refreshing import refresh_all
from backend.members.models import Member
from tests.api.conftest import ON, Knock
from tests.backend.cases.test_away import gone
from tests.world import World, person
from workflows.offices import Office


def flag(member: Member, number: int, cause: str = "meetings") -> Flag:
    """A flag as `refreshing` writes it, without its event."""
    return Flag.objects.create(
        member_id=member.pk, unit_id=member.unit_id, unit_path=member.unit_path, number=f"CB-2026-{number:04d}",
        cause=cause, since=date(2026, 1, 1), months=[date(2026, month, 1) for month in (3, 7, 10)], raised_on=ON,
    )  # fmt: skip


def test_a_flag_says_what_counts_and_on_what_it_stands(world: World, as_: Knock) -> None:
    member = world.member("Lê Văn Vắng")
    raised = flag(member, 1)
    gone = flag(member, 2, "dues")
    Flag.objects.filter(pk=gone.pk).update(cleared_on=ON)
    (found,) = as_("secretary").get("/api/v1/flags/").json()["results"]
    basis = found.pop("legal_basis")
    assert found == {
        "id": raised.pk, "number": "CB-2026-0001", "member_id": member.pk, "unit_id": world.cell.pk, "cause": "meetings",
        "cause_label": {"vi": "Bỏ sinh hoạt không có lý do", "en": "Meetings missed without a reason"},
        "since": "2026-01-01", "months": ["2026-03-01", "2026-07-01", "2026-10-01"], "ends_on": None,
        "raised_on": "2026-11-02", "rule": "LAP.MONTHS", "task": None, "version": 1,
    }  # fmt: skip
    assert basis["vi"].startswith("Điều lệ Đảng")


@pytest.mark.parametrize(
    ("who", "seen"),
    [("secretary", 1), ("deputy", 1), ("chi_uy", 1), ("officer", 2), ("committee", 2), ("province", 2), ("auditor", 2),
     ("other_secretary", 1)],
)  # fmt: skip
def test_secretary_cell_committee_and_above_see_the_flags_of_their_scope(
    world: World, as_: Knock, who: str, seen: int
) -> None:
    person("chi_uy", Office.CELL_COMMITTEE, world.cell)
    here, there = world.member("Lê Văn Vắng"), world.member("Đỗ Thị Vắng", unit=world.other)
    flag(here, 1)
    flag(there, 1, "dues")
    found = as_(who).get("/api/v1/flags/").json()["results"]
    assert len(found) == seen
    by_cause = as_(who).get("/api/v1/flags/", {"cause": "dues", "unit": world.other.pk, "member": there.pk}).json()
    assert len(by_cause["results"]) == (who != "secretary" and who not in ("deputy", "chi_uy"))


def test_a_helper_sees_no_flag_of_the_member_assigned(world: World, as_: Knock) -> None:
    member = world.member("Trần Thị Mới", "import_probationary", joined_on="2026-05-30")
    person("helper", Office.HELPER, world.cell, member.pk)
    flag(member, 1)
    assert as_("helper").get("/api/v1/flags/").status_code == 403
    timeline = as_("helper").get(f"/api/v1/members/{member.pk}/timeline/").json()["results"]
    assert [one["code"] for one in timeline] == ["membership.imported_probationary"]


def test_a_flag_names_its_own_task_or_the_one_that_a_case_has_already(world: World, as_: Knock) -> None:
    with_case, without = (
        world.member("Nguyễn Văn Xa"),
        world.member("Lê Văn Xa", participation="away", away_until="2026-12-01"),
    )
    case = gone(world, with_case)
    Member.objects.filter(pk=with_case.pk).update(away_until=date(2026, 12, 1))
    refresh_all(ON)
    tasks = {one.subject_kind: one for one in Deadline.objects.filter(rule_id="TASK.AWAY_END")}
    assert (tasks["case"].subject_id, Flag.objects.count()) == (case, 2)
    found = {one["member_id"]: one for one in as_("secretary").get("/api/v1/flags/?cause=leave").json()["results"]}
    assert found[with_case.pk]["task"] == {
        "deadline_id": tasks["case"].pk, "rule": "TASK.AWAY_END", "due_on": "2027-04-30", "status": "open",
    }  # fmt: skip
    assert found[without.pk]["task"] == {
        "deadline_id": tasks["flag"].pk, "rule": "TASK.AWAY_END", "due_on": "2026-12-01", "status": "open",
    }  # fmt: skip
    assert (found[without.pk]["ends_on"], found[without.pk]["months"], found[without.pk]["rule"]) == (
        "2026-12-01", [], "AWY.EXEMPT_MAX",
    )  # fmt: skip
