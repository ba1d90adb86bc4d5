"""The guards of exemptions, work far away and transfers: each with a situation in which it is silent, and one in which not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from tests.workflows.twins import case, member, situation
from workflows.guards import membership, moving, places, reorganising, returning, taking_part
from workflows.situation import CaseView, Situation
from workflows.standings import Participation
from workflows.units import UnitView

ON, NEW_YEAR = date(2027, 2, 1), date(1967, 1, 1)


def seen(on: date = ON, past: dict[str, Any] | None = None, who: Any = None, **facts: Any) -> Situation:
    return situation(on, facts=facts, past=past or {}, member=who or member())


def aged(on: date, sex: str, born: date = date(1967, 2, 1), *, year_only: bool = False) -> Situation:
    return seen(on, who=member(born_on=born, sex=sex, born_year_only=year_only), ground="age")


def gone(until: date | None, **facts: Any) -> Situation:
    return seen(who=member(participation="away", away_until=until), **facts)


def left_before(first: str, until: str, back: date | None = date(2026, 12, 1), **facts: Any) -> Situation:
    """Somebody who asks for a leave from 1 October 2026 on and had another one."""
    earlier = CaseView(3, "returned", ON, back, {"away_from": first, "away_until": until})
    never = CaseView(4, "refused", ON, ON, {"away_from": "2026-01-01", "asked_until": "2026-09-30"})
    return replace(
        seen(away_from=date(2026, 10, 1), **facts), cases=lambda key: [earlier, never] if key == "away" else []
    )


def leaves_before(until: date) -> Situation:
    """As `left_before`, after a leave before a break of years, one that ran into the next, one of a month, and one of a day."""
    spans = (
        ("2023-01-01", "2023-03-31"),
        ("2025-06-01", "2026-01-15"),
        ("2026-01-01", "2026-01-31"),
        ("2026-03-01",) * 2,
    )
    earlier = [
        CaseView(place, "returned", ON, None, {"away_from": first, "away_until": last})
        for place, (first, last) in enumerate(spans)
    ]
    return replace(seen(away_from=date(2026, 10, 1), asked_until=until), cases=lambda key: earlier)


FAR, OTHER, OWN = "87.108.000.000.001", "87.107.000.000.002", "87.107.000.000.001"
SHUT = UnitView(8, "/1/80/8/", "cell", 80, is_open=False)
PAPER = {"introduction": {"date": "2026-08-10"}}

SLIP = {"slip_received_on": "2026-05-05"}
MISSING = {**SLIP, "missing_report": {"date": "2026-08-10"}}


def stay(begins: date, ends: date, purpose: str = "work") -> Situation:
    return seen(from_on=begins, away_until=ends, purpose=purpose)


def longer(begins: str, ends: date, purpose: str = "work") -> Situation:
    return seen(past={"from_on": begins, "away_until": "2027-02-01", "purpose": purpose}, away_until=ends)


def stood_in(unit: int, path: str, on: date = ON) -> Situation:
    """A step recorded for a day on which the member stood there, by an office of the commune /1/2/."""
    return replace(
        seen(on),
        place_on=lambda day: (unit, path) if day == ON else None,
        oversees=lambda other: other.startswith("/1/2/"),
    )


def back(joined: date | None = date(2026, 1, 5), **facts: Any) -> Situation:
    """Somebody who was transferred out on probation."""
    person = member(standing="transferred_out", joined_on=joined, official_on=None)
    return situation(date(2027, 3, 1), facts=facts, member=person)


def introduced_to(code: str, closed_on: date | None = None) -> Callable[[str], list[CaseView]]:
    """A temporary transfer to a cell, and no other case."""
    stay = CaseView(3, "staying", ON, closed_on, {"to_unit": code})
    return lambda key: [stay] if key == "temporary_transfer" else []


def going(state: str, closed_on: date | None) -> Situation:
    """Somebody with a case of going abroad."""
    case = CaseView(3, state, ON, closed_on, {})
    return replace(seen(), cases=lambda key: [case] if key == "abroad" else [])


MOVING: list[tuple[str, Callable[[Situation], Any], Situation, Situation]] = [
    *(("Refusal:member.elsewhere_then", places.stood_here(as_the_cell=as_the_cell), stood_in(*here), stood_in(*there))
      for as_the_cell, here, there in (
          (True, (7, "/1/2/7/"), (6, "/1/2/6/")), (True, (6, "/1/3/6/", date(2027, 1, 31)), (6, "/1/3/6/")),
          (False, (6, "/1/2/6/"), (6, "/1/3/6/")), (False, (7, "/1/3/7/"), (8, "/1/3/8/")))),
    ("Refusal:unit.closed_since", places.cell_stands, seen(), replace(seen(), unit_is_open=False)),
    ("Refusal:case.stayed_behind", places.member_stands_here, seen(who=member(unit_id=7)), seen(who=member(unit_id=8))),
    ("Refusal:member.elsewhere_then", places.stood_here(as_the_cell=True),
     replace(stood_in(6, "/1/3/6/"), today=ON), stood_in(6, "/1/3/6/")),
    ("Refusal:member.other_participation", taking_part.takes_part(Participation.ATTENDING), seen(),
     seen(who=member(participation="away"))),
    ("Refusal:member.other_participation", taking_part.needs_a_paper, seen(who=member(participation="away")),
     seen(who=member(participation="away", away_until=ON))),  # B26
    ("Refusal:member.other_participation", taking_part.needs_a_paper, seen(), seen(who=member(participation="elsewhere"))),
    ("Refusal:case.member_still_so", taking_part.left_it(Participation.AWAY), seen(),
     seen(who=member(participation="away"))),
    ("Refusal:case.member_still_so", taking_part.left_it(Participation.AWAY),
     seen(who=member(participation="away", standing="deceased")), seen(who=member(participation="away"))),
    ("Refusal:case.member_still_so", taking_part.left_it(Participation.ATTENDING, Participation.AWAY),
     replace(seen(), subject=case("away", "away")), replace(seen(), subject=case("away", "proposed"))),
    ("Refusal:case.member_still_so", taking_part.left_it(Participation.ATTENDING, Participation.AWAY),
     replace(seen(), subject=case("away", "asked_again")),
     replace(seen(who=member(participation="away")), subject=case("away", "asked_again"))),
    ("Refusal:case.member_still_so", taking_part.left_it(Participation.ELSEWHERE, Participation.IN_TRANSIT),
     replace(seen(), subject=case("transfer", "introduced")),  # a state of the temporary transfer is called so, too
     replace(seen(who=member(participation="in_transit")), subject=case("transfer", "introduced"))),
    # exemption
    ("Refusal:exemption.not_asked_for", taking_part.own_will, seen(own_will=True), seen(own_will=False)),
    ("Caution:exemption.working_age", taking_part.old_enough_to_rest, aged(date(2027, 2, 2), "m"),
     aged(date(2027, 2, 1), "m")),
    ("Caution:exemption.working_age", taking_part.old_enough_to_rest, aged(date(2022, 2, 2), "f"),
     aged(date(2022, 2, 1), "f")),
    ("Caution:exemption.age_unknown", taking_part.old_enough_to_rest, aged(date(2028, 1, 1), "m", NEW_YEAR, year_only=True),
     aged(date(2027, 12, 31), "m", NEW_YEAR, year_only=True)),
    ("Caution:exemption.working_age", taking_part.old_enough_to_rest, aged(date(2027, 1, 2), "m", NEW_YEAR, year_only=True),
     aged(date(2027, 1, 1), "m", NEW_YEAR, year_only=True)),
    ("Caution:exemption.age_unknown", taking_part.old_enough_to_rest, aged(date(2027, 2, 2), "m"),
     seen(who=member(born_on=None), ground="age")),
    ("Caution:exemption.age_unknown", taking_part.old_enough_to_rest,
     seen(who=member(born_on=None), ground="health"), seen(who=member(born_on=None), ground="age")),
    ("Caution:exemption.working_age", taking_part.old_enough_to_rest,
     seen(who=member(born_on=date(2000, 1, 1)), ground="health"),
     replace(seen(who=member(born_on=date(2000, 1, 1))), health=lambda: {"ground": "age"})),
    # away
    ("Refusal:lapse.exempted", membership.not_covered_by_exemption,
     gone(date(2027, 1, 31), ground="meetings"), gone(ON, ground="meetings")),
    ("Refusal:lapse.exempted", membership.not_covered_by_exemption,
     gone(ON, ground="dues"), gone(ON, ground="meetings")),
    ("Refusal:lapse.exempted", membership.not_covered_by_exemption,  # a leave that begins later covers nothing before
     replace(gone(ON, ground="meetings"), takes_part=lambda ids: dict.fromkeys(ids, "attending")),
     replace(gone(ON, ground="meetings"), takes_part=lambda ids: dict.fromkeys(ids, "away"))),
    ("Caution:lapse.away_without_paper", membership.not_covered_by_exemption,
     seen(ground="meetings"), gone(None, ground="meetings")),
    ("Caution:lapse.away_without_paper", membership.not_covered_by_exemption,
     gone(None, ground="dues"), gone(None, ground="meetings")),
    ("Caution:lapse.leave_open", membership.leave_is_ended_too,
     replace(gone(ON), open_cases=lambda key: int(key == "admission")),
     replace(gone(ON), open_cases=lambda key: int(key == "away"))),
    ("Caution:lapse.leave_open", membership.leave_is_ended_too,
     replace(seen(), open_cases=lambda key: 1), replace(gone(ON), open_cases=lambda key: 1)),
    ("Refusal:away.too_long", taking_part.short_enough("asked_until"),
     seen(away_from=date(2026, 3, 1), asked_until=date(2027, 2, 28)),
     seen(away_from=date(2026, 3, 1), asked_until=date(2027, 3, 1))),
    ("Refusal:away.too_long", taking_part.short_enough("away_until"),
     seen(past={"away_from": "2026-03-01", "away_until": "2026-10-31"}, away_until=date(2027, 10, 30)),
     seen(past={"away_from": "2026-03-01", "away_until": "2026-10-31"}, away_until=date(2027, 10, 31))),
    ("Refusal:away.ends_first", taking_part.short_enough("asked_until"),
     seen(away_from=ON, asked_until=ON), seen(away_from=ON, asked_until=date(2027, 1, 31))),
    ("Caution:away.long_in_all", taking_part.in_all("away_until"),
     seen(past={"away_from": "2026-03-01", "away_until": "2026-10-31"}, away_until=date(2027, 2, 28)),
     seen(past={"away_from": "2026-03-01", "away_until": "2026-10-31"}, away_until=date(2027, 3, 1))),
    ("Caution:away.long_in_all", taking_part.in_all("asked_until"),  # 181 days, then from October on
     left_before("2026-01-01", "2026-06-30", asked_until=date(2027, 4, 2)),
     left_before("2026-01-01", "2026-06-30", asked_until=date(2027, 4, 3))),
    ("Caution:away.long_in_all", taking_part.in_all("asked_until"),  # back a day sooner than granted
     left_before("2026-01-01", "2026-06-30", date(2026, 6, 30), asked_until=date(2027, 4, 3)),
     left_before("2026-01-01", "2026-06-30", date(2026, 7, 1), asked_until=date(2027, 4, 3))),
    ("Caution:away.long_in_all", taking_part.in_all("asked_until"),  # a break of twelve months
     left_before("2025-01-01", "2025-10-01", asked_until=date(2027, 9, 1)),
     left_before("2025-01-01", "2025-10-02", asked_until=date(2027, 9, 1))),
    ("Caution:away.long_in_all", taking_part.in_all("asked_until"),  # 214 days, 31 and 1, then from October on
     leaves_before(date(2027, 1, 27)), leaves_before(date(2027, 1, 28))),
    ("Refusal:away.transfer_instead", taking_part.nobody_there("away_until"),
     seen(past={"organisation_there": True, "away_from": "2026-11-01"}, away_until=date(2027, 1, 31)),
     seen(past={"organisation_there": True, "away_from": "2026-11-01"}, away_until=date(2027, 2, 1))),
    ("Refusal:away.transfer_instead", taking_part.nobody_there("asked_until"),
     seen(organisation_there=True, away_from=ON, asked_until=date(2027, 4, 30)),
     seen(organisation_there=True, away_from=ON, asked_until=date(2027, 5, 1))),
    ("Refusal:away.transfer_instead", taking_part.nobody_there("asked_until"),
     replace(seen(organisation_there=False, away_from=ON, asked_until=date(2027, 12, 1))),
     seen(organisation_there=True, away_from=ON, asked_until=date(2027, 12, 1))),
    # transfer
    ("Refusal:transfer.beyond_reach", reorganising.within_reach,
     replace(seen(to_unit=FAR), oversees=lambda path: path == "/1/80/8/"),
     replace(seen(to_unit=FAR), oversees=lambda path: False)),
    ("Refusal:transfer.nowhere", moving.somewhere_to_go, seen(place="Cà Mau"), seen()),
    ("Refusal:transfer.unknown_unit", moving.somewhere_to_go, seen(to_unit=FAR), seen(to_unit="99.108")),
    ("Refusal:transfer.unknown_unit", moving.somewhere_to_go, seen(to_unit="87.108"),
     replace(seen(to_unit=FAR), unit=lambda code: SHUT)),
    ("Refusal:transfer.same_unit", moving.somewhere_to_go, seen(to_unit=OTHER), seen(to_unit=OWN)),
    ("Refusal:transfer.stays_in_the_base", moving.leaves_the_base, seen(past={"to_unit": FAR}),
     seen(past={"to_unit": OTHER})),
    *(("Refusal:transfer.out_of_reach", reorganising.decided_above_both, replace(given, oversees=good, acts_at=at_province),
       replace(given, oversees=bad, acts_at=lambda level: False))
      for given, good, bad, at_province in (
          (seen(to_unit=FAR), lambda path: path.startswith("/"), lambda path: False, lambda level: False),
          (seen(), lambda path: False, lambda path: True, lambda level: level == "province"))),
    ("Refusal:transfer.out_of_reach", reorganising.decided_above_both,
     replace(seen(to_unit="99.999"), oversees=lambda path: False, acts_at=lambda level: False),
     replace(seen(), acts_at=lambda level: level == "upper_committee")),
    ("Refusal:transfer.leaves_the_base", moving.stays_in_the_base, seen(past={"to_unit": OTHER}),
     seen(past={"to_unit": FAR})),
    ("Refusal:transfer.leaves_the_base", moving.stays_in_the_base, seen(past={"to_unit": OTHER}), seen()),
    ("Refusal:transfer.not_a_cell", reorganising.to_a_cell, seen(to_unit=OTHER), seen(to_unit="87.107")),
    ("Refusal:transfer.on_the_way", reorganising.nowhere_between,
     replace(seen(to_unit=OTHER), open_cases=lambda key: int(key == "temporary_transfer")),
     replace(seen(to_unit=OTHER), open_cases=lambda key: int(key == "transfer"))),
    ("Refusal:transfer.on_the_way", reorganising.nowhere_between, seen(), seen(who=member(participation="in_transit"))),
    # who left on the way, or arrived elsewhere: the record goes along
    *(("Refusal:transfer.on_the_way", reorganising.nowhere_between,
       seen(who=member(standing=gone, participation="in_transit")), seen(who=member(standing=here, participation="in_transit")))
      for gone, here in (("transferred_out", "official"), ("expelled", "probationary"), ("candidate", "official"))),
    ("Refusal:transfer.guest_there", reorganising.nowhere_between, replace(seen(to_unit=OTHER), cases=introduced_to(FAR)),
     replace(seen(to_unit=OTHER), cases=introduced_to(OTHER))),
    ("Refusal:transfer.guest_there", reorganising.nowhere_between,
     replace(seen(to_unit=OTHER), cases=introduced_to(OTHER, closed_on=ON)),
     replace(seen(to_unit=OTHER), cases=introduced_to(OTHER))),
    ("Refusal:transfer.another_open", moving.no_other_transfer, seen(),
     replace(seen(), open_cases=lambda key: int(key == "temporary_transfer"))),
    *(("Refusal:transfer.another_open", moving.no_other_transfer, going(state, closed), going("asked", None))
      for state, closed in (("abroad", None), ("asked", ON))),
    ("Refusal:return.other_day", returning.days_of_return, back(joined_on=date(2026, 1, 5)),
     back(joined_on=date(2026, 1, 6))),
    ("Refusal:return.official_first", returning.days_of_return, back(official_on=date(2026, 1, 5)),
     back(official_on=date(2026, 1, 4))),
    ("Refusal:return.no_day", returning.days_of_return, back(None, joined_on=date(2026, 1, 5)), back(None)),
    ("Refusal:return.no_day", returning.days_of_return, back(None, official_on=date(2026, 1, 5)), back(None)),
    # on the day that ends the twelve months, the day after; and where the record knows one day and the papers the other
    ("Caution:arrival.official_day", returning.official_by_the_law, back(official_on=date(2027, 1, 5)),
     back(official_on=date(2027, 1, 6))),
    ("Caution:arrival.official_day", returning.official_by_the_law,
     back(None, joined_on=date(2011, 1, 18), official_on=date(2012, 1, 19)),
     back(None, joined_on=date(2011, 1, 19), official_on=date(2012, 1, 20))),
    ("Refusal:transfer.dues_open", moving.dues_settled, seen(dues_settled=True), seen(dues_settled=False)),
    ("Caution:transfer.discipline_open", moving.nothing_unresolved, seen(),
     replace(seen(), open_cases=lambda key: int(key == "discipline"))),
    ("Refusal:transfer.papers_missing", moving.papers_complete, seen(papers_handed_over=True),
     seen(papers_handed_over=False)),
    ("Caution:transfer.paper_late", moving.late_with_a_reason, seen(date(2026, 9, 23), past=PAPER),
     seen(date(2026, 9, 24), past=PAPER)),  # B29
    ("Caution:transfer.paper_late", moving.late_with_a_reason,
     seen(date(2026, 9, 28), past=PAPER, late_reason="Ốm"), seen(date(2026, 9, 28), past=PAPER)),
    ("Refusal:transfer.not_reported", moving.reported_missing, seen(past=MISSING), seen(past=SLIP)),  # B32
    ("Refusal:transfer.not_reported", moving.reported_missing, seen(past=MISSING),
     seen(past={"missing_report": {"date": "2026-08-10"}})),
    ("Refusal:transfer.dossier_may_come", moving.dossier_overdue, seen(date(2026, 8, 6), past=SLIP),
     seen(date(2026, 8, 5), past=SLIP)),
    ("Refusal:transfer.dossier_may_come", moving.dossier_awaited, seen(date(2026, 8, 5), past=SLIP),
     seen(date(2026, 8, 4), past=SLIP)),
    ("Refusal:transfer.dossier_may_come", moving.dossier_awaited, seen(date(2026, 8, 4)), seen(date(2026, 8, 4), past=SLIP)),
    ("Refusal:transfer.no_such_cell", moving.a_cell_there, seen(past={"to_unit": "87.108"}, to_unit=FAR),
     seen(past={"to_unit": "87.108"}, to_unit="87.108")),
    ("Refusal:transfer.no_such_cell", moving.a_cell_there, seen(past={"to_unit": FAR}, to_unit=FAR),
     seen(past={"to_unit": FAR}, to_unit=OTHER)),
    ("Caution:transfer.other_cell", moving.as_introduced, seen(past={"to_unit": OTHER}, to_unit=OTHER),
     seen(past={"to_unit": OTHER}, to_unit=OWN)),  # T-05
    ("Caution:transfer.other_cell", moving.as_introduced, seen(past={"to_unit": "87.108"}, to_unit=FAR),
     seen(past={"to_unit": "87.108.000.000.002"}, to_unit=FAR)),
    ("Refusal:transfer.answers_itself", moving.works_elsewhere, seen(), seen(past={"to_unit": FAR})),
    # temporary stay
    ("Refusal:stay.too_short", moving.stay_long_enough, stay(ON, date(2027, 5, 1)), stay(ON, date(2027, 4, 30))),
    ("Refusal:stay.too_long", moving.stay_long_enough, stay(ON, date(2028, 1, 31)), stay(ON, date(2028, 2, 1))),
    ("Refusal:stay.too_long", moving.stay_long_enough, stay(ON, date(2029, 2, 1), "study"),
     stay(ON, date(2029, 2, 2), "study")),  # B28
    ("Refusal:stay.too_long", moving.stay_long_enough, stay(ON, date(2030, 1, 1), "special"),
     stay(ON, date(2030, 1, 1), "retiring")),
    ("Caution:stay.long_in_all", moving.stay_long_in_all, longer("2026-05-01", date(2027, 4, 30)),
     longer("2026-05-01", date(2027, 5, 1))),
    ("Caution:stay.long_in_all", moving.stay_long_in_all, longer("2026-05-01", date(2028, 4, 30), "study"),
     longer("2026-05-01", date(2028, 5, 1), "study")),
    ("Refusal:stay.not_longer", moving.later_than_before, longer("2026-05-01", date(2027, 2, 2)),
     longer("2026-05-01", date(2027, 2, 1))),
    ("Refusal:stay.home_not_told", moving.told_at_home, seen(reported_home=True), seen(reported_home=False)),
]  # fmt: skip
