"""The lists of party badges in a scenario: through the same selector that every door uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from backend.reports.badges import candidates, entries
from backend.scenarios.differing import Difference
from backend.scenarios.looking import compare
from backend.scenarios.world import COMMUNE, World
from workflows.badges import Ceremony
from workflows.offices import Office
from workflows.scenarios import Block
from workflows.scenarios.words import NONE


def badges(world: World, wanted: Iterable[Block]) -> Iterator[Difference]:
    """Whether somebody is on the list of a ceremony as the commune's officer sees it, for which badge and why."""
    for block in wanted:
        actor = world.actor(Office.ORGANISATION_OFFICER, world.units[COMMUNE])
        ceremony = Ceremony(date.fromisoformat(block["ceremony"]), early=block.get("early", False))
        members = list(candidates(actor, ceremony).filter(pk=world.member(block["of"], block.at("of"))))
        about = f"{block['of']} · {block['ceremony']}"
        found = entries(actor, ceremony, members)
        if not found:
            yield from compare(about, block, {"why": NONE})
        for one in found:
            yield from compare(about, block, {
                "why": one.found.kind.value, "years": one.found.years, "reached": one.found.reached_on,
                "cautions": [answer.code for answer in one.waits],
            })  # fmt: skip
