"""The page for the calendar and for chat: each button does what it says, for oneself alone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from backend.accounts.models import User
from backend.contacts.models import CalendarAddress, ChatAddress
from tests.world import World

PLACE = "/contacts/"
TELEGRAM = "tgram://123456789:abcdefghijklmnopqrstuvwxyz012345678/12345"


@pytest.fixture
def secretary(world: World) -> Client:
    client = Client()
    client.force_login(User.objects.get(username="secretary"))
    return client


def text(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_calendars_address_is_shown_once_and_opens_it_until_it_is_closed(secretary: Client) -> None:
    assert "Đóng địa chỉ" not in text(secretary.get(PLACE))
    made = secretary.post(PLACE, {"do": "open_calendar"})
    (address,) = re.findall(r"http://localhost:8000(/calendar/[\w-]+\.ics)", text(made))
    assert "no-store" in made.headers["Cache-Control"]
    assert Client().get(address).status_code == 200
    again = text(secretary.get(PLACE))
    assert address not in again
    assert "Đóng địa chỉ" in again
    closed = secretary.post(PLACE, {"do": "close_calendar"}, follow=True)
    assert "Địa chỉ lịch không còn mở được nữa." in text(closed)
    assert (Client().get(address).status_code, CalendarAddress.objects.count()) == (404, 0)


def test_chat_is_set_shown_by_its_service_alone_and_removed(secretary: Client) -> None:
    done = text(secretary.post(PLACE, {"do": "set_chat", "url": TELEGRAM}, follow=True))
    assert "Từ nay thư cũng được gửi tới đó." in done
    assert "Telegram." in done
    assert "abcdefgh" not in done
    assert ChatAddress.objects.get().user.username == "secretary"
    assert "Không gửi thư tới đó nữa." in text(secretary.post(PLACE, {"do": "remove_chat"}, follow=True))
    assert ChatAddress.objects.count() == 0


@pytest.mark.parametrize(
    ("url", "said"),
    [("json://10.0.0.5/", "Hệ thống này chỉ gửi qua: tgram, zalo, twilio, vonage."), ("", "Mục này là bắt buộc")],
)
def test_what_cannot_be_set_is_said_beside_its_field(secretary: Client, url: str, said: str) -> None:
    assert said in text(secretary.post(PLACE, {"do": "set_chat", "url": url}))
    assert ChatAddress.objects.count() == 0


def test_another_word_does_nothing(secretary: Client) -> None:
    text(secretary.post(PLACE, {"do": "everything"}))
    assert (CalendarAddress.objects.count(), ChatAddress.objects.count()) == (0, 0)


def test_one_must_sign_in_and_come_from_the_page(world: World) -> None:
    assert Client().get(PLACE).status_code == 302
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get(username="secretary"))
    assert client.post(PLACE, {"do": "open_calendar"}).status_code == 403
    assert CalendarAddress.objects.count() == 0
