"""Clocks that pages reckon themselves, and the appeal's own case: starts, last days and labels, each from both sides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.utils.translation import override

from tests.workflows.said import noting
from tests.workflows.test_clocks import at, due, opened, step_of
from tests.workflows.twins import member, paper, situation
from workflows import law
from workflows.catalogue import LIFECYCLES, steps
from workflows.page_facts.appeal import started
from workflows.vocabulary import Clock

ON = date(2027, 2, 1)


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with override("en"):
        yield


# admission
def test_the_age_is_watched_by_the_month_of_birth_where_it_is_known() -> None:
    given = {"application": paper(date(2026, 5, 28))}
    whole, year = (member(born_on=date(1990, 3, 15), born_year_only=only) for only in (False, True))
    assert opened("admission", "open", situation(ON, facts=given, member=whole))["ADM.AGE_MAX"] == date(2050, 3, 31)
    assert "ADM.AGE_MAX" not in opened("admission", "open", situation(ON, facts=given, member=year))


@pytest.mark.parametrize(
    ("issued", "start"),
    [(date(2026, 5, 26), None), (date(2026, 5, 27), date(2026, 5, 27)), (date(2026, 7, 25), date(2026, 7, 25)),
     (date(2026, 7, 26), date(2026, 8, 3)), (date(2026, 9, 24), date(2026, 8, 3)), (date(2026, 9, 25), None)],
)  # fmt: skip
def test_both_starts_of_a_ceremony_are_shown_around_the_change(issued: date, start: date | None) -> None:
    """B6: the day of issue beside the receipt by the older rule, the receipt beside the day of issue by the newer one."""
    clock = step_of("admission", "record_receipt").opens[0]
    assert clock.also_from is not None
    given = at(ON, {"decision": {"date": issued.isoformat()}}, received_on=date(2026, 8, 3))
    assert clock.also_from(given) == start


# appeals
@pytest.mark.parametrize(("against", "rule"), [("removal", "REM.RESOLVE"), ("expulsion", "TASK.RESOLVE_APPEAL")])
@pytest.mark.parametrize(
    ("level", "last"),
    [("upper_committee", date(2027, 6, 17)), ("province", date(2027, 6, 17)), ("central", date(2027, 10, 25))],
)
def test_an_appeal_is_resolved_by_the_level_named_in_its_own_term(
    level: str, last: date, against: str, rule: str
) -> None:
    """90 working days for the province or the commune, 180 for the central level; a late one is judged first."""

    def running(step: str, past: dict[str, Any], **facts: Any) -> list[tuple[str, str, date]]:
        found = [
            (clock, due(clock, at(ON, past, **facts | ({} if "appeal" in past else {"appeal": paper(ON)}))))
            for clock in step_of("appeal", step).opens
        ]
        return [(clock.rule, str(clock.acting), day) for clock, day in found if day]

    assert running("lodge", {}, appeal_to=level, against=against) == [(rule, level, last)]
    lodged = {"appeal_to": level, "against": against, "appeal": {"date": ON.isoformat()}}
    assert running("take_up", lodged) == [(rule, level, last)]  # from its receipt, whenever it is taken up
    assert running("lodge", {}, appeal_to="base_committee", against=against) == []
    late = [("TASK.JUDGE_LATE_APPEAL", level, date(2027, 2, 22))]
    assert running("lodge_late", {}, appeal_to=level, against=against) == late
    further = running("appeal_further", {"appeal_to": "upper_committee", "against": against}, appeal_to=level)
    assert further == [(rule, level, last)]


@pytest.mark.parametrize(("on", "late"), [(date(2027, 2, 16), False), (date(2027, 2, 17), True)])
def test_an_appeal_opens_its_own_case_in_time_or_late(on: date, late: bool) -> None:
    """B35: received on 28/12/2026, so that 16/02/2027 is the last day."""
    facts = {"appeal": paper(on), "appeal_to": "province", "more": 1}
    seen = at(on, {"hand_over": {"date": "2026-12-28"}}, **facts)
    in_time, too_late = started("removal", "REM.APPEAL")
    assert [(one.lifecycle, one.step) for one in (in_time, too_late)] == [
        ("appeal", "take_in"), ("appeal", "take_in_late")]  # fmt: skip
    assert (in_time.when(seen), too_late.when(seen)) == (not late, late)
    handed = {
        "appeal": paper(on), "appeal_to": "province", "against": "removal", "received_on": date(2026, 12, 28),
    }  # fmt: skip
    assert in_time.facts(seen) == too_late.facts(seen) == handed


# congress
def test_a_term_and_the_plan_before_its_end() -> None:
    """G-01, G-02: sixty months since 7/2025, thirty before; a shift and an extension set both anew."""
    begun = {"begun_on": "2025-08-15"}
    assert opened("congress", "record_term", at(ON, begun_on=date(2025, 8, 15))) == {
        "CON.TERM": date(2030, 8, 15), "TASK.CONGRESS_PLAN": date(2030, 2, 15)}  # fmt: skip
    assert opened("congress", "record_term", at(ON, begun_on=date(2025, 6, 30)))["CON.TERM"] == date(2027, 12, 30)
    longer = at(ON, begun_on=date(2025, 6, 30), term_end=date(2028, 6, 30))
    assert opened("congress", "record_term", longer) == {
        "CON.TERM": date(2028, 6, 30), "TASK.CONGRESS_PLAN": date(2027, 12, 30)}  # fmt: skip
    assert opened("congress", "shift", at(ON, begun, held_by=date(2030, 11, 15))) == {
        "CON.TERM": date(2030, 11, 15), "TASK.CONGRESS_PLAN": date(2030, 5, 15)}  # fmt: skip
    planned = {**begun, "plan": {"date": "2030-01-10"}}
    assert opened("congress", "shift", at(ON, planned, held_by=date(2030, 11, 15))) == {"CON.TERM": date(2030, 11, 15)}


# last days that people set
def test_help_a_suspension_and_a_relief_end_on_the_day_that_was_set() -> None:
    assert opened("screening", "enlist", at(ON))["SCR.HELP"] == date(2028, 2, 1)
    assert opened("screening", "enlist", at(ON, help_until=date(2027, 9, 30)))["SCR.HELP"] == date(2027, 9, 30)
    suspended = opened("discipline", "suspend", at(ON, away_until=date(2027, 4, 30)))
    assert suspended == {"TASK.END_SUSPENSION": date(2027, 4, 30)}
    reduced = opened("dues_relief", "reduce", at(ON, last_month=date(2027, 6, 15)))
    assert reduced == {"TASK.DUES_RELIEF_END": date(2027, 6, 30)}
    assert opened("dues_relief", "exempt", at(ON)) == {}


def test_who_is_away_without_an_end_is_put_in_order() -> None:
    """B26: only the roster's word, and no last day."""
    away = opened("membership", "import_official", at(ON, participation="away"))
    assert away == {"TASK.REGULARISE_AWAY": date(2027, 3, 22)}
    assert opened("membership", "import_official", at(ON, participation="away", away_until=ON)) == {}
    assert opened("membership", "import_official", at(ON, participation="attending")) == {}


# versions and names
OWN_DUE: list[tuple[str, str, str]] = [
    ("admission", "send_verification", "ADM.VERIFY_REPLY"), ("screening", "enlist", "SCR.HELP"),
    ("appeal", "lodge", "REM.RESOLVE"),
]  # fmt: skip


@pytest.mark.parametrize(("lifecycle", "step", "rule"), OWN_DUE)
def test_a_term_is_that_of_the_day_on_which_it_starts(lifecycle: str, step: str, rule: str) -> None:
    clock: Clock = next(one for one in step_of(lifecycle, step).opens if one.rule == rule)
    seen, by_day = noting(at(ON))
    assert clock.due is not None
    clock.due(seen, date(2027, 1, 15))
    assert by_day == {(rule, date(2027, 1, 15))}


def test_what_labels_drawn_from_days_are_called_and_stand_on() -> None:
    wanted = ("away", "transfer", "temporary_transfer", "dues_relief")
    said = {(key, one.key): (one.rule, str(one.label)) for key in wanted for one in LIFECYCLES[key].timed}
    late = ("TRF.PAPER", "Introduction paper not presented in its days: the reason is to be written")
    assert said == {
        ("away", "not_begun"): ("AWY.EXEMPT_MAX", "The exemption begins on the day of leaving"),
        ("away", "ends_soon"): ("AWY.END_WARN", "The exemption ends soon: renew, return or transfer?"),
        ("away", "over"): ("AWY.EXEMPT_MAX", "The exemption is over and the member has not reported"),
        ("transfer", "paper_late"): late,
        ("transfer", "vanished"): ("TRF.DOSSIER_MISSING", "No dossier three months after the notice slip"),
        ("temporary_transfer", "paper_late"): late,
        ("temporary_transfer", "not_begun"): (
            "TRF.TEMP", "The temporary transfer begins on the first day of the stay"),
        ("temporary_transfer", "ends_soon"): (
            "TRF.END_WARN", "The temporary transfer ends soon: return, extend or transfer for good?"),
        ("temporary_transfer", "over"): ("TRF.TEMP", "The end of the temporary transfer has passed"),
        ("dues_relief", "over"): ("DUE.REDUCTIONS", "The exemption or reduction is over"),
    }  # fmt: skip


def test_what_starts_the_terms_of_an_appeal_is_named() -> None:
    terms = {str(clock.start_label) for clock in step_of("appeal", "lodge").opens}
    assert terms == {"Receipt of the appeal"}


# personal data
RECEIVED = date(2027, 3, 2)


@pytest.mark.parametrize(
    ("asked_for", "alone", "with_processor", "extended"),
    [("view", 10, 15, 20), ("object", 15, 20, 30), ("erase", 20, 30, 40)],
)
def test_a_request_is_answered_in_the_term_of_what_is_asked_for(
    asked_for: str, alone: int, with_processor: int, extended: int
) -> None:
    """By calendar days: 10, 15 or 20 from the receipt, more where a processor has to act too; once as long again."""
    facts = {"asked_for": asked_for, "received_on": RECEIVED}
    acknowledged = {"PDP.DSR_ACK": date(2027, 3, 4)}
    found = opened("data_request", "receive", at(RECEIVED, **facts))
    assert found == {**acknowledged, "PDP.DSR_DO": RECEIVED + timedelta(days=alone)}
    found = opened("data_request", "receive", at(RECEIVED, **facts, by_processor=True))
    assert found == {**acknowledged, "PDP.DSR_PROC": RECEIVED + timedelta(days=with_processor)}
    past = {"asked_for": asked_for, "received_on": "2027-03-02"}
    found = opened("data_request", "extend", at(date(2027, 3, 5), past))
    assert found == {"PDP.DSR_EXT": RECEIVED + timedelta(days=extended)}
    assert opened("data_request", "extend", at(date(2027, 3, 5))) == {}


def test_the_term_is_that_of_the_law_on_the_day_of_receipt() -> None:
    asked: list[tuple[str, date]] = []

    def look_up(rule: str, day: date) -> law.Rule:
        asked.append((rule, day))
        return law.rule(rule, day)

    opened("data_request", "receive", replace(at(ON, asked_for="view", received_on=RECEIVED), look_up=look_up))
    assert {day for rule, day in asked if rule == "PDP.DSR_DO"} == {RECEIVED}


def test_the_clocks_of_a_request_say_whose_they_are_and_from_when() -> None:
    clocks = step_of("data_request", "receive").opens
    told = [(one.rule, str(one.acting), str(one.start_label)) for one in clocks]
    assert told == [
        (rule, "base_committee", "Receipt of the request") for rule in ("PDP.DSR_ACK", "PDP.DSR_DO", "PDP.DSR_PROC")
    ]


def test_a_breach_is_told_within_the_hours_of_the_law() -> None:
    """72 hours, over a weekend: a Friday noon ends on Monday noon."""
    detected = {"detected_on": date(2027, 3, 5), "detected_hour": 12, "detected_minute": 30}
    (clock,) = step_of("data_breach", "detect").opens
    seen = at(date(2027, 3, 5), **detected)
    until = datetime.combine(date(2027, 3, 8), time(12, 30))
    assert (due(clock, seen), clock.until and clock.until(seen)) == (date(2027, 3, 8), until)
    early = at(date(2027, 3, 5), detected_on=date(2027, 3, 5))
    assert (due(clock, early), clock.until and clock.until(early)) == (date(2027, 3, 5), None)


def test_an_emptied_id_asks_for_the_record_to_be_completed() -> None:
    (clock,) = steps("membership")["empty_fields"].opens
    on = date(2027, 2, 1)
    assert clock.start(situation(on, member=member(), facts={"personal_id": True})) == on
    assert clock.start(situation(on, member=member(), facts={"personal_id": False, "phone": True})) is None
    assert clock.start(situation(on, member=member(standing="removed"), facts={"personal_id": True})) is None
