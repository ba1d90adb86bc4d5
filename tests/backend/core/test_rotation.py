"""After `rotate_keys` the old key can be taken away: whatever room keeps something sealed."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.utils import timezone
from django.utils.translation import override

from backend.audit.models import Event, EventDetail
from backend.cases.engine import NewCase, RequestKey, perform
from backend.contacts.chat import set_chat
from backend.contacts.endpoints import signing_secrets
from backend.contacts.models import ChatAddress, Device, Endpoint
from backend.core import rotation
from backend.core.keyring import seal, unseal
from backend.members.models import Member
from backend.members.protected import SEALED, sealed_columns
from tests.backend.audit.events import rows
from tests.roles import as_role
from tests.world import TODAY, World, make_world, paper

pytestmark = pytest.mark.django_db
NEW = Fernet.generate_key().decode()
URL = "tgram://123456789:abcdefghijklmnopqrstuvwxyz012345678/12345"


def run(role: str = "chibo_owner") -> list[str]:
    out = StringIO()
    with as_role(role), override("en"):
        call_command("rotate_keys", stdout=out)
    return out.getvalue().splitlines()


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """Five members with an id and a phone each, looked at two at a time; one person with a chat and a device, two hooks."""
    monkeypatch.setattr(rotation, "BATCH", 2)
    world, now = make_world(), timezone.now()
    for number, member in enumerate(world.members(5)):
        Member.objects.filter(pk=member.pk).update(personal_id=seal(f"08908000000{number}"), phone=seal("0900000001"))
    set_chat(world.actor("secretary").user_id or 0, URL)
    device = {"user_id": world.actor("secretary").user_id, "service": "push.example.org", "made_at": now}
    Device.objects.create(**device, digest=b"1", subscription=seal("{}"))
    made: dict[str, Any] = {"unit": world.cell, "unit_path": world.cell.path, "url": "https://a", "made_at": now}
    Endpoint.objects.create(**made, secret=seal("whsec_b"), old_secret=seal("whsec_a"), old_until=now)
    Endpoint.objects.create(**made, secret=seal("whsec_c"))
    return world


def sealed() -> list[Any]:
    """All that is sealed, by table, as it is kept."""
    kept = []
    for place in rotation.PLACES.values():
        columns = ", ".join(place.reading(one) for one in place.columns)
        kept.append(rows(f"SELECT {columns} FROM {place.table} ORDER BY {place.key}"))
    return kept


def test_everything_opens_under_the_new_key_alone(world: World, settings: LazySettings) -> None:
    told = list(EventDetail.objects.order_by("pk").values_list("data", flat=True))
    settings.CHIBO_FIELD_KEYS = f"{NEW},{settings.CHIBO_FIELD_KEYS}"
    said = run()
    about = [one for one in said if one.startswith("What records")]
    assert about == [f"What records of members keep sealed: {seen} of 5 rows looked at." for seen in (2, 4, 5)]
    assert said[-1] == f"Everything carries the newest key now; {10 + len(told) + 5} values did not before."
    settings.CHIBO_FIELD_KEYS = NEW
    found = Member.objects.order_by("pk")
    assert [unseal(one.personal_id) for one in found] == [f"08908000000{number}" for number in range(5)]
    assert ({unseal(one.phone) for one in found}, {one.version for one in found}) == ({"0900000001"}, {1})
    assert list(EventDetail.objects.order_by("pk").values_list("data", flat=True)) == told
    assert (unseal(ChatAddress.objects.get().url), unseal(Device.objects.get().subscription)) == (URL, "{}")
    first, second = Endpoint.objects.order_by("id")
    assert (signing_secrets(first, timezone.now()), unseal(first.old_secret)) == (["whsec_b"], "whsec_a")
    assert (signing_secrets(second, timezone.now()), second.old_secret) == (["whsec_c"], None)


def test_a_second_run_changes_nothing(world: World, settings: LazySettings) -> None:
    settings.CHIBO_FIELD_KEYS = f"{NEW},{settings.CHIBO_FIELD_KEYS}"
    run()
    before = sealed()
    assert run()[-1] == "Everything carries the newest key now; 0 values did not before."
    assert sealed() == before


def test_a_run_that_was_stopped_goes_on(world: World, settings: LazySettings) -> None:
    """In the middle of the members, between two batches; the second run does the rest and no value twice."""
    both = f"{NEW},{settings.CHIBO_FIELD_KEYS}"
    settings.CHIBO_FIELD_KEYS = both

    def stop(seen: int) -> None:
        if seen == 4:
            raise KeyboardInterrupt

    members = rotation.PLACES["members_member"]
    with pytest.raises(KeyboardInterrupt):
        rotation.rotate(members, stop)
    assert rotation.rotate(members) == 2
    settings.CHIBO_FIELD_KEYS = NEW
    assert {unseal(one.phone) for one in Member.objects.all()} == {"0900000001"}


def test_a_key_that_is_gone_changes_nothing(world: World, settings: LazySettings) -> None:
    before = sealed()
    settings.CHIBO_FIELD_KEYS = NEW
    with pytest.raises(CommandError, match=r"^Names and words behind the log: No key of CHIBO_FIELD_KEYS") as refusal:
        run()
    assert (refusal.value.returncode, sealed()) == (2, before)


@pytest.mark.parametrize("role", ["chibo_app", "chibo_jobs"])
def test_no_process_seals_the_log_anew(world: World, settings: LazySettings, role: str) -> None:
    before = sealed()
    settings.CHIBO_FIELD_KEYS = f"{NEW},{settings.CHIBO_FIELD_KEYS}"
    with pytest.raises(CommandError, match="DATABASE_OWNER_URL"):
        run(role)
    assert sealed() == before


def test_every_column_that_is_sealed_is_gone_through(world: World) -> None:
    """Every bytea or JSON of ours that begins as a Fernet token does stands in a place that is gone through."""
    asked = {"request": paper(TODAY), "ground": "health", "own_will": True}
    member = Member.objects.earliest("pk").pk
    Member.objects.filter(pk=member).update(**sealed_columns(dict.fromkeys(SEALED, "1")))
    key = RequestKey.of("tap-1", {})
    perform(world.actor("secretary"), NewCase("exemption", member_id=member), "ask", asked, on=TODAY, request_key=key)
    found = set()
    for table, column in rows(
        "SELECT table_name, column_name FROM information_schema.columns "
        "WHERE table_schema = 'public' AND data_type IN ('bytea', 'jsonb')"
    ):
        token = f"{column}::text LIKE '%%gAAAAA%%' OR {column}::text LIKE '\\\\x6741414141%%'"
        if rows(f"SELECT EXISTS (SELECT FROM {table} WHERE {token})")[0][0]:
            found.add((table, column))
    kept = {(place.table, column) for place in rotation.PLACES.values() for column in place.columns}
    never = {("handovers_linedetail", "data"), ("mfa_authenticator", "data")}
    never |= {("scans_scan", "secret"), ("imports_importtask", "report"), ("imports_importfile", "sealed")}
    last = {("core_keymark", "sealed")}  # by the command itself, when all else is done
    assert found == (kept | last) - never, "these are filled by other tests"
    assert Event.objects.exists()
