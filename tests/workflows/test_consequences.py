"""What each of a member's own steps changes of the record, and nothing else; and which of them a case's step calls when."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.workflows.test_walk import CASE_STEPS, begin, move, value_for
from tests.workflows.twins import case, member, paper, situation
from workflows import law
from workflows.catalogue import steps
from workflows.facts import Day
from workflows.standings import Participation, Standing
from workflows.vocabulary import NEW, Step

ON, DECIDED = date(2027, 2, 1), date(2027, 1, 20)
BEFORE = {
    "born_on": date(1980, 1, 1), "admission_decided_on": date(2010, 1, 10), "joined_on": date(2010, 2, 20),
    "official_on": date(2011, 3, 30), "left_on": date(2020, 2, 20), "away_until": date(2027, 6, 30),
    "party_age_from": date(2009, 3, 1), "badge_years": 5, "guest_unit_id": 99, "guest_path": "/1/99/", "unit_id": 7,
    "unit_path": "/1/70/7/",
}  # fmt: skip
TOLD = {
    "joined_on": date(2012, 2, 20), "official_on": date(2013, 2, 20), "admission_decided_on": date(2012, 1, 10),
    "left_on": date(2021, 2, 20), "away_until": date(2027, 12, 31), "party_age_from": date(2011, 3, 1),
    "badge_years": 10, "died_on": date(2027, 1, 30), "participation": "away",
}  # fmt: skip
"""Other days than before, as a step is told them."""
CELL = "87.108.000.000.001"
FIELDS = ("standing", "participation", *BEFORE)


def facts_for(step: Step) -> dict[str, Any]:
    return {fact.name: TOLD.get(fact.name, ON if isinstance(fact, Day) else value_for(fact)) for fact in step.facts}


def changes(name: str, **before: Any) -> dict[str, Any]:
    """What a step, told to lead to the cell `to_unit`, changes of a record, by field."""
    step = steps("membership")[name]
    person = member()
    given = {"standing": NEW, "participation": NEW} if NEW in step.sources else {step.field: step.sources[0]}
    for field, value in {**BEFORE, **given, **before}.items():
        setattr(person, field, value)
    was = {field: getattr(person, field) for field in FIELDS}
    facts = facts_for(step) | {"to_unit": before.get("to_unit", CELL)}
    getattr(person, name)(situation(ON, facts=facts, past={"away_until": "2027-11-30"}, member=person))
    return {field: getattr(person, field) for field in FIELDS if getattr(person, field) != was[field]}


NOBODYS_GUEST = {"guest_unit_id": None, "guest_path": None}
GUEST_THERE = {"guest_unit_id": 8, "guest_path": "/1/80/8/"}
GONE = {"left_on": ON, **NOBODYS_GUEST}
ATTENDS = {"participation": "attending", "away_until": None}
UNTIL = {"away_until": date(2027, 12, 31)}
ADMITTED = {"admission_decided_on": date(2012, 1, 10), "joined_on": date(2012, 2, 20)}
BOTH = ADMITTED | {"official_on": date(2013, 2, 20)}
LEFT = BOTH | {"left_on": date(2021, 2, 20)}
OF_AGE = {"party_age_from": date(2011, 3, 1), "badge_years": 10}
CHANGES: dict[str, dict[str, Any]] = {
    "import_candidate": {"standing": "candidate"},
    "import_probationary": {"standing": "probationary", "participation": "away", **ADMITTED, **UNTIL},
    "import_official": {"standing": "official", "participation": "away", **BOTH, **UNTIL},
    "import_removed": {"standing": "removed", **LEFT}, "import_deceased": {"standing": "deceased", **LEFT},
    "import_transferred_out": {"standing": "transferred_out", **LEFT},
    "import_attending": {"participation": "attending"}, "import_away": {"participation": "away"},
    "import_exempt": {"participation": "exempt"}, "import_lapsed": {"participation": "lapsed"},
    "receive_new_official": {"standing": "official", **ATTENDS, **BOTH, **OF_AGE},
    "receive_new_probationary": {"standing": "probationary", **ATTENDS, **ADMITTED, **OF_AGE},
    "receive_new_approved": {"standing": "approved", "admission_decided_on": ON},
    "remove": {"standing": "removed", **GONE}, "withdraw": {"standing": "withdrawn", **GONE},
    "expel": {"standing": "expelled", **GONE}, "transfer_out": {"standing": "transferred_out", **GONE},
    "record_death": {"standing": "deceased", **GONE, "left_on": date(2027, 1, 30)},
    "receive_probationary": {"standing": "probationary", "left_on": None},
    "receive_official": {"standing": "official", "left_on": None},
    "readmit": {"standing": "candidate"},
    "restore_probationary": {"standing": "probationary", "left_on": None},
    "restore_official": {"standing": "official", "left_on": None},
    "attend_elsewhere": {"participation": "elsewhere", **UNTIL, **GUEST_THERE},
    "stay_elsewhere": {"away_until": date(2027, 11, 30), **GUEST_THERE},  # said earlier in the case
    "return_from_elsewhere": {**ATTENDS, **NOBODYS_GUEST},
    "enter_transit": {"participation": "in_transit", "away_until": None, **GUEST_THERE},
    "be_taken_in": GUEST_THERE,
    "arrive": {"participation": "attending", **NOBODYS_GUEST, "unit_id": 8, "unit_path": "/1/80/8/"},
    "turn_back": {"participation": "attending", **NOBODYS_GUEST},
    "go_along": {"unit_id": 8, "unit_path": "/1/80/8/"}, "be_referred": {"unit_id": 8, "unit_path": "/1/80/8/"},
    "begin_attending": ATTENDS, "attend_again": {**ATTENDS, **NOBODYS_GUEST},
    "grant_away": {"participation": "away", **UNTIL}, "stay_away": UNTIL, "return_from_away": ATTENDS,
    "go_abroad": {"participation": "abroad"}, "return_from_abroad": {"participation": "attending"},
    "exempt": {"participation": "exempt"}, "end_exemption": {"participation": "attending"},
    "suspend": {"participation": "suspended", **UNTIL, **NOBODYS_GUEST}, "extend_suspension": UNTIL,
    "end_suspension": ATTENDS,
    "go_on_away": {"participation": "away"}, "go_on_elsewhere": {"participation": "elsewhere"},
    "go_on_abroad": {"participation": "abroad"}, "go_on_exempt": {"participation": "exempt"},
    "go_on_lapsed": {"participation": "lapsed", "away_until": None},
    "merge": {"standing": "merged"}, "correct_record": {}, "empty_fields": {},
    "award_badge": {"badge_years": 10}, "confirm_party_age": {"party_age_from": date(2011, 3, 1)},
    "choose": {"standing": "candidate"}, "drop": {"standing": "dropped"},
    "approve": {"standing": "approved", "admission_decided_on": ON, "party_age_from": date(2016, 2, 11)},
    "annul": {"standing": "annulled", "left_on": None, **NOBODYS_GUEST},
    "begin_probation": {"standing": "probationary", "joined_on": ON, "official_on": None, "left_on": None},
    "recognise": {"standing": "official", "official_on": date(2011, 2, 20)},
    "record_lapse": {"participation": "lapsed"}, "consider": {}, "resume": ATTENDS,
}  # fmt: skip


@pytest.mark.parametrize("name", steps("membership"))
def test_a_members_own_step_changes_this_and_nothing_else(name: str) -> None:
    assert changes(name) == CHANGES[name]


@pytest.mark.parametrize(
    ("name", "before", "changed"),
    [
        ("approve", {"left_on": None, "party_age_from": None}, {"standing": "approved", "admission_decided_on": ON}),
        ("approve", {"left_on": None, "admission_decided_on": None}, {"standing": "approved", "admission_decided_on": ON}),
        ("approve", {"party_age_from": None, "admission_decided_on": date(2010, 2, 20)},  # ten years in the Party
         {"standing": "approved", "admission_decided_on": ON, "party_age_from": date(2017, 2, 1)}),
        ("approve", {"party_age_from": None, "admission_decided_on": None, "joined_on": None},
         {"standing": "approved", "admission_decided_on": ON}),
        ("choose", {"standing": "annulled"}, {"standing": "candidate", "left_on": None}),
        ("choose", {"standing": "dropped"}, {"standing": "candidate"}),
        ("annul", {"standing": "probationary"}, {"standing": "annulled", "left_on": ON, **NOBODYS_GUEST}),
        ("begin_probation", {"participation": "away"},
         {"standing": "probationary", "joined_on": ON, "official_on": None, "left_on": None, **ATTENDS}),
        ("begin_probation", {"participation": "attending"},
         {"standing": "probationary", "joined_on": ON, "official_on": None, "left_on": None}),
        ("recognise", {"joined_on": None}, {"standing": "official", "official_on": date(2028, 2, 1)}),
        ("enter_transit", {"to_unit": "01"},
         {"participation": "in_transit", "away_until": None, **NOBODYS_GUEST}),
        ("arrive", {"to_unit": "01"}, {"participation": "attending", **NOBODYS_GUEST}),
        ("go_along", {"standing": "official", "participation": "elsewhere"}, {"unit_id": 8, "unit_path": "/1/80/8/"}),
        ("go_along", {"to_unit": "01"}, {}),
    ],
)  # fmt: skip
def test_what_a_step_changes_depends_on_the_record(name: str, before: dict[str, Any], changed: dict[str, Any]) -> None:
    assert changes(name, **before) == changed


def looked_up(person: Any, name: str, **facts: Any) -> list[tuple[str, date]]:
    """The rows of the law that a step looks up, with the day that selects each."""
    found: list[tuple[str, date]] = []

    def look_up(rule_id: str, on: date) -> law.Rule:
        found.append((rule_id, on))
        return law.rule(rule_id, on)

    getattr(person, name)(situation(ON, facts=facts, member=person, look_up=look_up))
    return found


def test_the_twelve_months_are_those_of_the_law_of_the_ceremony() -> None:
    person = member(standing="probationary", joined_on=date(2026, 1, 5))
    assert looked_up(person, "recognise") == [("PRO.LENGTH", date(2026, 1, 5))]
    assert person.official_on == date(2027, 1, 5)


@pytest.mark.parametrize(("left_on", "by"), [(None, []), (date(2020, 2, 20), [("PRO.PARTY_AGE_WITHOUT", DECIDED)])])
def test_by_the_law_of_the_decision_a_readmission_leaves_the_time_between_out(
    left_on: date | None, by: list[tuple[str, date]]
) -> None:
    person = member(standing="candidate", admission_decided_on=date(2010, 2, 20), left_on=left_on)
    assert looked_up(person, "approve", decision=paper(DECIDED)) == by
    assert person.admission_decided_on == DECIDED
    assert person.party_age_from == (date(2017, 1, 20) if left_on else None)


@pytest.mark.parametrize("joins", [False, True])
def test_a_readmission_that_was_annulled_adds_nothing_to_the_party_age(joins: bool) -> None:
    """Ten years in the Party until 2020 stay ten, however often the admission after it is decided."""
    person = member(standing="removed", admission_decided_on=date(2010, 2, 20), left_on=date(2020, 2, 20))

    def go(name: str, on: date) -> None:
        getattr(person, name)(situation(on, facts={"decision": paper(on)}, member=person))

    go("readmit", date(2026, 2, 1))
    go("approve", DECIDED)
    assert person.party_age_from == date(2017, 1, 20)
    if joins:
        go("begin_probation", ON)
    go("annul", date(2027, 3, 1))
    go("choose", date(2027, 6, 1))
    go("approve", date(2028, 1, 20))
    assert (person.party_age_from, person.admission_decided_on) == (date(2018, 1, 20), date(2028, 1, 20))


def test_who_was_taken_off_the_list_after_the_gate_keeps_the_years_in_the_party() -> None:
    """Chosen again later, without an admission in between: the ten years until 2020 count, the time since does not."""
    person = member(standing="removed", admission_decided_on=date(2010, 2, 20), left_on=date(2020, 2, 20))
    for name, on in (
        ("readmit", date(2026, 2, 1)),
        ("drop", date(2026, 3, 1)),
        ("choose", date(2026, 9, 1)),
        ("approve", DECIDED),
    ):
        getattr(person, name)(situation(on, facts={"decision": paper(on)}, member=person))
    assert (person.left_on, person.party_age_from) == (date(2020, 2, 20), date(2017, 1, 20))


@pytest.mark.parametrize("participation", ["attending", "away", "exempt", "lapsed"])
def test_a_roster_says_how_somebody_takes_part(participation: str) -> None:
    person = member(standing=NEW, participation=NEW)
    facts = {"joined_on": date(2012, 2, 20), "participation": participation, "official_on": None}
    person.import_probationary(situation(ON, facts=facts, member=person))
    assert [one.step.name for one in person.trail] == ["import_probationary", f"import_{participation}"]
    assert (person.standing, person.participation, person.joined_on, person.official_on) == (
        "probationary", participation, date(2012, 2, 20), None,
    )  # fmt: skip


O, A = Standing.OFFICIAL.value, Participation.ATTENDING.value  # noqa: E741
CALLS: list[tuple[str, str, str, list[str]]] = [
    ("abroad.introduce", O, A, ["go_abroad"]), ("abroad.come_back", O, "abroad", ["return_from_abroad"]),
    ("admission.decide", "candidate", A, ["approve"]),
    ("admission.hold_ceremony", "approved", A, ["begin_probation"]),
    ("admission.hold_ceremony", "approved", "away", ["begin_probation", "begin_attending"]),
    ("admission.annul", "approved", A, ["annul"]), ("admission.hand_over", "candidate", A, ["be_referred"]),
    ("admission.hand_over", "approved", A, ["be_referred"]), ("admission.refer", "candidate", A, ["be_referred"]),
    ("appeal.annul", "removed", A, ["restore_official"]), ("appeal.annul", "removed", "lapsed", ["restore_official"]),
    ("appeal.annul", "removed", "away", ["restore_official", "attend_again"]),
    ("away.take_over", O, "away", ["stay_away"]), ("away.grant", O, A, ["grant_away"]),
    ("away.grant", O, "away", ["stay_away"]), ("away.extend", O, "away", ["stay_away"]),
    ("away.come_back", O, "away", ["return_from_away"]),
    ("discipline.suspend", O, A, ["suspend"]), ("discipline.extend_suspension", O, "suspended", ["extend_suspension"]),
    ("discipline.end_suspension", O, "suspended", ["end_suspension"]), ("discipline.expel", O, A, ["expel"]),
    ("discipline.expel_on_judgment", O, A, ["expel"]),
    ("exemption.grant", O, A, ["exempt"]), ("exemption.resume", O, "exempt", ["end_exemption"]),
    ("readmission.consent", "removed", A, ["readmit"]),
    ("recognition.recognise", "probationary", A, ["recognise"]), ("recognition.remove", "probationary", A, ["remove"]),
    ("recognition.annul", "probationary", A, ["annul"]), ("removal.decide", O, A, ["remove"]),
    ("temporary_transfer.introduce", O, A, ["attend_elsewhere"]),
    ("temporary_transfer.take_in", O, "elsewhere", ["stay_elsewhere"]),
    ("temporary_transfer.extend", O, "elsewhere", ["stay_elsewhere"]),
    ("temporary_transfer.note_extension", O, "elsewhere", ["stay_elsewhere"]),
    ("temporary_transfer.come_back", O, "elsewhere", ["return_from_elsewhere"]),
    ("temporary_transfer.send_back", O, "elsewhere", ["return_from_elsewhere"]),
    ("temporary_transfer.call_off", O, "elsewhere", ["return_from_elsewhere"]),
    ("temporary_transfer.call_off", O, A, []),
    ("transfer.go_along", O, A, ["go_along"]),
    ("transfer.hand_over", O, A, ["enter_transit"]), ("transfer.introduce_within", O, A, ["enter_transit"]),
    ("transfer.introduce", O, A, ["enter_transit"]), ("transfer.take_in", O, "in_transit", ["be_taken_in"]),
    ("transfer.remove", O, "in_transit", ["remove", "turn_back"]), ("transfer.complete", O, "in_transit", ["arrive"]),
    ("transfer.go_out", O, A, ["transfer_out"]), ("transfer.send_back", O, "in_transit", ["turn_back"]),
    ("transfer.withdraw", O, "in_transit", ["turn_back"]),
    ("transfer.call_off", O, "elsewhere", ["return_from_elsewhere"]), ("transfer.call_off", O, A, []),
    ("transfer.call_off", "removed", "elsewhere", []),
    ("transfer.receive_back", "transferred_out", A, ["receive_official"]),
    ("transfer.receive_back", "transferred_out", "in_transit", ["receive_official", "attend_again"]),
    ("withdrawal.decide", O, A, ["withdraw"]),
]  # fmt: skip


def called(name: str, standing: str, participation: str, facts: dict[str, Any], **fields: Any) -> Any:
    """The member after a case's step from the first of its states."""
    lifecycle, _, step_name = name.partition(".")
    step = steps(lifecycle)[step_name]
    person = member(**{**fields, "standing": standing, "participation": participation})
    subject = case(lifecycle, step.sources[0])
    getattr(subject, step_name)(situation(ON, facts=facts_for(step) | facts, subject=subject, member=person))
    return person


@pytest.mark.parametrize(("name", "standing", "participation", "calls"), CALLS)
def test_a_cases_step_calls_these_steps_of_its_member(
    name: str, standing: str, participation: str, calls: list[str]
) -> None:
    days = {"joined_on": date(2010, 2, 20), "official_on": date(2011, 3, 30)}
    person = called(name, standing, participation, {}, **days)
    assert [one.step.name for one in getattr(person, "trail", [])] == calls


def test_every_case_step_that_moves_a_member_is_in_the_table() -> None:
    walked = {step.code: move(begin(step.lifecycle, state=step.sources[0]), step) for step in CASE_STEPS}
    listed = {steps(lifecycle)[step].code for lifecycle, _, step in (name.partition(".") for name, *_ in CALLS)}
    assert {code for code, person in walked.items() if getattr(person, "trail", [])} <= listed


def test_who_never_became_official_is_restored_on_probation() -> None:
    person = called("appeal.annul", "removed", A, {}, joined_on=date(2026, 8, 1))
    assert [one.step.name for one in person.trail] == ["restore_probationary"]
    assert (person.standing, person.joined_on, person.official_on) == ("probationary", date(2026, 8, 1), None)


def test_who_comes_back_has_the_days_of_the_record_else_those_of_the_papers() -> None:
    name, told = "transfer.receive_back", {"joined_on": date(2012, 2, 20), "official_on": None}
    new = called(name, "transferred_out", A, told)
    assert (new.standing, new.joined_on, new.official_on) == ("probationary", date(2012, 2, 20), None)
    known = called(name, "transferred_out", A, told, joined_on=date(2010, 2, 20), official_on=date(2011, 2, 20))
    assert (known.standing, known.joined_on, known.official_on) == ("official", date(2010, 2, 20), date(2011, 2, 20))
