"""Facts a step asks for, declared once: forms, API, schema and log entries are derived from them.

`parse` takes what came in as JSON and gives a typed value or raises FactError; `dump` gives JSON back. In the log a
value is parted: `sealed` stands in the line for good, `detail` behind the line's commitment, where it can be erased.
Dates, totals, codes and ids are sealed; words that people write, and what a list says of each person, are detail.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from django.utils.translation import gettext_noop

from workflows.answers import Phrase, Refusal
from workflows.fact_base import Fact, FactError, Label
from workflows.papers import BY_HAND
from workflows.plain import is_plain, whole_number

__all__ = [
    "FAR_FUTURE", "FAR_PAST", "Choice", "Day", "Fact", "FactError", "Flag", "Label", "MemberRef", "Number", "Paper",
    "PaperValue", "Text", "day_in",
]  # fmt: skip
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)  # `fromisoformat` alone reads 20261120 and 2026-W47-1 as well
FAR_PAST, FAR_FUTURE = date(1900, 1, 1), date(2199, 12, 31)


def day_in(facts: Mapping[str, Any], name: str) -> date | None:
    """A day among facts kept as JSON (of a paper: its date); None where it was never given."""
    value = facts.get(name)
    if isinstance(value, Mapping):
        value = value.get("date")
    return date.fromisoformat(value) if value else None


@dataclass(frozen=True)
class Day(Fact):
    """A day. `ahead` allows one still to come (an end date); `as_asked` is the case's fact with whose day a form begins."""

    ahead: bool = False
    as_asked: str = field(default="", kw_only=True)
    kind: ClassVar[str] = "day"

    def parse(self, raw: Any) -> date:
        try:
            value = raw if isinstance(raw, date) else date.fromisoformat(raw if _DAY.fullmatch(str(raw)) else "")
        except (TypeError, ValueError):
            raise self.error("bad_day", gettext_noop("Write the day as YYYY-MM-DD.")) from None
        if not FAR_PAST <= value <= FAR_FUTURE:
            raise self.error("bad_day", gettext_noop("This day is outside any calendar we keep."))
        return value

    def dump(self, value: date | None) -> str | None:
        return value.isoformat() if value else None

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date"}


@dataclass(frozen=True)
class Text(Fact):
    """Words that people write: nothing of them is sealed."""

    max_length: int = 2000
    lines: bool = True
    """Whether it may have several lines."""
    kind: ClassVar[str] = "text"

    def read(self, raw: Any) -> Any:
        """Blanks alone are nothing."""
        return super().read(raw.strip() if isinstance(raw, str) else raw)

    def parse(self, raw: Any) -> str:
        value = str(raw).strip()
        if not isinstance(raw, str) or len(value) > self.max_length or not is_plain(value, lines=self.lines):
            message = gettext_noop("Write at most %(limit)s characters of plain text.")
            raise self.error("bad_text", message, limit=self.max_length)
        return value

    def sealed(self, value: str | None) -> None:
        return None

    def detail(self, value: str | None) -> str | None:
        return value

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": self.max_length}


@dataclass(frozen=True)
class Choice(Fact):
    """One of some codes; `health`: it tells of somebody's health."""

    choices: tuple[tuple[str, Label], ...] = ()
    health: bool = False
    kind: ClassVar[str] = "choice"

    def sealed(self, value: str | None) -> str | None:
        return None if self.health else super().sealed(value)

    def parse(self, raw: Any) -> str:
        if raw not in [key for key, _ in self.choices]:
            one = gettext_noop("“%(value)s” (%(label)s)")
            offered = tuple(Phrase(one, {"value": key, "label": label}) for key, label in self.choices)
            raise self.error("bad_choice", gettext_noop("Choose one of: %(offered)s."), offered=offered)
        return str(raw)

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": [key for key, _ in self.choices]}


@dataclass(frozen=True)
class Flag(Fact):
    kind: ClassVar[str] = "flag"

    def parse(self, raw: Any) -> bool:
        if not isinstance(raw, bool):
            raise self.error("bad_flag", gettext_noop("Say true or false."))
        return raw

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


@dataclass(frozen=True)
class Number(Fact):
    minimum: int = 0
    maximum: int = 100_000
    kind: ClassVar[str] = "number"

    def parse(self, raw: Any) -> int:
        value = whole_number(raw)
        if value is None or not self.minimum <= value <= self.maximum:
            message = gettext_noop("Give a whole number from %(low)s to %(high)s.")
            raise self.error("bad_number", message, low=self.minimum, high=self.maximum)
        return value

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.minimum, "maximum": self.maximum}


@dataclass(frozen=True)
class MemberRef(Fact):
    """One or more members, by id (a tuple is a value read before). The situation resolves them in the actor's scope.

    Ids are sealed: they are pseudonyms, and point to nobody once the member's own row was erased (docs/log.md).
    """

    many: bool = False
    among: tuple[str, ...] = ()  # standings of those who can be named, as a guard has it; none: of anybody
    kind: ClassVar[str] = "member"

    def parse(self, raw: Any) -> tuple[int, ...]:
        ids = list(raw) if isinstance(raw, tuple) or (self.many and isinstance(raw, list)) else [raw]
        numbers = [whole_number(item) for item in ids]
        if not 0 < len(numbers) <= (50 if self.many else 1) or any(n is None or not 0 < n < 2**63 for n in numbers):
            raise self.error("bad_member", gettext_noop("Name members by their id."))
        return tuple(dict.fromkeys(n for n in numbers if n is not None))

    def dump(self, value: tuple[int, ...] | None) -> list[int] | int | None:
        if value is None:
            return None
        return list(value) if self.many else value[0]

    def schema(self) -> dict[str, Any]:
        one = {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}
        return {"type": "array", "items": one, "minItems": 1, "maxItems": 50} if self.many else one


@dataclass(frozen=True)
class PaperValue:
    """A document: its kind (code), number, issuer and date (numbers repeat, so all four belong together).

    No scan is stored: `kept_at` says where the paper lies, if anybody wrote it down.
    """

    kind: str
    number: str
    issuer: str
    date: date
    kept_at: str = ""


_WHOLE = gettext_noop("A paper has a number, an issuer and a date.")


@dataclass(frozen=True)
class Paper(Fact):
    """A document that proves the step; `paper` is its kind, the key that outlives renumbered forms."""

    paper: str = ""
    kind: ClassVar[str] = "paper"

    def parse(self, raw: Any) -> PaperValue:
        if isinstance(raw, PaperValue):
            return raw
        own = self.paper or self.name
        if not isinstance(raw, Mapping) or raw.get("kind", own) != own:
            message = gettext_noop("A paper of one's own hand has a date.") if self.by_hand else _WHOLE
            raise self.error("bad_paper", message)
        values: dict[str, Any] = {}
        faults: list[Refusal] = []
        if others := tuple(sorted(str(name)[:60] for name in set(raw) - {"kind", *self._parts()})):
            message = gettext_noop("A paper has a number, an issuer and a date; it has no “%(others)s”.")
            faults += self.error("bad_paper", message, others=others).refusals
        for name, part in self._parts().items():
            try:
                values[name] = part.read(raw.get(name)) or ""
            except FactError as error:
                faults += error.refusals
        if faults:
            raise FactError(*faults)
        return PaperValue(own, **values)

    @property
    def by_hand(self) -> bool:
        """Whether a person writes it for oneself: number and issuer may be left out."""
        return (self.paper or self.name) in BY_HAND

    def _parts(self) -> dict[str, Fact]:
        return {
            "number": Text(f"{self.name}.number", self.label, required=not self.by_hand, max_length=60, lines=False),
            "issuer": Text(f"{self.name}.issuer", self.label, required=not self.by_hand, max_length=200, lines=False),
            "date": Day(f"{self.name}.date", self.label),
            "kept_at": Text(f"{self.name}.kept_at", self.label, required=False, max_length=200, lines=False),
        }

    def dump(self, value: PaperValue | None) -> dict[str, str] | None:
        return {**(self.sealed(value) or {}), **(self.detail(value) or {})} or None

    def sealed(self, value: PaperValue | None) -> dict[str, str] | None:
        """Kind and date; number, issuer and where it is kept are written by hand."""
        return {"kind": value.kind, "date": value.date.isoformat()} if value else None

    def detail(self, value: PaperValue | None) -> dict[str, str] | None:
        if value is None:
            return None
        said = {"number": value.number, "issuer": value.issuer, "kept_at": value.kept_at}
        return {name: words for name, words in said.items() if words}

    def schema(self) -> dict[str, Any]:
        text = {"type": "string", "minLength": 1}
        properties: dict[str, Any] = {"number": text | {"maxLength": 60}, "issuer": text | {"maxLength": 200}}
        properties["date"] = Day("date", "").schema()
        needed = ["date"] if self.by_hand else list(properties)
        properties["kept_at"] = {"type": "string", "maxLength": 200}
        return {"type": "object", "properties": properties, "required": needed, "additionalProperties": False}
