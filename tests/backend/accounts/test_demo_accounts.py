"""The laptop's accounts: made once, under the application's role, and never where real people are kept."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from backend.accounts.models import Assignment, User
from backend.organizations.models import Unit
from tests.roles import as_role
from tests.world import World, make_world
from workflows.offices import Level

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    made = make_world()
    Assignment.objects.all().delete()
    User.objects.all().delete()
    return made


def printed(*codes: str, made_since: str = "") -> list[str]:
    """What the command prints for a sample whose commune has one of the codes (the world's own, unless told).

    The sample has all cells there are, but for the one `made_since`.
    """
    out = StringIO()
    with TemporaryDirectory() as folder:
        rows = "".join(f"{code},,Đảng bộ,base_committee\n" for code in codes or ("87.107",))
        cells = Unit.objects.filter(level=Level.CELL).exclude(code=made_since)
        rows += "".join(f"{cell.code},,Chi bộ,cell\n" for cell in cells)
        (Path(folder) / "units.csv").write_text(f"code,parent_code,name,level\n{rows}", encoding="utf-8-sig")
        with as_role("chibo_app"):
            call_command("create_demo_accounts", sample=Path(folder), stdout=out)
    return out.getvalue().splitlines()


def test_offices_of_the_commune_and_each_cell_can_sign_in(world: World) -> None:
    lines = printed()
    held = sorted(Assignment.objects.values_list("user__username", "office", "unit_id"))
    assert held == sorted(
        [
            ("administrator", "administrator", world.commune.pk),
            ("auditor", "auditor", world.commune.pk),
            ("officer", "organisation_officer", world.commune.pk),
            ("secretary", "committee_secretary", world.commune.pk),
            ("province", "organisation_officer", world.province.pk),
            ("province_admin", "administrator", world.province.pk),
            ("cell1", "cell_secretary", world.cell.pk),
            ("cell2", "cell_secretary", world.other.pk),
        ]
    )
    password = next(word for word in lines[0].split() if len(word) == 12)
    assert all(user.check_password(password) for user in User.objects.all())
    assert [line.split()[0] for line in lines[1:]] == [
        *("secretary", "officer", "auditor", "administrator", "province", "province_admin"),
        *("cell1", "cell2"),
    ]


def test_a_cell_that_the_operator_made_gets_no_account(world: World) -> None:
    printed(made_since=world.other.code)
    assert set(Assignment.objects.filter(office="cell_secretary").values_list("unit_id", flat=True)) == {world.cell.pk}
    assert not User.objects.filter(username="cell2").exists()


def test_a_roster_of_ones_own_gets_no_account(world: World) -> None:
    assert printed("98.101") == []
    assert (User.objects.count(), Assignment.objects.count()) == (0, 0)


def test_second_time_changes_nothing_and_prints_the_same(world: World) -> None:
    first = printed()
    user = User.objects.get(username="cell1")
    user.set_password("chosen since")
    user.save()
    before = sorted(User.objects.values_list("username", "password"))
    assert printed() == first
    assert sorted(User.objects.values_list("username", "password")) == before
    assert Assignment.objects.count() == 8


def test_refused_where_demo_accounts_are_off(world: World, settings: Any) -> None:
    settings.CHIBO_DEMO_ACCOUNTS = False
    with pytest.raises(CommandError) as refused:
        printed()
    assert refused.value.returncode == 2
    assert User.objects.count() == 0


def test_nothing_to_say_without_units(settings: Any) -> None:
    assert settings.CHIBO_DEMO_ACCOUNTS is True
    assert printed() == []
    assert User.objects.count() == 0
