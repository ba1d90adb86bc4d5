"""TLS to webhooks and push services: a real server with its own authority, called by number and spoken to by name."""

from __future__ import annotations

import socket
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import enumerate as threads
from typing import Any

import certifi
import pytest
import urllib3
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from backend.alerts import hook_line, hooks, posting, push
from backend.alerts.models import Letter
from backend.alerts.transport import Reply
from backend.core import vapid
from tests.backend.alerts.listener import Listener, listening
from tests.backend.alerts.push_service import PushService

NAME = "hook.example.org"


@pytest.fixture(autouse=True)
def authority(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """An authority of this test's own; the name stands for this machine."""
    settings.CHIBO_LOOPBACK_TARGETS = True
    really = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, port, *rest, **named: really("127.0.0.1" if host == NAME else host, port, *rest, **named),
    )
    monkeypatch.setattr(hook_line, "TIMEOUT", urllib3.Timeout(connect=2, read=2))
    monkeypatch.setattr(certifi, "where", lambda: str(tmp_path / "ca.pem"))


def certificate(folder: Path, name: str) -> tuple[str, str]:
    """A certificate for the name, which is its own authority; gives the files of it and of its key."""
    key, who = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(tz=UTC)
    made = (
        x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1)).add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / f"{name}.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / f"{name}.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return str(folder / f"{name}.pem"), str(folder / f"{name}.key")


def post(ear: Listener) -> tuple[str, str]:
    reply = hooks.post(f"https://{NAME}:{ear.port}/told", b"{}", {"webhook-id": "msg_1"})
    return reply.verdict, reply.words


def test_the_certificate_is_that_of_the_name(tmp_path: Path) -> None:
    files = certificate(tmp_path, NAME)
    (tmp_path / "ca.pem").write_bytes(Path(files[0]).read_bytes())
    with listening(Listener(certificate=files)) as ear:
        assert post(ear) == ("accepted", f"{NAME}: 200 OK")
        ((place, fields, body),) = ear.heard
    assert (place, fields["host"], fields["webhook-id"], body) == ("/told", f"{NAME}:{ear.port}", "msg_1", b"{}")
    assert ear.names == [NAME]
    assert [one for one in threads() if "Timer" in one.name] == []


def test_a_certificate_of_another_name_is_not_spoken_to(tmp_path: Path) -> None:
    files = certificate(tmp_path, "other.example.org")
    (tmp_path / "ca.pem").write_bytes(Path(files[0]).read_bytes())
    with listening(Listener(certificate=files)) as ear:
        assert post(ear) == ("again", "SSLError")
        assert ear.heard == []


def test_an_authority_that_nobody_knows_is_not_believed(tmp_path: Path) -> None:
    files = certificate(tmp_path, NAME)
    Path(tmp_path / "ca.pem").write_bytes(Path(certificate(tmp_path, "stranger.example.org")[0]).read_bytes())
    with listening(Listener(certificate=files)) as ear:
        assert post(ear) == ("again", "SSLError")
        assert ear.heard == []


def test_a_push_service_is_spoken_to_by_its_name_and_told_who_sends(tmp_path: Path, settings: Any) -> None:
    pair = vapid.new_pair()
    settings.CHIBO_VAPID_PRIVATE_KEY = pair[vapid.PRIVATE]
    files = certificate(tmp_path, NAME)
    (tmp_path / "ca.pem").write_bytes(Path(files[0]).read_bytes())
    service = PushService(pair[vapid.PUBLIC], certificate=files)
    service.names_as = NAME
    with listening(service):
        device, letter = service.browser(), Letter(message_id="<one@example.org>", day=date(2027, 3, 10))
        sent = push.body(letter, {"overdue": 1}, device), push.headers(letter, device.endpoint)
        assert push.judged(posting.posted(device.endpoint, *sent)) == Reply("accepted", f"{NAME}: 201 Created")
    ((told, fields),) = service.told
    assert (told["id"], fields["host"]) == ("one", f"{NAME}:{service.port}")
