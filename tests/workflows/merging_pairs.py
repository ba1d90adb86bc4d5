"""The guards of a merge: each with a situation in which it is silent, and one in which not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from tests.workflows.twins import member, situation
from workflows.guards import merging
from workflows.situation import MergeView, Situation

JOINED = date(2020, 5, 10)


def beside(goes: str = "official", kept: str = "official", named: int = 2, **said: Any) -> Situation:
    """Member 1, who joined on 10/05/2020, beside the record 2 of the same person."""
    view = MergeView(2, kept, **{"days": {"joined_on": JOINED}, "badge_years": 30, **said})
    given = situation(facts={"kept": (named,)}, member=member(standing=goes, joined_on=JOINED, badge_years=30))
    return replace(given, merging=lambda key: view if key == 2 else None)


def gone_out(kept: str, **days: date) -> Situation:
    """A record that was transferred out and knows these days, beside one of another standing."""
    return replace(beside(kept=kept), member=member(standing="transferred_out", **days))


MERGING: list[tuple[str, Callable[[Situation], Any], Situation, Situation]] = [
    ("Refusal:merge.no_record", merging.record_to_keep, beside(), beside(named=1)),
    ("Refusal:merge.no_record", merging.record_to_keep, beside(), beside(named=3)),
    ("Refusal:merge.no_record", merging.record_to_keep, beside(), beside(kept="merged")),
    ("Refusal:merge.no_record", merging.record_to_keep, beside(), beside(kept="")),
    ("Refusal:merge.open_cases", merging.nothing_runs, beside(), beside(running=("CN-2026-0001",))),
    ("Refusal:merge.guest", merging.nothing_runs, beside(), beside(is_guest=True)),
    ("Refusal:merge.further", merging.standings_agree, beside("probationary"), beside("official", "probationary")),
    (
        "Refusal:merge.further",
        merging.standings_agree,
        beside("transferred_out"),
        beside("official", "transferred_out"),
    ),
    ("Refusal:merge.further", merging.standings_agree, beside("dropped", "candidate"), beside("candidate", "dropped")),
    ("Refusal:merge.left_in_one", merging.standings_agree, beside("removed", "removed"), beside("removed")),
    ("Refusal:merge.left_in_one", merging.standings_agree, beside("dropped"), beside(kept="deceased")),
    *(
        (
            "Refusal:merge.was_further",
            merging.standings_agree,
            gone_out(good, **{name: JOINED}),
            gone_out(bad, **{name: JOINED}),
        )
        for name, good, bad in (
            ("official_on", "official", "probationary"),
            ("joined_on", "probationary", "approved"),
            ("party_age_from", "probationary", "candidate"),
            ("admission_decided_on", "approved", "candidate"),
            ("joined_on", "transferred_out", "dropped"),
        )
    ),
    (
        "Refusal:merge.was_further",
        merging.standings_agree,
        gone_out("probationary", left_on=JOINED, joined_on=JOINED),
        gone_out("probationary", official_on=JOINED),
    ),
    ("Refusal:merge.joined_on", merging.days_agree, beside(), beside(days={"joined_on": date(2020, 5, 11)})),
    ("Refusal:merge.joined_on", merging.days_agree, beside(days={}), beside(days={"joined_on": date(2020, 5, 9)})),
    ("Refusal:merge.badge", merging.badges_agree, beside(), beside(badge_years=None)),
    ("Refusal:merge.badge", merging.badges_agree, beside(badge_years=35), beside(badge_years=29)),
    ("Caution:merge.profiles_differ", merging.records_differ, beside(), beside(differing=("ethnicity",))),
    ("Caution:merge.counted_twice", merging.records_differ, beside(), beside(counted=("11/2026",))),
]
