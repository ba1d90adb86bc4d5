"""The packs of a unit by day, for everybody who sees the unit."""

from __future__ import annotations

from datetime import date

import pytest

from backend.accounts.policy import Actor
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
