"""The fact that comes out of an election: who was elected with how many votes. Who voted for whom is never kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext_noop

from workflows.facts import Fact, FactError
from workflows.plain import whole_number
from workflows.voting import MAX_COUNT

MOST_WINNERS = 50
_TOTALS = ("issued", "collected", "valid")
_LARGEST_ID = 2**63 - 1


@dataclass(frozen=True)
class Winner:
    """Somebody who was elected, by the member's id, and the votes for that person."""

    member: int
    votes: int


@dataclass(frozen=True)
class ElectionValue:
    """Totals of one ballot of an election, and its winners."""

    issued: int
    collected: int
    valid: int
    winners: tuple[Winner, ...]


@dataclass(frozen=True)
class Election(Fact):
    """One ballot of an election, `most` winners at most; a secretary and a deputy are elected on ballots of their own."""

    most: int = MOST_WINNERS
    kind: ClassVar[str] = "election"

    def parse(self, raw: Any) -> ElectionValue:
        if isinstance(raw, ElectionValue):
            return raw
        if not isinstance(raw, Mapping) or set(raw) != {*_TOTALS, "winners"} or not isinstance(raw["winners"], list):
            raise self._unread()
        issued, collected, valid = (_within(raw[name], 0, MAX_COUNT) for name in _TOTALS)
        winners = tuple(self._winner(one) for one in raw["winners"])
        if issued is None or collected is None or valid is None:
            raise self._unread()
        if not 0 < len(winners) <= self.most or len({one.member for one in winners}) < len(winners):
            raise self._unread()
        return ElectionValue(issued, collected, valid, winners)

    def _winner(self, raw: Any) -> Winner:
        named = raw if isinstance(raw, Mapping) and set(raw) == {"member", "votes"} else {}
        member, votes = _within(named.get("member"), 1, _LARGEST_ID), _within(named.get("votes"), 0, MAX_COUNT)
        if member is None or votes is None:
            raise self._unread()
        return Winner(member, votes)

    def _unread(self) -> FactError:
        message = gettext_noop(
            "An election gives its totals as whole numbers and, once each, its winners (at most %(most)s) with their votes."
        )
        return self.error("bad_election", message, most=self.most)

    def dump(self, value: ElectionValue | None) -> dict[str, Any] | None:
        return {**asdict(value), "winners": [asdict(one) for one in value.winners]} if value else None

    def schema(self) -> dict[str, Any]:
        count = {"type": "integer", "minimum": 0, "maximum": MAX_COUNT}
        member = {"type": "integer", "minimum": 1, "maximum": _LARGEST_ID}
        winner = _object({"member": member, "votes": count})
        winners = {"type": "array", "items": winner, "minItems": 1, "maxItems": self.most}
        return _object({**dict.fromkeys(_TOTALS, count), "winners": winners})


def _within(raw: Any, low: int, high: int) -> int | None:
    value = whole_number(raw)
    return value if value is not None and low <= value <= high else None


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
