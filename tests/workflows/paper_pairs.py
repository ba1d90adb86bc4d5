"""Pairs of the guards about papers: what they prove, and when they were written. Collected in test_guards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from tests.workflows.twins import member, paper, situation
from workflows.facts import Day, Paper
from workflows.guards import admission, papers
from workflows.situation import Situation

ON = date(2027, 2, 1)


def seen(on: date = ON, **facts: Any) -> Situation:
    return situation(on, facts=facts, member=member(standing="candidate", born_on=date(2000, 1, 1)))


def received(issued: str, on: date) -> Situation:
    """The receipt of an admission decision of that day."""
    return replace(seen(on, received_on=on), past={"decision": {"date": issued}})


def begun(on: str) -> Situation:
    """A dossier by its application."""
    return replace(seen(), past={"application": {"date": on}})


PAPERS: list[tuple[str, Callable[[Situation], Any], Situation, Situation]] = [
    ("Caution:paper.before_birth", *papers.dated_in_life([Day("d", "D"), Paper("p", "P")]),
     seen(p=paper(date(2000, 1, 1)), d=date(1999, 12, 31)), seen(p=paper(date(1999, 12, 31)))),
    ("Caution:paper.before_joining", *papers.dated_in_life([Paper("p", "P")]),
     replace(seen(p=paper(ON)), member=member(joined_on=ON)),
     replace(seen(p=paper(date(2027, 1, 31))), member=member(joined_on=ON))),
    ("Caution:paper.before_its_matter", papers.dated_since("p", "decision"),
     replace(seen(p=paper(ON)), past={"decision": {"date": "2027-02-01"}}),
     replace(seen(p=paper(date(2027, 1, 31))), past={"decision": {"date": "2027-02-01"}})),
    ("Caution:paper.before_its_matter", papers.dated_since("p", "held_on"), seen(p=paper(date(2027, 1, 31))),
     replace(seen(p=paper(date(2027, 1, 31))), past={"held_on": "2027-02-01"})),
    ("Refusal:paper.other_day", papers.dated_on_the_day("p"), seen(p=paper(ON)), seen(p=paper(date(2027, 1, 31)))),
    ("Refusal:paper.dated_later", papers.dated_by_then("q", "p"), seen(p=paper(ON)), seen(p=paper(date(2027, 2, 2)))),
    *(("Caution:decision.other_term", admission.term_by_receipt, received(quiet, on), received(told, later))
      for quiet, on, told, later in (
          ("2026-09-25", date(2026, 10, 1), "2026-09-24", date(2026, 10, 1)),
          ("2026-07-25", date(2026, 8, 3), "2026-07-26", date(2026, 8, 3)),
          ("2026-08-03", date(2026, 8, 3), "2026-08-03", date(2026, 8, 4)))),
    ("Caution:dossier.too_old", admission.made_in_time, begun("2026-02-01"), begun("2026-01-31")),
    ("Caution:dossier.too_old", admission.made_in_time,
     replace(begun("2026-01-31"), recorded_by=lambda steps: 5 if steps == ["renew_papers"] else None),
     replace(begun("2026-01-31"), recorded_by=lambda steps: None if steps == ["renew_papers"] else 5)),
    ("Caution:ceremony.receipt_unknown", admission.ceremony_in_time,
     replace(seen(date(2026, 7, 1)), past={"decision": {"date": "2026-05-04"}, "received_on": "2026-05-20"}),
     replace(seen(date(2026, 7, 1)), past={"decision": {"date": "2026-05-04"}})),
]  # fmt: skip
