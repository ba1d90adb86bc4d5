"""The page for calendar and chat on a cheap phone: a secret address of 80 signs must not widen it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from backend.accounts.models import User
from tests.browser.chromium import found
from tests.world import make_world

PICTURES = Path(__file__).resolve().parents[2] / ".local" / "pictures"
PHONE = 360


@pytest.mark.browser
@pytest.mark.django_db
def test_the_page_fits_a_phone(tmp_path: Path) -> None:
    make_world()
    client = Client()
    client.force_login(User.objects.get(username="secretary"))
    page = client.post("/contacts/", {"do": "open_calendar"}).content.decode()
    chromium = found(tmp_path)
    measured = chromium.measure(page, PHONE)
    PICTURES.mkdir(parents=True, exist_ok=True)
    chromium.picture(page, PHONE, measured.height, PICTURES / "contacts-phone.png")
    assert measured.width == PHONE
    assert measured.right <= PHONE
    assert measured.font >= 13
    assert measured.contrast >= 4.5
