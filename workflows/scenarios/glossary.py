"""The words of the form as a table, drawn from the schema: what may be written where, in both languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from workflows.scenarios.reader import resolved, schema
from workflows.scenarios.words import TABLES, said

_PARTS = ("given", "act", "by", "answers", "then")


def words_table() -> str:
    """Markdown: one table of keys for each part of a scenario, and one of the values that have labels."""
    lines = ["# Words of a scenario's form", "", "Drawn from `workflows/scenarios/schema.json`.", ""]
    lines += _table("scenario", schema())
    for name in _PARTS:
        lines += _table(name, schema()["$defs"][name])
    lines += ["## Values", "", "| value | English | tiếng Việt |", "|---|---|---|"]
    for name, table in TABLES.items():
        lines += [f"| `{key}` ({name}) | {said(label, 'en')} | {said(label, 'vi')} |" for key, label in table.items()]
    return "\n".join(lines) + "\n"


def _table(name: str, part: Mapping[str, Any]) -> list[str]:
    rows = [f"| `{path}` | {vi} | {about} |" for path, vi, about in _keys(part, "")]
    return [f"## {name}", "", "| key | từ | what it says |", "|---|---|---|", *rows, ""]


def _keys(part: Mapping[str, Any], above: str) -> Iterator[tuple[str, str, str]]:
    """(path, Vietnamese word, description) of every key below; parts that are told by themselves are not entered."""
    for key, one in part.get("properties", {}).items():
        whole, path = resolved(one), f"{above}{key}"
        yield path, whole.get("vi", ""), _about(whole)
        if one.get("$ref", "").rpartition("/")[2] not in _PARTS:
            yield from _below(whole, path)
    if "properties" not in part:
        yield from _below(part, above.removesuffix(" · "))


def _below(part: Mapping[str, Any], path: str) -> Iterator[tuple[str, str, str]]:
    items, rest = part.get("items"), part.get("additionalProperties")
    for inner in (items, rest):
        if isinstance(inner, Mapping) and inner.get("$ref", "").rpartition("/")[2] not in _PARTS:
            yield from _keys(resolved(inner), f"{path} · " if path else "")
    if "properties" in part and "en" not in part["properties"]:
        yield from _keys(part, f"{path} · ")


def _about(part: Mapping[str, Any]) -> str:
    said_ = [part.get("description", "")]
    said_ += [f"e.g. `{' · '.join(map(str, part['examples']))}`"] if "examples" in part and not said_[0] else []
    said_ += [f"one of the values of *{part['words']}*"] if "words" in part else []
    return "; ".join(filter(None, said_))
