"""A push service, a program behind a webhook and a chat service that hang, fail or cut the line, and a worker that dies while
one of them has its message: afterwards the books are in order, for each way as for the mail."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from backend.accounts.models import User
from backend.accounts.policy import Actor
from backend.contacts.chat import set_chat
from backend.contacts.devices import add_device
from backend.contacts.endpoints import register
from backend.core import vapid
from backend.organizations.models import Unit
from tests.backend.alerts.listener import Listener, listening
from tests.backend.alerts.push_service import PushService
from tests.faults.drills import Drill
from tests.faults.ledger import PATIENCE, query, settled
from tests.faults.machines import Mailbox, Worker, until
from tests.faults.test_worker import LETTERS
from workflows.offices import Office

pytestmark = pytest.mark.fault
PAIR = vapid.new_pair()
_TRIED = """
SELECT DISTINCT l.channel FROM alerts_attempt a JOIN alerts_letter l ON l.id = a.letter_id
WHERE l.channel <> 'mail' AND a.number >= %s AND a.ended_at IS NOT NULL AND a.accepted IS NOT DISTINCT FROM %s"""


@dataclass
class Doors:
    """The three servers by channel; with the mail server they say what was accepted (`ledger.Keeps`)."""

    mailbox: Mailbox
    servers: dict[str, Listener]

    @property
    def accepted(self) -> Counter[str]:
        """By Message-ID, how often each letter was taken: heard to its end, and not refused."""
        of_chat = dict(query("SELECT channel, message_id FROM alerts_letter WHERE channel = 'chat'"))
        known = {key.strip("<>").partition("@")[0]: key for (key,) in query("SELECT message_id FROM alerts_letter")}
        names = [name for channel in self.servers for name in self.names(channel)]
        return self.mailbox.accepted + Counter((known | of_chat)[name] for name in names)

    def names(self, channel: str) -> list[str]:
        """The letter that each message taken there is of, as the message says it; chat's says nothing."""
        server = self.servers[channel]
        if isinstance(server, PushService):
            return [json.loads(server.browsers[place].read(body))["id"] for place, _, body in server.taken]
        if channel == "webhook":
            return [fields["webhook-id"].removeprefix("msg_") for _, fields, _ in server.taken]
        return ["chat"] * len(server.taken)

    def all_answer(self, answer: int | str) -> None:
        for server in self.servers.values():
            server.always = answer


@pytest.fixture
def doors(environment: dict[str, str], mailbox: Mailbox, settings: Any) -> Iterator[Doors]:
    """One secretary has a device and a chat address beside the mail, and a program is told what is told in that cell."""
    settings.CHIBO_LOOPBACK_TARGETS, settings.CHIBO_CHAT_SERVICES = True, ["json"]
    settings.CHIBO_VAPID_PUBLIC_KEY = PAIR[vapid.PUBLIC]
    environment |= {
        "DJANGO_SETTINGS_MODULE": "tests.faults.reaching", "CHIBO_CHAT_SERVICES": "json", **PAIR,
        "CHIBO_FIELD_KEYS": settings.CHIBO_FIELD_KEYS, "CHIBO_DELIVERY_LEASE_SECONDS": "6",
    }  # fmt: skip
    push = PushService(PAIR[vapid.PUBLIC])
    servers = {"push": push, "webhook": Listener(), "chat": Listener()}
    with ExitStack() as open_ones:
        for server in servers.values():
            open_ones.enter_context(listening(server))
        reader, cell = User.objects.get(username="secretary1"), Unit.objects.get(name="Chi bộ 1")
        officer = User.objects.get(username="organisation_officer-87.107")
        add_device(reader.pk, push.browser())
        set_chat(reader.pk, f"json://127.0.0.1:{servers['chat'].port}/")
        base = Unit.objects.get(code="87.107")
        actor = Actor(Office.ORGANISATION_OFFICER, base.path, unit_id=base.pk, user_id=officer.pk, name="Cán bộ")
        register(actor, cell.pk, servers["webhook"].url)
        yield Doors(mailbox, servers)


def tried(doors: Doors, times: int, accepted: bool | None) -> bool:
    """Whether each way was tried so often, the last time with such an end."""
    return {channel for (channel,) in query(_TRIED, times, accepted)} == set(doors.servers)


def outcomes(*channels: str) -> list[str]:
    return [one for (one,) in query("SELECT outcome FROM alerts_letter WHERE channel = ANY (%s)", list(channels))]


def closed(drill: Drill, doors: Doors) -> Counter[str]:
    """The books after everything was delivered: how often each way's one letter was taken."""
    until(lambda: settled(LETTERS + len(doors.servers)), PATIENCE, "every letter has its outcome")
    drill.check(doors)
    return Counter({channel: len(doors.names(channel)) for channel in doors.servers})


@pytest.mark.drill(
    broken="The push service, a webhook's program and the chat service take a message and do not answer",
    expected="The mail goes out meanwhile; each such message is tried again and marked possibly twice",
)
def test_servers_beside_the_mail_that_hang(machine: Worker, doors: Doors, drill: Drill) -> None:
    doors.all_answer("hang")
    machine.start()
    until(lambda: tried(doors, 1, None), PATIENCE, "each way was met with silence")
    until(lambda: outcomes("mail") == ["sent"] * LETTERS, PATIENCE, "the mail goes out meanwhile")
    doors.all_answer(200)
    drill.mended()
    assert min(closed(drill, doors).values()) >= 2
    assert outcomes(*doors.servers) == ["possibly_twice"] * len(doors.servers)


@pytest.mark.drill(
    broken="The push service, a webhook's program and the chat service answer 5xx",
    expected="Each message waits and is taken once when they take it",
)
def test_servers_beside_the_mail_that_fail(machine: Worker, doors: Doors, drill: Drill) -> None:
    doors.all_answer(503)
    machine.start()
    until(lambda: tried(doors, 2, accepted=False), PATIENCE, "each way has failed twice")
    assert outcomes(*doors.servers) == ["held"] * len(doors.servers)
    doors.all_answer(200)
    drill.mended()
    assert closed(drill, doors) == Counter(dict.fromkeys(doors.servers, 1))
    assert outcomes(*doors.servers) == ["sent"] * len(doors.servers)


@pytest.mark.drill(
    broken="The push service, a webhook's program and the chat service drop the line once they have the message",
    expected="Each such message is tried again and marked possibly twice",
)
def test_servers_beside_the_mail_that_drop_the_line(machine: Worker, doors: Doors, drill: Drill) -> None:
    doors.all_answer("drop")
    machine.start()
    until(lambda: tried(doors, 1, None), PATIENCE, "each way has lost its line")
    doors.all_answer(200)
    drill.mended()
    assert min(closed(drill, doors).values()) >= 2
    assert outcomes(*doors.servers) == ["possibly_twice"] * len(doors.servers)


@pytest.mark.drill(
    broken="The worker is killed (-9) while the push service, a webhook's program or the chat service has a message and has"
    " not answered, until each of them was the one",
    expected="The next worker goes on; each of these messages is tried again and marked possibly twice",
)
def test_a_worker_killed_while_another_server_has_its_message(
    machine: Worker, doors: Doors, environment: dict[str, str], drill: Drill
) -> None:
    environment["DRILL_SECONDS"] = "30"
    doors.all_answer("hang")
    left = dict(doors.servers)
    while left:
        machine.start()
        until(lambda: any(one.taken for one in left.values()), PATIENCE, "a message reaches one of the servers")
        machine.kill()
        reached = [channel for channel, one in left.items() if one.taken]
        assert outcomes(*reached) == ["held"] * len(reached)
        for channel in reached:
            left.pop(channel).always = 200
    drill.mended()
    machine.start()
    assert closed(drill, doors) == Counter(dict.fromkeys(doors.servers, 2))
    assert outcomes(*doors.servers) == ["possibly_twice"] * len(doors.servers)
