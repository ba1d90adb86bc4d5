"""Steps through the door: one done, every refusal in its own form, and a "no" that leaves nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

from backend.accounts.models import Assignment, User
from backend.audit.models import Event
from backend.cases.engine import NewMember
from backend.cases.models import Case, RequestKey
from backend.cases.requests import digest
from backend.deadlines.models import Deadline
from backend.members.models import Member
from tests.api.conftest import ON, Knock, traces
from tests.world import World, about_to_climb, enter, paper
from workflows.catalogue import LIFECYCLES
from workflows.law import rule
from workflows.offices import Office

Proposal = tuple[Case, dict[str, Any]]


def address(case: Case, step: str = "propose") -> str:
    return f"/api/v1/cases/{case.pk}/steps/{step}/"


def test_step_is_done_and_answers_with_its_version(world: World, as_: Knock, proposal: Proposal) -> None:
    case, facts = proposal
    body = {"on": ON.isoformat(), "facts": facts}
    answer = as_("secretary").post(address(case), body, headers={"If-Match": '"1"'})
    assert answer.status_code == 200
    assert answer.headers["ETag"] == '"2"'
    told = answer.json()
    event = Event.objects.get(uid=told["event"])
    assert (told["kind"], told["id"], told["state"], told["version"]) == ("case", case.pk, "proposed", 2)
    assert told["deadlines"] == [{"rule": "PRO.DECIDE", "due_on": "2026-12-15"}]
    assert (event.code, event.user_id) == ("recognition.proposed", world.actor("secretary").user_id)
    assert Case.objects.get(pk=case.pk).state == "proposed"


def test_no_version_is_428_and_an_old_one_412(as_: Knock, proposal: Proposal) -> None:
    case, facts = proposal
    before = traces()
    secretary = as_("secretary")
    missing = secretary.post(address(case), {"facts": facts})
    assert (missing.status_code, missing.json()["code"]) == (428, "precondition_required")
    stale = secretary.post(address(case), {"facts": facts}, headers={"If-Match": '"7"'})
    assert (stale.status_code, stale.json()["code"], stale.json()["current_version"]) == (412, "stale", 1)
    odd = secretary.post(address(case), {"facts": facts}, headers={"If-Match": "*"})
    assert odd.status_code == 400
    assert {one.headers["Content-Type"] for one in (missing, stale, odd)} == {"application/problem+json"}
    assert traces() == before


def test_refusal_names_every_condition_with_its_legal_basis(as_: Knock, proposal: Proposal) -> None:
    case, facts = proposal
    before = traces()
    facts["ballot"] |= {"yes": 3, "no": 3}
    body = {"on": ON.isoformat(), "facts": facts}
    answer = as_("secretary").post(address(case), body, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")
    told = answer.json()
    assert (told["type"], told["status"]) == ("urn:chibo:problem:refused", 422)
    (unmet,) = told["unmet"]
    assert (unmet["fact"], unmet["rule"]) == ("ballot", "PRO.VOTE")
    assert unmet["vi"]
    assert unmet["en"]
    assert "29-QĐ/TW" in unmet["legal_basis"]["vi"] or unmet["legal_basis"]["vi"]
    assert traces() == before


def test_missing_and_unknown_facts_are_refused_together(as_: Knock, proposal: Proposal) -> None:
    case, _ = proposal
    before = traces()
    answer = as_("secretary").post(address(case), {"facts": {"extra": 1}}, headers={"If-Match": '"1"'})
    assert answer.status_code == 422
    assert [(one["code"], one["fact"]) for one in answer.json()["unmet"]] == [
        ("fact.unknown", "extra"), ("fact.required", "resolution"), ("fact.required", "ballot"),
    ]  # fmt: skip
    assert traces() == before


def test_without_right_403_and_out_of_scope_404(as_: Knock, proposal: Proposal) -> None:
    case, facts = proposal
    before = traces()
    body, headers = {"on": ON.isoformat(), "facts": facts}, {"If-Match": '"1"'}
    assert as_("auditor").post(address(case), body, headers=headers).status_code == 403
    assert as_("other_secretary").post(address(case), body, headers=headers).status_code == 404
    assert as_("secretary").post(address(case, "invented"), body, headers=headers).status_code == 404
    assert traces() == before


def test_same_key_twice_is_one_event_and_another_body_422(as_: Knock, proposal: Proposal) -> None:
    case, facts = proposal
    body = {"on": ON.isoformat(), "facts": facts}
    headers = {"If-Match": '"1"', "Idempotency-Key": "tap-1"}
    first = as_("secretary").post(address(case), body, headers=headers)
    before = traces()
    again = as_("secretary").post(address(case), body, headers=headers)
    assert (first.status_code, again.status_code, again.json()) == (200, 200, first.json())
    other = as_("secretary").post(address(case), {**body, "on": "2026-11-01"}, headers=headers)
    empty = as_("secretary").post(address(case), body, headers={**headers, "Idempotency-Key": ""})
    assert (empty.status_code, empty.json()["code"]) == (400, "invalid")
    assert (other.status_code, other.json()["code"]) == (422, "request_key_reused")
    assert traces() == before
    assert Event.objects.filter(code="recognition.proposed").count() == 1


def test_case_is_opened_once(world: World, as_: Knock) -> None:
    body = {
        "lifecycle": "meeting", "unit": world.cell.pk, "step": "plan", "on": ON.isoformat(),
        "facts": {"kind": "regular", "month": "2026-11-01"},
    }  # fmt: skip
    answer = as_("secretary").post("/api/v1/cases/", body)
    assert answer.status_code == 201
    case = Case.objects.get(pk=answer.json()["id"])
    assert (case.state, case.unit_id) == ("planned", world.cell.pk)
    assert answer.headers["Location"].endswith(f"/api/v1/cases/{case.pk}/")
    before = traces()
    again = as_("secretary").post("/api/v1/cases/", body)
    assert (again.status_code, again.json()["unmet"][0]["code"]) == (422, "engine.already_open")
    assert as_("other_secretary").post("/api/v1/cases/", body).status_code == 404
    wrong = as_("secretary").post("/api/v1/cases/", {**body, "member": 1})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (400, "unit")
    assert traces() == before


def test_a_month_long_past_is_not_planned_and_a_late_meeting_can_still_be_recorded(world: World, as_: Knock) -> None:
    secretary = as_("secretary")

    def ask(step: str, month: str) -> Any:
        body = {
            "lifecycle": "meeting",
            "unit": world.cell.pk,
            "step": step,
            "facts": {"kind": "regular", "month": month},
        }
        return secretary.post("/api/v1/cases/", body)

    before = traces()
    for step, month, code in (
        ("plan", "2020-01-01", "meeting.time_is_over"), ("plan", "2026-10-31", "meeting.time_is_over"),
        ("make_good", "2020-01-01", "meeting.long_past"), ("make_good", "2025-10-31", "meeting.long_past"),
        ("make_good", "2026-11-01", "meeting.time_not_over"),
    ):  # fmt: skip
        answer = ask(step, month)
        assert (answer.status_code, [one["code"] for one in answer.json()["unmet"]]) == (422, [code]), (step, month)
    assert traces() == before
    opened = ask("make_good", "2026-10-01")
    assert (opened.status_code, opened.json()["state"]) == (201, "planned")
    facts = {"held_on": "2026-10-20", "minutes_long": 95, "roll_call": {world.member("Lê Văn Ất").pk: "present"}}
    held = secretary.post(
        f"/api/v1/cases/{opened.json()['id']}/steps/hold/", {"on": "2026-10-20", "facts": facts},
        headers={"If-Match": opened.headers["ETag"]},
    )  # fmt: skip
    assert (held.status_code, held.json()["state"], held.json()["cautions"]) == (200, "held", [])
    assert Deadline.objects.get(rule_id="MTG.REGULAR").status == "met"
    assert ask("make_good", "2025-11-01").status_code == 201


def test_a_caution_has_the_shape_of_a_refusal_with_advice_and_legal_basis(world: World, as_: Knock) -> None:
    secretary = as_("secretary")
    month = {"kind": "regular", "month": "2026-10-01"}
    body = {"lifecycle": "meeting", "unit": world.cell.pk, "step": "make_good", "facts": month}
    refused = secretary.post("/api/v1/cases/", {**body, "facts": {**month, "month": "2020-01-01"}}).json()["unmet"][0]
    opened = secretary.post("/api/v1/cases/", body)
    facts = {"held_on": "2026-10-20", "minutes_long": 30, "roll_call": {world.member("Lê Văn Ất").pk: "present"}}
    held = secretary.post(
        f"/api/v1/cases/{opened.json()['id']}/steps/hold/", {"on": "2026-10-20", "facts": facts},
        headers={"If-Match": opened.headers["ETag"]},
    )  # fmt: skip
    (caution,) = held.json()["cautions"]
    assert caution.keys() == refused.keys()
    basis = rule("MTG.REGULAR", date(2026, 10, 20))
    assert (caution["code"], caution["rule"], caution["advice"]) == (
        "meeting.too_short", "MTG.REGULAR", {"vi": "", "en": ""},
    )  # fmt: skip
    assert caution["legal_basis"] == {language: basis.citation(language) for language in ("vi", "en")}
    assert caution["legal_basis"]["vi"]


def test_options_say_what_can_be_done_and_why_not(as_: Knock, proposal: Proposal) -> None:
    case, _ = proposal
    before = traces()
    address = f"/api/v1/cases/{case.pk}/steps/"
    mine = {one["step"]: one for one in as_("secretary").get(address).json()["results"]}
    assert mine["propose"]["allowed"] is True
    assert [fact["name"] for fact in mine["propose"]["facts"]] == ["resolution", "ballot"]
    assert "ballot" in mine["propose"]["asks"]
    assert list(mine) == list(LIFECYCLES["recognition"].steps())
    assert [one["code"] for one in mine["recognise"]["refusals"]] == ["engine.not_permitted", "engine.wrong_state"]
    (elsewhere,) = mine["announce"]["refusals"]
    assert (elsewhere["code"], mine["announce"]["allowed"]) == ("engine.wrong_state", False)
    assert elsewhere["en"] == "This step does not start from here; it starts from: Recognised, to be announced."
    assert elsewhere["vi"] == "Bước này không bắt đầu từ trạng thái hiện tại mà từ: Đã công nhận, chờ công bố."
    assert mine["take_over"]["refusals"][-1]["en"].endswith("it starts from: nothing (it opens a new one).")
    theirs = {one["step"]: one for one in as_("auditor").get(address).json()["results"]}
    assert {one["allowed"] for one in theirs.values()} == {False}
    assert [one["code"] for one in theirs["propose"]["refusals"]] == ["engine.not_permitted"]
    assert as_("other_secretary").get(address).status_code == 404
    assert traces() == before


def test_options_judge_guards_that_need_no_facts(world: World, as_: Knock) -> None:
    early = world.member("Lê Thị Sớm", "import_probationary", joined_on="2026-06-01")
    case = world.probation(early, date(2026, 6, 1))
    found = as_("secretary").get(f"/api/v1/cases/{case.pk}/steps/").json()["results"]
    propose = next(one for one in found if one["step"] == "propose")
    assert propose["allowed"] is False
    assert [one["code"] for one in propose["refusals"]] == ["cell.too_small", "probation.not_over"]
    assert all(one["vi"] and one["en"] for one in propose["refusals"])


def test_options_tell_what_a_fact_will_have_to_show(world: World, as_: Knock) -> None:
    old = enter(NewMember(world.cell.pk, {"full_name": "Trần Văn Cao", "sex": "m", "born_on": date(1966, 3, 1)}),
                "import_candidate", {"roster": paper(ON, "Danh sách")}, ON)  # fmt: skip
    case = open_dossier(as_, old)
    steps = {one["step"]: one for one in as_("secretary").get(f"/api/v1/cases/{case}/steps/").json()["results"]}
    ready, propose = steps["complete_papers"], steps["propose"]
    assert (ready["allowed"], propose["allowed"]) == (True, False)
    assert [one["code"] for one in ready["expects"]] == ["introducers.unfit", "schooling.missing"]
    assert "age.too_old" in [one["code"] for one in propose["refusals"]]
    assert [one["code"] for one in propose["expects"]] == ["age.conditions"]
    assert "over_age_conditions" in propose["asks"]


def open_dossier(as_: Knock, candidate: Member) -> int:
    body = {"lifecycle": "admission", "step": "open", "member": candidate.pk, "on": ON.isoformat(),
            "facts": {"application": paper(ON, "Đơn")}}  # fmt: skip
    answer = as_("secretary").post("/api/v1/cases/", body)
    assert answer.status_code == 201, answer.json()
    return int(answer.json()["id"])


def test_a_second_case_is_refused_before_it_is_tried(world: World, as_: Knock) -> None:
    candidate = world.member("Lê Thị Mới", "import_candidate")
    address = f"/api/v1/members/{candidate.pk}/steps/"

    def opening() -> dict[str, Any]:
        found = as_("secretary").get(address).json()["results"]
        return next(one for one in found if (one["lifecycle"], one["step"]) == ("admission", "open"))

    assert (opening()["allowed"], opening()["refusals"]) == (True, [])
    open_dossier(as_, candidate)
    assert [one["code"] for one in opening()["refusals"]] == ["engine.already_open"]
    drop = next(one for one in as_("secretary").get(address).json()["results"] if one["step"] == "drop")
    assert [one["code"] for one in drop["refusals"]] == ["candidate.dossier_open"]


def test_a_second_case_is_told_with_every_other_reason(world: World, as_: Knock) -> None:
    """With facts that are missing, and with what guards say; where the key is a fact that is missing it cannot be told."""
    candidate = world.member("Lê Thị Mới", "import_candidate")
    open_dossier(as_, candidate)
    opening = {"lifecycle": "admission", "step": "open", "member": candidate.pk, "on": ON.isoformat()}
    meeting = {"lifecycle": "meeting", "step": "plan", "unit": world.cell.pk, "on": ON.isoformat()}
    planned = {"kind": "regular", "month": "2026-11-01"}
    assert as_("secretary").post("/api/v1/cases/", {**meeting, "facts": planned}).status_code == 201
    before = traces()
    for body, said in (
        ({**opening, "facts": {}}, [("fact.required", "application"), ("engine.already_open", "")]),
        ({**opening, "facts": {"application": paper(date(2026, 11, 3))}},
         [("day.fact_ahead", "application"), ("paper.dated_later", "application"), ("engine.already_open", "")]),
        ({**meeting, "facts": {**planned, "planned_on": "x"}}, [("fact.bad_day", "planned_on"), ("engine.already_open", "")]),
        ({**meeting, "facts": {**planned, "month": "2026-12-01", "planned_on": "x"}}, [("fact.bad_day", "planned_on")]),
        ({**meeting, "facts": {"kind": "regular"}}, [("fact.required", "month")]),
    ):  # fmt: skip
        answer = as_("secretary").post("/api/v1/cases/", body)
        assert answer.status_code == 422
        assert [(one["code"], one["fact"]) for one in answer.json()["unmet"]] == said
    assert traces() == before


def test_missing_facts_are_told_with_everything_else(world: World, as_: Knock) -> None:
    early = world.member("Lê Thị Sớm", "import_probationary", joined_on="2026-06-01")
    case = world.probation(early, date(2026, 6, 1))
    before = traces()
    answer = as_("secretary").post(address(case), {"facts": {"ballot": 7}}, headers={"If-Match": '"1"'})
    assert answer.status_code == 422
    assert [(one["code"], one["fact"]) for one in answer.json()["unmet"]] == [
        ("fact.required", "resolution"), ("fact.bad_ballot", "ballot"), ("cell.too_small", ""),
        ("probation.not_over", "resolution"),
    ]  # fmt: skip
    assert traces() == before


def test_member_options_open_cases_and_refuse_consequences(world: World, as_: Knock) -> None:
    member = world.member("Ngô Văn Tốt")
    found = as_("secretary").get(f"/api/v1/members/{member.pk}/steps/").json()["results"]
    by_name = {(one["lifecycle"], one["step"]): one for one in found}
    assert by_name["membership", "record_lapse"]["allowed"] is True
    assert by_name["recognition", "begin"]["opens"] is True
    assert by_name["recognition", "begin"]["allowed"] is False  # the member is official already
    through = [one for one in found if one["right"] == "through_case"]
    assert {one["refusals"][0]["code"] for one in through} == {"engine.through_case"}
    units = as_("secretary").get(f"/api/v1/units/{world.cell.pk}/steps/").json()["results"]
    assert {one["lifecycle"] for one in units} == {"congress", "data_breach", "finding", "meeting", "membership"}
    assert as_("secretary").get(f"/api/v1/units/{world.other.pk}/steps/").status_code == 404


def lapse(*subjects: dict[str, Any]) -> dict[str, Any]:
    facts = {"resolution": paper(ON), "ground": "meetings", "months": 3}
    return {"step": "record_lapse", "on": ON.isoformat(), "subjects": [{"facts": facts, **one} for one in subjects]}


def test_member_step(world: World, as_: Knock) -> None:
    member = world.member("Ngô Văn Bỏ")
    body = {"on": ON.isoformat(), "facts": lapse({})["subjects"][0]["facts"]}
    answer = as_("secretary").post(
        f"/api/v1/members/{member.pk}/steps/record_lapse/", body, headers={"If-Match": '"1"'}
    )
    assert (answer.status_code, answer.json()["kind"], answer.headers["ETag"]) == (200, "member", '"2"')
    assert Member.objects.get(pk=member.pk).participation == "lapsed"


def test_bulk_answers_each_subject(world: World, as_: Knock) -> None:
    here = world.members(2)
    elsewhere = world.member("Lê Văn Khác", unit=world.other)
    lapsed = world.member("Đỗ Thị Bỏ", participation="lapsed")
    body = lapse(
        {"member": here[0].pk, "version": 1}, {"member": elsewhere.pk, "version": 1},
        {"member": lapsed.pk, "version": 1}, {"member": here[1].pk, "version": 4},
    )  # fmt: skip
    answer = as_("secretary").post("/api/v1/bulk/steps/", body)
    assert answer.status_code == 200
    results = answer.json()["results"]
    assert [(one["id"], one["status"]) for one in results] == [
        (here[0].pk, 200), (elsewhere.pk, 404), (lapsed.pk, 422), (here[1].pk, 412),
    ]  # fmt: skip
    assert results[2]["problem"]["unmet"][0]["code"] == "engine.wrong_state"
    assert results[3]["problem"]["current_version"] == 1
    states = dict(Member.objects.values_list("pk", "participation"))
    assert [states[one.pk] for one in (*here, elsewhere)] == ["lapsed", "attending", "attending"]
    assert Event.objects.filter(code="membership.lapsed").count() == 1


def test_bulk_refuses_a_subject_named_twice(world: World, as_: Knock) -> None:
    member = world.member("Ngô Văn Hai")
    before = traces()
    twice = lapse({"member": member.pk, "version": 1}, {"member": member.pk, "version": 1})
    answer = as_("secretary").post("/api/v1/bulk/steps/", twice)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "subjects")
    none = as_("secretary").post("/api/v1/bulk/steps/", {**twice, "subjects": []})
    assert none.status_code == 400
    assert traces() == before


def test_bulk_with_a_key_is_done_once_and_answered_again(world: World, as_: Knock) -> None:
    here = world.members(2)
    lapsed = world.member("Đỗ Thị Bỏ", participation="lapsed")
    body = lapse(*[{"member": one.pk, "version": 1} for one in (here[0], lapsed)])
    headers = {"Idempotency-Key": "bulk-1"}
    first = as_("secretary").post("/api/v1/bulk/steps/", body, headers=headers)
    assert [one["status"] for one in first.json()["results"]] == [200, 422]
    before = traces()
    again = as_("secretary").post("/api/v1/bulk/steps/", body, headers=headers)
    assert (again.status_code, again.json()) == (200, first.json())
    for other in (
        {**body, "subjects": body["subjects"][:1]},
        {**body, "subjects": [body["subjects"][0] | {"version": 2}, body["subjects"][1]]},
        {**body, "step": "resume"},
    ):
        refused = as_("secretary").post("/api/v1/bulk/steps/", other, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (422, "request_key_reused")
    without = as_("secretary").post("/api/v1/bulk/steps/", body)
    assert [one["status"] for one in without.json()["results"]] == [412, 422]
    assert traces() == before
    assert RequestKey.objects.filter(key=digest(world.actor("secretary"), "bulk-1")).count() == 1


def test_bulk_of_which_nothing_was_done_keeps_no_key(world: World, as_: Knock) -> None:
    lapsed = world.member("Đỗ Thị Bỏ", participation="lapsed")
    before = traces()
    headers = {"Idempotency-Key": "bulk-2"}
    body = lapse({"member": lapsed.pk, "version": 1})
    refused = as_("secretary").post("/api/v1/bulk/steps/", body, headers=headers).json()["results"]
    assert [one["status"] for one in refused] == [422]
    assert traces() == before
    resume = {"step": "resume", "on": ON.isoformat(), "subjects": [{"member": lapsed.pk, "version": 1}]}
    resume["subjects"][0]["facts"] = {"resolution": paper(ON)}
    assert as_("secretary").post("/api/v1/bulk/steps/", resume, headers=headers).json()["results"][0]["status"] == 200


def test_bulk_goes_one_by_one_where_the_database_refuses_the_set_and_keeps_one_answer(world: World, as_: Knock) -> None:
    known, late = world.member("Ngô Văn Trước"), world.member("Ngô Văn Sau", on=date(2026, 10, 1))
    body = lapse(*[{"member": one.pk, "version": 1} for one in (late, known)]) | {"on": "2026-09-15"}
    for one in body["subjects"]:
        one["facts"] = one["facts"] | {"resolution": paper(date(2026, 9, 15))}
    headers = {"Idempotency-Key": "bulk-3"}
    first = as_("secretary").post("/api/v1/bulk/steps/", body, headers=headers).json()
    assert [one["status"] for one in first["results"]] == [422, 200]
    assert [one["code"] for one in first["results"][0]["problem"]["unmet"]] == ["engine.before_history"]
    before = traces()
    assert as_("secretary").post("/api/v1/bulk/steps/", body, headers=headers).json() == first
    assert traces() == before
    assert dict(Member.objects.values_list("pk", "participation")) == {known.pk: "lapsed", late.pk: "attending"}


def test_a_key_belongs_to_the_office_and_the_version_it_was_used_with(
    world: World, as_: Knock, proposal: Proposal
) -> None:
    case, facts = proposal
    body = {"on": ON.isoformat(), "facts": facts}
    first = {"If-Match": '"1"', "Idempotency-Key": "tap-2"}
    held = world.actor("secretary")
    user = User.objects.get(pk=held.user_id)
    second = Assignment.objects.create(
        user=user, office=Office.CELL_DEPUTY, unit=world.cell, unit_path=world.cell.path, from_date=ON
    )
    own, other = ({"X-Chibo-Assignment": str(one)} for one in (held.assignment_id, second.pk))
    assert as_("secretary").post(address(case), body, headers=first | own).status_code == 200
    before = traces()
    for headers in (first | other, first | own | {"If-Match": '"2"'}):
        refused = as_("secretary").post(address(case), body, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (422, "request_key_reused")
    assert traces() == before


def test_acknowledging_a_deadline(world: World, as_: Knock, proposal: Proposal) -> None:
    case, _ = proposal
    deadline = Deadline.objects.get(subject_kind="case", subject_id=case.pk, rule_id="PRO.CELL_REVIEW")
    place = f"/api/v1/deadlines/{deadline.pk}/acknowledge/"
    about_to_climb(deadline)
    body = {"working_days": 5, "reason": "Đã nhắc chi bộ"}
    assert as_("officer").post(place, body).status_code == 428
    assert as_("auditor").post(place, body, headers={"If-Match": '"1"'}).status_code == 403
    assert as_("other_secretary").post(place, body, headers={"If-Match": '"1"'}).status_code == 404
    assert not Event.objects.filter(subject_kind="deadline").exists()
    answer = as_("officer").post(place, body, headers={"If-Match": '"1"'})
    assert answer.json() == {"id": deadline.pk, "version": 2, "level": 1, "until": "2026-11-09"}
    too_long = as_("officer").post(place, {**body, "working_days": 11}, headers={"If-Match": '"2"'})
    assert too_long.json()["unmet"][0]["code"] == "acknowledge.bad_days"
    assert Event.objects.filter(subject_kind="deadline").count() == 1


def test_listed_steps_tell_the_version_to_name(world: World, as_: Knock, proposal: Proposal) -> None:
    case, facts = proposal
    secretary = as_("secretary")
    listed = secretary.get(address(case).removesuffix("propose/"))
    assert (listed.headers["ETag"], listed.json()["version"]) == ('"1"', 1)
    done = secretary.post(
        address(case), {"on": ON.isoformat(), "facts": facts}, headers={"If-Match": listed.headers["ETag"]}
    )
    assert done.status_code == 200
    assert secretary.get(address(case).removesuffix("propose/")).headers["ETag"] == done.headers["ETag"] == '"2"'
    member = secretary.get(f"/api/v1/members/{case.member_id}/steps/")
    assert (member.headers["ETag"], member.json()["version"]) == ('"1"', 1)


def test_rights_come_before_what_is_wrong_with_a_request(world: World, as_: Knock, proposal: Proposal) -> None:
    case, _ = proposal
    deadline = Deadline.objects.filter(subject_kind="case", subject_id=case.pk).latest("id")
    before = traces()
    expected = {"other_secretary": 404, "auditor": 403, "secretary": 428}
    for place in (address(case), f"/api/v1/deadlines/{deadline.pk}/acknowledge/"):
        for who, status in expected.items():
            answer = as_(who).post(place, {"nonsense": True})
            assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json"), place
        garbled = [as_(who).post(place, [], headers={"If-Match": '"1"'}).status_code for who in expected]
        assert garbled == [404, 403, 400]
    assert traces() == before


def test_bulk_opens_a_case_about_each_member_named(world: World, as_: Knock) -> None:
    here, elsewhere = world.members(2), world.member("Lê Văn Khác", unit=world.other)
    exempt = world.member("Phạm Thị Già", participation="exempt")
    named = [{"member": one.pk, "facts": {"year": 2026}} for one in (*here, elsewhere, exempt)]
    body = {"lifecycle": "classification", "step": "open", "on": ON.isoformat(), "subjects": named}
    answer = as_("secretary").post("/api/v1/bulk/steps/", body)
    assert [(one["kind"], one["id"], one["status"]) for one in answer.json()["results"]] == [
        ("member", here[0].pk, 200), ("member", here[1].pk, 200), ("member", elsewhere.pk, 404), ("member", exempt.pk, 422),
    ]  # fmt: skip
    opened = Case.objects.filter(lifecycle="classification").order_by("id").values_list("member_id", "state")
    assert list(opened) == [(one.pk, "opened") for one in here]
    before = traces()
    again = as_("secretary").post("/api/v1/bulk/steps/", body)
    assert [one["status"] for one in again.json()["results"]] == [422, 422, 404, 422]
    for wrong in (
        body | {"subjects": [{"case": 1, "version": 1}]},
        body | {"lifecycle": "meeting"},
        {name: value for name, value in body.items() if name != "lifecycle"},
    ):
        assert as_("secretary").post("/api/v1/bulk/steps/", wrong).status_code == 400
    assert traces() == before
