"""Two installations, each with a database, keys and a world of its own; a member of the one is on the way to the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction
from django.test import override_settings

from backend.accounts.policy import Actor
from backend.audit.sealing import seal_all
from backend.cases.engine import NewCase, OnCase, perform
from backend.core import clock
from backend.core.db import WHOLE, scope
from backend.handovers.form import HandOver
from backend.handovers.issuing import hand_over
from backend.handovers.keys import trust
from backend.handovers.proposing import Proposal, propose
from backend.handovers.taking import take_in
from backend.members.models import Member
from backend.members.protected import sealed_columns
from tests.realdb import RealDatabase, standing_in
from tests.roles import as_role
from tests.world import World, make_world, paper

ID, PHONE = "087080000077", "0912345678"
INTRODUCED, ARRIVED = date(2026, 11, 10), date(2026, 11, 20)
RECORD = {
    "ethnicity": "Khmer",
    "card_number": "123456789012",
    "home_detail": "Ấp Hai",
    "note": "Chuyện riêng của chi bộ",
}


@dataclass
class Installation:
    """A Chibo of its own: everything inside `here()` happens there."""

    database: RealDatabase
    seed: bytes
    field_key: str = field(default_factory=lambda: Fernet.generate_key().decode())
    world: World = field(init=False)

    @contextmanager
    def here(self) -> Iterator[World]:
        own = {
            "CHIBO_SIGNING_KEY": self.seed.hex(), "CHIBO_INDEX_KEY": self.seed[::-1].hex(),
            "CHIBO_FIELD_KEYS": self.field_key, "CHIBO_LOG_KEYS": "",
        }  # fmt: skip
        with standing_in(self.database), override_settings(**own):
            yield getattr(self, "world", None)  # type: ignore[misc]  # none while it is being made

    @property
    def public_key(self) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()

    def seal(self) -> None:
        with as_role("chibo_jobs"):
            seal_all()

    def trusts(self, other: Installation, name: str = "Đảng bộ tỉnh bên gửi") -> None:
        with self.here(), as_role("chibo_jobs"), transaction.atomic():
            scope(WHOLE)
            trust(Actor.operator("an"), other.public_key.hex(), installation=name, basis="Gọi điện ngày 10/11/2026")


def installation(database: RealDatabase, seed: int) -> Installation:
    made = Installation(database, bytes([seed]) * 31 + b"\1")
    with made.here():
        made.world = make_world()
        clock.move_to(date(2026, 12, 1))
    return made


@pytest.fixture
def sender(committed_db: RealDatabase) -> Installation:
    return installation(committed_db, 1)


@pytest.fixture
def receiver(another_db: Callable[[], RealDatabase]) -> Installation:
    """Its numbers are other ones: somebody stands there already."""
    made = installation(another_db(), 2)
    with made.here() as world:
        world.members(3, unit=world.other)
    return made


def person(world: World, name: str = "Trần Thị Chuyển", **options: Any) -> Member:
    member = world.member(name, **options)
    columns = RECORD | sealed_columns({**RECORD, "personal_id": ID, "phone": PHONE})
    Member.objects.filter(pk=member.pk).update(**columns)
    return Member.objects.get(pk=member.pk)


def on_the_way(world: World, member: Member, on: date = INTRODUCED) -> int:
    """A transfer to outside whose introduction paper was issued; the case's id."""
    told = {
        "ground": "residence",
        "ground_paper": paper(on),
        "effective_on": on.isoformat(),
        "place": "Phường 1, tỉnh khác",
    }
    with as_role("chibo_app"):
        target = NewCase("transfer", member_id=member.pk)
        case: int = perform(world.actor("secretary"), target, "ask", told, on=on)["id"]
        facts = {"self_review": paper(on), "dues_settled": True}
        perform(world.actor("secretary"), OnCase(case), "check", facts, on=on)
        papers = {"introduction": paper(on, "15-GGT"), "papers_handed_over": True}
        perform(world.actor("officer"), OnCase(case), "introduce", papers, on=on)
    return case


def handed_over(sender: Installation, case: int, who: str = "officer") -> HandOver:
    """The file of a case, made in the three tries that sealing takes: what happened, the list, then the file."""
    for _ in range(3):
        with as_role("chibo_app"):
            made = hand_over(sender.world.actor(who), case)
        if made is not None:
            return made
        sender.seal()
    raise AssertionError("nothing was made")


def arrive(receiver: Installation, proposal: Proposal, who: str = "officer", **options: Any) -> dict[str, Any]:
    """Received in the first cell, as an office does it."""
    world = receiver.world
    facts = {"notice_slip": paper(ARRIVED, "7-PB"), "papers_handed_over": True}
    options = {"unit_id": world.cell.pk, "on": ARRIVED, "facts": facts, **options}
    with as_role("chibo_app"):
        return take_in(world.actor(who), proposal, **options)


def proposed(receiver: Installation, text: str, passphrase: str = "") -> Proposal:
    with as_role("chibo_app"):
        return propose(text, passphrase)
