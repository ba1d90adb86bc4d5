"""JSON as it goes to the database and into the log. Days, moments and UUIDs are written as ISO text."""

from __future__ import annotations

from typing import Any

import orjson


def dumps(value: Any) -> str:
    """JSON for a parameter of a statement."""
    return orjson.dumps(value).decode()


def loads(text: str) -> Any:
    """JSON that the database gave as text. Raises ValueError for what is nested too deeply."""
    return orjson.loads(text)


def canonical(value: Any) -> bytes:
    """The one way a JSON value is written for hashing: sorted keys, no spaces, UTF-8 (docs/log.md).

    The same bytes as `json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)`, which is what
    stands in the documented format. Raises TypeError (orjson.JSONEncodeError) for what JSON cannot hold, a lone surrogate
    among them.
    """
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def fit(text: str) -> bool:
    """Whether PostgreSQL can hold the text."""
    return "\x00" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)
