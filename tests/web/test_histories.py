"""A history that came in a hand-over file stands in the member's story under the name of where it comes from."""

from __future__ import annotations

import pytest

from backend.handovers.models import TrustedKey
from tests.api.test_handovers import PLACE, body, file, knock, receiver, sender
from tests.installations import Installation
from tests.roles import as_role
from tests.web.people import text
from tests.web.test_member_list import of

__all__ = ["file", "receiver", "sender"]
pytestmark = [pytest.mark.real, pytest.mark.slow]


def test_the_story_goes_on_with_what_another_installation_wrote(receiver: Installation, file: str) -> None:
    with receiver.here():
        taken = knock("officer", PLACE, body(receiver, file), Idempotency_Key="1")
        assert taken.status_code == 201, taken.content
        address = f"/members/{taken.json()['outcome']['member_id']}/"
        with as_role("chibo_app"):
            page = text(of("officer").get(address))
        assert page.count(", Tỉnh A</p>") == 6
        assert "Ký bằng khóa không còn được tin cậy" not in page
        TrustedKey.objects.update(withdrawn=True)
        with as_role("chibo_app"):
            page = text(of("officer").get(address))
        assert page.count("Ký bằng khóa không còn được tin cậy") == 6
