"""The clocks of the pages: which day starts them, by which version, whose turn, and what is shown beside."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.workflows.twins import ballot, member, paper, situation, vietnam
from workflows import law
from workflows.catalogue import LIFECYCLES
from workflows.clocks import NoArithmetic, term_end
from workflows.ladders import Planned, ladder_for
from workflows.offices import Level
from workflows.situation import Situation
from workflows.vocabulary import Clock, Step
from workflows.voting import Roll

PROBATION = {"ceremony_on": "2026-01-05", "class_certificate": {"date": "2026-09-01"}}


def step_of(lifecycle: str, name: str) -> Step:
    return LIFECYCLES[lifecycle].steps()[name]


def due(clock: Clock, seen: Situation) -> date | None:
    """Start and due day of a clock, as the deadlines' writer computes them."""
    start = clock.start(seen)
    if start is None:
        return None
    rule = seen.rule(clock.rule, clock.select(seen) if clock.select else start)
    if not rule.binds(seen.packs_on(start)):
        return None
    return clock.due(seen, start) if clock.due else term_end(rule, start, seen.calendar)


def opened(lifecycle: str, name: str, seen: Situation) -> dict[str, date]:
    found = {clock.rule: due(clock, seen) for clock in step_of(lifecycle, name).opens}
    return {rule: day for rule, day in found.items() if day}


def at(on: date, past: dict[str, Any] | None = None, packs: frozenset[str] = frozenset(), **facts: Any) -> Situation:
    who = member(standing="candidate", born_on=date(1990, 3, 15))
    return situation(on, facts=facts, past=past or {}, packs_on=lambda day: packs, member=who)


def test_probation_over_tet() -> None:
    """B1: the cell's review is due 23/02/2027; the statement is due thirty working days after the ceremony."""
    days = opened("recognition", "begin", at(date(2026, 1, 5), ceremony_on=date(2026, 1, 5)))
    assert days["PRO.CELL_REVIEW"] == date(2027, 2, 23)
    assert days["PRO.CV"] == vietnam().add_working_days(date(2026, 1, 5), 30)
    assert days["TASK.NEW_MEMBER_CLASS"] == date(2027, 1, 5)
    taken = opened("recognition", "take_over", at(date(2026, 10, 31), ceremony_on=date(2026, 1, 5)))
    assert taken == {"PRO.CELL_REVIEW": date(2027, 2, 23)}


def test_review_of_a_ceremony_on_a_leap_day() -> None:
    days = opened("recognition", "begin", at(date(2028, 2, 29), ceremony_on=date(2028, 2, 29)))
    assert days["PRO.CELL_REVIEW"] == vietnam().add_working_days(date(2029, 2, 28), 30)


def test_recognition_clock_and_its_one_extension() -> None:
    """B4."""
    assert opened("recognition", "propose", at(date(2027, 1, 20))) == {"PRO.DECIDE": date(2027, 3, 10)}
    past = {"resolution": {"date": "2027-01-20"}}
    assert opened("recognition", "extend", at(date(2027, 3, 1), past)) == {"PRO.DECIDE_EXT": date(2027, 4, 22)}
    assert "extended" not in step_of("recognition", "extend").sources


def test_admission_clock_and_its_one_extension() -> None:
    """B8."""
    assert opened("admission", "propose", at(date(2026, 12, 3))) == {"ADM.DECIDE": date(2027, 3, 5)}
    past = {"resolution": {"date": "2026-12-03"}}
    assert opened("admission", "extend", at(date(2027, 3, 1), past)) == {"ADM.DECIDE_EXT": date(2027, 4, 19)}
    assert "extended" not in step_of("admission", "extend").sources


def test_ceremony_counts_from_issue_under_the_new_rule() -> None:
    """B5; the receipt starts nothing more."""
    on = date(2026, 11, 2)
    assert opened("admission", "decide", at(on, decision=paper(on))) == {"ADM.CEREMONY": date(2026, 12, 15)}
    past = {"decision": {"date": "2026-11-02"}}
    receipt = at(date(2026, 11, 9), past, received_on=date(2026, 11, 9))
    assert opened("admission", "record_receipt", receipt) == {}
    clock = step_of("admission", "decide").opens[0]
    assert clock.also_from is not None
    assert clock.also_from(at(on, decision=paper(on))) is None


def test_ceremony_counts_from_receipt_under_the_old_rule() -> None:
    """B6: due 28/08/2026 from the receipt; the new rule's start is shown beside (21/08/2026)."""
    issued, received = date(2026, 7, 10), date(2026, 7, 20)
    clock = step_of("admission", "decide").opens[0]
    assert opened("admission", "decide", at(issued, decision=paper(issued))) == {}
    past = {"decision": {"date": "2026-07-10"}}
    receipt = at(received, past, received_on=received)
    assert opened("admission", "record_receipt", receipt) == {"ADM.CEREMONY": date(2026, 8, 28)}
    assert clock.also_from is not None
    assert clock.also_from(receipt) == issued
    assert term_end(law.versions("ADM.CEREMONY")[1], issued, vietnam()) == date(2026, 8, 21)
    both = at(issued, decision=paper(issued), received_on=received)
    assert opened("admission", "decide", both) == {"ADM.CEREMONY": date(2026, 8, 28)}
    same_day = at(issued, past, received_on=issued)
    assert opened("admission", "record_receipt", same_day) == {"ADM.CEREMONY": date(2026, 8, 21)}


def test_no_term_was_seen_for_a_removal_so_that_a_task_reminds_the_committee() -> None:
    """R-05, R-07 and rules.md 7.1: a policy of this system, marked as one; it climbs to nobody."""
    assert opened("recognition", "propose_removal", at(date(2027, 1, 20))) == {
        "TASK.COMMITTEE_DECIDE": date(2027, 3, 10)
    }
    assert opened("recognition", "report_upward", at(date(2027, 1, 20))) == {
        "TASK.REPORT_THREE_BALLOTS": date(2027, 1, 27)
    }
    assert opened("recognition", "take_up_report", at(date(2027, 1, 25))) == {
        "TASK.COMMITTEE_DECIDE": date(2027, 3, 15)
    }
    row = law.rule("TASK.COMMITTEE_DECIDE", date(2027, 1, 20))
    assert (row.conf, row.firmness, row.basis) == ("POLICY", "unsettled", ())
    assert row.citation("en") == "A working rule of this system; no legal text was seen"
    assert {one.kind for one in planned(row)} == {"remind"}
    assert {one.levels_up for one in planned(row)} == {0}


def planned(row: law.Rule) -> list[Planned]:
    return ladder_for(row.id).schedule(date(2027, 3, 10), None, vietnam(), row.firmness)


def test_a_returned_proposal_is_considered_again() -> None:
    """Before the twelve months end, the law's term from their end stands; after, no term was seen."""
    early = opened("recognition", "send_back", at(date(2026, 6, 1), PROBATION))
    assert early == {"PRO.CELL_REVIEW": date(2027, 2, 23)}
    last = opened("recognition", "send_back", at(date(2027, 1, 4), PROBATION))
    assert last == {"PRO.CELL_REVIEW": date(2027, 2, 23)}
    late = opened("recognition", "send_back", at(date(2027, 1, 5), PROBATION))
    assert late == {"TASK.RECONSIDER": date(2027, 2, 23)}


def test_dossier_age_and_certificate() -> None:
    days = opened("admission", "open", at(date(2026, 6, 1), application=paper(date(2026, 5, 28))))
    assert days == {"ADM.DOSSIER_VALID": date(2027, 5, 28), "ADM.AGE_MAX": date(2050, 3, 31)}
    papers = at(date(2026, 6, 1), certificate=paper(date(2025, 1, 15)))
    known = {"ADM.CERT_VALID": date(2030, 1, 15), "ADM.AGE_MAX": date(2050, 3, 31)}
    assert opened("admission", "complete_papers", papers) == known
    renewed = at(date(2027, 6, 1), introducers_paper=paper(date(2027, 5, 30)))
    assert opened("admission", "renew_papers", renewed) == {"ADM.DOSSIER_VALID": date(2028, 5, 30)}


@pytest.mark.parametrize(("abroad", "days"), [(False, 30), (True, 90)])
def test_verification_is_longer_abroad(abroad: bool, days: int) -> None:
    on = date(2026, 6, 1)
    expected = vietnam().add_working_days(on, days)
    assert opened("admission", "send_verification", at(on, abroad=abroad)) == {"ADM.VERIFY_REPLY": expected}


def test_the_monthly_meeting_is_due_on_the_last_day_of_its_month() -> None:
    seen = at(date(2026, 11, 1), kind="regular", month=date(2026, 11, 1), planned_on=date(2026, 11, 5))
    assert opened("meeting", "plan", seen) == {"MTG.REGULAR": date(2026, 11, 30), "MTG.DOC_BEFORE": date(2026, 11, 4)}
    thematic = at(date(2026, 11, 1), kind="thematic", month=date(2026, 11, 1))
    assert opened("meeting", "plan", thematic) == {"MTG.THEMATIC": date(2026, 12, 31)}
    assert LIFECYCLES["meeting"].exclusive_key(seen) == "regular:2026-11"
    assert LIFECYCLES["meeting"].exclusive_key(thematic) == "thematic:2026-Q4"


def test_the_score_is_reported_only_where_the_province_asks() -> None:
    """B48."""
    on = date(2026, 5, 15)
    assert opened("meeting", "hold", at(on)) == {"MTG.MIN_AFTER": date(2026, 5, 17)}
    lao_cai = opened("meeting", "hold", at(on, packs=frozenset({"lao_cai"})))
    assert lao_cai["MTG.SCORE_REPORT"] == date(2026, 5, 20)


def test_the_announcement_is_for_the_next_meeting() -> None:
    assert opened("recognition", "recognise", at(date(2027, 4, 2))) == {"PRO.ANNOUNCE": date(2027, 5, 31)}


def test_away_and_exempt_are_asked_after() -> None:
    """W-03 to W-06: contact by practice every six months, and the end of the exemption; a year for the exempt."""
    granted = opened("away", "grant", at(date(2026, 3, 2), away_until=date(2026, 10, 31)))
    assert granted == {"AWY.CONTACT": date(2026, 9, 2), "TASK.AWAY_END": date(2026, 10, 31)}
    assert opened("away", "contact", at(date(2026, 8, 20))) == {"AWY.CONTACT": date(2027, 2, 20)}
    longer = opened("away", "extend", at(date(2026, 10, 20), away_until=date(2027, 4, 30)))
    assert longer == {"TASK.AWAY_END": date(2027, 4, 30)}
    exempted = opened("exemption", "grant", at(date(2026, 11, 2)))
    assert exempted == {"TASK.EXEMPT_REPORT": date(2026, 11, 9), "TASK.EXEMPT_REVIEW": date(2027, 11, 2)}


def test_a_transfer_is_done_in_its_days() -> None:
    """B29, B31, B32, and a transfer within one base organisation, for which no term of law was seen."""
    effective = {"effective_on": date(2026, 9, 1)}
    outward = at(date(2026, 9, 1), to_unit="87.108.000.000.001", **effective)
    assert opened("transfer", "ask", outward) == {"TRF.OFFICIAL": date(2026, 11, 26)}
    inward = at(date(2026, 9, 1), to_unit="87.107.000.000.002", **effective)
    assert opened("transfer", "ask", inward) == {"TASK.TRANSFER_INTERNAL": date(2026, 10, 14)}
    assert opened("transfer", "ask", at(date(2026, 9, 1), **effective)) == {"TRF.OFFICIAL": date(2026, 11, 26)}
    issued = {"introduction": paper(date(2026, 8, 10))}
    for name in ("introduce", "introduce_within", "hand_over"):
        assert opened("transfer", name, at(date(2026, 8, 10), **issued)) == {"TRF.PAPER": date(2026, 9, 23)}
    slip = opened("transfer", "receive_slip", at(date(2026, 5, 6), slip_received_on=date(2026, 5, 5)))
    assert slip == {"TRF.DOSSIER_MISSING": date(2026, 8, 5)}
    assert opened("transfer", "take_in", at(date(2026, 9, 20))) == {"TASK.NOTICE_SLIP": date(2026, 9, 25)}


def test_a_temporary_stay_ends_on_its_day() -> None:
    past = {"away_until": "2027-06-30"}
    sent = opened("temporary_transfer", "introduce", at(date(2026, 11, 2), past, introduction=paper(date(2026, 11, 2))))
    assert sent == {"TRF.PAPER": date(2026, 12, 15), "TASK.TEMP_END": date(2027, 6, 30)}
    longer = opened("temporary_transfer", "extend", at(date(2027, 6, 1), past, away_until=date(2027, 9, 30)))
    assert longer == {"TASK.TEMP_END": date(2027, 9, 30)}


def test_whose_turn_it_is() -> None:
    turns = {
        clock.rule: clock.acting
        for page in LIFECYCLES.values() for step in page.steps().values() for clock in step.opens
    }  # fmt: skip
    assert {rule for rule, level in turns.items() if level == Level.BASE} == {
        "ADM.DECIDE", "ADM.DECIDE_EXT", "ADM.VERIFY_REPLY", "PDP.BREACH", "PDP.DSR_ACK", "PDP.DSR_DO",
        "PDP.DSR_EXT", "PDP.DSR_PROC", "PRO.DECIDE", "PRO.DECIDE_EXT", "TASK.AWAY_AGREE",
        "TASK.CLASSIFY_ANSWER", "TASK.CLASSIFY_DECIDE", "TASK.COMMITTEE_DECIDE", "TASK.CONGRESS_APPROVE",
        "TASK.CONGRESS_PLAN", "TASK.REPORT_THREE_BALLOTS", "TASK.SCREENING_GUIDANCE", "TASK.END_SUSPENSION",
        "TASK.FURTHER_APPEAL", "REM.APPEAL", "DIS.APPEAL", "TASK.NOTICE_SLIP", "TRF.DOSSIER_MISSING", "TRF.PAPER",
            "TASK.FINDING_REVIEW",
    }  # fmt: skip
    above = {rule for rule, level in turns.items() if level not in (Level.CELL, Level.BASE)}
    assert above == {"REM.RESOLVE", "TASK.RESOLVE_APPEAL", "TASK.JUDGE_LATE_APPEAL", "TASK.CONSENT_READMISSION"}


def test_terms_that_cannot_be_counted_say_so() -> None:
    with pytest.raises(NoArithmetic, match="give its clock a `due`"):
        term_end(law.rule("MTG.REGULAR", date(2026, 1, 1)), date(2026, 1, 1), vietnam())
    with pytest.raises(NoArithmetic, match="official_members"):
        term_end(law.rule("ORG.CELL_MIN", date(2026, 1, 1)), date(2026, 1, 1), vietnam())


def refused(lifecycle: str, name: str, seen: Situation) -> set[str]:
    found = set()
    for guard in step_of(lifecycle, name).guards:
        said = guard(seen)
        for one in [] if said is None else [said] if not hasattr(said, "__iter__") else said:
            found.add(one.code)
    return found


def test_every_reason_is_given_at_once() -> None:
    """B9, B13 and B17 together: a young candidate, an expired certificate, too small a cell, too few votes."""

    seen = situation(
        date(2026, 6, 5), facts={"resolution": paper(date(2026, 6, 4)), "ballot": ballot(1, 1)},
        past={"certificate": {"date": "2020-01-15"}}, roll_at=lambda meeting: Roll(2),
        member=member(standing="candidate", born_on=date(2009, 6, 20)),
    )  # fmt: skip
    assert refused("admission", "propose", seen) == {
        "paper.other_day", "cell.too_small", "age.too_young", "certificate.expired", "ballot.not_carried",
    }  # fmt: skip


def test_a_sound_proposal_is_not_refused() -> None:

    on = date(2027, 1, 20)
    seen = situation(
        on, facts={"resolution": paper(on), "ballot": ballot(7, 3)}, past=PROBATION,
        member=member(standing="probationary", born_on=date(2000, 1, 1), joined_on=date(2026, 1, 5)),
    )  # fmt: skip
    assert refused("recognition", "propose", seen) == set()


def test_wrongful_admission_blocks_recognition() -> None:
    """B55."""
    on = date(2027, 1, 20)
    seen = situation(
        on, facts={"resolution": paper(on)}, past=PROBATION,
        member=member(standing="probationary", born_on=date(2008, 2, 1), joined_on=date(2026, 1, 5),
                      admission_decided_on=date(2025, 12, 20)),
    )  # fmt: skip
    assert refused("recognition", "propose", seen) == {"admission.too_young"}
