"""What a page is to say next, kept by the browser (what is too long, with the session) until one is shown."""

from __future__ import annotations

from typing import Any

from django.contrib.messages.storage.base import Message
from django.contrib.messages.storage.fallback import FallbackStorage


class ToldOnce(FallbackStorage):
    """A sentence that waits to be shown is not added again: a form whose first answer was lost is sent once more by itself, and
    is answered as it was then."""

    def add(self, level: int, message: Any, extra_tags: str | None = "") -> None:
        said = Message(int(level), str(message), extra_tags or "")
        if said not in (*self._loaded_messages, *self._queued_messages):  # type: ignore[attr-defined]
            super().add(level, message, extra_tags)
