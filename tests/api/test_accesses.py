"""Who looked at whose file, when, as what and why: noted with every look, and shown where the file belongs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from backend.accesses.models import Access
from backend.accounts.models import User
from backend.api.scoping import Scoped, Tells
from backend.audit.models import Event
from backend.deadlines.models import Deadline
from tests.api.conftest import Knock
from tests.roles import as_role
from tests.world import World, person
from workflows.offices import Office

ON = date(2026, 11, 2)


def told(client: Any, address: str) -> tuple[int, Any]:
    with as_role("chibo_app"):
        answer = client.get(f"/api/v1/{address}")
    return answer.status_code, answer.json().get("results")


def looked(client: Any, address: str, **headers: str) -> int:
    with as_role("chibo_app"):
        return int(client.get(f"/api/v1/{address}", headers=headers).status_code)


def noted() -> list[tuple[Any, ...]]:
    return list(Access.objects.order_by("id").values_list("door", "member_id", "case_id", "count", "office", "purpose"))


def views(patterns: list[Any]) -> Iterator[type[Any]]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from views(one.url_patterns)
        elif isinstance(one, URLPattern) and hasattr(one.callback, "view_class"):
            yield one.callback.view_class


def test_every_view_says_whom_it_tells_of() -> None:
    """A new list or file that says nothing would be read without a trace."""
    reading = {one for one in views(get_resolver().url_patterns) if issubclass(one, Scoped) and hasattr(one, "get")}
    assert len(reading) > 30
    assert {one.__name__ for one in reading if one.tells is None} == set()
    assert {one.__name__ for one in reading if one.tells is Tells.NOBODY} == {
        "Calendar", "Catalogue", "CatalogueDetail", "Competences", "Drawing", "DuesRates", "HeadSlip", "Ledger",
        "LedgerTable", "LogHead", "NoticeDetail", "Notices", "ProcessingRegister", "Rehearsing", "Substitutions", "Times",
        "UnitChildren", "UnitDetail", "UnitLadders", "UnitPacks", "UnitSlip", "UnitSteps", "Units", "Webhooks",
    }  # fmt: skip


@pytest.fixture
def file(world: World) -> dict[str, Any]:
    """A probationer with a case, its deadline and an entry: what can be looked at of one person."""
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    case = world.probation(new, date(2025, 10, 30))
    deadline = Deadline.objects.filter(subject_kind="case", subject_id=case.pk).earliest("pk")
    event = Event.objects.get(case_id=case.pk, code="recognition.taken_over")
    return {"member": new.pk, "case": case.pk, "deadline": deadline.pk, "event": event.uid}


@pytest.mark.parametrize(
    ("address", "door", "of_case"),
    [
        ("members/{member}/", "members/{member_id}/", False),
        ("members/{member}/timeline/", "members/{member_id}/timeline/", False),
        ("members/{member}/steps/", "members/{member_id}/steps/", False),
        ("members/{member}/dues/?year=2026", "members/{member_id}/dues/", False),
        ("members/{member}/accesses/", "members/{member_id}/accesses/", False),
        ("cases/{case}/", "cases/{case_id}/", True),
        ("cases/{case}/steps/", "cases/{case_id}/steps/", True),
        ("deadlines/{deadline}/", "deadlines/{deadline_id}/", True),
        ("deadlines/{deadline}/ledger/", "deadlines/{deadline_id}/ledger/", True),
        ("events/{event}/", "events/{uid}/", True),
    ],
)
def test_a_look_at_a_file_is_one_row_at_its_unit(
    world: World, as_: Knock, file: dict[str, Any], address: str, door: str, of_case: bool
) -> None:
    assert looked(as_("officer"), address.format(**file)) == 200
    case = file["case"] if of_case else None
    assert noted() == [(door, file["member"], case, None, "organisation_officer", "committee_work")]
    (row,) = Access.objects.all()
    assert (row.unit_path, row.office_unit_id, row.filters) == (world.cell.path, world.commune.pk, {})
    assert row.user_id == world.actor("officer").user_id


def test_to_ask_for_the_head_alone_is_a_look(world: World, file: dict[str, Any], client: Any) -> None:
    """It says whether somebody is there, and by its length how many."""
    client.force_login(User.objects.get(username="secretary"))
    for address in (f"members/{file['member']}/", "members/?q=Trần Thị Mới", f"cases/{file['case']}/steps/"):
        before = len(noted())
        with as_role("chibo_app"):
            assert client.head(f"/api/v1/{address}").status_code == 200
        rows = noted()[before:]
        assert [row[1] for row in rows if "case" not in address] == [file["member"]] * ("case" not in address), address
        assert [row[2] for row in rows if "case" in address] == [file["case"]] * ("case" in address), address


def test_a_list_is_one_row_however_many_it_gave(world: World, as_: Knock) -> None:
    world.members(12)
    assert looked(as_("officer"), f"members/?standing=official&unit={world.cell.pk}&limit=10") == 200
    assert looked(as_("secretary"), "deadlines/?overdue=true") == 200
    assert noted() == [
        ("members/", None, None, 10, "organisation_officer", "committee_work"),
        ("deadlines/", None, None, 0, "cell_secretary", "cell_work"),
    ]
    first, second = Access.objects.order_by("id")
    assert (first.filters, first.unit_path) == (
        {"standing": "official", "unit": str(world.cell.pk)}, world.commune.path,
    )  # fmt: skip
    assert (second.filters, second.unit_path) == ({"overdue": "true"}, world.cell.path)


def test_what_was_searched_for_is_not_kept(world: World, as_: Knock) -> None:
    """A name, a personal id, a phone: that something was looked for is enough."""
    world.member("Trần Thị Mới")
    assert looked(as_("secretary"), "members/?q=tran") == 200
    assert Access.objects.get().filters == {"q": "…"}


def test_a_list_about_one_person_names_the_person_where_it_found_anything(
    world: World, as_: Knock, file: dict[str, Any]
) -> None:
    assert looked(as_("officer"), f"events/?member={file['member']}") == 200
    other = world.member("Lê Văn Khác", unit=world.other)
    assert looked(as_("secretary"), f"events/?member={other.pk}") == 200
    first, second = Access.objects.order_by("id")
    assert (first.member_id, first.unit_path) == (file["member"], world.cell.path)
    assert (second.member_id, second.count, second.unit_path) == (None, 0, world.cell.path), "nobody is told of a guess"


@pytest.mark.parametrize("spelled", ["%20{0}", "%2B{0}", "{0}%20", "{0}.0", "0{0}"])
def test_however_the_number_is_written_the_person_is_named(as_: Knock, file: dict[str, Any], spelled: str) -> None:
    """The filter reads all of these as the same number."""
    member, case = (spelled.format(file[name]) for name in ("member", "case"))
    assert looked(as_("officer"), f"events/?member={member}&case={case}") == 200
    row = Access.objects.get()
    assert (row.member_id, row.case_id) == (file["member"], file["case"])


def test_a_refused_look_is_an_attempt_at_the_own_unit_and_does_not_tell_whether_anybody_is_there(
    world: World, as_: Knock, client: Any
) -> None:
    """B58: refused and noted, by the API and by the page; somebody of another cell leaves the same row as nobody."""
    other = world.member("Lê Văn Khác", unit=world.other)
    client.force_login(User.objects.get(username="secretary"))
    for key in (other.pk, 999_999_999):
        assert looked(as_("secretary"), f"members/{key}/") == 404
        with as_role("chibo_app"):
            assert client.get(f"/members/{key}/").status_code == 404
    api, page = (("members/{member_id}/", None, None, 0), ("web/members/{member_id}/", None, None, 0))
    assert [row[:4] for row in noted()] == [api, page, api, page]
    with as_role("chibo_app"):
        assert client.head(f"/members/{other.pk}/").status_code == 404
        assert client.head(f"/api/v1/members/{other.pk}/").status_code == 404
    assert [row[:4] for row in noted()[4:]] == [page, api], "to ask for the head alone is a look"
    assert {(row.unit_path, str(row.filters)) for row in Access.objects.all()} == {(world.cell.path, "{}")}
    _, listed = told(as_("other_secretary"), "accesses/")
    assert listed == [], "whose record it would have been learns nothing"


def test_what_is_asked_wrongly_is_no_look(world: World, as_: Knock, file: dict[str, Any]) -> None:
    person("committee_member", Office.CELL_COMMITTEE, world.cell)
    assert looked(as_("secretary"), "members/?standing=king") == 400
    assert looked(as_("committee_member"), "events/") == 403
    assert looked(as_("secretary"), f"members/{file['member']}/", **{"X-Chibo-Purpose": "curiosity"}) == 400
    assert looked(as_("secretary"), f"members/{file['member']}/", **{"X-Chibo-Purpose": "oversight"}) == 400
    assert noted() == []


def test_a_purpose_of_one_s_own_is_kept(world: World, as_: Knock, file: dict[str, Any]) -> None:
    assert looked(as_("secretary"), f"members/{file['member']}/", **{"X-Chibo-Purpose": "data_request"}) == 200
    assert looked(as_("auditor"), f"members/{file['member']}/") == 200
    assert [row[-2:] for row in noted()] == [("cell_secretary", "data_request"), ("auditor", "oversight")]


def test_the_own_unit_sees_who_looked_and_others_do_not(world: World, as_: Knock, file: dict[str, Any]) -> None:
    looked(as_("officer"), f"members/{file['member']}/")
    looked(as_("officer"), "members/")
    person("committee_member", Office.CELL_COMMITTEE, world.cell)
    _, mine = told(as_("secretary"), f"members/{file['member']}/accesses/")
    theirs, _ = told(as_("other_secretary"), f"members/{file['member']}/accesses/")
    _, listed = told(as_("other_secretary"), "accesses/")
    _, above = told(as_("officer"), "accesses/?purpose=committee_work")
    helper, _ = told(as_("committee_member"), "accesses/")
    (row,) = mine
    assert (row["door"], row["office"], row["office_unit_id"], row["office_unit_name"], row["user_name"]) == (
        "members/{member_id}/", "organisation_officer", world.commune.pk, "Đảng bộ xã", "Người officer",
    )  # fmt: skip
    assert (theirs, helper) == (404, 403)
    assert [(one["door"], one["member_id"], one["count"]) for one in listed] == [
        ("members/{member_id}/accesses/", None, 0)
    ], "its own attempt"
    assert [one["door"] for one in above] == ["members/", "members/{member_id}/"], "its own list, and the look"
    assert above[0]["user_name"] == "Người officer"


def test_a_look_at_a_guest_is_told_to_the_official_cell(world: World, as_: Knock) -> None:
    guest = world.guest("Lê Thị Khách", world.cell, world.other)
    assert looked(as_("other_secretary"), f"members/{guest.pk}/") == 200
    _, mine = told(as_("secretary"), f"members/{guest.pk}/accesses/")
    _, there = told(as_("other_secretary"), f"members/{guest.pk}/accesses/")
    assert ([one["office_unit_id"] for one in mine], there) == ([world.other.pk], [])


def test_the_page_of_a_deadline_is_a_look_too(world: World, file: dict[str, Any], client: Any) -> None:
    client.force_login(User.objects.get(username="secretary"))
    with as_role("chibo_app"):
        assert client.get(f"/deadlines/{file['deadline']}/").status_code == 200
        assert client.get("/deadlines/?part=later").status_code == 200
    assert [(row[0], row[1], row[2]) for row in noted()] == [
        ("web/deadlines/{deadline_id}/", file["member"], file["case"]), ("web/deadlines/", None, None),
    ]  # fmt: skip
