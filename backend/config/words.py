"""What is said before Django is there to translate: by the same catalogue, in the language of CHIBO_LANGUAGE."""

from __future__ import annotations

from functools import cache
from gettext import NullTranslations, translation

from backend.config import env
from backend.config.errors import ConfigurationError


def gettext(message: str) -> str:
    """The sentence for an English msgid; as it is where the catalogue was not compiled yet (`make setup`)."""
    try:
        language = env.language()
    except ConfigurationError:  # it is being told right now
        language = env.LANGUAGES[0]
    return _catalogue(language).gettext(message)


def said(error: ConfigurationError) -> str:
    """The sentence of an error."""
    return gettext(error.message) % error.params


@cache
def _catalogue(language: env.Language) -> NullTranslations:
    return translation("django", env.BASE_DIR / "locale", [language], fallback=True)
