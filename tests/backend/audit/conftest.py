"""What is said of the log is compared in English here; in Vietnamese by tests/backend/core/test_commands.py."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils.translation import override


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with override("en"):
        yield
