"""JSON as it may enter: what PostgreSQL cannot hold or nobody means is refused at the door, in one sentence."""

from __future__ import annotations

import codecs
from typing import Any

from django.conf import settings
from django.utils.translation import gettext
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser
from rest_framework.utils import json

from backend.core.encoding import fit

DEEPEST = 20
LARGEST = 2**63 - 1


class PlainJSONParser(JSONParser):
    """Strict JSON without NUL characters, broken surrogates, names said twice, endless nesting or numbers of more than 64
    bits."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        encoding = (parser_context or {}).get("encoding", settings.DEFAULT_CHARSET)
        try:
            text = codecs.getreader(encoding)(stream).read()
            data = json.loads(text, parse_constant=json.strict_constant, object_pairs_hook=_said_once)
        except RecursionError:
            raise ParseError(gettext("The JSON is nested too deeply.")) from None
        except ValueError:
            raise ParseError(gettext("The body is not JSON.")) from None
        if data is None:
            raise ParseError(gettext("The body is null; send a JSON object."))
        _check(data, 0)
        return data


def _said_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of two values under one name nobody can tell which was meant."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ParseError(gettext("The JSON says “%(name)s” twice in one object.") % {"name": name})
        found[name] = value
    return found


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
