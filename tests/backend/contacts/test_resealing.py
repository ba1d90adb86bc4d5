"""After `rotate_keys` the old key can be taken away: chat, devices and webhooks go on."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.utils import timezone

from backend.contacts.chat import set_chat
from backend.contacts.endpoints import signing_secrets
from backend.contacts.models import ChatAddress, Device, Endpoint
from backend.members.protected import seal, unseal
from tests.roles import as_role
from tests.world import make_world

URL = "tgram://123456789:abcdefghijklmnopqrstuvwxyz012345678/12345"


@pytest.mark.django_db
def test_chat_devices_and_webhooks_open_under_the_new_key_alone(settings: Any) -> None:
    world = make_world()
    set_chat(world.actor("secretary").user_id or 0, URL)
    now = timezone.now()
    device = {"user_id": world.actor("secretary").user_id, "service": "push.example.org", "made_at": now}
    Device.objects.create(**device, digest=b"1", subscription=seal("{}"))
    made = {"unit": world.cell, "unit_path": world.cell.path, "url": "https://a", "made_at": now}
    Endpoint.objects.create(**made, secret=seal("whsec_b"), old_secret=seal("whsec_a"), old_until=now)
    Endpoint.objects.create(**made, secret=seal("whsec_c"))
    new = Fernet.generate_key().decode()
    settings.CHIBO_FIELD_KEYS = f"{new},{settings.CHIBO_FIELD_KEYS}"
    out = StringIO()
    with as_role("chibo_app"):
        call_command("rotate_keys", stdout=out)
    assert out.getvalue().splitlines()[1].split(" ", 3)[:3] == ["4", "địa", "chỉ"]
    settings.CHIBO_FIELD_KEYS = new
    assert unseal(ChatAddress.objects.get().url) == URL
    assert unseal(Device.objects.get().subscription) == "{}"
    first, second = Endpoint.objects.order_by("id")
    assert (signing_secrets(first, now), unseal(first.old_secret)) == (["whsec_b"], "whsec_a")
    assert (signing_secrets(second, now), second.old_secret) == (["whsec_c"], None)
