"""What the member's own steps do to the record: the days they take over, and the place where a guest stands."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.workflows.twins import TWINS, member, situation

ON = date(2027, 2, 1)
JOINED, OFFICIAL, DECIDED = date(2010, 3, 3), date(2011, 3, 3), date(2010, 2, 20)
BROUGHT = {"joined_on": JOINED, "official_on": OFFICIAL, "admission_decided_on": DECIDED}
DAYS = ("joined_on", "official_on", "admission_decided_on", "left_on", "away_until")
GUEST = {"guest_unit_id": 8, "guest_path": "/1/80/8/"}
NOBODYS = {"guest_unit_id": None, "guest_path": None}


def taken(step: str, who: Any | None = None, past: dict[str, Any] | None = None, **facts: Any) -> Any:
    """A member after one step."""
    person = who or TWINS["membership"](id=1)
    getattr(person, step)(situation(ON, facts=facts, past=past or {}, member=person))
    return person


def known(person: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(person, name) for name in names}


def test_who_comes_from_outside_brings_days_and_badge_along() -> None:
    more = {"party_age_from": date(2009, 1, 1), "badge_years": 30}
    person = taken("receive_new_official", **BROUGHT, **more)
    assert known(person, *BROUGHT, *more) == {**BROUGHT, **more}
    assert (person.standing, person.participation) == ("official", "attending")
    person = taken("receive_new_probationary", joined_on=JOINED)
    assert known(person, *DAYS, *more) == {**dict.fromkeys((*DAYS, *more)), "joined_on": JOINED}
    assert (person.standing, person.participation) == ("probationary", "attending")


@pytest.mark.parametrize(
    ("how", "until"),
    [("attending", None), ("away", None), ("away", date(2027, 6, 30)), ("exempt", None), ("lapsed", None)],
)
def test_a_roster_tells_how_its_members_take_part(how: str, until: date | None) -> None:
    person = taken("import_official", participation=how, away_until=until, **BROUGHT)
    assert (person.standing, person.participation) == ("official", how)
    assert known(person, *DAYS) == {**BROUGHT, "left_on": None, "away_until": until}


def test_a_roster_tells_of_those_who_left_only_what_it_knows() -> None:
    person = taken("import_removed", joined_on=JOINED, left_on=date(2020, 5, 5))
    assert known(person, *DAYS) == {**dict.fromkeys(DAYS), "joined_on": JOINED, "left_on": date(2020, 5, 5)}
    assert (person.standing, person.participation) == ("removed", "")


@pytest.mark.parametrize("step", ["remove", "withdraw", "expel", "transfer_out"])
def test_who_leaves_is_nobodys_guest(step: str) -> None:
    person = taken(step, member(**GUEST))
    assert known(person, "left_on", *GUEST) == {"left_on": ON, **NOBODYS}


def test_a_death_is_dated_as_the_certificate_says() -> None:
    person = taken("record_death", member(**GUEST), died_on=date(2027, 1, 30))
    assert known(person, "standing", "left_on", *GUEST) == {
        "standing": "deceased", "left_on": date(2027, 1, 30), **NOBODYS}  # fmt: skip


def test_a_guest_stands_where_the_paper_says_and_stays_until_the_day_it_says() -> None:
    stay = {"to_unit": "87.108.000.000.001", "away_until": date(2027, 8, 1)}
    person = taken("attend_elsewhere", member(), **stay)
    assert known(person, "participation", "away_until", *GUEST) == {
        "participation": "elsewhere", "away_until": date(2027, 8, 1), **GUEST}  # fmt: skip
    back = taken("return_from_elsewhere", person)
    assert known(back, "participation", "away_until", *GUEST) == {
        "participation": "attending", "away_until": None, **NOBODYS}  # fmt: skip
