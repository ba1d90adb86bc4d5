"""JSON as it may enter: what PostgreSQL cannot hold or nobody means is refused at the door, in one sentence."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

DEEPEST = 20
LARGEST = 2**63 - 1


class PlainJSONParser(JSONParser):
    """Strict JSON without NUL characters, broken surrogates, endless nesting or numbers of more than 64 bits."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        try:
            data = super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise ParseError(gettext("The JSON is nested too deeply.")) from None
        except ParseError:
            raise ParseError(gettext("The body is not JSON.")) from None
        if data is None:
            raise ParseError(gettext("The body is null; send a JSON object."))
        _check(data, 0)
        return data


def _check(value: Any, depth: int) -> None:
    if depth > DEEPEST:
        raise ParseError(gettext("The JSON is nested too deeply."))
    if isinstance(value, str) and not fit(value):
        raise ParseError(gettext("The JSON holds characters that cannot be stored (NUL, broken surrogates)."))
    if isinstance(value, int) and not -LARGEST <= value <= LARGEST:
        raise ParseError(gettext("The JSON holds a number that is too large."))
    if isinstance(value, dict):
        for key, item in value.items():
            _check(key, depth)
            _check(item, depth + 1)
    if isinstance(value, list):
        for item in value:
            _check(item, depth + 1)


def fit(text: str) -> bool:
    """Whether PostgreSQL can hold the text."""
    return "\x00" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)
