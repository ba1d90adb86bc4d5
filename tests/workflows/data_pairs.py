"""Yes and no of the guards of requests about personal data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from tests.workflows.twins import member, situation
from workflows.guards import data_requests, people, terms
from workflows.page_clocks import data_request as clocks
from workflows.situation import Situation

RECEIVED = date(2026, 11, 2)
EXTENDED = terms.extended_while_it_runs("PDP.DSR_DO", "PDP.DSR_EXT", clocks.term_over, clocks.extension_over)


def seen(on: date = RECEIVED, asked_for: str = "view", **facts: Any) -> Situation:
    past = {"asked_for": asked_for, "received_on": RECEIVED.isoformat()}
    return situation(on, facts=facts, past=past, member=member())


DATA: list[tuple[str, Callable[[Situation], Any], Situation, Situation]] = [
    ("Caution:data_request.no_refusal_seen", data_requests.refusal_was_seen, seen(asked_for="erase"), seen()),
    ("Caution:data_request.exception_unsettled", data_requests.exception_is_settled, seen(exception="security"),
     seen(exception="state_agency")),
    ("Caution:data_request.exception_unsettled", data_requests.exception_is_settled, seen(exception="life"),
     seen(exception="other_law")),
    ("Refusal:member.record_merged", people.record_stands, replace(seen(), member=member(standing="removed")),
     replace(seen(), member=member(standing="merged"))),
    ("Caution:term.extended_late", EXTENDED, seen(date(2026, 11, 12)), seen(date(2026, 11, 13))),
    ("Refusal:term.extension_over", EXTENDED, seen(date(2026, 11, 12)), seen(date(2026, 11, 23))),
]  # fmt: skip
