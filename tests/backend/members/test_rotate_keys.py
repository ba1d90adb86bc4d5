"""After `rotate_keys` the old key can be taken away."""

from __future__ import annotations

import io

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command

from backend.core.db import WHOLE, scoped
from backend.members.management.commands import rotate_keys
from backend.members.models import Member
from backend.members.protected import seal, unseal
from tests.roles import as_role
from tests.world import make_world

pytestmark = pytest.mark.django_db
NEW = Fernet.generate_key().decode()


def rotate() -> str:
    out = io.StringIO()
    with as_role("chibo_app"):
        call_command("rotate_keys", stdout=out)
    return out.getvalue()


@pytest.fixture
def sealed(monkeypatch):
    """Five members with an id and a phone each, done two at a time."""
    monkeypatch.setattr(rotate_keys, "BATCH", 2)
    members = make_world().members(5)
    for number, member in enumerate(members):
        Member.objects.filter(pk=member.pk).update(personal_id=seal(f"08908000000{number}"), phone=seal("0900000001"))
    return [member.pk for member in members]


def test_everything_opens_under_the_new_key_alone(sealed, settings):
    settings.CHIBO_FIELD_KEYS = f"{NEW},{settings.CHIBO_FIELD_KEYS}"
    assert rotate().startswith("5 ")
    settings.CHIBO_FIELD_KEYS = NEW
    with scoped(WHOLE):
        found = Member.objects.filter(pk__in=sealed).order_by("pk")
        assert [unseal(one.personal_id) for one in found] == [f"08908000000{number}" for number in range(5)]
        assert {unseal(one.phone) for one in found} == {"0900000001"}
        assert {one.version for one in found} == {1}


def test_a_key_that_is_gone_changes_nothing(sealed, settings):
    before = list(Member.objects.order_by("pk").values_list("personal_id", flat=True))
    settings.CHIBO_FIELD_KEYS = NEW
    with pytest.raises(CommandError, match="CHIBO_FIELD_KEYS"):
        rotate()
    assert list(Member.objects.order_by("pk").values_list("personal_id", flat=True)) == before
