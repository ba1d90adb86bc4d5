"""The guards of dues: each with a situation in which it is silent, and one in which not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from tests.workflows.twins import member, paper, situation
from workflows.answers import Refusal
from workflows.dues import MonthView, Relief, Said, Written
from workflows.guards import dues
from workflows.guards import dues_relief as relief
from workflows.guards.dues import Answer
from workflows.situation import CaseView, Situation

ON = date(2027, 2, 1)


def seen(on: date = ON, past: dict[str, Any] | None = None, **facts: Any) -> Situation:
    return situation(on, facts=facts, past=past or {}, member=member(admission_decided_on=date(1977, 3, 31)))


def month(year: int, number: int, day: int = 15) -> date:
    """A month is named by any day of it."""
    return date(year, number, day)


def beside(first: str, last: str | None, **facts: Any) -> Situation:
    """With another relief of the member."""
    other = {"first_month": first, **({"last_month": last} if last else {})}
    view = CaseView(2, "exempt", ON, None, other)
    asked = CaseView(3, "asked", ON, None, {"asked_from": "2027-03-01"})
    return replace(seen(**facts), cases=lambda key: [asked, view] if key == "dues_relief" else [])


def own(**facts: Any) -> Situation:
    """The relief's own case does not stand in its way."""
    mine = CaseView(1, "asked", ON, None, {"first_month": "2027-03-01"})
    return replace(seen(**facts), cases=lambda key: [mine], subject=type("Case", (), {"pk": 1})())


MARCH = {"first_month": month(2027, 3)}
RELIEF: list[tuple[str, Callable[[Situation], Any], Situation, Situation]] = [
    ("Refusal:dues.no_right", relief.exempt_by_right, seen(**MARCH),
     seen(date(2027, 1, 20), first_month=month(2027, 2))),
    ("Refusal:dues.no_right", relief.exempt_by_right, seen(first_month=month(2027, 2), ground_paper=paper(ON)),
     replace(seen(first_month=month(2027, 2)), member=member())),
    ("Refusal:dues.no_right", relief.exempt_by_right, seen(**MARCH),
     replace(seen(**MARCH), member=member(admission_decided_on=date(2026, 12, 1)))),
    ("Refusal:dues.ground_not_listed", relief.ground_is_listed, seen(ground_listed=True), seen(ground_listed=False)),
    ("Refusal:dues.other_share", relief.share_of_the_law, seen(percent=30, **MARCH), seen(percent=31, **MARCH)),
    ("Refusal:dues.other_share", relief.share_of_the_law, seen(percent=70, **MARCH), seen(percent=60, **MARCH)),
    ("Refusal:dues.ends_first", relief.months_in_order,
     seen(last_month=month(2027, 3, 1), **MARCH), seen(last_month=month(2027, 2, 28), **MARCH)),
    ("Refusal:dues.too_long", relief.short_enough,
     seen(last_month=month(2028, 2, 29), **MARCH), seen(last_month=month(2028, 3, 1), **MARCH)),
    ("Refusal:dues.relieved_already", relief.no_other_relief,
     beside("2026-12-01", "2027-02-28", **MARCH), beside("2026-12-01", "2027-03-01", **MARCH)),
    ("Refusal:dues.relieved_already", relief.no_other_relief,
     beside("2027-07-01", None, last_month=month(2027, 6, 30), **MARCH),
     beside("2027-07-01", None, last_month=month(2027, 7, 1), **MARCH)),
    ("Refusal:dues.relieved_already", relief.no_other_relief, own(**MARCH), beside("2020-01-01", None, **MARCH)),
    ("Refusal:dues.relieved_already", relief.no_other_relief, seen(**MARCH), beside("2030-01-01", None, **MARCH)),
    ("Caution:dues.before_request", relief.not_from_before_the_request("asked_from"),
     seen(request=paper(date(2027, 3, 31)), asked_from=date(2027, 3, 1)),
     seen(request=paper(date(2027, 3, 31)), asked_from=date(2027, 2, 28))),
    ("Caution:dues.before_request", relief.not_from_before_the_request("first_month"),
     seen(past={"request": {"date": "2027-03-31"}}, **MARCH), seen(past={"request": {"date": "2027-04-01"}}, **MARCH)),
    ("Caution:dues.older_rules", relief.rules_were_seen,
     seen(first_month=month(2026, 2, 1)), seen(first_month=month(2026, 1, 31))),
    ("Refusal:dues.in_hindsight", relief.ends_from_now_on,
     seen(last_month=month(2027, 1, 1)), seen(last_month=month(2026, 12, 31))),
    ("Refusal:dues.not_shorter", relief.ends_from_now_on,
     seen(past={"last_month": "2027-06-01"}, last_month=month(2027, 5, 31)),
     seen(past={"last_month": "2027-06-30"}, last_month=month(2027, 6, 1))),
    ("Refusal:dues.still_runs", relief.relief_is_over,
     seen(past={"last_month": "2027-01-01"}), seen(past={"last_month": "2027-02-01"})),
    ("Refusal:dues.still_runs", relief.relief_is_over,
     seen(past={"last_month": "2027-01-01"}), seen(date(2027, 1, 31), past={"last_month": "2027-01-01"})),
    ("Refusal:dues.still_runs", relief.relief_is_over, seen(past={"last_month": "2027-01-31"}), seen()),
]  # fmt: skip

HERE, THERE = 7, 8
TODAY = date(2026, 11, 2)
OCTOBER = MonthView(
    date(2026, 10, 1), is_member=True, owed_at=HERE, places=frozenset({HERE}), written=None, is_kept=True
)
PAID, UNPAID, BACK = Answer(Said.PAID, TODAY), Answer(Said.UNPAID), Answer(Said.WITHDRAWN)


def recorded(view: MonthView = OCTOBER, answer: Answer = PAID, reason: str = "", today: date = TODAY) -> Situation:
    return replace(seen(view=view, answer=answer, reason=reason), today=today)


def recording(given: Situation) -> Iterator[Refusal]:
    """As cell 7 records it."""
    facts = given.facts
    if "view" not in facts:
        return iter(())
    return dues.refusals(facts["view"], facts["answer"], HERE, given.today, reason=facts["reason"])


def written(said: Said = Said.PAID, at: int = HERE) -> MonthView:
    return replace(OCTOBER, written=Written(said, at, 1, TODAY if said == Said.PAID else None))


def ahead(months: int) -> MonthView:
    year, number = divmod(9 + months, 12)
    return replace(OCTOBER, month=date(2026 + year, number + 1, 1))


EXEMPT = replace(OCTOBER, relief=Relief(date(2026, 10, 1), None, None))
RECORDING: list[tuple[str, Callable[[Situation], Any], Situation, Situation]] = [
    ("Refusal:dues.nothing_there", recording, recorded(written(), BACK, "Nhầm"), recorded(OCTOBER, BACK, "Nhầm")),
    ("Refusal:dues.nothing_there", recording, recorded(written(Said.UNPAID), BACK, "Nhầm"),
     recorded(written(Said.WITHDRAWN), BACK, "Nhầm")),
    ("Refusal:dues.recorded_elsewhere", recording, recorded(written(Said.WITHDRAWN, THERE)),
     recorded(written(Said.PAID, THERE), UNPAID, "Nhầm")),
    ("Refusal:dues.no_reason", recording, recorded(written(), UNPAID, "Nhầm"), recorded(written(), UNPAID, "  ")),
    ("Refusal:dues.no_reason", recording, recorded(written(), BACK, "Nhầm"), recorded(written(), BACK)),
    ("Refusal:dues.not_due", recording, recorded(replace(OCTOBER, is_member=False)),
     recorded(replace(OCTOBER, is_member=False), UNPAID)),
    ("Refusal:dues.not_due", recording, recorded(), recorded(replace(OCTOBER, is_member=False, was_member=False))),
    ("Refusal:dues.pays_elsewhere", recording, recorded(replace(OCTOBER, owed_at=THERE)),
     recorded(replace(OCTOBER, places=frozenset({THERE})))),
    ("Refusal:dues.is_exempt", recording, recorded(EXEMPT), recorded(EXEMPT, UNPAID)),
    ("Refusal:dues.is_exempt", recording, recorded(replace(EXEMPT, relief=Relief(date(2026, 10, 1), None, 50)), UNPAID),
     recorded(EXEMPT, UNPAID)),
    ("Refusal:dues.month_ahead", recording, recorded(ahead(1), UNPAID), recorded(ahead(2), UNPAID)),
    ("Refusal:dues.paid_ahead", recording, recorded(), recorded(answer=Answer(Said.PAID, date(2026, 11, 3)))),
    ("Refusal:dues.paid_ahead", recording, recorded(), recorded(answer=Answer(Said.PAID))),
    ("Refusal:dues.too_far_ahead", recording, recorded(ahead(13)), recorded(ahead(14))),
    ("Refusal:dues.too_far_ahead", recording,  # a year that was mistyped
     recorded(answer=Answer(Said.PAID, date(2025, 10, 31))), recorded(answer=Answer(Said.PAID, date(2025, 9, 30)))),
]  # fmt: skip
DUES = [*RELIEF, *RECORDING]
