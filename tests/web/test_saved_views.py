"""Saved views: a person's own names for filters, seen and taken away by nobody else; never what was searched for."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from backend.accounts.models import User
from backend.web import saved_views
from backend.web.models import SavedView
from tests.roles import as_role
from tests.web.people import text
from tests.web.test_member_list import of, world
from tests.world import World

__all__ = ["world"]
pytestmark = pytest.mark.django_db


def post(client: Client, page: str = "members", **form: Any) -> Any:
    client.get("/office/")
    return client.post(f"/views/{page}/", {**form, "csrfmiddlewaretoken": client.cookies["csrftoken"].value})


def kept() -> list[tuple[str, str, dict[str, str]]]:
    return list(SavedView.objects.order_by("page", "name").values_list("page", "name", "filters"))


def test_filters_are_kept_under_a_name_without_the_search_and_shown_as_a_chip(world: World) -> None:
    client = of("officer")
    query = f"q=tran&standing=probationary&unit={world.cell.pk}"
    answer = post(client, name="  Dự bị   ấp Một ", query=query)
    filters = {"standing": "probationary", "unit": str(world.cell.pk)}
    assert kept() == [("members", "Dự bị ấp Một", filters)]
    assert answer.headers["Location"] == f"/members/?unit={world.cell.pk}&standing=probationary"
    page = text(client.get(answer.headers["Location"]))
    assert "Đã lưu danh sách “Dự bị ấp Một”." in page
    assert 'aria-current="true">Dự bị ấp Một</a>' in page
    assert "Dự bị ấp Một" not in text(of("committee").get("/members/"))
    assert "Dự bị ấp Một" not in text(client.get("/cases/"))


def test_a_second_view_of_a_name_replaces_the_first(world: World) -> None:
    client = of("officer")
    post(client, name="Của tôi", query="standing=official")
    post(client, name="Của tôi", query="standing=probationary")
    post(client, "cases", name="Của tôi", query="show=overdue")
    assert kept() == [
        ("cases", "Của tôi", {"show": "overdue"}), ("members", "Của tôi", {"standing": "probationary"})
    ]  # fmt: skip


def test_what_cannot_be_kept_is_refused_and_nothing_is_written(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    client = of("officer")
    for name in ("", "   ", "x" * 61, "a\x00b"):
        answer = post(client, name=name, query="standing=official")
        (said,) = get_messages(answer.wsgi_request)
        assert (said.level_tag, "nhiều nhất 60 ký tự" in str(said)) == ("error", True)
    monkeypatch.setattr(saved_views, "MOST", 1)
    post(client, name="Một", query="standing=official")
    answer = post(client, name="Hai", query="standing=official")
    assert "Đồng chí đã lưu" in " ".join(str(one) for one in get_messages(answer.wsgi_request))
    post(client, name="Một", query="standing=probationary")
    assert kept() == [("members", "Một", {"standing": "probationary"})]
    for query in (f"unit={world.province.pk}", "standing=x", "x=1"):
        assert post(client, name="Một", query=query).status_code == 404
    assert post(client, "units", name="Một", query="").status_code == 404
    assert kept() == [("members", "Một", {"standing": "probationary"})]


def test_a_view_is_taken_away_by_its_owner_alone(world: World) -> None:
    client = of("officer")
    post(client, name="Một", query="standing=official")
    view = SavedView.objects.get()
    assert post(of("committee"), forget=view.pk).status_code == 404
    for bad in ("x", "0", "9" * 30):
        assert post(client, forget=bad).status_code == 404
    assert SavedView.objects.get().user_id == User.objects.get(username="officer").pk
    assert post(client, forget=view.pk).headers["Location"] == "/members/"
    assert kept() == []


def test_behind_the_walls_of_the_database_views_are_kept_shown_and_taken_away(world: World) -> None:
    client = of("secretary")
    with as_role("chibo_app"):
        post(client, name="Dự bị", query="standing=probationary")
        assert ">Dự bị</a>" in text(client.get("/members/?standing=probationary"))
    key = SavedView.objects.get().pk
    with as_role("chibo_app"):
        assert post(of("deputy"), forget=key).status_code == 404
        post(client, forget=key)
    assert kept() == []
