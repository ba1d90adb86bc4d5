"""From a file to scenarios in English keys, each block knowing its lines; everything that is wrong is told at once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from unicodedata import normalize

import yaml
from django.utils.translation import gettext_noop
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from workflows.answers import Phrase
from workflows.scenarios import words
from workflows.scenarios.days import CALENDAR, as_iso
from workflows.scenarios.faults import BadScenario, Fault, unknown

SCHEMA = Path(__file__).with_name("schema.json")
_WANTED = {
    "object": gettext_noop("keys with values"), "array": gettext_noop("a list"), "string": gettext_noop("text"),
    "integer": gettext_noop("a whole number"), "boolean": gettext_noop("true or false"), "null": gettext_noop("nothing"),
}  # fmt: skip
NO_YAML = gettext_noop("This cannot be read as YAML: %(problem)s.")
NO_FILE = gettext_noop("The file cannot be read.")
NO_SCENARIO = gettext_noop("There is no scenario here.")
TWICE = gettext_noop("“%(key)s” stands here twice.")
MISSING = gettext_noop("“%(key)s” is missing here.")
OTHER = gettext_noop("“%(written)s” cannot stand here; write %(wanted)s.")
LIKE = gettext_noop("“%(written)s” cannot stand here; write it like %(example)s.")
NO_DAY = gettext_noop("“%(written)s” is no day of the calendar.")
ROUND = gettext_noop("What begins here contains itself (an alias inside its own anchor).")
EMPTY = gettext_noop("Something must be written here.")


class Block(dict[str, Any]):
    """A mapping of a file; `lines` says where each key stands, `line` where the block begins."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}

    def put(self, key: str, value: Any, line: int) -> None:
        self[key], self.lines[key] = value, line

    def at(self, key: str) -> int:
        """The line of a key; of the block where the key is left out."""
        return self.lines.get(key, self.line)


class Items(list[Any]):
    """A list of a file, with the line of each item."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: list[int] = []


@dataclass(frozen=True)
class Scenario:
    """One scenario: the file's content in English keys."""

    path: Path
    content: Block
    vietnamese: bool

    @property
    def key(self) -> str:
        return str(self.content["scenario"])


def parse(path: Path) -> tuple[list[Scenario], list[Fault]]:
    """The scenarios of a file (documents divided by `---`) that have the form, not yet understood; and the others' faults.

    Raises BadScenario for what is no YAML at all.
    """
    try:
        documents = list(yaml.compose_all(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader))
    except (OSError, UnicodeDecodeError):
        raise BadScenario([Fault(0, NO_FILE)]) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = {"problem": getattr(error, "problem", None) or str(error)}
        raise BadScenario([Fault(mark.line + 1 if mark else 0, NO_YAML, problem)]) from None
    if not documents:
        raise BadScenario([Fault(1, NO_SCENARIO)])
    scenarios, faults = list[Scenario](), list[Fault]()
    for document in documents:
        try:
            scenarios.append(_scenario(path, document))
        except BadScenario as bad:
            faults += bad.faults
    return scenarios, faults


def _scenario(path: Path, document: yaml.Node) -> Scenario:
    faults: list[Fault] = []
    plain = _plain(document, faults)
    vietnamese = isinstance(plain, Block) and any(words.plain(key) in ("kịch bản", "khi", "thì") for key in plain)
    content = _english(plain, schema(), faults, vietnamese=vietnamese)
    found = sorted(_validator().iter_errors(content), key=lambda error: [str(one) for one in error.absolute_path])
    faults += [fault for error in found for fault in _told(error, content, vietnamese=vietnamese)]
    if faults:
        raise BadScenario(sorted(faults, key=lambda fault: fault.line))
    return Scenario(path, content, vietnamese)


@cache
def schema() -> dict[str, Any]:
    """The form, as the shipped JSON schema has it."""
    return dict(json.loads(SCHEMA.read_text(encoding="utf-8")))


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(schema(), format_checker=CALENDAR)


def resolved(part: Mapping[str, Any]) -> dict[str, Any]:
    """A part of the schema with what it refers to."""
    name = part.get("$ref", "").rpartition("/")[2]
    return {**schema()["$defs"][name], **part} if name else dict(part)


def _plain(node: yaml.Node, faults: list[Fault], around: tuple[yaml.Node, ...] = ()) -> Any:
    """Blocks, lists and values; keys stay as they are written (YAML would take `on`, `yes` and `no` for true and false).

    `around` are the nodes in which this one stands.
    """
    line = node.start_mark.line + 1
    if any(node is one for one in around):
        faults.append(Fault(line, ROUND))
        return None
    around = (*around, node)
    if isinstance(node, yaml.MappingNode):
        block = Block(line)
        for key, value in node.value:
            name, place = normalize("NFC", str(key.value)), key.start_mark.line + 1
            if name in block:
                faults.append(Fault(place, TWICE, {"key": name}))
            block.put(name, _plain(value, faults, around), place)
        return block
    if isinstance(node, yaml.SequenceNode):
        items = Items(line)
        for one in node.value:
            items.append(_plain(one, faults, around))
            items.lines.append(one.start_mark.line + 1)
        return items
    return _value(node.tag.rpartition(":")[2], normalize("NFC", str(node.value)))


def _value(kind: str, text: str) -> Any:
    """A value; days may be written as people here do."""
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() in ("true", "yes", "on")
    if kind == "int" and text.lstrip("-").isdecimal():
        return int(text)
    return as_iso(text)


def _english(value: Any, part: Mapping[str, Any], faults: list[Fault], *, vietnamese: bool) -> Any:
    """The same with the keys of the schema for the Vietnamese ones, and keys for labels."""
    part = resolved(part)
    if isinstance(value, Block):
        own = part.get("properties", {})
        named = {words.plain(one["vi"]): key for key, one in own.items() if "vi" in one}
        block = Block(value.line)
        for written, one in value.items():
            key = named.get(words.plain(written), written)
            rest = part.get("additionalProperties")
            below = own.get(key) or (rest if isinstance(rest, Mapping) else {})
            block.put(key, _english(one, below, faults, vietnamese=vietnamese), value.lines[written])
            block[key] = _meant(block[key], below, block.lines[key], faults, vietnamese=vietnamese)
        return block
    if isinstance(value, Items):
        items, below = Items(value.line), part.get("items", {})
        items.lines = value.lines
        for one, line in zip(value, value.lines, strict=True):
            item = _english(one, below, faults, vietnamese=vietnamese)
            items.append(_meant(item, below, line, faults, vietnamese=vietnamese))
        return items
    return value


def _meant(value: Any, part: Mapping[str, Any], line: int, faults: list[Fault], *, vietnamese: bool) -> Any:
    """The key that a label means, where the schema names a table of such words; a fault says what could be written."""
    table = resolved(part).get("words")
    if table is None or not isinstance(value, str):
        return value
    choices = words.TABLES[table]
    meant = words.find(choices, value)
    if meant is None:
        faults.append(unknown(line, value, words.known(choices, vietnamese=vietnamese)))
    return value if meant is None else meant


def _told(error: ValidationError, content: Any, *, vietnamese: bool) -> Iterator[Fault]:
    """A fault of the schema in words: where, and what to write."""
    line, part = _line(content, list(error.absolute_path)), error.schema
    if error.validator == "additionalProperties":
        own = {(one.get("vi", key) if vietnamese else key): key for key, one in part.get("properties", {}).items()}
        for key in [key for key in error.instance if key not in own.values()]:
            yield unknown(error.instance.at(key), key, own)
    elif error.validator == "required":
        own = part.get("properties", {})
        for key in [key for key in part["required"] if key not in error.instance]:
            if f"'{key}'" in error.message:
                yield Fault(line, MISSING, {"key": own[key].get("vi", key) if vietnamese else key})
    elif error.validator in ("type", "enum"):
        kinds = part.get("enum") or part["type"]
        wanted = [kinds] if isinstance(kinds, str) else kinds
        yield Fault(line, OTHER, {"written": error.instance, "wanted": _either(part, wanted)})
    elif error.validator == "format":
        yield Fault(line, NO_DAY, {"written": error.instance})
    elif error.validator == "pattern":
        example = " / ".join(map(str, part.get("examples", [part["pattern"]])))
        yield Fault(line, LIKE, {"written": error.instance, "example": example})
    else:
        yield Fault(line, EMPTY if error.validator in ("minItems", "minProperties", "minLength") else error.message)


def _either(part: Mapping[str, Any], wanted: list[str]) -> Any:
    example = part.get("examples")
    if example:
        return " / ".join(map(str, example))
    said = [Phrase(_WANTED[one]) if one in _WANTED else one for one in wanted]
    return tuple(said)


def _line(content: Any, path: list[str | int]) -> int:
    """The line of a place: of its key or item."""
    line, here = getattr(content, "line", 1), content
    for part in path:
        if isinstance(here, Block):
            line = here.at(str(part))
        elif isinstance(here, Items) and isinstance(part, int):
            line = here.lines[part]
        here = here[part]
    return line
