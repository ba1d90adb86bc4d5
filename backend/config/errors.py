"""The error of a setting that cannot work; here, and not in env.py, so that the embedded servers can raise it too."""

from __future__ import annotations

from typing import Any


class ConfigurationError(Exception):
    """A setting that cannot work: one sentence that says what to change, an English msgid with `%(name)s` parameters.

    `config.words.said` says it in the language of the installation.
    """

    def __init__(self, message: str, **params: Any) -> None:
        self.message, self.params = message, params
        super().__init__(message % params)
