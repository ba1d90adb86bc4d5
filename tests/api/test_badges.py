"""The lists of party badges through the API: of the next ceremony or of a day, within the scope, page by page."""

from __future__ import annotations

from typing import Any

import pytest

from backend.members.models import Member
from tests.api.conftest import Knock
from tests.roles import as_role
from tests.world import World


def old(world: World, name: str, **fields: Any) -> Member:
    return world.member(name, **{"joined_on": "1996-12-05", "official_on": "1997-12-05", **fields})


def results(client: Any, query: str = "") -> list[dict[str, Any]]:
    with as_role("chibo_app"):
        answer = client.get(f"/api/v1/badges/{query}")
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def test_a_row_says_which_badge_why_and_from_when_the_party_age_counts(world: World, as_: Knock) -> None:
    member = old(world, "Lê Thị An", admission_decided_on="1996-11-07")
    (row,) = results(as_("secretary"))
    basis = row.pop("legal_basis")
    assert row == {
        "member_id": member.pk, "full_name": "Lê Thị An", "unit_id": world.cell.pk, "standing": "official", "years": 30,
        "reached_on": "2026-11-07", "ceremony_on": "2026-11-07", "kind": "reached",
        "kind_label": {"vi": "Đủ tuổi đảng tính đến đợt trao tặng", "en": "Reached by the ceremony"},
        "counted_from": {"day": "1996-11-07", "fact": "admission_decided_on"}, "firmness": "to_confirm", "cautions": [],
    }  # fmt: skip
    assert basis["vi"] == "01-HD/TW của Ban Bí thư, 19/05/2026"
    detail = as_("secretary").get(f"/api/v1/members/{member.pk}/").json()
    assert (detail["party_age"], detail["badge_years"]) == (row["counted_from"], None)


def test_a_member_on_probation_has_no_party_age_yet(world: World, as_: Knock) -> None:
    member = world.member("Trần Thị Mới", "import_probationary", joined_on="2026-05-30")
    assert as_("secretary").get(f"/api/v1/members/{member.pk}/").json()["party_age"] is None


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("", [("Ba mươi", 30, "reached"), ("Theo thẻ", 30, "reached")]),
        ("?on=2026-11-07", [("Ba mươi", 30, "reached"), ("Theo thẻ", 30, "reached")]),
        ("?on=2026-09-02", [("Theo thẻ", 30, "this_month")]),
        ("?on=2027-02-03", [("Ba mươi", 30, "outstanding"), ("Theo thẻ", 30, "outstanding")]),
        ("?early=true", [("Ba mươi", 30, "reached"), ("Sang năm", 30, "early"), ("Theo thẻ", 30, "reached")]),
        ("?on=2026-11-06", [("Ba mươi", 30, "this_month"), ("Theo thẻ", 30, "reached")]),
    ],
)
def test_by_the_ceremony_of_a_day(world: World, as_: Knock, query: str, rows: list[tuple[str, int, str]]) -> None:
    old(world, "Ba mươi", admission_decided_on="1996-11-07")
    old(world, "Theo thẻ", joined_on="1996-09-15")
    old(world, "Sang năm", admission_decided_on="1997-11-07", joined_on="1997-11-20", official_on="1998-11-20")
    found = [(row["full_name"], row["years"], row["kind"]) for row in results(as_("officer"), query)]
    assert found == rows


def test_pages_follow_each_other_by_unit_and_name(world: World, as_: Knock) -> None:
    for name in ("Trần Văn Cúc", "Lê Thị An", "Ngô Thị Bưởi"):
        old(world, name, admission_decided_on="1996-10-01")
        old(world, name, admission_decided_on="1996-10-01", unit=world.other)
    client, query, seen = as_("officer"), "?limit=2", []
    while query:
        with as_role("chibo_app"):
            page = client.get(f"/api/v1/badges/{query}").json()
        seen += [(row["unit_id"], row["full_name"].split()[-1]) for row in page["results"]]
        query = (page["next"] or "").partition("/api/v1/badges/")[2]
    places = sorted((world.cell, world.other), key=lambda one: one.path)
    assert seen == [(place.pk, name) for place in places for name in ("An", "Bưởi", "Cúc")]
    assert len(results(client, f"?unit={world.other.pk}")) == 3
    assert len(results(client, f"?unit={world.commune.pk}")) == 6
    assert results(as_("secretary"), f"?unit={world.other.pk}") == []


@pytest.mark.parametrize("query", ["?day=2026-11-07", "?on=7/11/2026", "?unit=x", "?early=perhaps", "?on=1026-11-07"])
def test_filters_that_are_not_known_are_refused(world: World, as_: Knock, query: str) -> None:
    assert as_("officer").get(f"/api/v1/badges/{query}").status_code == 400
