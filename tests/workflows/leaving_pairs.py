"""Yes and no of the guards of screening, leaving, appeal and readmission: the last good day or vote, and the first bad."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from tests.workflows.twins import ballot, member, paper, situation
from workflows import law
from workflows.guards import (
    appeal_levels,
    appeals,
    counters,
    days,
    discipline,
    own,
    people,
    readmission,
    removal,
    screening,
    taking_part,
    votes,
    withdrawal,
)
from workflows.offices import Level
from workflows.situation import CaseView, Situation
from workflows.standings import Participation
from workflows.voting import Ballot, Roll

ON = date(2027, 2, 1)
LAST_YEAR = [date(2026, 3, 1), date(2026, 7, 1), date(2026, 11, 1)]
AUTUMN = [date(2026, 1, 1), date(2026, 11, 1), date(2026, 12, 1)]
ACROSS = [date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1), date(2027, 3, 1)]
SCREENED = Ballot("ballot", "Ballot", rule="SCR.VOTE")
EXPELLED = Ballot("ballot", "Ballot", rule="DIS.EXPEL_CELL_VOTE")


def seen(on: date = ON, past: dict[str, Any] | None = None, **facts: Any) -> Situation:
    return situation(on, facts=facts, past=past or {}, member=member())


def gone(standing: str = "removed", on: date = ON, left: date | None = date(2024, 2, 1), **facts: Any) -> Situation:
    """Somebody who left three years ago."""
    return situation(on, facts=facts, member=member(standing=standing, left_on=left, joined_on=date(2015, 1, 5)))


def excused(ground: str, way: str, until: date | None) -> Situation:
    return situation(ON, facts={"ground": ground}, member=member(participation=way, away_until=until))


def opened(given: Situation, *lifecycles: str) -> Situation:
    return replace(given, open_cases=lambda key: int(key in lifecycles))


def restored(official_on: date) -> Situation:
    """By a decision that says from when official; the record says 5 January 2016."""
    return replace(
        gone(official_on=official_on), member=member(joined_on=date(2015, 1, 5), official_on=date(2016, 1, 5))
    )


DECIDING = {"removal": ("decide", "take_over"), "discipline": ("expel", "expel_on_judgment")}


def by_level(
    appeal_to: str, *levels: Level | None, case: str = "removal", against: str = "", closed: date | None = None,
    left: date | None = date(2024, 2, 1),
) -> Situation:  # fmt: skip
    """An appeal to a level; the person's cases of a lifecycle, closed on a day, were decided at these (None: not)."""
    cases = [CaseView(key, "closed", date(2024, 1, 1), closed, {}) for key in range(len(levels))]
    told = {"against": against} if against else {}
    return replace(
        gone(left=left, appeal_to=appeal_to, **told), cases=lambda key: cases if key == case else [],
        decided_at=lambda key, steps: levels[key] if steps == DECIDING[case] else None,
    )  # fmt: skip


def upheld(given: Situation, level: Level, *, closed: date | None = None) -> Situation:
    """With an appeal addressed to the upper committee that this level upheld."""
    case = CaseView(
        9, "closed" if closed else "upheld", date(2024, 2, 1), closed, APPEALED | {"appeal_to": "upper_committee"}
    )
    return replace(
        given, cases=lambda key: [case] if key == "appeal" else [],
        decided_at=lambda key, steps: level if (key, steps) == (9, ("uphold",)) else None,
    )  # fmt: skip


def decided(given: Situation, lifecycle: str, state: str, **facts: Any) -> Situation:
    """With one earlier case of the lifecycle about the person."""
    case = CaseView(9, state, date(2024, 1, 1), date(2024, 2, 1), facts)
    return replace(given, cases=lambda key: [case] if key == lifecycle else [])


def both(given: Situation) -> Situation:
    """With two appeals decided: by the province, and before it by a committee below."""
    day = date(2024, 2, 1)
    cases = [
        CaseView(place, "closed", day, day, APPEALED | {"appeal_to": level})
        for place, level in enumerate(("upper_committee", "province"))
    ]
    return replace(given, cases=lambda key: cases if key == "appeal" else [])


def running(given: Situation, lifecycle: str, state: str, **facts: Any) -> Situation:
    """As `decided`, with a case that is still open."""
    case = CaseView(9, state, date(2024, 1, 1), None, facts)
    return replace(given, cases=lambda key: [case] if key == lifecycle else [])


def counted(ground: str, months: int, *, meetings: Sequence[date] = (), dues: Sequence[date] = (), on: date = ON,
            **law_says: Any) -> Situation:  # fmt: skip
    """With months that the counters hold against the member; `law_says`: other values of LAP.*"""

    def between(kind: str, first: date, last: date) -> list[date]:
        return [month for month in {"meetings": meetings, "dues": dues}[kind] if first <= month <= last]

    def look_up(rule_id: str, day: date) -> law.Rule:
        found = law.rule(rule_id, day)
        return replace(found, value=law_says.get(rule_id.removeprefix("LAP."), found.value))

    return replace(seen(on, ground=ground, months=months), missed=between, look_up=look_up)


def on_roll(roll: Roll, **facts: Any) -> Situation:
    return replace(seen(**facts), roll_at=lambda key: roll)


RECEIVED = {"against": "removal", "received_on": date(2026, 12, 28)}  # B35: the last day is 16/02/2027
EXPULSION = {"against": "expulsion", "received_on": date(2026, 12, 28)}  # 27/01 by calendar days, 28/01 a month, 16/02
APPEALED = {"against": "removal", "received_on": "2024-02-15", "appeal_to": "province"}
TO_THE_LAST = APPEALED | {"appeal_to": "central"}
FURTHER = TO_THE_LAST | {"decision": {"date": "2024-03-15"}}
"""Upheld below and gone on to the last level."""
LAST = gone(against="removal", appeal_to="central")
HANDED = {"hand_over": {"date": "2026-12-28"}}
SUSPENDED = replace(seen(), member=member(participation="suspended"))


def staying(then: str, granted: str = "elsewhere") -> Situation:
    """Somebody (1) of whom the history says on the day how they take part, beside what was granted."""
    return replace(seen(), member=member(participation=granted), takes_part=lambda ids: dict.fromkeys(ids, then))


LEAVING: list[tuple[str, Callable[[Situation], Any], Situation, Situation]] = [
    ("Refusal:day.end_not_later", days.ends_later("d"), seen(d=date(2027, 2, 2)), seen(d=ON)),
    ("Refusal:person.recorded_the_resolution", people.another_than("propose", "report_upward"),
     replace(seen(), user_id=5, recorded_by={("propose", "report_upward"): 6}.get),
     replace(seen(), user_id=5, recorded_by={("propose", "report_upward"): 5}.get)),
    ("Refusal:person.recorded_the_resolution", people.another_than("propose"),  # the cell settles its own, nobody above it
     replace(seen(), user_id=5, recorded_by=lambda steps: 5, office_level=Level.CELL),
     replace(seen(), user_id=5, recorded_by=lambda steps: 5, office_level=Level.SECTION)),
    ("Refusal:person.own_file", own.not_ones_own, replace(seen(), own_id=member().pk + 1),
     replace(seen(), own_id=member().pk)),
    ("Refusal:person.names_oneself", own.not_oneself("named"), replace(seen(named=(7, 8)), own_id=9),
     replace(seen(named=(7, 9)), own_id=9)),
    ("Refusal:member.file_frozen", people.still_on_the_lists, seen(), gone()),
    ("Refusal:member.file_frozen", people.still_on_the_lists, replace(seen(), member=member(standing="candidate")),
     gone("transferred_out")),
    # votes: ten official members, one of them exempt; all of them leave the denominator of a screening
    ("Refusal:ballot.not_carried", votes.carried(SCREENED), on_roll(Roll(10, exempt=1, present=10), ballot=ballot(6, 3)),
     on_roll(Roll(10, exempt=1, present=10), ballot=ballot(5, 4))),
    # … nor are they handed a ballot, whether they came or not
    ("Refusal:ballot.does_not_add_up", votes.ballot_adds_up(SCREENED),
     on_roll(Roll(10, exempt=1, present=10), ballot=ballot(6, 3)),
     on_roll(Roll(10, exempt=1, present=10), ballot=ballot(6, 4))),
    ("Refusal:ballot.does_not_add_up", votes.ballot_adds_up(SCREENED),
     on_roll(Roll(10, exempt=1, present=8), ballot=ballot(6, 2)),
     on_roll(Roll(10, exempt=1, present=8), ballot=ballot(6, 3))),
    ("Refusal:ballot.does_not_add_up", votes.ballot_adds_up(EXPELLED),
     on_roll(Roll(10, exempt=1, present=10), ballot=ballot(6, 4)),
     on_roll(Roll(10, exempt=1, present=10), ballot=ballot(6, 5))),
    ("Refusal:ballot.was_carried", votes.not_carried(SCREENED),
     on_roll(Roll(10, left_out=1, present=9), ballot=ballot(6, 3)),
     on_roll(Roll(10, left_out=1, exempt=1, present=9), ballot=ballot(6, 3))),
    ("Caution:ballot.not_carried", votes.carried(EXPELLED), seen(ballot=ballot(7, 3)), seen(ballot=ballot(6, 4))),
    ("Caution:ballot.was_carried", votes.not_carried(EXPELLED), seen(ballot=ballot(6, 4)), seen(ballot=ballot(7, 3))),
    # screening
    ("Refusal:screening.too_few_years", screening.failed_long_enough, seen(criterion="not_completed", years=2),
     seen(criterion="not_completed", years=1)),
    ("Refusal:screening.too_few_years", screening.failed_long_enough, seen(criterion="violated_again"),
     seen(criterion="not_completed")),
    ("Refusal:screening.not_secret", screening.secret_ballot, seen(secret=True), seen(secret=False)),
    ("Caution:screening.open_already", screening.goes_on_in("removal"), opened(seen(), "discipline"),
     opened(seen(), "removal")),
    ("Caution:screening.help_runs", screening.help_was_given, seen(past={"help_until": "2027-02-01"}),
     seen(past={"help_until": "2027-02-02"})),
    ("Caution:screening.help_runs", screening.help_was_given, seen(past={"resolution": {"date": "2026-02-01"}}),
     seen(past={"resolution": {"date": "2026-02-02"}})),
    # removal
    ("Refusal:ground.other_person", removal.ground_fits_the_person,
     replace(seen(ground="probationer_unfit"), member=member(standing="probationary")), seen(ground="probationer_unfit")),
    ("Refusal:ground.other_person", removal.ground_fits_the_person,
     opened(replace(seen(ground="dues_unpaid"), member=member(standing="probationary")), "recognition"),
     opened(replace(seen(ground="probationer_unfit"), member=member(standing="probationary")), "recognition")),
    *(("Refusal:ground.too_few", removal.ground_is_counted, seen(ground=ground, **{fact: least}),
       seen(ground=ground, **{fact: least - 1}))
      for ground, fact, least in (
          ("activity_dropped", "months", 3), ("dues_unpaid", "months", 3), ("standards_violated", "years", 2))),
    ("Refusal:ground.too_few", removal.ground_is_counted, seen(ground="card_given_up"), seen(ground="dues_unpaid")),
    # months claimed, in another year, of another kind, after the step, and added up where the law does
    *((f"Caution:ground.{code}", removal.dropped_without_leave, excused("dues_unpaid", way, until),
       excused("activity_dropped", way, until))
      for code, way, until in (("exempt", "exempt", None), ("away_without_paper", "away", None), ("on_leave", "away", ON))),
    ("Caution:ground.on_leave", removal.dropped_without_leave, excused("activity_dropped", "attending", None),
     excused("activity_dropped", "away", ON)),
    *(("Caution:lapse.fewer_on_record", counters.months_as_counted, counted(ground, 3, **{kind: LAST_YEAR}),
       counted(ground, 4, **{kind: LAST_YEAR}))
      for ground, kind in (
          ("meetings", "meetings"), ("activity_dropped", "meetings"), ("dues", "dues"), ("dues_unpaid", "dues"))),
    ("Caution:lapse.fewer_on_record", counters.months_as_counted, counted("meetings", 3, meetings=AUTUMN),
     counted("meetings", 4, meetings=AUTUMN)),
    ("Caution:lapse.fewer_on_record", counters.months_as_counted, counted("meetings", 2, meetings=ACROSS),
     counted("meetings", 3, meetings=ACROSS)),
    ("Caution:lapse.fewer_on_record", counters.months_as_counted,
     counted("meetings", 2, meetings=ACROSS, on=date(2027, 2, 28)),
     counted("meetings", 2, meetings=ACROSS, on=date(2027, 1, 31))),
    ("Caution:lapse.fewer_on_record", counters.months_as_counted,
     counted("political_standards", 1), counted("dues", 3, meetings=ACROSS)),
    ("Caution:lapse.fewer_on_record", counters.months_as_counted,
     counted("dues_unpaid", 4, meetings=LAST_YEAR, dues=[date(2026, 6, 1)], MIX_MEETINGS_AND_DUES=True),
     counted("dues_unpaid", 4, meetings=LAST_YEAR, dues=LAST_YEAR, MIX_MEETINGS_AND_DUES=True)),
    ("Refusal:ground.education_too_short", removal.educated_long_enough,
     seen(ground="will_declined", educated_since=date(2026, 2, 1)),
     seen(ground="will_declined", educated_since=date(2026, 2, 2))),
    ("Refusal:expulsion.due", removal.expulsion_not_due, seen(expulsion_due=False), seen(expulsion_due=True)),
    ("Refusal:expulsion.discipline_open", removal.expulsion_not_due,
     opened(replace(seen(), member=member(standing="probationary")), "discipline"), opened(seen(), "discipline")),
    ("Refusal:expulsion.discipline_open", removal.expulsion_not_due, seen(), opened(seen(), "discipline")),
    ("Refusal:self_review.request_number", removal.request_in_order, seen(past={"request_number": 2}, request_number=3),
     seen(past={"request_number": 1}, request_number=3)),
    ("Refusal:self_review.request_number", removal.request_in_order, seen(request_number=1),
     seen(past={"request_number": 3}, request_number=4)),
    ("Refusal:self_review.asked_at_once", removal.asked_again_later, seen(past={"receipt": {"date": "2027-01-31"}}),
     seen(past={"receipt": {"date": "2027-02-01"}})),
    ("Refusal:self_review.receipt_before", removal.received_after_sent, seen(request=paper(ON), receipt=paper(ON)),
     seen(request=paper(ON), receipt=paper(date(2027, 1, 31)))),
    ("Refusal:self_review.missing", removal.reviewed_or_asked, seen(past={"request_number": 3}),
     seen(past={"request_number": 2})),
    ("Refusal:self_review.missing", removal.reviewed_or_asked, seen(past={"self_review": {"date": "2027-01-01"}}), seen()),
    ("Caution:card.not_collected", removal.card_collected, seen(card_collected=True), seen(card_collected=False)),
    # discipline
    ("Refusal:member.other_participation", taking_part.takes_part(Participation.SUSPENDED), SUSPENDED, seen()),
    ("Refusal:suspension.runs", discipline.not_suspended, seen(), SUSPENDED),
    ("Refusal:judgment.not_in_force", discipline.judgment_in_force, seen(in_force_on=ON),
     seen(in_force_on=date(2027, 2, 2))),
    ("Refusal:discipline.other_cell", discipline.at_the_temporary_cell,
     replace(seen(at_unit="87.108.000.000.001"), member=member(guest_unit_id=8)),
     replace(seen(at_unit="87.108.000.000.002"), member=member(guest_unit_id=8))),  # B34
    ("Refusal:discipline.other_cell", discipline.at_the_temporary_cell, seen(), seen(at_unit="87.108.000.000.001")),
    ("Refusal:discipline.stay_not_begun", discipline.stay_has_begun, staying("elsewhere"), staying("attending")),
    ("Refusal:discipline.stay_not_begun", discipline.stay_has_begun, staying("attending", granted="attending"),
     staying("away")),
    ("Refusal:discipline.beyond_the_cell", discipline.form_of_a_temporary_cell, seen(form="warning"),
     seen(form="dismissal")),
    *(("Refusal:discipline.above_the_cell", discipline.form_of_the_cell, replace(seen(form=form), office_level=level),
       replace(seen(form="dismissal"), office_level=Level.CELL))
      for form, level in (("reprimand", Level.CELL), ("warning", Level.CELL), ("dismissal", Level.BASE), ("dismissal", None))),
    *(("Refusal:discipline.not_on_probation", discipline.form_for_a_probationer,
       replace(seen(form=form), member=member(standing=stage)),
       replace(seen(form="dismissal"), member=member(standing="probationary")))
      for form, stage in (("reprimand", "probationary"), ("warning", "probationary"), ("dismissal", "official"))),
    # leaving on request, B39
    ("Refusal:withdrawal.discipline_open", withdrawal.no_violation, seen(), opened(seen(), "discipline")),
    ("Refusal:withdrawal.violation", withdrawal.no_violation, seen(no_violation=True), seen(no_violation=False)),
    *(("Caution:withdrawal.other_case_open", withdrawal.no_violation, seen(), running(seen(), lifecycle, state, **facts))
      for lifecycle, state, facts in (("removal", "reviewed", {"ground": "activity_dropped"}),
                                      ("screening", "helped", {"criterion": "other"}),
                                      ("transfer", "introduced", {"missing_report": {"date": "2026-08-06"}}))),
    ("Caution:withdrawal.other_case_open", withdrawal.no_violation, running(seen(), "transfer", "introduced"),
     running(seen(), "transfer", "introduced", missing_report={"date": "2026-08-06"})),
    ("Refusal:withdrawal.removal_open", withdrawal.no_violation, running(seen(), "recognition", "reviewing"),
     running(seen(), "recognition", "removal_proposed")),
    ("Refusal:withdrawal.removal_open", withdrawal.no_violation, decided(seen(), "recognition", "removal_proposed"),
     running(seen(), "recognition", "removal_proposed")),
    *(("Refusal:withdrawal.removal_open", withdrawal.no_violation,
       running(seen(), "removal", "reviewed", ground="will_declined"), running(seen(), "removal", state, ground=ground))
      for state, ground in (("opened", "standards_violated"), ("asked", "political_standards"), ("proposed", "will_declined"))),
    ("Refusal:withdrawal.removal_open", withdrawal.no_violation,
     decided(seen(), "removal", "kept", ground="standards_violated"),
     running(seen(), "removal", "considered", ground="standards_violated")),
    *(("Refusal:withdrawal.screening_open", withdrawal.no_violation,
       decided(seen(), "screening", "progressed", criterion=sign), running(seen(), "screening", "helped", criterion=sign))
      for sign in withdrawal.VIOLATED),
    # appeals
    ("Refusal:appeal.in_its_case", appeals.no_case_waits, decided(gone(against="removal"), "removal", "appealed"),
     decided(gone(against="removal"), "removal", "handed_over")),
    ("Refusal:appeal.in_its_case", appeals.no_case_waits, decided(gone(against="removal"), "discipline", "handed_over"),
     decided(gone(against="expulsion"), "discipline", "expelled")),
    ("Caution:appeal.late_on_one_reading", appeals.one_reading_over("DIS.APPEAL"), seen(date(2027, 1, 27), HANDED),
     seen(date(2027, 1, 28), HANDED)),
    ("Caution:appeal.late_on_one_reading", appeals.one_reading_over("DIS.APPEAL"), seen(date(2027, 2, 17), HANDED),
     seen(date(2027, 2, 16), HANDED)),
    ("Refusal:appeal.term_runs", appeals.term_over("REM.APPEAL"), seen(date(2027, 2, 17), HANDED),
     seen(date(2027, 2, 16), HANDED)),
    ("Refusal:appeal.term_runs", appeals.term_over("DIS.APPEAL"), seen(date(2027, 2, 17), HANDED),
     seen(date(2027, 2, 16), HANDED)),
    ("Refusal:appeal.late", appeals.in_time, seen(date(2027, 2, 16), **RECEIVED), seen(date(2027, 2, 17), **RECEIVED)),
    ("Caution:appeal.late_on_one_reading", appeals.in_time, seen(date(2027, 1, 27), **EXPULSION),
     seen(date(2027, 1, 28), **EXPULSION)),
    ("Refusal:appeal.late", appeals.in_time, seen(date(2027, 2, 16), **EXPULSION), seen(date(2027, 2, 17), **EXPULSION)),
    ("Refusal:appeal.not_late", appeals.too_late, seen(date(2027, 2, 17), **RECEIVED),
     seen(date(2027, 2, 16), **RECEIVED)),
    ("Refusal:appeal.other_decision", appeals.against_what_happened, gone(against="removal"), gone(against="expulsion")),
    ("Refusal:appeal.received_then", appeals.received_before_lodged, gone(received_on=ON),
     gone(received_on=date(2027, 2, 2))),
    ("Refusal:appeal.received_then", appeals.received_before_lodged, gone(received_on=date(2024, 2, 1)),
     gone(received_on=date(2024, 1, 31))),
    *(("Refusal:appeal.decided_already", appeal_levels.not_decided_already,
       decided(gone(against="removal", appeal_to="central"), "appeal", "closed", **APPEALED),
       decided(gone(against="removal", appeal_to=level), "appeal", "closed", **APPEALED))
      for level in ("upper_committee", "province")),
    *(("Refusal:appeal.decided_already", appeal_levels.not_decided_already,
       decided(again, "appeal", state, **TO_THE_LAST), decided(LAST, "appeal", "closed", **TO_THE_LAST))
      for again, state in ((LAST, "withdrawn"), (gone(against="expulsion", appeal_to="central"), "closed"),
                           (gone(left=date(2024, 2, 16), against="removal", appeal_to="central"), "closed"))),
    # received on the day of leaving; of two decisions the higher one counts, whatever the letters of its name
    ("Refusal:appeal.decided_already", appeal_levels.not_decided_already,
     decided(gone(left=date(2024, 2, 16), against="removal", appeal_to="province"), "appeal", "closed", **APPEALED),
     decided(gone(left=date(2024, 2, 15), against="removal", appeal_to="province"), "appeal", "closed", **APPEALED)),
    ("Refusal:appeal.decided_already", appeal_levels.not_decided_already, both(gone(against="removal", appeal_to="central")),
     both(gone(against="removal", appeal_to="province"))),
    *(("Refusal:appeal.went_further", appeal_levels.not_decided_already,
       decided(gone(against="removal", appeal_to=level), "appeal", "withdrawn", **facts),
       decided(gone(against="removal", appeal_to="province"), "appeal", "withdrawn", **FURTHER))
      for level, facts in (
          ("central", FURTHER), ("province", TO_THE_LAST), ("province", FURTHER | {"against": "expulsion"}),
          ("province", FURTHER | {"appeal_to": "province"}))),
    ("Refusal:appeal.went_further", appeal_levels.not_decided_already,
     decided(gone(against="removal", appeal_to="province"), "appeal", "upheld", **FURTHER),
     decided(gone(against="removal", appeal_to="upper_committee"), "appeal", "withdrawn", **FURTHER)),
    *(("Refusal:appeal.same_body", appeal_levels.above_who_decided("removal"), by_level(good, level), by_level(bad, level))
      for level, good, bad in ((Level.UPPER, "province", "upper_committee"), (Level.PROVINCE, "central", "province"),
                               (Level.PROVINCE, "central", "upper_committee"))),
    ("Refusal:appeal.same_body", appeal_levels.above_who_decided("removal"), by_level("upper_committee", None),
     by_level("upper_committee", Level.UPPER)),
    ("Refusal:appeal.same_body", appeal_levels.above_who_decided("expulsion"), by_level("upper_committee", Level.UPPER),
     by_level("upper_committee", Level.UPPER, case="discipline")),
    # outside the case that decided, by what the appeal is against
    *(("Refusal:appeal.same_body", appeal_levels.above_who_decided(),
       by_level("province", Level.UPPER, case=case, against=against),
       by_level("upper_committee", Level.UPPER, case=case, against=against))
      for case, against in (("removal", "removal"), ("discipline", "expulsion"))),
    ("Refusal:appeal.same_body", appeal_levels.above_who_decided(), by_level("upper_committee", Level.UPPER),
     by_level("upper_committee", Level.UPPER, against="removal")),
    # the last case that decided, not one that did not; closed on the day of leaving, not before
    ("Refusal:appeal.same_body", appeal_levels.above_who_decided("removal"),
     by_level("province", Level.PROVINCE, Level.UPPER, None), by_level("province", Level.UPPER, Level.PROVINCE, None)),
    *(("Refusal:appeal.same_body", appeal_levels.above_who_decided("removal"),
       by_level("province", Level.PROVINCE, closed=date(2024, 1, 31)),
       by_level("province", Level.PROVINCE, closed=closed, left=left))
      for closed, left in ((date(2024, 2, 1), date(2024, 2, 1)), (date(2024, 1, 31), None))),
    ("Refusal:appeal.other_level", appeal_levels.addressed_here,
     replace(seen(past={"appeal_to": "province"}), acts_at=lambda level: level == "province"),
     replace(seen(past={"appeal_to": "province"}), acts_at=lambda level: level == "upper_committee")),
    ("Refusal:appeal.other_level", appeal_levels.addressed_here, replace(seen(), acts_at=lambda level: False),
     replace(seen(past={"appeal_to": "central"}), acts_at=lambda level: False)),
    ("Refusal:appeal.same_body", appeal_levels.higher_body, seen(past={"appeal_to": "province"}, appeal_to="central"),
     seen(past={"appeal_to": "province"}, appeal_to="province")),
    # addressed to a level that there is none of here, and upheld by the one above it
    *(("Refusal:appeal.same_body", appeal_levels.higher_body,
       upheld(seen(past={"appeal_to": "upper_committee"}, appeal_to=good), level, closed=closed),
       upheld(seen(past={"appeal_to": "upper_committee"}, appeal_to="province"), Level.PROVINCE))
      for good, level, closed in (("central", Level.PROVINCE, None), ("province", Level.UPPER, None),
                                  ("province", Level.PROVINCE, ON))),
    ("Refusal:appeal.decided_already", appeal_levels.not_decided_already,
     upheld(gone(against="removal", appeal_to="central"), Level.PROVINCE, closed=ON),
     upheld(gone(against="removal", appeal_to="province"), Level.PROVINCE, closed=ON)),
    ("Refusal:appeal.decided_already", appeal_levels.not_decided_already,
     upheld(gone(against="removal", appeal_to="province"), Level.UPPER, closed=ON),
     upheld(gone(against="removal", appeal_to="upper_committee"), Level.BASE, closed=ON)),
    ("Refusal:restore.dates_unknown", appeals.stage_known, replace(gone(), member=member(
        joined_on=ON, official_on=ON)), replace(gone(), member=member())),
    ("Caution:restore.on_probation", appeals.stage_known, replace(gone(), member=member(
        joined_on=ON, official_on=ON)), gone()),
    ("Refusal:restore.not_official", appeals.official_as_decided, gone(), gone(official_on=date(2016, 1, 5))),
    ("Caution:restore.other_day", appeals.official_as_decided, restored(date(2016, 1, 5)), restored(date(2016, 1, 6))),
    ("Refusal:return.official_first", appeals.official_as_decided, restored(date(2015, 1, 5)), restored(date(2015, 1, 4))),
    ("Caution:restore.attends", appeals.takes_part_anew, gone(), replace(gone(), member=member(participation="exempt"))),
    ("Refusal:restore.cases_open", appeals.nothing_else_runs, gone(),
     replace(gone(), running=lambda: frozenset({"recognition"}))),
    # readmission
    ("Refusal:readmission.too_early", readmission.waited_long_enough, gone(left=date(2024, 2, 1)),
     gone(left=date(2024, 2, 2))),
    ("Refusal:readmission.too_early", readmission.waited_long_enough,
     gone("transferred_out", left=date(2020, 2, 1), left_elsewhere_on=date(2024, 2, 1)),
     gone("transferred_out", left=date(2020, 2, 1), left_elsewhere_on=date(2024, 2, 2))),
    ("Refusal:readmission.left_here", readmission.left_there, gone(), gone(left_elsewhere_on=date(2024, 2, 1))),
    ("Refusal:readmission.left_there_unknown", readmission.left_there,
     gone("transferred_out", left_elsewhere_on=date(2024, 2, 1)), gone("transferred_out")),
    ("Refusal:readmission.left_before_moving", readmission.left_there,
     gone("transferred_out", left_elsewhere_on=date(2024, 2, 1)),
     gone("transferred_out", left_elsewhere_on=date(2024, 1, 31))),
    ("Refusal:readmission.left_unknown", readmission.waited_long_enough, gone(), gone(left=None)),
    ("Refusal:readmission.too_early", readmission.waited_long_enough,
     gone("expelled", reason_left="less_serious_crime", record_cleared_on=date(2022, 2, 1)),
     gone("expelled", reason_left="less_serious_crime", record_cleared_on=date(2022, 2, 2))),
    ("Refusal:readmission.cleared_unknown", readmission.waited_long_enough, gone(reason_left="other"),
     gone(reason_left="less_serious_crime")),
    *(("Refusal:readmission.never", readmission.reason_allows, gone(reason_left="asked_hardship"), gone(reason_left=one))
      for one in ("dropped_activity", "asked", "disunity", "corruption", "serious_crime")),
    ("Refusal:readmission.never", readmission.reason_allows, seen(past={"reason_left": "asked_hardship"}),
     seen(past={"reason_left": "asked"})),
    ("Refusal:readmission.cleared_unknown", readmission.waited_long_enough, gone(),
     replace(gone(), past={"reason_left": "less_serious_crime"})),
    ("Caution:readmission.reason_unrecorded", readmission.reason_as_recorded,
     decided(gone(reason_left="other"), "removal", "closed", ground="dues_unpaid"), gone(reason_left="other")),
    *(("Refusal:readmission.other_reason", readmission.reason_as_recorded,
       decided(gone(standing, reason_left=right), lifecycle, state, **facts),
       decided(gone(standing, reason_left=wrong), lifecycle, state, **facts))
      for standing, lifecycle, state, facts, right, wrong in (
          ("removed", "removal", "closed", {"ground": "activity_dropped"}, "dropped_activity", "other"),
          ("removed", "removal", "handed_over", {"ground": "transfer_abandoned"}, "dropped_activity", "other"),
          ("removed", "removal", "appealed", {"ground": "card_given_up"}, "other", "asked_hardship"),
          ("removed", "removal", "decided", {"ground": "political_standards"}, "disunity", "asked"),
          ("withdrawn", "withdrawal", "withdrawn", {"cause": "other"}, "asked", "asked_hardship"),
          ("withdrawn", "withdrawal", "withdrawn", {"cause": "family_hardship"}, "asked_hardship", "asked"),
          ("expelled", "discipline", "closed", {"crime": "serious"}, "serious_crime", "less_serious_crime"),
          ("expelled", "discipline", "closed", {}, "disunity", "asked"),
          ("expelled", "discipline", "closed", {}, "other", "asked"),
          ("expelled", "discipline", "expelled", {}, "corruption", "asked_hardship"),
          ("removed", "removal", "closed", {"ground": "political_standards"}, "less_serious_crime", "asked"))),
    ("Caution:readmission.appeal_open", readmission.no_appeal_open, opened(gone(), "removal"), opened(gone(), "appeal")),
    ("Caution:readmission.second_time", readmission.not_readmitted_before,
     decided(gone(), "readmission", "refused"), decided(gone(), "readmission", "consented")),
]  # fmt: skip
