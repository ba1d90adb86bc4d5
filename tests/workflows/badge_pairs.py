"""The guards of badges: each with a situation in which it is silent, and one in which not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from tests.workflows.twins import member, paper, situation
from workflows.guards import badges
from workflows.situation import CaseView, Situation

ON = date(2026, 11, 7)
DECIDED = date(1996, 11, 7)
"""Thirty years before the ceremony."""


def asked(
    years: int = 30, decided: date | None = DECIDED, on: date = ON, *, early: bool | None = None, **fields: Any
) -> Situation:
    """A badge awarded on a day to a member whose admission was decided on another one."""
    facts = {"badge_years": years, "decision": paper(on), "early": early}
    return situation(on, facts=facts, member=member(admission_decided_on=decided, **fields))


def disciplined(closed: bool, decided: date = date(2026, 2, 8), form: str = "warning") -> Situation:
    facts = {"form": form, "decision": {"date": decided.isoformat()}} if closed else {}
    case = CaseView(1, "other_form" if closed else "opened", date(2026, 2, 1), decided if closed else None, facts)
    return replace(asked(), cases=lambda key: [case] if key == "discipline" else [])


def awarded(ceremony: date, given: Situation) -> Situation:
    """The same, decided on 01/10/2026 and awarded at a ceremony."""
    facts = {**given.facts, "decision": paper(date(2026, 10, 1)), "ceremony_on": ceremony}
    return replace(given, on=date(2026, 10, 1), facts=facts)


def recorded_later(decision: date) -> Situation:
    """A badge for 35 years, recorded some days after its decision."""
    return situation(date(2026, 5, 25), facts={"badge_years": 35, "decision": paper(decision)}, member=member())


def dead(decided: date, years: int = 30, standing: str = "deceased") -> Situation:
    return asked(years, decided, standing=standing, left_on=date(2026, 10, 20))


def dies(decided: date, badge_years: int | None = None, died: date = ON, **fields: Any) -> Situation:
    given = member(admission_decided_on=decided, badge_years=badge_years, **fields)
    return situation(ON, facts={"died_on": died}, member=given)


def counted_from(day: date) -> Situation:
    return situation(ON, facts={"party_age_from": day}, member=member(born_on=date(1995, 6, 10)))


BADGES: list[tuple[str, Callable[[Situation], Any], Situation, Situation]] = [
    ("Caution:party_age.too_young", badges.party_age_from_eighteen, counted_from(date(2013, 6, 1)),
     counted_from(date(2013, 5, 31))),
    ("Refusal:badge.no_such", badges.badge_of_the_law, asked(35), asked(34)),
    ("Refusal:badge.no_such", badges.badge_of_the_law, asked(35, on=date(2026, 5, 19)), asked(35, on=date(2026, 5, 18))),
    ("Refusal:badge.no_such", badges.badge_of_the_law, recorded_later(date(2026, 5, 19)), recorded_later(date(2026, 5, 18))),
    ("Refusal:badge.recorded_already", badges.badge_not_recorded, asked(35, badge_years=30), asked(30, badge_years=30)),
    ("Refusal:badge.recorded_already", badges.badge_not_recorded, asked(), asked(30, badge_years=40)),
    ("Caution:badge.age_unknown", badges.party_age_full, asked(30, None, joined_on=DECIDED), asked(30, None)),
    ("Caution:badge.by_month", badges.party_age_full, asked(), asked(30, date(1996, 11, 8))),
    ("Caution:badge.by_month", badges.party_age_full, asked(), asked(30, date(1996, 11, 30))),
    ("Caution:badge.by_month", badges.party_age_full, awarded(ON, asked()), awarded(date(2026, 11, 6), asked())),
    ("Refusal:badge.too_early", badges.party_age_full, asked(), asked(30, date(1996, 12, 1))),
    ("Refusal:badge.too_early", badges.party_age_full, asked(), asked(30, DECIDED, party_age_from=date(1996, 12, 1))),
    ("Refusal:badge.too_early", badges.party_age_full,
     asked(30, date(1997, 11, 7), early=True), asked(30, date(1997, 11, 8), early=True)),
    ("Refusal:badge.too_early", badges.party_age_full,
     asked(65, date(1962, 11, 7), early=True), asked(65, date(1962, 11, 8), early=True)),
    ("Refusal:badge.too_early", badges.party_age_full,
     asked(70, date(1958, 11, 7), early=True), asked(70, date(1958, 11, 8), early=True)),
    ("Refusal:badge.too_early", badges.party_age_full, dead(date(1997, 10, 20)), dead(date(1997, 10, 21))),
    ("Refusal:badge.too_early", badges.party_age_full, dead(date(1997, 10, 20)), dead(date(1997, 10, 20), 30, "official")),
    ("Refusal:badge.too_early", badges.party_age_full, dead(date(1957, 10, 20), 70), dead(date(1957, 10, 21), 70)),
    ("Caution:badge.discipline_open", badges.badge_deferred, asked(), disciplined(closed=False)),
    ("Caution:badge.deferred", badges.badge_deferred, disciplined(True, date(2026, 2, 7)), disciplined(True)),
    ("Caution:badge.deferred", badges.badge_deferred,
     disciplined(True, date(2026, 5, 7), "reprimand"), disciplined(True, date(2026, 5, 8), "reprimand")),
    ("Caution:badge.deferred", badges.badge_deferred,
     disciplined(True, date(2025, 11, 7), "dismissal"), disciplined(True, date(2025, 11, 8), "dismissal")),
    ("Caution:badge.deferred", badges.badge_deferred,
     awarded(date(2026, 11, 8), disciplined(True)), awarded(ON, disciplined(True))),
    ("Caution:badge.after_death", badges.badge_after_death, dies(date(1996, 11, 7)), dies(date(1996, 11, 8))),
    ("Caution:badge.after_death", badges.badge_after_death,
     dies(date(1991, 5, 20), died=date(2026, 5, 18)), dies(date(1991, 5, 20), died=date(2026, 5, 19))),
    ("Caution:badge.after_death", badges.badge_after_death,
     dies(date(1996, 11, 8), standing="probationary"), dies(date(1996, 11, 8))),
    ("Caution:badge.after_death", badges.badge_after_death, dies(date(1997, 11, 8)), dies(date(1997, 11, 7))),
    ("Caution:badge.after_death", badges.badge_after_death, dies(date(1997, 11, 7), 30), dies(date(1997, 11, 7))),
]  # fmt: skip
