"""What a command line holds before any command reads it."""

from __future__ import annotations

import os
from collections.abc import Sequence

from backend.config.errors import ConfigurationError


def must_be_text(words: Sequence[str]) -> None:
    """Python keeps bytes that are no UTF-8 as halves of signs, which no command can store, seal or print.

    Raises ConfigurationError.
    """
    for word in words:
        try:
            word.encode()
        except UnicodeEncodeError:
            shown = os.fsencode(word).decode(errors="backslashreplace")
            raise ConfigurationError(
                "“%(word)s” is no text in UTF-8: set the terminal to UTF-8 and write it again.", word=shown
            ) from None
