"""Tries to sign in: counted together by all processes, by the address that can be believed, and not lost with Redis."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from time import monotonic
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.cache import caches
from structlog.testing import capture_logs

from backend.accounts.attempts import SECONDS, TRIES, client_address, count_try

CHILD = """
import django; django.setup()
from backend.accounts.attempts import count_try
print([count_try("192.0.2.1", {name!r}) for _ in range(6)])
"""


@pytest.fixture
def name() -> str:
    return f"somebody-{uuid4()}"


@pytest.fixture
def no_redis(settings: Any) -> Iterator[None]:
    """The cache points to a port at which nobody listens."""
    there = settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = settings.CACHES | {"default": there}
    caches["process"].clear()
    yield
    caches["process"].clear()


def tries(name: str, count: int, address: str = "192.0.2.1") -> list[bool]:
    return [count_try(address, name) == 0 for _ in range(count)]


def test_ten_tries_and_then_a_wait_for_this_name_from_this_address(name: str) -> None:
    assert tries(name, TRIES + 2) == [True] * TRIES + [False] * 2
    assert 0 < count_try("192.0.2.1", name.upper()) <= SECONDS
    assert tries(name, 1, "192.0.2.2") == [True]
    assert tries(f"{name}-too", 1) == [True]


def test_processes_count_together(name: str) -> None:
    child = [sys.executable, "-c", CHILD.format(name=name)]
    said = subprocess.run(child, capture_output=True, text=True, check=True, cwd=settings.BASE_DIR)
    assert said.stdout.strip() == str([0] * 6)
    assert tries(name, 5) == [True] * 4 + [False]


def test_without_redis_the_process_counts_and_says_so(no_redis: None, name: str) -> None:
    began = monotonic()
    with capture_logs() as logs:
        assert tries(name, TRIES + 1) == [True] * TRIES + [False]
    assert {one["event"] for one in logs} == {"sign_in_counted_here_only"}
    assert monotonic() - began < 5


@pytest.mark.parametrize(
    ("trusted", "told", "address"),
    [
        (0, "", "192.0.2.9"),
        (0, "203.0.113.7", "192.0.2.9"),
        (1, "", "192.0.2.9"),
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        (2, "198.51.100.1, 203.0.113.7, 10.0.0.1", "203.0.113.7"),
        (2, "203.0.113.7", "192.0.2.9"),
    ],
)
def test_only_trusted_proxies_are_believed(settings: Any, trusted: int, told: str, address: str) -> None:
    settings.CHIBO_TRUSTED_PROXIES = trusted
    assert client_address({"REMOTE_ADDR": "192.0.2.9", "HTTP_X_FORWARDED_FOR": told}) == address
