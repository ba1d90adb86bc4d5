"""What runs on when a suspension, a journey or a stay ends: up to which day, whose case, and from when."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.workflows.test_consequences import BEFORE, CELL, GUEST_THERE, NOBODYS_GUEST
from tests.workflows.twins import case, member, situation
from workflows.catalogue import LIFECYCLES
from workflows.guards.taking_part import takes_part
from workflows.member_steps.going_on import runs_on
from workflows.member_steps.placed import Begins
from workflows.situation import CaseView, TookPart
from workflows.standings import CARRIED, Participation

ON = date(2027, 2, 1)
ENDS, OVER = "2027-02-01", "2027-01-31"
END = {"away_until": ON}
CASES = {
    "away": ("away", {"away_from": "2026-10-01"}),
    "temporary_transfer": ("staying", {"from_on": "2026-10-01", "to_unit": CELL}),
    "abroad": ("abroad", {"from_on": "2026-10-01"}), "exemption": ("exempt", {}), "discipline": ("opened", {}),
}  # fmt: skip


def after(
    standing_so: str,
    running: dict[str, dict[str, Any]],
    own: tuple[str, int] = ("discipline", 1),
    before: str = "",
    until: date | None = None,
) -> tuple[dict[str, Any], Begins | None]:
    """What of a member who takes part in a way is changed by its end, while cases (ids 1, 2, …) run; and when it begins."""
    person, subject = member(), case(own[0])
    subject.pk = own[1]
    for field, value in {**BEFORE, "participation": standing_so}.items():
        setattr(person, field, value)
    views = {
        key: CaseView(place, facts.get("state", CASES[key][0]), ON, None, CASES[key][1] | facts)
        for place, (key, facts) in enumerate(running.items(), start=1)
    }
    seen = situation(ON, facts={}, member=person, subject=subject, took_part=lambda: TookPart(before, until),
                     cases=lambda key: [views[key]] if key in views else [])  # fmt: skip
    otherwise = {
        "suspended": person.end_suspension,
        "in_transit": person.turn_back,
        "elsewhere": person.return_from_elsewhere,
    }
    person.go_on(seen, otherwise[standing_so])
    fields = ("participation", "away_until", "guest_unit_id", "guest_path")
    return {name: getattr(person, name) for name in fields}, person.begins


@pytest.mark.parametrize(
    ("was", "running", "now"),
    [
        ("suspended", {}, {"participation": "attending", "away_until": None}),
        ("suspended", {"exemption": {}}, {"participation": "exempt", "away_until": None, **NOBODYS_GUEST}),
        ("suspended", {"away": {"away_until": ENDS}}, {"participation": "away", **END, **NOBODYS_GUEST}),
        ("suspended", {"away": {"away_until": OVER}}, {"participation": "attending", "away_until": None}),
        ("suspended", {"away": {"state": "proposed", "away_until": ENDS}}, {"participation": "attending"}),
        ("suspended", {"away": {"state": "asked_again", "away_until": ENDS}}, {"participation": "away"}),
        (
            "suspended",
            {"temporary_transfer": {"away_until": ENDS}},
            {"participation": "elsewhere", **END, **GUEST_THERE},
        ),
        (
            "suspended",
            {"temporary_transfer": {"away_until": ENDS, "to_unit": None}},
            {"participation": "elsewhere", **END, **NOBODYS_GUEST},
        ),
        (
            "suspended",
            {"away": {"away_until": ENDS}, "temporary_transfer": {"away_until": ENDS}},
            {"participation": "elsewhere", **END},
        ),
        (
            "suspended",
            {"away": {"away_until": ENDS}, "temporary_transfer": {"away_until": OVER}},
            {"participation": "away", **END},
        ),
        ("in_transit", {"abroad": {}}, {"participation": "abroad", "away_until": None, **NOBODYS_GUEST}),
        ("in_transit", {"exemption": {}}, {"participation": "exempt", **NOBODYS_GUEST}),
        ("elsewhere", {"away": {"away_until": ENDS}}, {"participation": "away", **END, **NOBODYS_GUEST}),
    ],
)
def test_what_runs_on(was: str, running: dict[str, dict[str, Any]], now: dict[str, Any]) -> None:
    found, begins = after(was, {"discipline": {}} | running)
    assert {name: found[name] for name in now} == now
    assert begins is None


def test_who_had_lapsed_before_a_suspension_has_lapsed_after_it() -> None:
    found, begins = after("suspended", {"discipline": {}, "away": {"away_until": ENDS}}, before="lapsed")
    assert (found["participation"], found["away_until"], begins) == ("lapsed", None, None)
    found, _ = after("suspended", {"discipline": {}}, before="attending")
    assert found["participation"] == "attending"
    found, _ = after("elsewhere", {"discipline": {}}, before="lapsed")  # who was away elsewhere had been taken back
    assert found["participation"] == "attending"


@pytest.mark.parametrize(
    ("was", "before", "until", "running", "now"),
    [
        ("suspended", "exempt", None, {}, "exempt"), ("in_transit", "exempt", None, {}, "exempt"),
        ("in_transit", "away", ON, {}, "away"), ("suspended", "away", date(2027, 1, 31), {}, "attending"),
        ("in_transit", "away", None, {}, "attending"), ("suspended", "abroad", ON, {}, "attending"),
        ("suspended", "exempt", None, {"exemption": {"state": "resumed"}}, "attending"),
        ("suspended", "away", ON, {"away": {"state": "returned", "away_until": ENDS}}, "attending"),
        ("suspended", "exempt", None, {"away": {"away_until": ENDS}}, "away"),
    ],
)  # fmt: skip
def test_what_a_roster_told_goes_on_without_a_case(
    was: str, before: str, until: date | None, running: dict[str, dict[str, Any]], now: str
) -> None:
    found, begins = after(was, {"discipline": {}} | running, before=before, until=until)
    assert (found["participation"], begins) == (now, None)
    if now != "attending":  # else the step that ends what overrode it says up to when
        assert found["away_until"] == (ON if now == "away" else None)


def test_the_case_at_hand_ends_and_carries_nothing_on() -> None:
    stay = {"temporary_transfer": {"away_until": ENDS}}
    found, _ = after("elsewhere", stay, own=("temporary_transfer", 1))
    assert (found["participation"], found["guest_unit_id"], found["away_until"]) == ("attending", None, None)


def test_what_has_not_begun_begins_on_its_day_and_is_attended_until_then() -> None:
    leave = {"away_from": "2027-02-02", "away_until": "2027-06-30"}
    found, begins = after("suspended", {"discipline": {}, "away": leave})
    assert (found["participation"], begins) == ("away", Begins(date(2027, 2, 2), Participation.ATTENDING))
    _, begins = after("suspended", {"discipline": {}, "away": leave | {"away_from": "2027-02-01"}})
    assert begins is None


def test_a_stay_that_has_not_begun_begins_on_its_first_day() -> None:
    stay = {"from_on": "2027-02-02", "away_until": "2027-06-30"}
    found, begins = after("suspended", {"discipline": {}, "temporary_transfer": stay})
    assert (found["participation"], begins) == ("elsewhere", Begins(date(2027, 2, 2), Participation.ATTENDING))


def test_a_leave_makes_nobody_a_guest() -> None:
    found, _ = after("suspended", {"discipline": {}, "away": {"away_until": ENDS, "to_unit": CELL}})
    assert (found["participation"], found["guest_unit_id"]) == ("away", None)


def test_the_end_of_a_suspension_is_handed_to_who_had_lapsed() -> None:
    person, seen = (
        member(),
        situation(ON, facts={}, member=member(), subject=case("discipline"), took_part=lambda: TookPart("lapsed")),
    )
    person.participation = "suspended"
    handed: list[Any] = []
    person.go_on_lapsed = handed.append
    person.go_on(seen, person.end_suspension)
    assert handed == [seen]


def test_without_a_case_at_hand_every_open_case_may_carry_on() -> None:
    leave = CaseView(1, "away", ON, None, {"away_until": ENDS})
    seen = situation(ON, facts={}, member=member(), cases=lambda key: [leave] if key == "away" else [])
    assert runs_on(seen) == (Participation.AWAY, leave.facts)


def test_what_is_carried_is_carried_in_states_that_there_are() -> None:
    for lifecycle, states in CARRIED.values():
        assert set(states) <= set(LIFECYCLES[lifecycle].State.values) - set(LIFECYCLES[lifecycle].final)


def test_a_refusal_says_how_the_member_takes_part_and_what_to_do() -> None:
    seen_so = {way: situation(ON, member=member(participation=way)) for way in ("", *Participation.values)}
    told = {way: one for way, given in seen_so.items() if (one := takes_part()(given))}
    assert {way: one.code for way, one in told.items()} == dict.fromkeys(seen_so, "member.other_participation")
    assert len({one.message for one in told.values()}) == len(Participation) + 1
    assert [way for way, one in told.items() if not one.remedy] == []
