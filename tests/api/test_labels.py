"""Labels drawn from days, seen through the door: lists and details carry them with the rule they come from."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from backend.api.words import state_label
from backend.cases.engine import NewCase, OnCase, OnMember, perform
from backend.core import clock
from backend.members.models import Member
from tests.api.conftest import Knock, traces
from tests.world import TODAY, World, paper


def keys(row: dict[str, Any]) -> list[str]:
    return [one["key"] for one in row["labels"]]


@pytest.mark.parametrize(
    ("today", "case_label", "member_label"),
    [
        (date(2026, 12, 4), [], []),
        (date(2026, 12, 5), ["month_eleven"], []),
        (date(2027, 1, 4), ["month_eleven"], []),
        (date(2027, 1, 5), ["twelve_months_over"], ["not_recognised_yet"]),
    ],
)
def test_a_probation_is_labelled_by_its_ceremony(
    world: World, as_: Knock, today: date, case_label: list[str], member_label: list[str]
) -> None:
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2026-01-05")
    case = world.probation(new, date(2026, 1, 5))
    clock.move_to(today)
    before, secretary = traces(), as_("secretary")
    for place, wanted in ((f"cases/{case.pk}/", case_label), (f"members/{new.pk}/", member_label)):
        assert keys(secretary.get(f"/api/v1/{place}").json()) == wanted
    assert [keys(row) for row in secretary.get("/api/v1/cases/").json()["results"]] == [case_label]
    assert [keys(row) for row in secretary.get("/api/v1/members/").json()["results"]] == [member_label]
    assert traces() == before


def test_a_label_names_its_rule_and_its_first_day(world: World, as_: Knock) -> None:
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2026-01-05")
    case = world.probation(new, date(2026, 1, 5))
    clock.move_to(date(2027, 3, 1))
    (over,) = as_("secretary").get(f"/api/v1/cases/{case.pk}/").json()["labels"]
    assert (over["rule"], over["since"]) == ("PRO.CELL_REVIEW", "2027-01-05")
    assert over["label"] == {"vi": "Hết 12 tháng, chờ chi bộ xét", "en": "Twelve months over, waiting for the cell"}
    assert "29-QĐ/TW" in over["legal_basis"]["vi"]


def test_a_dossier_expires_and_is_renewed(world: World, as_: Knock) -> None:
    """D-12: the label comes with the day after the term and goes with the papers made again."""
    people, candidate = world.members(2), world.member("Lê Thị Mới", "import_candidate")
    secretary = world.actor("secretary")
    clock.move_to(date(2027, 6, 30))
    made = date(2026, 5, 28)
    introduced = {"introducers": [one.pk for one in people], "months_together": 24}
    opened = perform(
        secretary, NewCase("admission", member_id=candidate.pk), "open", {"application": paper(made)}, on=made
    )
    facts = {
        "cv": paper(made), "certificate": paper(made), **introduced, "introducers_paper": paper(date(2026, 6, 1)),
        "schooling": True,
    }  # fmt: skip
    perform(secretary, OnCase(opened["id"]), "complete_papers", facts, on=date(2026, 6, 2))
    address = f"/api/v1/cases/{opened['id']}/"
    clock.move_to(date(2027, 5, 28))
    assert keys(as_("secretary").get(address).json()) == []
    clock.move_to(date(2027, 5, 29))
    assert keys(as_("secretary").get(address).json()) == ["dossier_expired"]
    again = {**introduced, "introducers_paper": paper(date(2027, 5, 29))}
    perform(secretary, OnCase(opened["id"]), "renew_papers", again, on=date(2027, 5, 29))
    assert keys(as_("secretary").get(address).json()) == []
    assert as_("secretary").get(address).json()["state"] == "papers_complete"


def test_of_who_left_and_of_a_candidate_no_way_of_taking_part_is_told(world: World, as_: Knock) -> None:
    """What the record keeps is what a restored member had; it says nothing of today."""
    here, gone = world.member("Nguyễn Văn Ở"), world.member("Lê Văn Đi")
    left = {one: world.member(f"Trần {one}", f"import_{one}") for one in ("removed", "deceased", "transferred_out")}
    ahead = world.member("Mai Thị Dự", "import_candidate")
    perform(world.actor("secretary"), OnMember(gone.pk), "record_death",
            {"certificate_of_death": paper(TODAY), "died_on": TODAY.isoformat()}, on=TODAY)  # fmt: skip
    assert Member.objects.get(pk=gone.pk).participation == "attending"
    get = as_("secretary").get
    for member in (gone, *left.values(), ahead):
        shown = get(f"/api/v1/members/{member.pk}/").json()
        assert (shown["participation"], shown["participation_label"]) == (None, None)
    listed = {row["id"]: row["participation"] for row in get("/api/v1/members/").json()["results"]}
    assert listed == {here.pk: "attending", gone.pk: None, ahead.pk: None, **{one.pk: None for one in left.values()}}
    assert [row["id"] for row in get("/api/v1/members/?participation=attending").json()["results"]] == [here.pk]


@pytest.mark.parametrize(
    ("today", "way"), [(date(2026, 11, 30), "attending"), (date(2026, 12, 1), "away"), (date(2027, 5, 1), "away")]
)
def test_a_leave_granted_ahead_is_shown_from_its_first_day(world: World, as_: Knock, today: date, way: str) -> None:
    """As the label, the history and the counts have it; what ran out stays as it is until somebody says otherwise."""
    member, other = world.member("Nguyễn Văn Xa"), world.member("Lê Văn Ở")
    secretary, on = world.actor("secretary"), date(2026, 11, 2)
    asked = {
        "request": paper(on), "away_from": "2026-12-01", "asked_until": "2027-04-30", "organisation_there": False,
        "place": "Bình Dương", "job": "Công nhân", "reach": "Qua gia đình", "reason": "Làm thuê",
    }  # fmt: skip
    case = OnCase(perform(secretary, NewCase("away", member_id=member.pk), "ask", asked, on=on)["id"])
    perform(secretary, case, "propose", {"resolution": paper(on)}, on=on)
    perform(world.actor("officer"), case, "grant", {"approval": paper(on), "away_until": "2027-04-30"}, on=on)
    clock.move_to(today)
    get = as_("secretary").get
    shown = get(f"/api/v1/members/{member.pk}/").json()
    assert (shown["participation"], shown["away_until"]) == (way, "2027-04-30")
    assert shown["participation_label"] == state_label("membership", way, "participation")
    case_labels = keys(get(f"/api/v1/cases/{case.id}/").json())
    assert ("not_begun" in case_labels) is (way == "attending")
    listed = {row["id"]: row["participation"] for row in get("/api/v1/members/").json()["results"]}
    assert listed == {member.pk: way, other.pk: "attending"}
    for word in ("attending", "away"):
        found = {row["id"] for row in get(f"/api/v1/members/?participation={word}").json()["results"]}
        assert found == {key for key, shown_as in listed.items() if shown_as == word}
