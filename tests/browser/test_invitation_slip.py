"""The slip of an invitation on paper: one sheet, A4 or A5, whatever the name and the address, with the code whole on it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from backend.accounts.models import User
from tests.browser.chromium import found
from tests.world import make_world

A5 = 480
"""What is left of 148 mm between a printer's margins, in CSS pixels."""


@pytest.mark.browser
@pytest.mark.django_db
def test_the_slip_takes_one_sheet(tmp_path: Path, settings: Any) -> None:
    settings.CHIBO_PUBLIC_URL = "https://so-tay.ban-to-chuc.tinh-uy." + "dang-bo-" * 5 + "example.gov.vn"
    world = make_world()
    client = Client()
    client.force_login(User.objects.get(username="officer"))
    form = {
        "username": "nguyen.thi.phuong.thao." + "2026" * 20, "full_name": "Nguyễn Thị " + "Phương " * 15 + "Thảo",
        "office": "cell_deputy", "unit": world.other.code, "since": "2026-11-02", "do": "new",
    }  # fmt: skip
    answer = client.post("/invitations/", form)
    page = _styled(answer.content.decode())
    assert len(re.findall(r"<code>[a-z2-9-]{19}</code>", page)) == 1
    chromium = found(tmp_path)
    for size in ("A4", "A5"):
        paper = page.replace("</head>", f"<style>@page {{ size: {size} }}</style></head>")
        assert chromium.pages(paper, tmp_path / f"{size}.pdf") == 1, size
    measured = chromium.measure(page, A5)
    assert (measured.width, measured.right <= A5) == (A5, True)


@pytest.mark.browser
def test_control_what_is_longer_takes_more_sheets_and_what_is_wider_is_seen(tmp_path: Path) -> None:
    chromium = found(tmp_path)
    assert chromium.pages("<style>@page { size: A5 }</style>" + "<p>x</p>" * 60, tmp_path / "long.pdf") > 1
    assert chromium.measure(f"<p>{'x' * 200}</p>", A5).width > A5


def _styled(page: str) -> str:
    """With the page's own style sheet in it: a file has no server to ask for it."""
    sheet = finders.find("web/built/chibo.css")
    assert isinstance(sheet, str)
    return re.sub(r'<link rel="stylesheet"[^>]*>', lambda _: f"<style>{Path(sheet).read_text()}</style>", page)
