"""Lists: scope, filters, pages in a stable order, and a number of queries that does not grow."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from backend.accounts.administration import close_unit, move_unit
from backend.accounts.models import Assignment, User
from backend.accounts.policy import Actor
from backend.alerts.models import Notice
from backend.audit.models import Event
from backend.core.partitions import ensure_month
from backend.deadlines.models import Deadline
from backend.members.models import Member
from backend.members.protected import sealed_columns
from backend.organizations.models import Unit
from tests.api.conftest import Knock
from tests.world import World, person, unit
from workflows.offices import Level, Office


def names(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["full_name"] for row in answer.json()["results"]]


def test_members_are_listed_by_given_name_inside_the_scope(world: World, as_: Knock) -> None:
    for name in ("Lê Văn Ất", "Nguyễn Thị Bình", "Trần Văn Anh"):
        world.member(name)
    world.member("Phạm Thị Xa", unit=world.other)
    assert names(as_("secretary").get("/api/v1/members/")) == ["Trần Văn Anh", "Lê Văn Ất", "Nguyễn Thị Bình"]
    assert names(as_("officer").get(f"/api/v1/members/?unit={world.other.pk}")) == ["Phạm Thị Xa"]
    assert names(as_("province").get("/api/v1/members/?standing=probationary")) == []


def test_members_are_found_by_the_beginning_of_any_words_or_whole_numbers(world: World, as_: Knock) -> None:
    member = world.member("Nguyễn Thị Bình")
    world.member("Lê Văn Ất")
    Member.objects.filter(pk=member.pk).update(
        **sealed_columns({"personal_id": "086180001234", "phone": "0912345678", "card_number": "87.000123"})
    )
    secretary = as_("secretary")
    for asked in ("bin", "bình nguy", "NGUYEN B", "086180001234", "0912 345 678", "87.000123", "87 000 123"):
        assert names(secretary.get("/api/v1/members/", {"q": asked})) == ["Nguyễn Thị Bình"], asked
    for asked in ("inh", "bình lê", "08618000123", "...", "%"):
        assert names(secretary.get("/api/v1/members/", {"q": asked})) == [], asked
    for asked in ("", "  "):  # a search box that was emptied
        assert names(secretary.get("/api/v1/members/", {"q": asked})) == ["Lê Văn Ất", "Nguyễn Thị Bình"]
        assert names(secretary.get("/api/v1/members/", {"q": asked, "standing": "candidate"})) == []
        following = secretary.get("/api/v1/members/", {"q": asked, "limit": 1}).json()["next"]
        assert names(secretary.get(following)) == ["Nguyễn Thị Bình"]
    assert secretary.get("/api/v1/members/", {"unit": ""}).status_code == 400, "no unit is no search for all of them"
    assert names(as_("other_secretary").get("/api/v1/members/", {"q": "086180001234"})) == []
    detail = secretary.get(f"/api/v1/members/{member.pk}/").json()
    assert (detail["personal_id"], detail["phone"]) == ("•••••••••234", "•••••••678")


def test_what_lies_outside_the_scope_is_not_there(world: World, as_: Knock) -> None:
    there = world.member("Phạm Thị Xa", "import_probationary", unit=world.other, joined_on="2025-10-30")
    case = world.probation(there, date(2025, 10, 30))
    deadline = Deadline.objects.get(subject_kind="case", subject_id=case.pk)
    places = [f"units/{world.other.pk}/", f"members/{there.pk}/", f"members/{there.pk}/timeline/",
              f"members/{there.pk}/steps/", f"cases/{case.pk}/", f"deadlines/{deadline.pk}/"]  # fmt: skip
    for place in places:
        assert as_("secretary").get(f"/api/v1/{place}").status_code == 404, place
        assert as_("other_secretary").get(f"/api/v1/{place}").status_code == 200, place
    for place in ("members", "cases", "deadlines"):
        assert as_("secretary").get(f"/api/v1/{place}/").json() == {"results": [], "next": None}, place
        assert as_("officer").get(f"/api/v1/{place}/").json()["results"], place
    assert {one["unit_id"] for one in as_("secretary").get("/api/v1/events/").json()["results"]} == {world.cell.pk}
    assert there.pk in {one["member_id"] for one in as_("officer").get("/api/v1/events/").json()["results"]}


def test_helper_sees_the_assigned_member_only(world: World, as_: Knock) -> None:
    mine = world.member("Võ Văn Mình", "import_probationary", joined_on="2025-10-30")
    other = world.member("Võ Văn Kia", "import_probationary", joined_on="2025-10-30")
    case, hidden = world.probation(mine, date(2025, 10, 30)), world.probation(other, date(2025, 10, 30))
    person("helper", Office.HELPER, world.cell, mine.pk)
    helper = as_("helper")
    assert names(helper.get("/api/v1/members/")) == ["Võ Văn Mình"]
    assert [one["id"] for one in helper.get("/api/v1/cases/").json()["results"]] == [case.pk]
    due = helper.get("/api/v1/deadlines/").json()["results"]
    assert {(one["subject_kind"], one["subject_id"]) for one in due} == {("case", case.pk)}
    for place in (f"members/{other.pk}/", f"cases/{hidden.pk}/", f"cases/{hidden.pk}/steps/"):
        assert helper.get(f"/api/v1/{place}").status_code == 404
    assert helper.get("/api/v1/events/").status_code == 403
    assert len(helper.get(f"/api/v1/members/{mine.pk}/timeline/").json()["results"]) == 2


def test_pages_follow_one_another_without_gap_or_repeat(world: World, as_: Knock) -> None:
    made = [world.member("Nguyễn Văn A").pk for _ in range(3)] + [world.member("Lê Thị Bé").pk for _ in range(2)]
    client, seen, address = as_("secretary"), [], "/api/v1/members/?limit=2"
    while address:
        answer = client.get(address).json()
        assert len(answer["results"]) <= 2
        seen += [row["id"] for row in answer["results"]]
        address = answer["next"]
    assert seen == made
    newest = client.get("/api/v1/events/?limit=3").json()
    ids = list(Event.objects.filter(unit_id=world.cell.pk).order_by("-id").values_list("pk", flat=True))
    assert [row["id"] for row in newest["results"]] == ids[:3]
    assert [row["id"] for row in client.get(newest["next"]).json()["results"]] == ids[3:6]


@pytest.mark.parametrize("asked", ["limit=0", "limit=201", "limit=x", "cursor=bm8", "cursor=WzFd", "cursor=é", "unit=0",
                                   "unit=99999999999999999999", "standing=saint", "q=%00"])  # fmt: skip
def test_bad_queries_are_400(world: World, as_: Knock, asked: str) -> None:
    answer = as_("secretary").get(f"/api/v1/members/?{asked}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert answer.json()["code"] == "invalid"


def test_deadlines_are_filtered_and_explained(world: World, as_: Knock) -> None:
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    case = world.probation(new, date(2025, 10, 30))
    (row,) = as_("secretary").get("/api/v1/deadlines/?overdue=false&status=open").json()["results"]
    assert (row["rule_id"], row["subject_id"], row["reference"]) == ("PRO.CELL_REVIEW", case.pk, case.number)
    for asked, count in {
        f"case={case.pk}": 1, "case=1000000": 0, "rule=PRO.DECIDE": 0, "overdue=true": 0, "status=met": 0,
        f"unit={world.cell.pk}": 1, f"unit={world.other.pk}": 0,
    }.items():  # fmt: skip
        assert len(as_("secretary").get(f"/api/v1/deadlines/?{asked}").json()["results"]) == count, asked
    detail = as_("secretary").get(f"/api/v1/deadlines/{row['id']}/").json()
    assert detail["explanation"]["en"].startswith("30 working days from 30/10/2026, without 24/11/2026")
    assert detail["explanation"]["vi"]
    assert detail["start_label"] == {"en": "End of the twelve months", "vi": "Hết mười hai tháng"}
    assert detail["legal_basis"]["vi"]


def test_timeline_tells_what_happened_newest_first(world: World, as_: Knock) -> None:
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    world.probation(new, date(2025, 10, 30))
    rows = as_("secretary").get(f"/api/v1/members/{new.pk}/timeline/").json()["results"]
    assert [row["code"] for row in rows] == list(
        Event.objects.filter(member_id=new.pk).order_by("-id").values_list("code", flat=True)
    )
    assert rows[0]["code"] == "recognition.taken_over"
    assert set(rows[0]["label"]) == {"vi", "en"}


def test_office_must_be_chosen_and_held(world: World, as_: Knock) -> None:
    first = world.actor("secretary")
    user = User.objects.get(pk=first.user_id)
    second = Assignment.objects.create(
        user=user,
        office=Office.CELL_SECRETARY,
        unit=world.other,
        unit_path=world.other.path,
        from_date=date(2026, 1, 1),
    )
    client = as_("secretary")
    assert client.get("/api/v1/members/").status_code == 403
    held = client.get("/api/v1/me/").json()
    assert (held["current"], [one["id"] for one in held["assignments"]]) == (None, [first.assignment_id, second.pk])
    chosen = {"X-Chibo-Assignment": str(second.pk)}
    assert client.get("/api/v1/me/", headers=chosen).json()["current"]["unit_id"] == world.other.pk
    assert client.get(f"/api/v1/units/{world.other.pk}/", headers=chosen).status_code == 200
    foreign = {"X-Chibo-Assignment": str(world.actor("officer").assignment_id)}
    assert client.get("/api/v1/units/", headers=foreign).status_code == 403
    assert client.get("/api/v1/units/", headers={"X-Chibo-Assignment": "x"}).status_code == 400


def notice(world: World, number: int, at: Unit, office: Office) -> None:
    ensure_month("alerts_notice", date(2026, 11, 1))
    Notice.objects.create(
        month=date(2026, 11, 1), id=number, deadline_id=number, rung=0, rung_on=date(2026, 11, 2), kind="remind",
        levels_up=0, office=office, unit_id=at.pk, unit_path=at.path, about_path=at.path, channel="email",
        created_at=timezone.now(),
    )  # fmt: skip


def test_notices_are_those_of_the_office_one_acts_in(world: World, as_: Knock) -> None:
    notice(world, 1, world.cell, Office.CELL_SECRETARY)
    notice(world, 2, world.cell, Office.CELL_DEPUTY)
    notice(world, 3, world.other, Office.CELL_SECRETARY)
    (mine,) = as_("secretary").get("/api/v1/notices/").json()["results"]
    assert (mine["id"], mine["outcome"], mine["office"]) == (1, "held", "cell_secretary")
    assert as_("secretary").get("/api/v1/notices/1/").json() == mine
    assert [as_("secretary").get(f"/api/v1/notices/{other}/").status_code for other in (2, 3)] == [404, 404]


def test_units_are_found_as_they_stood_on_a_day(world: World, as_: Knock) -> None:
    operator = Actor.operator("test")
    move_unit(operator, world.cell.pk, world.province.pk, on=date(2026, 6, 1))
    closing = unit("87.107.000.000.003", "Chi bộ ấp Ba", Level.CELL, world.commune)
    close_unit(operator, closing.pk, on=date(2026, 9, 1))
    province, cells = as_("province"), {"level": "cell"}

    def found(**asked: Any) -> list[tuple[int, int]]:
        answer = province.get("/api/v1/units/", {**cells, **asked})
        assert answer.status_code == 200, answer.content
        return sorted((one["id"], one["parent_id"]) for one in answer.json()["results"])

    here, other, gone, commune = world.cell.pk, world.other.pk, closing.pk, world.commune.pk
    assert found(as_of="2026-05-31") == [(here, commune), (other, commune), (gone, commune)]
    assert found(as_of="2026-08-31") == [(here, world.province.pk), (other, commune), (gone, commune)]
    assert found(as_of="2026-09-01") == [(here, world.province.pk), (other, commune)]
    assert found(as_of="2025-12-31") == []
    assert found(as_of="2026-05-31", parent=world.province.pk) == []
    page = province.get("/api/v1/units/", {"as_of": "2026-05-31", "limit": 4}).json()
    last = province.get(page["next"]).json()["results"]
    assert [one["path"] for one in last] == [f"/{world.province.pk}/{commune}/{gone}/"]
    assert [one["closed_on"] for one in last] == ["2026-09-01"]
    assert as_("secretary").get("/api/v1/units/", {"as_of": "2026-05-31"}).json()["results"][0]["id"] == here
