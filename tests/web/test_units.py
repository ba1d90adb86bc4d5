"""The page of a unit: what is below it and how many people, who holds its offices, what can be begun."""

from __future__ import annotations

import pytest

from backend.organizations.models import Unit
from tests.web.people import text
from tests.web.test_member_list import of, queries, world
from tests.world import World, unit
from workflows.offices import Level

__all__ = ["world"]
pytestmark = pytest.mark.django_db


def test_an_officer_drills_down_from_the_own_unit_to_a_cell(world: World) -> None:
    world.member("Nguyễn Văn An")
    world.member("Lê Văn Ân")
    world.member("Phạm Văn Xa", unit=world.other)
    assert f'<a href="/units/{world.province.pk}/">Theo đơn vị</a>' in text(of("province").get("/members/"))
    assert "Theo đơn vị" not in text(of("secretary").get("/members/"))
    page = text(of("province").get(f"/units/{world.province.pk}/"))
    assert f'<a href="/units/{world.commune.pk}/">Đảng bộ xã</a> · số người: 3' in page
    page = text(of("province").get(f"/units/{world.commune.pk}/"))
    assert f'<a href="/units/{world.province.pk}/">Đảng bộ tỉnh</a>' in page
    assert f'<a href="/units/{world.cell.pk}/">Chi bộ ấp Một</a> · số người: 2' in page
    assert f'<a href="/units/{world.other.pk}/">Chi bộ ấp Hai</a> · số người: 1' in page
    page = text(of("province").get(f"/units/{world.cell.pk}/"))
    assert f'href="/members/?unit={world.cell.pk}"' in page
    assert "<dt>Bí thư chi bộ</dt><dd>Người secretary</dd>" in page


def test_a_unit_out_of_sight_is_not_there(world: World) -> None:
    secretary = of("secretary")
    assert secretary.get(f"/units/{world.cell.pk}/").status_code == 200
    for one in (world.other, world.commune, world.province):
        assert secretary.get(f"/units/{one.pk}/").status_code == 404
    assert of("officer").get(f"/units/{world.province.pk}/").status_code == 404


def test_a_cell_shows_what_can_be_begun_and_a_closed_one_nothing(world: World) -> None:
    page = text(of("secretary").get(f"/units/{world.cell.pk}/"))
    assert "Việc có thể bắt đầu ở đây" in page
    assert "Bí thư chi bộ" in page
    Unit.objects.filter(pk=world.cell.pk).update(closed_on=world.cell.opened_on)
    page = text(of("officer").get(f"/units/{world.cell.pk}/"))
    assert "đã giải thể ngày 01/01/2026" in page
    assert "Việc có thể bắt đầu ở đây" not in page


def test_what_only_a_cell_begins_is_not_told_of_a_committee(world: World) -> None:
    assert "Đưa vào danh sách đối tượng kết nạp" in text(of("secretary").get(f"/units/{world.cell.pk}/"))
    page = text(of("officer").get(f"/units/{world.commune.pk}/"))
    assert "Đưa vào danh sách đối tượng kết nạp" not in page
    assert "không phải là chi bộ" not in page


def test_a_unit_costs_the_same_queries_with_one_below_and_with_three(world: World) -> None:
    Unit.objects.filter(pk=world.other.pk).update(closed_on=world.other.opened_on)
    of("officer").get(f"/units/{world.commune.pk}/")  # the calendar of the day is looked up once for all
    costs = [queries(of("officer"), f"/units/{world.commune.pk}/")]
    for number in (3, 4):
        unit(f"87.107.000.000.00{number}", "Chi bộ mới", Level.CELL, world.commune)
    costs.append(queries(of("officer"), f"/units/{world.commune.pk}/"))
    assert costs[0] == costs[1]
