"""The page of one's preferences: what the API takes, said beside the fields, in the reader's language."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from backend.accounts.models import User
from backend.alerts.models import Preference
from backend.audit.models import Event
from tests.api.conftest import traces
from tests.roles import as_role
from tests.world import World

PLACE = "/preferences/"


@pytest.fixture
def client(world: World) -> Client:
    found = Client(enforce_csrf_checks=True, headers={"Accept-Language": "vi"})
    found.force_login(User.objects.get(username="secretary"))
    return found


def sent(client: Client, **form: Any) -> Any:
    """What a browser sends after it was shown the page."""
    with as_role("chibo_app"):
        client.get(PLACE)
        return client.post(PLACE, {**form, "csrfmiddlewaretoken": client.cookies["csrftoken"].value})


def page(client: Client) -> str:
    with as_role("chibo_app"):
        return client.get(PLACE).content.decode()


def chosen(text: str) -> dict[str, str]:
    """The hours that stand selected in the page, by field."""
    fields = re.findall(r'<select name="(\w+)".*?</select>', text, re.DOTALL)
    selects = re.findall(r"<select.*?</select>", text, re.DOTALL)
    found = {name: re.findall(r'value="(\d*)" selected', one) for name, one in zip(fields, selects, strict=True)}
    return {name: (values or [""])[0] for name, values in found.items()}


def test_what_is_chosen_stands_there_again(world: World, client: Client) -> None:
    first = page(client)
    assert chosen(first) == {"quiet_from": "", "quiet_until": "", "letter_hour": ""}
    assert "vẫn được gửi, dù chọn thế nào ở đây" in first
    assert '<html lang="vi">' in first
    done = sent(client, muted=["mail"], quiet_from="18", quiet_until="8", letter_hour="9")
    assert (done.status_code, done.headers["Location"]) == (302, PLACE)
    row = Preference.objects.get()
    assert (row.user.username, row.muted, row.quiet_from, row.quiet_until, row.letter_hour) == (
        "secretary",
        ["mail"],
        18,
        8,
        9,
    )
    again = page(client)
    assert "Lựa chọn có hiệu lực từ bây giờ." in again
    assert chosen(again) == {"quiet_from": "18", "quiet_until": "8", "letter_hour": "9"}
    assert re.search(r'value="mail"[^>]*checked', again)
    sent(client)
    assert Preference.objects.values_list("muted", "quiet_from", "quiet_until", "letter_hour").get() == (
        [],
        None,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"quiet_from": "9"}, "Giờ yên tĩnh phải có giờ bắt đầu và giờ kết thúc khác nhau"),
        ({"letter_hour": "19"}, "chỉ còn 1 giờ nhận được thư; cần ít nhất 4 giờ. Hãy đặt giờ yên tĩnh ngắn hơn"),
        ({"muted": "inbox"}, "Hãy chọn"),
        ({"letter_hour": "25"}, "Hãy chọn"),
        ({"email": "x"}, "Đây không phải địa chỉ thư điện tử."),
        ({"email": ""}, "Mục này là bắt buộc"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_written(world: World, client: Client, form: Any, said: str) -> None:
    before = (traces(), User.objects.filter(username="secretary").values("email", "version").get())
    refused = sent(client, **form)
    text = refused.content.decode()
    assert refused.status_code == 200
    assert said in text, re.findall(r'class="wrong".*?</div>', text, re.DOTALL)
    assert (traces(), Preference.objects.count()) == (before[0], 0)
    assert User.objects.filter(username="secretary").values("email", "version").get() == before[1]


def test_a_dead_address_is_told_of_and_confirmed(world: World, client: Client) -> None:
    User.objects.filter(username="secretary").update(address_dead_since=timezone.localdate())
    assert "Địa chỉ này đã từ chối thư" in page(client)
    assert sent(client, email="secretary@example.org").status_code == 302
    text = page(client)
    assert "Địa chỉ này đã từ chối thư" not in text
    assert "Từ nay thư sẽ được gửi đến địa chỉ này." in text
    assert Event.objects.latest("pk").facts == {"confirmed": True}


def test_nobody_is_shown_or_chooses_for_another(world: World) -> None:
    assert Client().get(PLACE).headers["Location"] == f"/sign-in/?next={PLACE}"
    assert Client(enforce_csrf_checks=True).post(PLACE, {"letter_hour": "9"}).status_code == 403
    other = Client()
    other.force_login(User.objects.get(username="deputy"))
    other.post(PLACE, {"letter_hour": "9"})
    assert Preference.objects.get().user.username == "deputy"
