"""Two sign-in names that look alike, asked for at the same moment: one is given. The control is without the lock."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import pytest

from backend.accounts import administration, lookalikes
from backend.accounts.administration import add_user
from backend.accounts.models import User
from backend.audit.models import Event
from backend.core.errors import Refused
from tests.realdb import RealDatabase, together
from tests.world import make_world, person
from workflows.offices import Office

pytestmark = pytest.mark.real
ALIKE = ("anh.ba", "anh_ba")


def asked(actor: Any, name: str) -> str:
    try:
        add_user(actor, username=name, full_name="Nguyễn Văn Ba", email="", hashed="!")
    except Refused as refused:
        return refused.answers[0].code
    return ""


@pytest.mark.parametrize(("locked", "expected"), [(True, ["", "user.name_looks_alike"]), (False, ["", ""])])
def test_one_of_two_names_that_look_alike_is_given(
    committed_db: RealDatabase, monkeypatch: pytest.MonkeyPatch, locked: bool, expected: list[str]
) -> None:
    world = make_world()
    actor, asks = person("admin", Office.ADMINISTRATOR, world.commune), lookalikes.looks_like_another

    def slowly(name: str) -> bool:
        found = asks(name)
        time.sleep(0.5)  # the other asks meanwhile
        return found

    monkeypatch.setattr(administration, "looks_like_another", slowly)
    if not locked:
        monkeypatch.setattr(lookalikes, "execute", lambda *_: None)
    assert sorted(together(*[partial(asked, actor, name) for name in ALIKE])) == expected
    given = expected.count("")
    assert User.objects.filter(username__in=ALIKE).count() == given
    assert Event.objects.filter(code="user.added").count() == given
