"""What `replay` says, in English, so that its words can be compared."""

from __future__ import annotations

from django.utils.translation import override

from backend.cases.replay import replay


def replayed() -> list[str]:
    with override("en"):
        return list(replay())
