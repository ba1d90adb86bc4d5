"""What no view answers: a sentence of ours for people, and a trace for whoever runs Chibo."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from structlog.testing import capture_logs

from backend.web import today
from tests.api.conftest import own_language, world
from tests.web.people import text
from tests.web.stepping import of
from tests.world import World

__all__ = ["own_language", "world"]
pytestmark = pytest.mark.django_db


def test_a_page_that_broke_leaves_a_trace_without_its_address(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise LookupError("made up")

    monkeypatch.setattr(today, "_work", broken)
    client: Client = of("secretary")
    client.raise_request_exception = False
    with capture_logs() as lines:
        answer = client.get("/", {"q": "Nguyễn Thị Bí Mật"})
    assert (answer.status_code, "hãy báo người vận hành Chibo" in text(answer)) == (500, True)
    (line,) = [one for one in lines if one["event"] == "page_error"]
    assert (line["error"], line["log_level"], str(line["exc_info"])) == ("LookupError", "error", "made up")
    assert "Bí Mật" not in str(lines)
