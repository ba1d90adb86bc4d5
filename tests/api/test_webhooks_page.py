"""The page of webhooks: what the API does, for the offices that may, and nothing across units."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from backend.accounts.models import Assignment, User
from backend.alerts.models import Letter
from backend.audit.models import Event
from backend.contacts.models import Endpoint
from backend.core import clock
from backend.core.keyring import unseal
from tests.api.conftest import traces
from tests.roles import as_role
from tests.world import World, person, unit
from workflows.offices import Level, Office

PLACE, URL = "/webhooks/", "https://93.184.216.34/told"
SECRET = re.compile(r'value="(whsec_[A-Za-z0-9+/=]+)"')


def of(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=name))
    return client


def text(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


def register(client: Client, code: str = "87.107", url: str = URL) -> str:
    return text(client.post(PLACE, {"do": "register", "unit": code, "url": url}))


def test_one_is_registered_its_secret_shown_once_exchanged_and_switched_off(world: World) -> None:
    officer = of("officer")
    with as_role("chibo_app"):
        assert "Chưa có chương trình nào được báo." in text(officer.get(PLACE))
        (secret,) = SECRET.findall(register(officer))
        row = Endpoint.objects.get()
        assert unseal(row.secret) == secret
        shown = text(officer.get(PLACE))
        assert (URL in shown, "Chưa báo gì tới đó." in shown, SECRET.findall(shown)) == (True, True, [])
        (other,) = SECRET.findall(text(officer.post(PLACE, {"do": "exchange", "webhook": row.pk})))
        assert other != secret
        assert "Khóa bí mật cũ còn được dùng để ký đến" in text(officer.get(PLACE))
        done = text(officer.post(PLACE, {"do": "close", "webhook": row.pk}, follow=True))
        assert "Không báo tới địa chỉ đó nữa." in done
        assert "Đã tắt ngày" in done
        assert 'value="exchange"' not in done
    before = traces()
    again = text(officer.post(PLACE, {"do": "exchange", "webhook": row.pk}, follow=True))
    assert ("Webhook này đã đóng." in again, SECRET.findall(again), traces()) == (True, [], before)
    codes = Event.objects.filter(subject_kind="webhook").order_by("id").values_list("code", flat=True)
    assert list(codes) == ["webhook.registered", "webhook.secret_exchanged", "webhook.closed"]


def test_the_last_answers_stand_beside_it_the_newest_first(world: World) -> None:
    officer = of("officer")
    register(officer)
    row, now = Endpoint.objects.get(), clock.now()
    for number, (outcome, answer) in enumerate(
        [("sent", "a: 200 OK"), ("failed", "a: 410 Gone"), ("held", "b: 503 Busy")] * 2
    ):
        Letter.objects.create(
            endpoint=row, day=clock.today(), channel="webhook", unit_path=row.unit_path, address="a", outcome=outcome,
            answer=answer, message_id=f"<{number}>", created_at=now, next_attempt_at=now, urgent_notice_id=number,
        )  # fmt: skip
    with as_role("chibo_app"):
        shown = re.findall(r"<small>[^·]+· ([^<]+)</small>", text(officer.get(PLACE)))
    assert shown == ["Chờ gửi lại · b: 503 Busy", "Không thành công · a: 410 Gone", "Đã gửi · a: 200 OK"]


def test_one_that_is_gone_is_told_of(world: World) -> None:
    register(of("officer"))
    Endpoint.objects.update(gone_at=clock.now())
    page = text(of("officer").get(PLACE))
    assert ("không còn tồn tại; không báo tới đó nữa" in page, 'value="close"' in page) == (True, False)


@pytest.mark.parametrize("name", ["secretary", "auditor", "committee"])
def test_for_other_offices_the_page_is_not_there(world: World, name: str) -> None:
    register(of("officer"))
    key, before = Endpoint.objects.get().pk, traces()
    for answer in (
        of(name).get(PLACE),
        of(name).post(PLACE, {"do": "register", "unit": "87.107", "url": URL}),
        of(name).post(PLACE, {"do": "close", "webhook": key}),
    ):
        assert answer.status_code == 404
    assert (traces(), Endpoint.objects.count(), Endpoint.objects.get().closed_at) == (before, 1, None)
    assert (PLACE in text(of(name).get("/more/")), PLACE in text(of("officer").get("/more/"))) == (False, True)
    assert Client().get(PLACE).status_code == 302


def test_what_belongs_to_another_commune_is_as_what_never_was(world: World) -> None:
    """By the first wall alone: the second one is tried through the API."""
    far = unit("87.108", "Đảng bộ xã xa", Level.BASE, world.province)
    person("far_officer", Office.ORGANISATION_OFFICER, far)
    register(of("far_officer"), "87.108")
    theirs, before = Endpoint.objects.get().pk, traces()
    officer = of("officer")
    for doing in ("exchange", "close"):
        for key in (theirs, 987_654_321, "x", ""):
            assert officer.post(PLACE, {"do": doing, "webhook": key}).status_code == 404
    pages = [register(officer, code) for code in ("87.108", "99")]
    assert [page.count("Không có đơn vị này trong phạm vi chức danh của đồng chí được xem.") for page in pages] == [
        1,
        1,
    ]
    assert URL not in text(officer.get(PLACE))
    assert (traces(), Endpoint.objects.get().closed_at) == (before, None)
    assert URL in text(of("province").get(PLACE))


def test_a_person_with_two_offices_sees_and_changes_what_each_reaches(world: World) -> None:
    far = unit("87.108", "Đảng bộ xã xa", Level.BASE, world.province)
    own = Assignment.objects.get(user__username="officer")
    Assignment.objects.create(
        user=own.user, office=own.office, unit=far, unit_path=far.path, from_date=own.from_date
    )  # fmt: skip
    officer = of("officer")
    register(officer, "87.107")
    register(officer, "87.108", f"{URL}/far")
    assert f"{URL}/far" in text(officer.get(PLACE))
    assert len(re.findall(r"<li>https", text(officer.get(PLACE)))) == 2
    officer.post(PLACE, {"do": "close", "webhook": Endpoint.objects.get(unit=far).pk})
    assert Endpoint.objects.get(unit=far).closed_at is not None
    assert Endpoint.objects.get(unit=world.commune).closed_at is None


@pytest.mark.parametrize(
    ("url", "said"),
    [("https://10.0.0.5/", "10.0.0.5"), ("http://93.184.216.34/", "https://"), ("", "Mục này là bắt buộc.")],
)
def test_what_may_not_be_called_is_said_beside_its_field(world: World, url: str, said: str) -> None:
    before = traces()
    page = register(of("officer"), url=url)
    assert any(said in words for words in re.findall(r'<div class="wrong"[^>]*><p>([^<]+)</p>', page))
    assert (traces(), Endpoint.objects.count(), SECRET.findall(page)) == (before, 0, [])


def test_another_word_does_nothing_and_one_must_come_from_the_page(world: World) -> None:
    assert text(of("officer").post(PLACE, {"do": "everything"}))
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.get(username="officer"))
    assert strict.post(PLACE, {"do": "register", "unit": "87.107", "url": URL}).status_code == 403
    assert Endpoint.objects.count() == 0
