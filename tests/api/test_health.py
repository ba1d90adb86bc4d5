"""What a case tells of health stands apart: read at one door, by the offices that take part, and each reading is noted."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.utils.translation import override

from backend.accesses.models import Access
from backend.accounts.policy import Actor
from backend.audit.erasing import erase
from backend.audit.exporting import whole
from backend.audit.models import Event, EventDetail, HealthDetail
from backend.audit.sealing import seal_all
from backend.audit.verify import verify_log
from backend.cases.engine import NewCase, OnCase, perform
from backend.cases.models import Case
from backend.cases.replay import replay
from backend.cases.voiding import void
from backend.core.db import scope
from tests.api.conftest import ON, Knock
from tests.roles import as_role
from tests.world import World, paper, person
from workflows import health
from workflows.catalogue import LIFECYCLES, health_readers
from workflows.offices import Office

ASKED = {"request": paper(ON), "ground": "health", "own_will": True}
READERS = {"cell_secretary", "cell_deputy", "committee_secretary", "organisation_officer"}


@pytest.fixture
def case(world: World) -> Case:
    """Asked for under the application's role."""
    member = world.member("Lê Thị Già", born_on=date(1990, 5, 1))
    with as_role("chibo_app"):
        opened = perform(world.actor("secretary"), NewCase("exemption", member_id=member.pk), "ask", ASKED, on=ON)
    return Case.objects.get(pk=opened["id"])


def step(world: World, case: Case, name: str, **facts: Any) -> dict[str, Any]:
    with as_role("chibo_app"):
        return perform(world.actor("secretary"), OnCase(case.pk), name, facts, on=ON)


def read(as_: Knock, who: str, case: Case) -> Any:
    client = as_(who)
    with as_role("chibo_app"):
        answer = client.get(f"/api/v1/cases/{case.pk}/health/")
    return answer.json() if answer.status_code == 200 else answer.status_code


def test_the_offices_that_take_part_are_the_ones_that_read() -> None:
    assert health_readers() == {("exemption", office) for office in READERS}
    assert health.names(LIFECYCLES["exemption"]) == {"ground"}


def test_it_stands_neither_with_the_case_nor_in_the_log_nor_among_the_words(
    world: World, as_: Knock, case: Case
) -> None:
    event = Event.objects.get(case_id=case.pk)
    assert (set(case.facts), set(event.facts)) == ({"request", "own_will"},) * 2
    assert b"ground" not in bytes(event.line)
    detail = EventDetail.objects.get(event_uid=event.uid).data
    assert (set(detail), set(detail["facts"])) == ({"facts", "health", "who"}, {"request"})
    assert len(detail["health"]) == 64
    assert b"health" not in bytes(HealthDetail.objects.get().data)
    places = (
        f"cases/{case.pk}/", f"cases/{case.pk}/path/", f"events/?case={case.pk}", f"events/{event.uid}/", "cases/",
        f"members/{case.member_id}/", f"members/{case.member_id}/timeline/",
    )  # fmt: skip
    for who in ("secretary", "officer"):
        client = as_(who)
        for place in places:
            with as_role("chibo_app"):
                answer = client.get(f"/api/v1/{place}")
            assert answer.status_code == 200, place
            assert '"ground"' not in answer.content.decode(), place
    seal_all()
    assert b"ground" not in b"".join(whole(details=True))
    assert list(replay()) == []


def test_it_is_read_by_those_who_take_part_and_noted(world: World, as_: Knock, case: Case) -> None:
    person("committee_of_cell", Office.CELL_COMMITTEE, world.cell)
    person("helping", Office.HELPER, world.cell, case.member_id)
    told = {"facts": {"ground": "health"}, "erased": False}
    assert [read(as_, who, case) for who in ("secretary", "deputy", "officer", "committee")] == [told] * 4
    assert [read(as_, who, case) for who in ("auditor", "committee_of_cell", "helping", "other_secretary")] == [
        403, 403, 403, 404,
    ]  # fmt: skip
    looks = Access.objects.order_by("id").values_list("door", "member_id", "case_id", "office", "unit_path")
    assert list(looks) == [
        *(
            ("cases/{case_id}/health/", case.member_id, case.pk, office, world.cell.path)
            for office in ("cell_secretary", "cell_deputy", "organisation_officer", "committee_secretary")
        ),
        ("cases/{case_id}/health/", None, None, "cell_secretary", world.other.path),  # who was told that there is none
    ]


def test_a_page_that_asks_for_none_tells_none(world: World, as_: Knock) -> None:
    member = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    assert read(as_, "secretary", world.probation(member, date(2025, 10, 30))) == {"facts": {}, "erased": False}


@pytest.mark.parametrize(
    ("scoped", "office", "count"),
    [("cell", "cell_secretary", 1), ("commune", "committee_secretary", 1), ("cell", "", 0), ("cell", "auditor", 0),
     ("commune", "auditor", 0), ("cell", "cell_committee", 0), ("other", "cell_secretary", 0)],
)  # fmt: skip
def test_the_database_asks_for_the_place_and_the_office(
    world: World, case: Case, scoped: str, office: str, count: int
) -> None:
    with transaction.atomic(), as_role("chibo_app"), connection.cursor() as cursor:
        scope(getattr(world, scoped).path)
        cursor.execute("SELECT set_config('chibo.office', %s, true)", [office])
        assert HealthDetail.objects.count() == count


@pytest.mark.parametrize("sql", ["UPDATE audit_healthdetail SET data = ''", "DELETE FROM audit_healthdetail"])
@pytest.mark.parametrize("role", ["chibo_app", "chibo_jobs"])
def test_no_process_changes_it(case: Case, role: str, sql: str) -> None:
    with as_role(role), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(sql)


def test_a_later_step_knows_it_and_the_newest_wins_until_it_is_voided(world: World, as_: Knock, case: Case) -> None:
    """The caution about the age follows from the ground that was asked for; poor health gives none."""
    assert step(world, case, "grant", resolution=paper(ON))["cautions"] == []
    renewed = step(world, case, "renew", resolution=paper(ON), ground="age")
    assert [one["code"] for one in renewed["cautions"]] == ["exemption.working_age"]
    assert read(as_, "secretary", case)["facts"] == {"ground": "age"}
    void(world.actor("deputy"), Event.objects.get(code="exemption.renewed").uid, reason="Nhầm", paper=paper(ON))
    assert read(as_, "secretary", case)["facts"] == {"ground": "health"}
    assert list(replay()) == []


def test_old_age_cautions_the_resolution_too(world: World) -> None:
    member = world.member("Lê Thị Trẻ", born_on=date(1990, 5, 1))
    with as_role("chibo_app"):
        opened = perform(
            world.actor("secretary"),
            NewCase("exemption", member_id=member.pk),
            "ask",
            {**ASKED, "ground": "age"},
            on=ON,
        )
    granted = step(world, Case.objects.get(pk=opened["id"]), "grant", resolution=paper(ON))
    assert [one["code"] for one in granted["cautions"]] == ["exemption.working_age"]
    told = [
        code
        for codes in Event.objects.filter(lifecycle="exemption").values_list("cautions", flat=True)
        for code in codes
    ]
    assert "exemption.working_age" not in told, "the log would tell the ground to who may not read it"


def test_the_log_is_bound_to_it_and_it_is_erased_with_the_words(world: World, as_: Knock, case: Case) -> None:
    seal_all()
    report = verify_log()
    assert (report.fault, report.details) == (None, Event.objects.count())
    event = Event.objects.get(case_id=case.pk)
    assert erase(Actor.operator("ann").who(), "asked for", event=event.uid) == 1
    assert not HealthDetail.objects.exists()
    seal_all()
    assert verify_log().fault is None
    assert read(as_, "secretary", case) == {"facts": {}, "erased": True}


@pytest.mark.parametrize("lost", [False, True])
def test_another_ground_put_in_its_place_is_found(case: Case, *, lost: bool) -> None:
    """Whoever owns the database and holds the key of the fields writes another one, or leaves it where the words are gone."""
    seal_all()
    if lost:
        EventDetail.objects.filter(event_uid=HealthDetail.objects.get().event_uid).delete()
    else:
        HealthDetail.objects.update(salt=b"another")
    fault = verify_log().fault
    assert fault is not None
    with override("en"):
        assert fault.sentence.endswith("what it tells of health is not what its detail is bound to.")
    assert fault.code == "row"
