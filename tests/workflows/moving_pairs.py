"""The guards of exemptions, work far away and transfers: each with a situation in which it is silent, and one in which not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from tests.workflows.twins import member, situation
from workflows.guards import taking_part
from workflows.situation import Situation
from workflows.standings import Participation

ON = date(2027, 2, 1)


def seen(on: date = ON, past: dict[str, Any] | None = None, who: Any = None, **facts: Any) -> Situation:
    return situation(on, facts=facts, past=past or {}, member=who or member())


def aged(on: date, sex: str) -> Situation:
    return seen(on, who=member(born_on=date(1967, 2, 1), sex=sex), ground="age")


MOVING: list[tuple[str, Callable[[Situation], Any], Situation, Situation]] = [
    ("Refusal:member.other_participation", taking_part.takes_part(Participation.ATTENDING), seen(),
     seen(who=member(participation="away"))),
    ("Refusal:case.member_still_so", taking_part.left_it(Participation.AWAY), seen(),
     seen(who=member(participation="away"))),
    ("Refusal:case.member_still_so", taking_part.left_it(Participation.AWAY),
     seen(who=member(participation="away", standing="deceased")), seen(who=member(participation="away"))),
    # exemption
    ("Refusal:exemption.not_asked_for", taking_part.own_will, seen(own_will=True), seen(own_will=False)),
    ("Caution:exemption.working_age", taking_part.old_enough_to_rest, aged(date(2027, 2, 2), "m"),
     aged(date(2027, 2, 1), "m")),
    ("Caution:exemption.working_age", taking_part.old_enough_to_rest, aged(date(2022, 2, 2), "f"),
     aged(date(2022, 2, 1), "f")),
    ("Caution:exemption.working_age", taking_part.old_enough_to_rest,
     seen(who=member(born_on=date(2000, 1, 1)), ground="health"),
     seen(who=member(born_on=date(2000, 1, 1)), past={"ground": "age"})),
    # away
    ("Refusal:away.too_long", taking_part.short_enough("asked_until"),
     seen(away_from=date(2026, 3, 1), asked_until=date(2027, 2, 28)),
     seen(away_from=date(2026, 3, 1), asked_until=date(2027, 3, 1))),
    ("Refusal:away.too_long", taking_part.short_enough("away_until"),
     seen(past={"away_from": "2026-03-01", "away_until": "2026-10-31"}, away_until=date(2027, 10, 30)),
     seen(past={"away_from": "2026-03-01", "away_until": "2026-10-31"}, away_until=date(2027, 10, 31))),
    ("Refusal:away.ends_first", taking_part.short_enough("asked_until"),
     seen(away_from=ON, asked_until=ON), seen(away_from=ON, asked_until=date(2027, 1, 31))),
    ("Caution:away.long_in_all", taking_part.in_all("away_until"),
     seen(past={"away_from": "2026-03-01", "away_until": "2026-10-31"}, away_until=date(2027, 2, 28)),
     seen(past={"away_from": "2026-03-01", "away_until": "2026-10-31"}, away_until=date(2027, 3, 1))),
    ("Refusal:away.transfer_instead", taking_part.nobody_there,
     seen(organisation_there=True, away_from=ON, asked_until=date(2027, 4, 30)),
     seen(organisation_there=True, away_from=ON, asked_until=date(2027, 5, 1))),
    ("Refusal:away.transfer_instead", taking_part.nobody_there,
     replace(seen(organisation_there=False, away_from=ON, asked_until=date(2027, 12, 1))),
     seen(organisation_there=True, away_from=ON, asked_until=date(2027, 12, 1))),
]  # fmt: skip
