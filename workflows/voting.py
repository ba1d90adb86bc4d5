"""The two facts that come out of a meeting: a ballot (totals only) and a roll call."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from workflows.answers import Phrase
from workflows.facts import Choice, Fact, Number
from workflows.plain import whole_number

MAX_COUNT = 100_000
_ID = re.compile(r"[1-9][0-9]{0,17}")


@dataclass(frozen=True)
class BallotValue:
    """Totals of one vote at one meeting; who voted how is never kept. `meeting` is the id of the meeting's case."""

    meeting: int
    issued: int
    collected: int
    valid: int
    yes: int
    no: int


@dataclass(frozen=True)
class Ballot(Fact):
    """A vote. Its denominator is computed from the roll of the meeting's day; `rule` names the threshold in the law."""

    rule: str = ""
    kind: ClassVar[str] = "ballot"

    def parse(self, raw: Any) -> BallotValue:
        if isinstance(raw, BallotValue):
            return raw
        names = list(BallotValue.__dataclass_fields__)
        numbers = {name: whole_number(raw.get(name)) for name in names} if isinstance(raw, Mapping) else {}
        limit = {name: 2**63 - 1 if name == "meeting" else MAX_COUNT for name in names}
        if (
            len(numbers) < len(names)
            or set(raw) - set(names)
            or any(value is None or not 0 <= value <= limit[name] for name, value in numbers.items())
        ):
            message = gettext_noop("A ballot names its meeting and gives its totals as whole numbers.")
            raise self.error("bad_ballot", message)
        return BallotValue(**{name: value for name, value in numbers.items() if value is not None})

    def dump(self, value: BallotValue | None) -> dict[str, int] | None:
        return asdict(value) if value else None

    def schema(self) -> dict[str, Any]:
        count = {"type": "integer", "minimum": 0, "maximum": MAX_COUNT}
        properties: dict[str, Any] = dict.fromkeys(BallotValue.__dataclass_fields__, count)
        properties["meeting"] = {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}
        return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


class Presence(TextChoices):
    """What the roll call of a meeting says of one member."""

    PRESENT = "present", _("Present")
    EXCUSED = "excused", _("Excused, with a reason")
    UNEXCUSED = "unexcused", _("Absent without a reason")
    AWAY = "away", _("Working far away")
    EXEMPT = "exempt", _("Exempt")
    SUSPENDED = "suspended", _("Suspended")


@dataclass(frozen=True)
class RollCall(Fact):
    """Who was at the meeting: member id -> presence."""

    kind: ClassVar[str] = "roll_call"

    def parse(self, raw: Any) -> dict[int, str]:
        if not isinstance(raw, Mapping) or not raw or len(raw) > 5000:
            raise self.error("bad_roll_call", gettext_noop("A roll call gives one word for each member's id."))
        roll: dict[int, str] = {}
        for key, word in raw.items():
            written = isinstance(key, str) and _ID.fullmatch(key)  # one way only, so that nobody can be named twice
            if not written and whole_number(key) is None:
                raise self.error("bad_roll_call", gettext_noop("A roll call gives one word for each member's id."))
            if word not in Presence.values:
                known = tuple(
                    Phrase("%(label)s (%(word)s)", {"label": one.label, "word": one.value}) for one in Presence
                )
                raise self.error("bad_presence", gettext_noop("Presence is one of: %(words)s."), words=known)
            roll[int(key)] = str(word)
        return roll

    def dump(self, value: dict[int, str] | None) -> dict[str, str] | None:
        return {str(key): word for key, word in sorted(value.items())} if value else None

    def sealed(self, value: dict[int, str] | None) -> dict[str, int] | None:
        """Totals by presence; who was there and who was not is detail."""
        return dict(Counter(value.values())) if value else None

    def detail(self, value: dict[int, str] | None) -> dict[str, str] | None:
        return self.dump(value)

    def schema(self) -> dict[str, Any]:
        word = {"type": "string", "enum": Presence.values}
        return {"type": "object", "additionalProperties": word, "minProperties": 1, "maxProperties": 5000}


@dataclass(frozen=True)
class Roll:
    """The cell's roll on a meeting's day (integers, official members only).

    `left_out`: away, elsewhere, abroad or exempt and not present (not in the denominator; 294-QĐ/TW 9.3.2). Plain
    absentees and the lapsed stay in. `suspended`, and `in_transit` and not present, are counted by a policy parameter
    each. `present`: those present who may vote, the suspended may not; None where no roll was called. `unpapered`: those
    of the left out who are away without a paper (scenario B26), or elsewhere past the day of theirs.
    """

    official: int
    left_out: int = 0
    suspended: int = 0
    in_transit: int = 0
    exempt: int = 0
    present: int | None = None
    unpapered: int = 0

    @property
    def voters(self) -> int:
        """How many at most could be handed a ballot."""
        return self.official - self.suspended if self.present is None else self.present


BODY = Choice("body", _("Who voted"), choices=(
    ("standing", _("Standing committee")), ("whole", _("Whole committee, authorised"))))  # fmt: skip
SIZE = Number("committee_size", _("Members of the body that voted"), minimum=1, maximum=500)
YES = Number("committee_yes", _("Votes in favour"), maximum=500)
