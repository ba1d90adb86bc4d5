"""What Chibo calls for somebody is public, over TLS, and the very address that was judged."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from backend.contacts.targets import Unreachable, resolved


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """Names, and addresses as they are, resolved without any server."""
    known: dict[str, list[str]] = {}
    really = socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *rest: Any, **named: Any) -> list[Any]:
        if str(host).endswith("example.org") and host not in known:
            raise socket.gaierror(-2, "Name or service not known")
        if host not in known:
            return really(host, port, *rest, **named)
        return [(0, 0, 0, "", (one, port)) for one in known[host]]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return known


def refused(url: str) -> tuple[str, bool]:
    with pytest.raises(Unreachable) as error:
        resolved(url)
    return error.value.answer.code, error.value.for_good


def test_a_public_address_is_called_by_number_and_spoken_to_by_name(names: dict[str, list[str]]) -> None:
    names["example.org"] = ["93.184.216.34"]
    target = resolved("https://example.org:8443/told?by=chibo")
    assert (target.secure, target.address, target.port) == (True, "93.184.216.34", 8443)
    assert (target.host, target.netloc, target.place) == ("example.org", "example.org:8443", "/told?by=chibo")
    assert resolved("https://example.org").place == "/"
    names["six.example.org"] = ["2606:2800:220:1:248:1893:25c8:1946"]
    assert resolved("https://six.example.org/").port == 443


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "10.0.0.5", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:10.0.0.5",
        "::ffff:127.0.0.1", "64:ff9b::a00:5", "2002:a00:5::1", "2001:db8::1", "fe80::1%eth0",
    ],
)  # fmt: skip
def test_what_is_not_public_is_not_called(names: dict[str, list[str]], address: str) -> None:
    names["inside.example.org"] = [address]
    assert refused("https://inside.example.org/") == ("target.not_public", True)


def test_one_private_address_among_public_ones_is_enough(names: dict[str, list[str]]) -> None:
    names["both.example.org"] = ["93.184.216.34", "10.0.0.5"]
    assert refused("https://both.example.org/") == ("target.not_public", True)


@pytest.mark.parametrize("url", ["https://127.0.0.1/", "https://[::1]/", "https://10.0.0.5:8443/"])
def test_a_number_is_judged_like_a_name(names: dict[str, list[str]], url: str) -> None:
    assert refused(url)[0] == "target.not_public"


@pytest.mark.parametrize(
    "url",
    [
        "", "example.org", "ftp://example.org/", "https://", "https:///x", "https://a:b@example.org/",
        "https://example.org/#x", "https://example.org/ x", "https://example.org\\x", "https://example.org:99999/",
        "https://[::1/", "https://ví-dụ.vn/", "https://example.org/\r\nHost: x", "https://example.org/" + "x" * 1000,
        "file:///etc/passwd", "gopher://example.org/",
    ],
)  # fmt: skip
def test_what_is_no_address_is_said_so(names: dict[str, list[str]], url: str) -> None:
    names["example.org"] = ["93.184.216.34"]
    assert refused(url) == ("target.no_url", True)


def test_without_tls_nothing_is_called(names: dict[str, list[str]]) -> None:
    names["example.org"] = ["93.184.216.34"]
    assert refused("http://example.org/") == ("target.not_secure", True)


def test_a_name_that_nobody_knows_may_be_known_later(names: dict[str, list[str]]) -> None:
    assert refused("https://new.example.org/") == ("target.unknown_name", False)


def test_tests_may_call_this_machine_alone(names: dict[str, list[str]], settings: Any) -> None:
    settings.CHIBO_LOOPBACK_TARGETS = True
    assert resolved("http://127.0.0.1:8000/").secure is False
    names["example.org"] = ["93.184.216.34"]
    assert refused("http://example.org/") == ("target.not_secure", True)
    names["inside.example.org"] = ["10.0.0.5"]
    assert refused("https://inside.example.org/") == ("target.not_public", True)
