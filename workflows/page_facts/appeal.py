"""What an appeal asks for, and how the case that it is against opens it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from workflows.facts import Choice, Day
from workflows.guards.appeals import came_late
from workflows.offices import Level
from workflows.page_facts.leaving import LODGED
from workflows.situation import Situation
from workflows.vocabulary import Start

BODIES = (Level.UPPER, Level.PROVINCE, Level.CENTRAL)
TO = Choice("appeal_to", _("Level that resolves it"), choices=tuple((one.value, one.label) for one in BODIES))
AGAINST = Choice("against", _("Against"), choices=(
    ("removal", _("Removal decision")), ("expulsion", _("Expulsion decision"))))  # fmt: skip
FACTS = (LODGED, AGAINST, Day("received_on", _("Day the person received the decision")), TO)


def started(against: str, rule_id: str) -> tuple[Start, Start]:
    """The appeal's own case, opened from the case of the decision; in time or late, by the day of its hand-over."""
    late = came_late(rule_id)

    def facts(situation: Situation) -> Mapping[str, Any]:
        lodged = {name: situation.facts[name] for name in (LODGED.name, TO.name)}
        return {**lodged, "against": against, "received_on": situation.past_day("hand_over")}

    return (
        Start("appeal", "take_in", facts, when=lambda situation: not late(situation)),
        Start("appeal", "take_in_late", facts, when=late),
    )
