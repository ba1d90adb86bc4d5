"""Leaving and coming back through the engine: each page's main road, its refusals (nothing happened), and restoration."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from backend.accounts.helping import reasons_against
from backend.audit.models import Event
from backend.cases.engine import NewCase, OnCase, OnMember, perform
from backend.cases.models import Case
from backend.cases.voiding import void
from backend.core import clock
from backend.core.errors import CannotVoid, NotFound, NotPermitted, Refused
from backend.deadlines.models import Deadline
from backend.members.models import Member, Spell
from tests.backend.cases.test_perform import ballot, traces
from tests.leaving import GROUND, LATE, REPORT, REQUEST, SIGN, opened
from tests.world import World, make_world, paper

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 2)
VOTES = {"body": "standing", "committee_size": 9, "committee_yes": 8}


@pytest.fixture
def world() -> World:
    return make_world()


def step(world: World, who: str, case: int, name: str, on: date = ON, **facts: Any) -> dict[str, Any]:
    return perform(world.actor(who), OnCase(case), name, facts, on=on)


def refused(world: World, who: str, case: int, name: str, on: date = ON, **facts: Any) -> list[str]:
    """The codes of a refusal that left nothing behind."""
    before = traces()
    with pytest.raises(Refused) as caught:
        step(world, who, case, name, on, **facts)
    assert traces() == before
    return [one.code for one in caught.value.answers]


def state(case: int) -> tuple[str, date | None]:
    found = Case.objects.get(pk=case)
    return found.state, found.closed_on


def deadlines(case: int) -> dict[str, tuple[str, date]]:
    found = Deadline.objects.filter(subject_kind="case", subject_id=case).order_by("pk")
    return {one.rule_id: (one.status, one.due_on) for one in found}


def only(lifecycle: str) -> int:
    return int(Case.objects.exclude(state="").get(lifecycle=lifecycle).pk)


def reviewed(world: World, member: Member) -> int:
    """A removal with the self-review filed."""
    case = opened(world, "removal", "open", member, GROUND)
    step(world, "secretary", case, "file_self_review", self_review=paper(ON))
    return case


def removed(world: World, member: Member, people: list[Member]) -> int:
    """A removal decided on 02/11/2026 by the commune."""
    case = reviewed(world, member)
    step(world, "secretary", case, "propose", resolution=paper(ON), ballot=ballot(world.meeting(people, ON), 4, 2))
    step(world, "officer", case, "consider", committee_resolution=paper(ON), committee_size=9, committee_yes=8)
    step(world, "committee", case, "decide", decision=paper(ON), **VOTES)
    return case


def handed_over(world: World, case: int, on: date) -> None:
    clock.move_to(max(on, clock.today()))
    step(world, "secretary", case, "hand_over", on, hand_over=paper(on), card_collected=True)


def guided(world: World, member: Member) -> int:
    """A screening that has the guidance of the commune."""
    case = opened(world, "screening", "open", member, SIGN)
    step(world, "secretary", case, "draft_list", minutes=paper(ON), opinions=paper(ON), request=paper(ON))
    step(world, "officer", case, "give_guidance", guidance=paper(ON))
    return case


def test_a_screening_counts_nobody_who_is_exempt(world: World) -> None:
    """K-04: six of nine, since the exempt member leaves the denominator though present; and the ballot is secret."""
    people = world.members(9)
    exempt = world.member("Đỗ Thị Miễn", participation="exempt")
    case, meeting = guided(world, people[0]), world.meeting([*people, exempt], ON)
    assert [one.code for one in reasons_against(people[0].pk, world.cell.pk)] == ["office.member_not_helped"]
    vote = {"resolution": paper(ON), "secret": True, "helper": people[1].pk, "ballot": ballot(meeting, 6, 3)}
    short = {**vote, "ballot": ballot(meeting, 5, 4)}
    assert refused(world, "secretary", case, "enlist", **short) == ["ballot.not_carried"]
    assert refused(world, "secretary", case, "enlist", **{**vote, "secret": False}) == ["screening.not_secret"]
    step(world, "secretary", case, "enlist", **vote)
    assert reasons_against(people[0].pk, world.cell.pk) == []  # from now on somebody is assigned to help
    assert Event.objects.get(code="screening.listed").facts["ballot"]["roll"]["denominator"] == 9
    assert deadlines(case)["SCR.HELP"] == ("open", date(2027, 11, 2))
    step(world, "secretary", case, "report_upward", report_upward=paper(ON))
    assert deadlines(case)["TASK.SCREENING_REPORT"][0] == "met"


def without_progress(world: World, people: list[Member]) -> tuple[int, dict[str, Any]]:
    """A screening whose twelve months of help ended on 02/11/2027, and what the cell says of it on the day after."""
    case, meeting = guided(world, people[0]), world.meeting(people, ON)
    step(world, "secretary", case, "enlist", resolution=paper(ON), secret=True, helper=people[1].pk,
         ballot=ballot(meeting, 6))  # fmt: skip
    on = date(2027, 11, 3)
    clock.move_to(on)
    ground = {"ground": "will_declined", "educated_since": "2026-11-03", "expulsion_due": False, "report": paper(on)}
    vote = ballot(world.meeting(people, on), 3, 3)
    return case, {"resolution": paper(on), "secret": True, "self_review": paper(on), "ballot": vote, **ground}


def test_a_screening_without_progress_opens_the_removal(world: World) -> None:
    """K-08: only below two thirds, on a ground that stands; and nothing follows for the member by itself."""
    people, on = world.members(6), date(2027, 11, 3)
    case, told = without_progress(world, people)
    carried = {**told, "ballot": {**told["ballot"], "yes": 4, "no": 2}}
    assert refused(world, "secretary", case, "propose_removal", on, **carried) == ["ballot.was_carried"]
    early = {**told, "educated_since": "2026-11-04"}
    assert refused(world, "secretary", case, "propose_removal", on, **early) == ["ground.education_too_short"]
    done = step(world, "secretary", case, "propose_removal", on, **told)
    removal = Case.objects.get(lifecycle="removal")
    assert (state(case), state(removal.pk)) == (("to_removal", on), ("opened", None))
    assert (removal.facts["ground"], removal.member_id) == ("will_declined", people[0].pk)
    assert str(removal.parent_uid) == done["event"]
    assert deadlines(case)["SCR.HELP"] == ("met_late", date(2027, 11, 2))
    assert list(deadlines(removal.pk)) == ["TASK.CONSIDER_REMOVAL"]
    assert Member.objects.get(pk=people[0].pk).standing == "official"


def test_a_void_takes_the_removal_back_with_the_step_that_opened_it(world: World) -> None:
    people, on = world.members(6), date(2027, 11, 3)
    case, told = without_progress(world, people)
    done = step(world, "secretary", case, "propose_removal", on, **told)
    removal = Case.objects.get(lifecycle="removal").pk
    void(world.actor("deputy"), Event.objects.get(uid=done["event"]).uid, reason="Nhầm", paper=paper(on))
    assert (state(case)[0], state(removal)[0]) == ("helped", "")
    assert deadlines(removal)["TASK.CONSIDER_REMOVAL"][0] == "cancelled"
    assert deadlines(case)["SCR.HELP"][0] == "open"
    step(world, "secretary", case, "propose_removal", on, **told)
    assert only("removal") != removal


def test_progress_is_recognised_by_two_thirds(world: World) -> None:
    people = world.members(6)
    case, meeting = guided(world, people[0]), world.meeting(people, ON)
    step(world, "secretary", case, "enlist", resolution=paper(ON), secret=True, helper=people[1].pk,
         ballot=ballot(meeting, 4, 2), help_until="2027-01-31")  # fmt: skip
    assert deadlines(case)["SCR.HELP"] == ("open", date(2027, 1, 31))
    done = step(world, "secretary", case, "recognise_progress", resolution=paper(ON), secret=True, self_review=paper(ON),
                ballot=ballot(meeting, 4, 2))  # fmt: skip
    assert [one["code"] for one in done["cautions"]] == ["screening.help_runs"]
    assert state(case) == ("progressed", ON)


def test_removal_asks_three_times_and_votes_without_the_self_review(world: World) -> None:
    """On three days: asked again on the day on which the request before was received it counts once."""
    people = world.members(6)
    case = opened(world, "removal", "open", people[0], GROUND)
    days = [date(2026, 11, day) for day in (2, 3, 4)]
    clock.move_to(days[-1])
    vote = {"resolution": paper(days[-1]), "ballot": ballot(world.meeting(people, days[-1]), 4, 2)}
    for number, day in enumerate(days, start=1):
        asked = {"request": paper(day), "receipt": paper(day), "request_number": number}
        step(world, "secretary", case, "ask_self_review", day, **asked)
        if number < 3:
            assert refused(world, "secretary", case, "propose", on=days[-1], **vote) == ["self_review.missing"]
        again = {**asked, "request_number": number + 1}
        said = (
            ["self_review.asked_at_once"] if number < 3 else ["self_review.request_number", "self_review.asked_at_once"]
        )
        assert refused(world, "secretary", case, "ask_self_review", on=day, **again) == said
    short = {**vote, "ballot": {**vote["ballot"], "yes": 3, "no": 3}}
    assert refused(world, "secretary", case, "propose", on=days[-1], **short) == ["ballot.not_carried"]
    step(world, "secretary", case, "propose", days[-1], **vote)
    assert deadlines(case)["TASK.COMMITTEE_DECIDE"] == ("open", date(2026, 12, 17))


def test_after_the_third_failed_vote_the_level_above_decides(world: World) -> None:
    people = world.members(6)
    case = reviewed(world, people[0])
    failed = {"resolution": paper(ON), "ballot": ballot(world.meeting(people, ON), 3, 3)}
    for attempt in (1, 2):
        step(world, "secretary", case, "record_failed", **failed, attempt=attempt)
    assert state(case)[0] == "reviewed"
    assert refused(world, "secretary", case, "record_failed", **failed, attempt=3) == ["probation.attempt"]
    step(world, "secretary", case, "report_upward", **failed, attempt=3)
    step(world, "officer", case, "take_up_report", cell_report=paper(ON))
    step(world, "officer", case, "decide", decision=paper(ON), **VOTES)
    assert Member.objects.get(pk=people[0].pk).standing == "removed"


def test_four_eyes_and_expulsion_first(world: World) -> None:
    """Who recorded the cell's resolution for it cannot record the decision; an open discipline case stops it as well."""
    people = world.members(6)
    case = reviewed(world, people[0])
    step(world, "officer", case, "propose", resolution=paper(ON), ballot=ballot(world.meeting(people, ON), 4, 2))
    decision = {"decision": paper(ON), **VOTES}
    assert refused(world, "officer", case, "decide", **decision) == ["person.recorded_the_resolution"]
    discipline = opened(world, "discipline", "open", people[0], REPORT)
    assert refused(world, "committee", case, "decide", **decision) == ["expulsion.discipline_open"]
    step(world, "secretary", discipline, "clear", conclusion=paper(ON))
    step(world, "committee", case, "decide", **decision)
    assert Member.objects.get(pk=people[0].pk).left_on == ON


def test_removed_handed_over_and_closed_only_when_the_term_is_over(world: World) -> None:
    """B35: received on 28/12/2026, the last day is 16/02/2027."""
    people = world.members(6)
    case = removed(world, people[0], people)
    assert (state(case), deadlines(case)["TASK.HAND_OVER"][0]) == (("decided", None), "open")
    handed_over(world, case, date(2026, 12, 28))
    assert deadlines(case)["REM.APPEAL"] == ("open", date(2027, 2, 16))
    clock.move_to(date(2027, 2, 17))
    last, after = date(2027, 2, 16), date(2027, 2, 17)
    assert refused(world, "officer", case, "close", last, note=paper(last)) == ["appeal.term_runs"]
    step(world, "officer", case, "close", after, note=paper(after))
    assert state(case) == ("closed", after)
    assert deadlines(case)["REM.APPEAL"][0] == "missed"


def test_an_appeal_restores_the_official_member_with_all_dates(world: World) -> None:
    """L-08, L-11, S-12; B37: ninety working days at the province."""
    people = world.members(6)
    member = Member.objects.get(pk=people[0].pk)
    dates = (member.joined_on, member.official_on)
    case = removed(world, member, people)
    handed_over(world, case, date(2026, 12, 28))
    on = date(2027, 2, 16)
    clock.move_to(on)
    step(world, "officer", case, "appeal", on, appeal=paper(on), appeal_to="province")
    appeal = only("appeal")
    assert (state(case), state(appeal)) == (("appealed", on), ("lodged", None))
    resolve = Deadline.objects.get(subject_id=appeal, rule_id="REM.RESOLVE")
    assert (deadlines(case)["REM.APPEAL"][0], resolve.acting_unit_id) == ("met", world.province.pk)
    assert resolve.due_on == date(2027, 6, 25)

    decided = date(2027, 3, 1)
    clock.move_to(decided)
    with pytest.raises(NotPermitted):
        step(world, "officer", appeal, "annul", decided, restoration=paper(decided))
    step(world, "province", appeal, "annul", decided, restoration=paper(decided))
    member.refresh_from_db()
    assert (member.standing, member.participation, member.left_on) == ("official", "attending", None)
    assert (member.joined_on, member.official_on) == dates
    spells = Spell.objects.filter(member=member, retracted_at=None).order_by("valid")
    assert [(one.standing, one.valid.lower, one.valid.upper) for one in spells] == [
        ("official", date(2026, 1, 1), ON), ("removed", ON, decided), ("official", decided, None),
    ]  # fmt: skip
    assert state(appeal) == ("restored", decided)
    assert deadlines(appeal)["REM.RESOLVE"][0] == "met"


def test_a_late_appeal_is_marked_and_a_person_says_what_becomes_of_it(world: World) -> None:
    people = world.members(6)
    case = removed(world, people[0], people)
    handed_over(world, case, date(2026, 12, 28))
    on = date(2027, 2, 17)
    clock.move_to(on)
    step(world, "officer", case, "appeal", on, appeal=paper(on), appeal_to="province")
    appeal = only("appeal")
    assert (state(appeal), deadlines(case)["REM.APPEAL"][0]) == (("late", None), "met_late")
    assert list(deadlines(appeal)) == ["TASK.JUDGE_LATE_APPEAL"]
    told = {"notice": paper(on), "reason": "Nằm viện"}
    with pytest.raises(NotPermitted):
        step(world, "officer", appeal, "confirm_late", on, **told)
    step(world, "province", appeal, "take_up", on, **told)
    assert state(appeal)[0] == "lodged"
    step(world, "province", appeal, "uphold", on, decision=paper(on))
    again = {"appeal": paper(on)}
    assert refused(world, "province", appeal, "appeal_further", on, **again, appeal_to="province") == [
        "appeal.same_body"
    ]
    step(world, "province", appeal, "appeal_further", on, **again, appeal_to="central")
    resolve = Deadline.objects.filter(subject_id=appeal, rule_id="REM.RESOLVE").latest("pk")
    assert (resolve.status, resolve.due_on) == ("open", date(2027, 11, 3))


def test_a_late_appeal_out_of_time_is_confirmed_by_a_person(world: World) -> None:
    left = world.member("Bùi Văn Xa", "import_removed", left_on="2020-03-02")
    case = opened(world, "appeal", "lodge_late", left, LATE, "officer")
    step(world, "province", case, "confirm_late", notice=paper(ON), reason="Quá hạn")
    assert (state(case), Member.objects.get(pk=left.pk).standing) == (("not_resolved", ON), "removed")


def test_a_probationer_restored_goes_on_with_the_same_twelve_months(world: World) -> None:
    """Removed by the recognition (S-10): handed over and appealed like everybody, then the old clock runs on."""
    people = world.members(6)
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2026-01-05")
    recognition = world.probation(new, date(2026, 1, 5))
    vote = ballot(world.meeting(people, ON), 5, 1)
    step(world, "secretary", recognition.pk, "propose_removal", resolution=paper(ON), ballot=vote, reason="x")
    step(world, "officer", recognition.pk, "remove", decision=paper(ON), **VOTES)
    case = only("removal")
    assert (state(case)[0], Case.objects.get(pk=case).facts["ground"]) == ("decided", "probationer_unfit")
    handed_over(world, case, ON)
    step(world, "officer", case, "appeal", appeal=paper(ON), appeal_to="province")
    appeal = only("appeal")
    done = step(world, "province", appeal, "annul", restoration=paper(ON))
    assert [one["code"] for one in done["cautions"]] == ["restore.on_probation"]
    member = Member.objects.get(pk=new.pk)
    assert (member.standing, member.joined_on, member.official_on) == ("probationary", date(2026, 1, 5), None)
    resumed = Case.objects.get(lifecycle="recognition", closed_on=None)
    assert (resumed.state, deadlines(resumed.pk)["PRO.CELL_REVIEW"]) == ("probation", ("open", date(2027, 2, 23)))


def test_what_ran_when_somebody_left_is_ended_before_the_person_comes_back(world: World) -> None:
    """The screening's deadlines fell away with the removal; restored, nobody would be reminded of them."""
    people = world.members(6)
    screening = opened(world, "screening", "open", people[0], SIGN)
    case = removed(world, people[0], people)
    handed_over(world, case, ON)
    step(world, "officer", case, "appeal", appeal=paper(ON), appeal_to="province")
    appeal = only("appeal")
    assert refused(world, "province", appeal, "annul", restoration=paper(ON)) == ["restore.cases_open"]
    step(world, "secretary", screening, "end", proof=paper(ON))
    step(world, "province", appeal, "annul", restoration=paper(ON))
    assert Member.objects.get(pk=people[0].pk).standing == "official"
    ended = Event.objects.get(case_id=screening, code="screening.ended")
    with pytest.raises(CannotVoid) as caught:  # else it would run beside the member, and its end be asked for
        void(world.actor("deputy"), ended.uid, reason="Nhầm", paper=paper(ON))
    back = Event.objects.get(subject_kind="member", subject_id=people[0].pk, code="membership.restored_official")
    assert caught.value.blockers == [back.uid]
    assert state(screening) == ("ended", ON)


def test_withdrawal_goes_the_whole_way_and_not_past_a_discipline_case(world: World) -> None:
    """V-01, B39."""
    people = world.members(3)
    discipline = opened(world, "discipline", "open", people[0], REPORT)
    before = traces()
    with pytest.raises(Refused, match=r"withdrawal\.discipline_open"):
        opened(world, "withdrawal", "request", people[0], REQUEST)
    assert traces() == before
    step(world, "secretary", discipline, "clear", conclusion=paper(ON))
    case = opened(world, "withdrawal", "request", people[0], REQUEST)
    step(world, "secretary", case, "propose", resolution=paper(ON), no_violation=True)
    found = opened(world, "discipline", "open", people[0], REPORT)
    left = {"decision": paper(ON), "card_collected": True}
    assert refused(world, "officer", case, "decide", **left) == ["withdrawal.discipline_open"]
    step(world, "secretary", found, "clear", conclusion=paper(ON))
    step(world, "officer", case, "consider", committee_resolution=paper(ON))
    step(world, "officer", case, "decide", **left)
    member = Member.objects.get(pk=people[0].pk)
    assert (member.standing, member.left_on, state(case)) == ("withdrawn", ON, ("withdrawn", ON))
    assert set(dict(deadlines(case).values())) == {"met"}


def test_expulsion_by_vote_shows_every_reading_of_the_term(world: World) -> None:
    """E-01: five of nine is less than the two thirds recalled, so it is said and not refused."""
    people = world.members(6)
    case = opened(world, "discipline", "open", people[0], REPORT)
    vote = ballot(world.meeting(people, ON), 3, 3)
    done = step(world, "secretary", case, "propose_expulsion", resolution=paper(ON), ballot=vote)
    assert [one["code"] for one in done["cautions"]] == ["ballot.not_carried"]
    expel = {"decision": paper(ON), "committee_size": 9, "committee_yes": 5, "reason": "Vi phạm"}
    done = step(world, "committee", case, "expel", **expel)
    assert [one["code"] for one in done["cautions"]] == ["committee.not_carried"]
    assert Member.objects.get(pk=people[0].pk).standing == "expelled"
    handed_over(world, case, date(2026, 12, 28))
    term = Deadline.objects.get(subject_id=case, rule_id="DIS.APPEAL")
    assert (term.due_on, term.early_on, term.firmness) == (date(2027, 2, 16), date(2027, 1, 27), "unsettled")
    assert sorted(one["due_on"] for one in term.alternatives) == ["2027-01-27", "2027-01-28"]
    on = date(2027, 1, 28)
    clock.move_to(on)
    step(world, "officer", case, "appeal", on, appeal=paper(on), appeal_to="province")
    appeal = only("appeal")
    assert list(Event.objects.get(code="discipline.appealed").cautions) == ["appeal.late_on_one_reading"]
    assert list(deadlines(appeal)) == ["TASK.RESOLVE_APPEAL"]
    step(world, "province", appeal, "annul", on, restoration=paper(on))
    assert Member.objects.get(pk=people[0].pk).standing == "official"


def test_expulsion_on_a_judgment_needs_no_vote_but_one_in_force(world: World) -> None:
    """E-02."""
    member = world.member("Nguyễn Văn Án")
    case = opened(world, "discipline", "open", member, REPORT)
    facts = {"decision": paper(ON), "judgment": paper(ON), "crime": "serious"}
    assert refused(world, "officer", case, "expel_on_judgment", **facts, in_force_on="2026-11-03") == [
        "day.fact_ahead", "judgment.not_in_force",
    ]  # fmt: skip
    step(world, "officer", case, "expel_on_judgment", **facts, in_force_on="2026-11-02")
    assert Member.objects.get(pk=member.pk).standing == "expelled"


def test_a_suspension_ends_by_a_paper_only(world: World) -> None:
    people = world.members(3)
    case = opened(world, "discipline", "open", people[0], REPORT)
    step(world, "officer", case, "suspend", suspension=paper(ON), away_until="2026-12-01", reason="x")
    member = Member.objects.get(pk=people[0].pk)
    assert (member.participation, member.away_until) == ("suspended", date(2026, 12, 1))
    assert deadlines(case)["TASK.END_SUSPENSION"] == ("open", date(2026, 12, 1))
    on = date(2026, 12, 2)
    clock.move_to(on)
    assert Member.objects.get(pk=people[0].pk).participation == "suspended"
    assert refused(world, "secretary", case, "clear", on, conclusion=paper(on)) == ["suspension.runs"]
    longer = {"suspension": paper(on), "away_until": "2027-01-15", "reason": "x"}
    step(world, "officer", case, "extend_suspension", on, **longer)
    assert Member.objects.get(pk=people[0].pk).away_until == date(2027, 1, 15)
    assert refused(world, "officer", case, "suspend", on, **longer) == ["member.other_participation"]
    step(world, "officer", case, "end_suspension", on, suspension_end=paper(on))
    member = Member.objects.get(pk=people[0].pk)
    assert (member.participation, member.away_until) == ("attending", None)
    step(world, "secretary", case, "decide_other_form", on, decision=paper(on), form="warning")
    assert (state(case), Member.objects.get(pk=people[0].pk).standing) == (("other_form", on), "official")


def test_the_gate_opens_after_thirty_six_months_with_the_provinces_consent(world: World) -> None:
    """R-20, S-11: the ground on record decides, not what somebody says."""
    people = world.members(6)
    case = removed(world, people[0], people)
    handed_over(world, case, ON)
    clock.move_to(date(2029, 11, 2))
    early, on = date(2029, 11, 1), date(2029, 11, 2)
    again = {"application": paper(early), "reason_left": "other"}
    secretary, target = world.actor("secretary"), NewCase("readmission", member_id=people[0].pk)
    before = traces()
    for facts, day, codes in (
        (again, early, "readmission.too_early"),
        ({**again, "reason_left": "asked"}, on, "readmission.other_reason, readmission.never"),
    ):
        with pytest.raises(Refused) as caught:
            perform(secretary, target, "apply", facts, on=day)
        assert ", ".join(one.code for one in caught.value.answers) == codes
    assert traces() == before
    gate = perform(secretary, target, "apply", again, on=on)["id"]
    with pytest.raises(NotPermitted):
        step(world, "officer", gate, "consent", on, consent=paper(on))
    with pytest.raises(Refused, match=r"restore\.cases_open"):
        step(world, "province", gate, "consent", on, consent=paper(on))
    step(world, "officer", case, "close", on, note=paper(on))
    step(world, "province", gate, "consent", on, consent=paper(on))
    assert (Member.objects.get(pk=people[0].pk).standing, state(gate)) == ("candidate", ("consented", on))
    dossier = perform(
        secretary, NewCase("admission", member_id=people[0].pk), "open", {"application": paper(on)}, on=on
    )
    assert dossier["state"] == "opened"


def test_dropping_out_closes_the_gate_for_good(world: World) -> None:
    left = world.member("Bùi Văn Xa", "import_removed", left_on="2020-03-02")
    taken = {"decision": paper(date(2020, 3, 2)), "ground": "activity_dropped"}
    opened(world, "removal", "take_over", left, taken, "officer")
    facts = {"application": paper(ON), "reason_left": "dropped_activity"}
    with pytest.raises(Refused, match=r"readmission\.never"):
        opened(world, "readmission", "apply", left, facts)


def test_a_death_ends_the_membership_and_then_the_removal(world: World) -> None:
    people = world.members(3)
    case = opened(world, "removal", "open", people[0], GROUND)
    assert refused(world, "secretary", case, "end", proof=paper(ON)) == ["case.person_still_here"]
    perform(world.actor("secretary"), OnMember(people[0].pk), "record_death",
            {"certificate_of_death": paper(ON), "died_on": "2026-11-01"}, on=date(2026, 11, 1))  # fmt: skip
    step(world, "secretary", case, "end", proof=paper(ON))
    assert (state(case), deadlines(case)["TASK.CONSIDER_REMOVAL"][0]) == (("ended", ON), "cancelled")


def test_one_open_removal_of_a_member_and_none_that_another_cell_sees(world: World) -> None:
    people = world.members(3)
    case = opened(world, "removal", "open", people[0], GROUND)
    before = traces()
    with pytest.raises(Refused, match=r"engine\.already_open"):
        opened(world, "removal", "open", people[0], GROUND)
    with pytest.raises(NotFound):
        step(world, "other_secretary", case, "file_self_review", self_review=paper(ON))
    assert traces() == before


def test_no_day_is_set_back_over_what_changed_later(world: World) -> None:
    """An exemption dated inside an absence that ended later would write that absence over; each field for itself."""
    member = world.members(6)[0]
    lapse = {"resolution": paper(ON), "ground": "meetings", "months": 3}
    perform(world.actor("secretary"), OnMember(member.pk), "record_lapse", lapse, on=ON)
    before, early = traces(), date(2026, 11, 1)
    with pytest.raises(Refused) as caught:
        perform(world.actor("secretary"), OnMember(member.pk), "resume", {"resolution": paper(early)}, on=early)
    [answer] = caught.value.answers
    assert (answer.code, answer.params) == ("engine.changed_later", {"since": early, "later": ON})
    assert traces() == before
    died = {"certificate_of_death": paper(early), "died_on": early}
    perform(world.actor("secretary"), OnMember(member.pk), "record_death", died, on=early)
    spells = Spell.objects.filter(member=member, retracted_at=None, valid__endswith__isnull=True)
    assert [(one.standing, one.participation) for one in spells] == [("deceased", "lapsed")]  # each field for itself
