"""Start-up checks: a catalogue that contradicts itself stops every command with the sentences that say why."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error

from workflows import catalogue


def catalogue_is_sound(**kwargs: Any) -> list[CheckMessage]:
    """One error for each thing that is wrong with the pages."""
    return [Error(sentence, id="chibo.E001") for sentence in catalogue.check()]
