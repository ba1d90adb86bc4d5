"""The packs of a unit by day, for everybody who sees the unit."""

from __future__ import annotations

from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from backend.accounts.policy import Actor
from backend.deadlines.models import Deadline
from backend.organizations.settings import configure
from tests.api.conftest import Knock
from tests.roles import as_role
from tests.world import World


@pytest.mark.parametrize(
    ("query", "on", "packs"),
    [
        ("", "2026-11-02", []),
        ("?on=2026-04-30", "2026-04-30", []),
        ("?on=2026-05-01", "2026-05-01", ["lao_cai"]),
        ("?on=2026-08-31", "2026-08-31", ["lao_cai"]),
        ("?on=2026-09-01", "2026-09-01", []),
    ],
)
def test_a_cell_sees_the_packs_of_its_province_by_day(
    world: World, as_: Knock, query: str, on: str, packs: list[str]
) -> None:
    who = Actor.operator("root").who()
    for since, turned in ((date(2026, 5, 1), True), (date(2026, 9, 1), False)):
        configure(
            who, world.province.pk, lambda own, since=since, on=turned: own.turn("lao_cai", since, on=on), on=since
        )
    client = as_("secretary")
    with as_role("chibo_app"):
        told = client.get(f"/api/v1/units/{world.cell.pk}/packs/{query}")
    assert (told.status_code, told.json()) == (
        200,
        {
            "on": on, "packs": packs,
            "history": [
                {"pack": "lao_cai", "since": "2026-05-01", "until": "2026-08-31", "unit_id": world.province.pk}
            ],
        },
    )  # fmt: skip


def test_another_units_packs_and_unknown_filters_are_refused(world: World, as_: Knock) -> None:
    secretary = as_("secretary")
    assert secretary.get(f"/api/v1/units/{world.other.pk}/packs/").status_code == 404
    assert secretary.get(f"/api/v1/units/{world.cell.pk}/packs/?day=2026-05-01").status_code == 400


def test_the_ladders_of_a_unit_are_told_by_day_with_whoever_chose_them(world: World, as_: Knock) -> None:
    with as_role("chibo_jobs"):
        for code, options in (
            (world.commune.code, ("--ladder", "TRF.PAPER=short", "--from", "2026-01-01")),
            (world.cell.code, ("--ladder", "TRF.PAPER=months", "--from", "2026-11-01", "--until", "2026-11-30")),
        ):
            call_command("configure_unit", code, *options, stdout=StringIO())
    place = f"/api/v1/units/{world.cell.pk}/ladders/"
    own = {
        "rule": "TRF.PAPER", "ladder": "months", "since": "2026-11-01", "until": "2026-11-30", "unit_id": world.cell.pk,
        "ladder_label": {"vi": "Thời hạn tính bằng tháng", "en": "Terms of months"}, "version": 0, "rungs": [],
    }  # fmt: skip
    above = {
        "rule": "TRF.PAPER", "ladder": "short", "since": "2026-01-01", "until": None, "unit_id": world.commune.pk,
        "ladder_label": {"vi": "Thời hạn ngắn", "en": "Short terms"}, "version": 0, "rungs": [],
    }  # fmt: skip
    for query, holding in (("", own), ("?on=2026-11-30", own), ("?on=2026-12-01", above)):
        told = as_("secretary").get(place + query).json()
        titles = [row.pop("title") for row in [*told["ladders"], *told["history"]]]
        assert (told["ladders"], told["history"]) == ([holding], [own, above]), query
        assert all(set(one) == {"vi", "en"} for one in titles)
    assert as_("secretary").get(f"{place}?on=2025-12-31").json()["ladders"] == []
    assert as_("other_secretary").get(place).status_code == 404
    assert as_("secretary").get(f"{place}?of=x").status_code == 400


def test_the_ledger_of_a_deadline_says_whose_choice_its_ladder_is(world: World, as_: Knock) -> None:
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    case = world.probation(new, date(2025, 10, 30))
    one = Deadline.objects.get(subject_id=case.pk, rule_id="PRO.CELL_REVIEW")
    place = f"/api/v1/deadlines/{one.pk}/ledger/"
    label = {"vi": "Thời hạn 30 ngày làm việc", "en": "Terms of thirty working days"}
    delivered = {"ladder": "thirty_working_days", "ladder_label": label, "unit_id": None, "since": None, "until": None} | {
        "version": 0, "pack": "",
    }  # fmt: skip
    assert as_("secretary").get(place).json()["ladder"] == delivered
    with as_role("chibo_jobs"):
        call_command("configure_unit", world.commune.code, "--ladder", "PRO.CELL_REVIEW=short", stdout=StringIO())
    assert as_("secretary").get(place).json()["ladder"] == {
        "ladder": "short", "ladder_label": {"vi": "Thời hạn ngắn", "en": "Short terms"}, "unit_id": world.commune.pk,
        "since": "2026-11-02", "until": None, "version": 0, "pack": "",
    }  # fmt: skip
