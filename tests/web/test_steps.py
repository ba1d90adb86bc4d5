"""Doing a step on a page: shown, tried, done once, refused beside the field, overtaken by somebody else."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import Min
from django.test.utils import CaptureQueriesContext

from backend.accesses.models import Access
from backend.cases.engine import OnCase, perform
from backend.cases.models import Case
from backend.core.keyring import unseal
from backend.members.models import Member, Spell
from tests.api.conftest import ON, own_language, proposal, traces, world
from tests.roles import as_role
from tests.web.people import text
from tests.web.stepping import csrf, do, fill, of, opened
from tests.web.test_today import planned
from tests.world import World, paper

__all__ = ["own_language", "proposal", "world"]
pytestmark = pytest.mark.django_db
Proposal = tuple[Case, dict[str, Any]]


def ballot(facts: dict[str, Any], **totals: object) -> dict[str, str]:
    return {f"ballot.{name}": str(value) for name, value in {**facts["ballot"], **totals}.items()}


def test_the_form_brings_day_meeting_and_arithmetic(proposal: Proposal) -> None:
    case, facts = proposal
    page = text(of("secretary").get(f"/cases/{case.pk}/steps/propose/"))
    assert 'name="on" value="02/11/2026"' in page
    assert f'name="ballot.meeting" value="{facts["ballot"]["meeting"]}"' in page
    assert "6 đảng viên chính thức; 2/3 → cần 4." in page
    assert 'name="resolution.issuer" value="Chi bộ ấp Một"' in page  # the cell's own paper
    assert "Chưa có giấy chứng nhận học lớp bồi dưỡng đảng viên mới." in page


def test_a_meeting_of_before_anybody_was_known_is_not_offered(proposal: Proposal, world: World) -> None:
    """Taken over with a roster it stands in the log; a vote at it could be measured against nobody."""
    case, facts = proposal
    first = Spell.objects.filter(unit=world.cell, standing="official").aggregate(first=Min("valid__startswith"))[
        "first"
    ]
    offered = f'name="ballot.meeting" value="{facts["ballot"]["meeting"]}"'
    at = f"/cases/{case.pk}/steps/propose/"
    assert offered in text(of("secretary").get(at))
    meeting = Case.objects.get(pk=facts["ballot"]["meeting"])
    Case.objects.filter(pk=meeting.pk).update(facts={**meeting.facts, "held_on": f"{first - timedelta(days=1)}"})
    assert offered not in text(of("secretary").get(at))
    Case.objects.filter(pk=meeting.pk).update(facts={**meeting.facts, "held_on": f"{first}"})
    assert offered in text(of("secretary").get(at))


def test_where_no_meeting_can_be_named_the_form_leads_to_recording_it(world: World) -> None:
    new = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    at = f"/cases/{world.probation(new, date(2025, 10, 30)).pk}/steps/propose/"
    first = "Ghi nhận cuộc họp trước (kèm điểm danh), rồi nêu ở đây."
    said = f'{first}<span class="alone d-block"><a href="%s">%s</a></span>'
    plan = said % (f"/units/{world.cell.pk}/open/meeting/plan/", "Dự kiến cuộc họp")
    client, auditor = of("secretary"), of("auditor")
    with as_role("chibo_app"):
        assert plan in text(client.get(at))
    meeting = planned(world)
    record = said % (f"/meetings/{meeting.pk}/", "Ghi nhận sinh hoạt chi bộ tháng 11/2026")
    with as_role("chibo_app"):
        assert record in text(client.get(at))
        assert record in text(do(client, at, {"on": "02/11/2026", **fill("resolution")}))
        assert first not in text(auditor.get(at))  # who may not take the step has no form
        perform(world.actor("secretary"), OnCase(meeting.pk), "hold", {"held_on": f"{ON}", "minutes_long": 95}, on=ON)
        assert first not in text(client.get(at))


def test_done_it_says_so_on_the_cases_page(proposal: Proposal) -> None:
    case, facts = proposal
    client = of("secretary")
    answer = do(client, f"/cases/{case.pk}/steps/propose/", {"on": "2/11/2026", **fill("resolution"), **ballot(facts)})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/cases/{case.pk}/")
    page = text(client.get(f"/cases/{case.pk}/"))
    assert "Đã ghi: Đề nghị công nhận." in page
    assert "tán thành 4, không tán thành 2, hợp lệ 6, thu về 6, phát ra 6; trên tổng số 6" in page
    assert "12-NQ/CB, 02/11/2026, Chi bộ ấp Một" in page
    case.refresh_from_db(fields=["state", "version"])
    assert (case.state, case.version) == ("proposed", 2)


def test_the_same_key_twice_is_done_once(proposal: Proposal) -> None:
    case, facts = proposal
    client, address = of("secretary"), f"/cases/{case.pk}/steps/propose/"
    typed = {**opened(client, address), "on": "02/11/2026", **fill("resolution"), **ballot(facts), "do": "do"}
    assert client.post(address, typed).status_code == 302
    left = traces()
    again = client.post(address, typed)
    assert (again.status_code, again.headers["Location"]) == (302, f"/cases/{case.pk}/")
    changed = client.post(address, {**typed, "resolution.number": "13-NQ/CB"})
    assert changed.status_code == 302
    assert "Biểu này đã được gửi một lần và lần đó đã được ghi." in text(client.get(f"/cases/{case.pk}/"))
    assert traces() == left


def test_each_reason_stands_beside_its_field_and_nothing_is_lost(proposal: Proposal) -> None:
    case, facts = proposal
    before = traces()
    typed = {"on": "02/11/2026", "resolution.number": "", "resolution.issuer": "Chi bộ <ấp> Một", "resolution.date": "hôm nay",
             **ballot(facts, yes=5)}  # fmt: skip
    answer = do(of("secretary"), f"/cases/{case.pk}/steps/propose/", typed)
    page = text(answer)
    assert answer.status_code == 422
    assert '<div class="wrong" id="id_resolution.number_error"><p>Mục này là bắt buộc.</p>' in page
    assert re.findall(r'<li><a href="#(id_[^"]+_error)">([^<]+)</a></li>', page) == [  # it may lie two screens below
        ("id_resolution.number_error", "Số văn bản"), ("id_resolution.date_error", "Ngày ghi trên văn bản"),
    ]  # fmt: skip
    assert '<div class="wrong" id="id_resolution.date_error"><p>Không có ngày này. Hãy ghi ngày/tháng/năm' in page
    assert 'value="Chi bộ <ấp> Một"' in page  # as `text` reads it
    assert 'name="ballot.yes" value="5"' in page
    assert traces() == before


def test_a_ballot_that_fails_says_the_arithmetic_beside_the_ballot(proposal: Proposal) -> None:
    case, facts = proposal
    before = traces()
    answer = do(of("secretary"), f"/cases/{case.pk}/steps/propose/",
                {"on": "02/11/2026", **fill("resolution"), **ballot(facts, yes=3, no=3)})  # fmt: skip
    page = text(answer)
    assert answer.status_code == 422
    assert '<div class="wrong" id="fact-ballot-error"><p>3 tán thành. 6 đảng viên chính thức; 2/3 → cần 4.' in page
    assert "3 phiếu tán thành: chưa đủ số phiếu." in page
    assert traces() == before


def test_tried_it_says_what_would_change_and_leaves_no_trace(proposal: Proposal) -> None:
    case, facts = proposal
    before = traces()
    answer = do(of("secretary"), f"/cases/{case.pk}/steps/propose/",
                {"on": "02/11/2026", **fill("resolution"), **ballot(facts)}, "preview")  # fmt: skip
    page = text(answer)
    assert answer.status_code == 200
    assert "Đang dự bị → <strong>Chi bộ đã đề nghị</strong>" in page
    assert "Mở thời hạn:" in page
    assert "Kết thúc thời hạn: Chi bộ xét công nhận chính thức (Hoàn thành)" in page
    assert 'name="resolution.number" value="12-NQ/CB"' in page
    assert traces() == before


def test_who_was_overtaken_sees_what_changed_and_keeps_what_was_typed(world: World, proposal: Proposal) -> None:
    case, facts = proposal
    client, address = of("secretary"), f"/cases/{case.pk}/steps/propose/"
    typed = {**opened(client, address), "on": "02/11/2026", **fill("resolution"), **ballot(facts), "do": "do"}
    perform(world.actor("deputy"), OnCase(case.pk), "file_cv", {"cv": paper(ON)}, on=ON)
    before = traces()
    answer = client.post(address, typed)
    page = text(answer)
    assert answer.status_code == 409
    assert "Có người vừa ghi trước đồng chí" in page
    assert "02/11/2026: Nộp lý lịch đảng viên (Phó bí thư chi bộ, Chi bộ ấp Một)" in page
    assert 'name="version" value="2"' in page
    assert 'name="resolution.number" value="12-NQ/CB"' in page
    assert traces() == before
    assert client.post(address, {**typed, "version": "2"}).status_code == 302


def test_who_was_overtaken_by_the_same_step_reads_what_was_typed(world: World, proposal: Proposal) -> None:
    """There is no form to send again: that it was not recorded is said, what others entered, and all that was typed."""
    case, facts = proposal
    client, address = of("secretary"), f"/cases/{case.pk}/steps/propose/"
    typed = {**opened(client, address), "on": "2/11/2026", **fill("resolution"), **ballot(facts, no=1), "do": "do"}
    perform(world.actor("deputy"), OnCase(case.pk), "propose", facts, on=ON)
    before = traces()
    answer = client.post(address, typed)
    page = " ".join(text(answer).split())
    assert (answer.status_code, traces()) == (409, before)
    assert "Nội dung đồng chí gửi CHƯA được ghi" in page
    assert "vẫn còn nguyên trong biểu" not in page
    assert "02/11/2026: Đề nghị công nhận (Phó bí thư chi bộ, Chi bộ ấp Một)" in page
    assert 'class="facts"' not in page
    meeting = Case.objects.get(pk=facts["ballot"]["meeting"]).number
    assert re.findall(r"<dt>([^<]*)</dt><dd>([^<]*)</dd>", page[page.index('id="typed"') :]) == [
        ("Ngày thực hiện", "2/11/2026"),
        ("Nghị quyết của chi bộ, Số văn bản", "12-NQ/CB"),
        ("Nghị quyết của chi bộ, Nơi ban hành", "Chi bộ ấp Một"),
        ("Nghị quyết của chi bộ, Ngày ghi trên văn bản", "02/11/2026"),
        ("Kết quả bỏ phiếu, Tại cuộc họp ngày", f"02/11/2026 · Thường kỳ · {meeting}"),
        ("Kết quả bỏ phiếu, Số phiếu phát ra", "6"),
        ("Kết quả bỏ phiếu, Số phiếu thu về", "6"),
        ("Kết quả bỏ phiếu, Số phiếu hợp lệ", "6"),
        ("Kết quả bỏ phiếu, Số phiếu tán thành", "4"),
        ("Kết quả bỏ phiếu, Số phiếu không tán thành", "1"),
    ]
    refused = client.post(address, {**typed, "version": "2"})  # sent once more it is refused, and still nothing is lost
    assert (refused.status_code, traces()) == (422, before)
    assert "<dd>12-NQ/CB</dd>" in text(refused)
    assert 'id="typed"' not in text(client.get(address))


def test_the_arithmetic_alone_while_typing(proposal: Proposal) -> None:
    case, facts = proposal
    client, address = of("secretary"), f"/cases/{case.pk}/steps/propose/"
    typed = {**opened(client, address), **ballot(facts, yes=4), "on": "02/11/2026", "do": "sum", "of": "ballot"}
    answer = client.post(address, typed, headers={"HX-Request": "true"})
    assert text(answer).split() == (
        [
            "<p><strong>6",
            "đảng",
            "viên",
            "chính",
            "thức;",
            "2/3",
            "→",
            "cần",
            "4.</strong>",
            "4",
            "phiếu",
            "tán",
            "thành:",
            "đủ",
            "số",
            "phiếu.</p>",
        ]
    )


@pytest.mark.parametrize(
    ("totals", "said"),
    [
        ({"yes": 7}, "đồng ý 7, không đồng ý 2, hợp lệ 6, thu vào 6, phát ra 6"),
        ({"yes": 5}, "đồng ý 5, không đồng ý 2, hợp lệ 6, thu vào 6, phát ra 6"),
        ({"yes": 5, "no": 0, "issued": 7}, "đồng ý 5, không đồng ý 0, hợp lệ 6, thu vào 6, phát ra 7"),
        ({"yes": 7, "no": "", "valid": "", "collected": "", "issued": ""},
         "đồng ý 7, không đồng ý 0, hợp lệ 7, thu vào 7, phát ra 7"),
        ({"yes": 4, "no": "", "valid": "", "collected": "", "issued": ""}, ""),
        ({"yes": 4, "valid": ""}, ""),
    ],
)  # fmt: skip
def test_totals_that_cannot_be_are_said_while_typing_as_when_they_are_sent(
    proposal: Proposal, totals: dict[str, Any], said: str
) -> None:
    case, facts = proposal
    client, address = of("secretary"), f"/cases/{case.pk}/steps/propose/"
    typed = {**opened(client, address), **ballot(facts, **totals), **fill("resolution"), "on": "02/11/2026"}
    page = text(client.post(address, {**typed, "do": "sum", "of": "ballot"}))
    assert "6 đảng viên chính thức; 2/3 → cần 4." in page
    assert ("đủ số phiếu" in page) == (not said)
    words = f"Số phiếu không khớp: {said}, đảng viên chính thức có thể biểu quyết 6."
    assert (words in page) == bool(said)
    if said and "" not in totals.values():
        assert words in text(client.post(address, {**typed, "do": "do"}))


def test_a_case_is_opened_about_a_member(world: World) -> None:
    member = world.member("Lê Văn Đi")
    typed = {
        "on": "02/11/2026", **fill("request"), "away_from": "10/11/2026", "asked_until": "10/5/2027", "place": "Bình Dương",
        "job": "Công nhân", "reach": "Điện thoại", "reason": "Làm ăn xa",
    }  # fmt: skip
    answer = do(of("secretary"), f"/members/{member.pk}/open/away/ask/", typed)
    case = Case.objects.get(lifecycle="away")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/cases/{case.pk}/")
    assert (case.member_id, case.state, case.facts["asked_until"]) == (member.pk, "asked", "2027-05-10")
    do(of("secretary"), f"/cases/{case.pk}/steps/propose/", {"on": "02/11/2026", **fill("resolution")})
    granting = text(of("officer").get(f"/cases/{case.pk}/steps/grant/"))
    assert 'name="away_until" value="10/05/2027"' in granting  # as was asked for: the committee may write another day


def test_a_meeting_is_planned_for_a_unit_by_an_address_that_fills_in(world: World) -> None:
    address = f"/units/{world.cell.pk}/open/meeting/plan/?kind=regular&month=01/12/2026"
    client = of("secretary")
    page = text(client.get(address))
    assert 'value="regular" id="id_kind_0" class="form-check-input" checked' in page
    assert 'name="month" value="01/12/2026"' in page
    answer = do(client, address, {"on": "02/11/2026", "kind": "regular", "month": "01/12/2026"})
    case = Case.objects.get(lifecycle="meeting")
    assert answer.headers["Location"] == f"/cases/{case.pk}/"
    assert case.facts["month"] == "2026-12-01"


def test_a_person_is_put_on_the_list_with_every_fault_at_once(world: World) -> None:
    client, address = of("secretary"), f"/units/{world.cell.pk}/enter/choose/"
    before = traces()
    wrong = do(client, address, {"on": "02/11/2026", "profile.full_name": "=1", "profile.born_on": "31/2/1990"})
    page = text(wrong)
    assert wrong.status_code == 422
    assert 'id="id_profile.full_name_error"' in page
    assert 'id="id_profile.born_on_error"' in page
    assert 'id="id_profile.sex_error"' in page
    assert 'id="id_resolution.number_error"' in page or 'id="fact-resolution-error"' in page
    assert traces() == before
    typed = {"on": "02/11/2026", "profile.full_name": "Trần Thị Mới", "profile.sex": "f", "profile.born_on": "3/2/1990",
             "profile.ethnicity": "Khmer", **fill("resolution")}  # fmt: skip
    assert do(client, address, typed).status_code == 302
    member = Member.objects.get(full_name="Trần Thị Mới")
    assert (member.born_on, unseal(member.ethnicity), member.standing) == (date(1990, 2, 3), "Khmer", "candidate")


def test_a_person_is_entered_once_by_the_same_key(world: World) -> None:
    client, address = of("secretary"), f"/units/{world.cell.pk}/enter/choose/"
    typed = {**opened(client, address), "on": "02/11/2026", "profile.full_name": "Trần Thị Mới", "profile.sex": "f",
             "profile.born_on": "3/2/1990", **fill("resolution"), "do": "do"}  # fmt: skip
    assert [client.post(address, typed).status_code for _ in range(2)] == [302, 302]
    assert Member.objects.filter(full_name="Trần Thị Mới").count() == 1


def test_what_is_to_be_considered_about_a_person_is_said_whole_before_and_after(world: World) -> None:
    """A record of the same name and day of birth: in the trial, once it is recorded, and with the entry ever after."""
    client, address = of("secretary"), f"/units/{world.cell.pk}/enter/choose/"
    typed = {"on": "02/11/2026", "profile.full_name": "Trần Thị Mới", "profile.sex": "f", "profile.born_on": "3/2/1990",
             **fill("resolution")}  # fmt: skip
    assert do(client, address, typed).status_code == 302
    first = Member.objects.get(full_name="Trần Thị Mới")
    said = "Chi bộ này đã có hồ sơ của người trùng họ tên và ngày sinh, số %s."
    what = "Nếu là cùng một người, hãy đề nghị hủy mục nhập này và thực hiện các bước từ hồ sơ đã có."
    tried = text(do(client, address, typed, "preview"))
    cited = "09-HD/BTCTW 05/06/2017 (chắc chắn: đã thấy nguyên văn)"
    source = f'<br><small class="aside">{cited}</small>'
    assert f"<li>{said % first.pk} <strong>{what}</strong>{source}</li>" in tried
    done = client.get(do(client, address, typed).headers["Location"])
    second = Member.objects.get(full_name="Trần Thị Mới", pk__gt=first.pk)
    assert f"{said % first.pk} {what} ({cited})" in text(done)
    page = " ".join(text(client.get(f"/members/{second.pk}/")).split())
    helper = "Chi bộ chưa phân công đảng viên giúp đỡ khi chọn người này."
    basis = '<br><small class="aside">Điều lệ Đảng của Đại hội XI, 19/01/2011</small>'
    both = f"<ul><li>{said % '…'} <strong>{what}</strong>{source}</li><li>{helper}{basis}</li></ul>"
    assert f"<summary>Có 2 lưu ý</summary> {both}" in page
    assert f"{helper} (Điều lệ Đảng của Đại hội XI, 19/01/2011)" in text(done)
    assert "person.met_before" not in page


def test_the_form_costs_the_same_with_one_person_and_with_four(world: World, proposal: Proposal) -> None:
    case, _ = proposal
    client, seen = of("secretary"), []
    address = f"/cases/{case.pk}/steps/name_helper/"
    client.get(address)
    for more in (0, 3):
        world.members(more, born_on=date(1970 + more, 1, 1))
        with CaptureQueriesContext(connection) as caught:
            client.get(address)
        seen.append(len([one for one in caught.captured_queries if "SAVEPOINT" not in one["sql"]]))
    assert seen == [16, 16]


def test_who_does_not_see_finds_nothing(world: World, proposal: Proposal) -> None:
    case, _ = proposal
    before = traces()
    assert of("other_secretary").get(f"/cases/{case.pk}/steps/propose/").status_code == 404
    secretary = of("secretary")
    for address in (
        f"/cases/{case.pk}/steps/nothing/", f"/members/{case.member_id}/open/nothing/ask/",
        f"/members/{case.member_id}/open/meeting/plan/", f"/members/{case.member_id}/open/away/grant/",
        f"/units/{world.other.pk}/open/meeting/plan/", f"/units/{world.cell.pk}/enter/record_death/",
    ):  # fmt: skip
        assert secretary.get(address).status_code == 404, address
    assert traces() == before


def test_who_may_not_is_told_so_and_has_no_form(world: World, proposal: Proposal) -> None:
    case, facts = proposal
    before = traces()
    for name, step in (("auditor", "propose"), ("secretary", "annul")):
        client, address = of(name), f"/cases/{case.pk}/steps/{step}/"
        page = text(client.get(address))
        assert "Chức danh của đồng chí không được làm việc này ở đây." in page
        assert 'class="facts"' not in page
        typed = {"on": "02/11/2026", **fill("resolution"), **fill("annulment"), **ballot(facts), "do": "do",
                 "key": str(uuid4()), "version": "1", "csrfmiddlewaretoken": csrf(client)}  # fmt: skip
        assert client.post(address, typed).status_code == 404
    assert traces() == before


def test_a_step_that_does_not_start_here_says_from_where_it_does(proposal: Proposal) -> None:
    page = text(of("secretary").get(f"/cases/{proposal[0].pk}/steps/announce/"))
    assert "Hiện chưa thể thực hiện" in page
    assert "Bước này không bắt đầu từ trạng thái hiện tại" in page
    assert 'class="facts"' not in page


def test_everything_that_is_wrong_is_said_at_once_also_where_the_day_is(world: World) -> None:
    before = traces()
    typed = {"on": "hôm nay", "profile.full_name": "=1", "resolution.date": "31/2/2026"}
    page = text(do(of("secretary"), f"/units/{world.cell.pk}/enter/choose/", typed))
    for name in ("on", "profile.full_name", "profile.sex", "resolution.number", "resolution.date"):
        assert f'id="id_{name}_error"' in page, name
    assert traces() == before


@pytest.mark.parametrize("missing", ["key", "version"])
def test_a_form_without_its_key_or_version_is_shown_again(proposal: Proposal, missing: str) -> None:
    case, facts = proposal
    client, address = of("secretary"), f"/cases/{case.pk}/steps/propose/"
    typed = {**opened(client, address), "on": "02/11/2026", **fill("resolution"), **ballot(facts), "do": "do"}
    before = traces()
    answer = client.post(address, {name: value for name, value in typed.items() if name != missing})
    assert (answer.status_code, traces()) == (422, before)
    assert "Biểu gửi lên thiếu mã nhận biết" in text(answer)
    assert 'name="resolution.number" value="12-NQ/CB"' in text(answer)


def test_looks_are_noted_with_the_people_that_a_form_names(world: World, proposal: Proposal) -> None:
    case, _ = proposal
    client = of("officer")
    client.get(f"/units/{world.cell.pk}/enter/choose/")
    seen = Access.objects.latest("pk")
    assert (seen.door, seen.member_id, seen.case_id, seen.count) == ("web/units/{unit_id}/enter/{step}/", None, None, 7)
    do(client, f"/cases/{case.pk}/steps/name_helper/", {"helper.find": "nguyen"}, "find")
    seen = Access.objects.latest("pk")
    assert (seen.door, seen.case_id, seen.filters) == ("web/cases/{case_id}/steps/{step}/", case.pk, {"q": "…"})
    assert seen.count == 7 + 6


def test_a_blank_form_of_a_new_person_says_nothing_of_an_age_that_nobody_has_told(world: World) -> None:
    client, address = of("secretary"), f"/units/{world.cell.pk}/enter/choose/"
    unknown = "Không tính được tuổi theo tháng khi thiếu tháng sinh."
    assert unknown not in text(client.get(address))
    assert unknown not in text(client.get(f"/units/{world.cell.pk}/"))
    person = {"profile.full_name": "Trần Thị Mới", "profile.sex": "f", "profile.born_on": "1/1/2008",
              "profile.born_year_only": "on", "profile.ethnicity": "Khmer"}  # fmt: skip
    assert unknown in text(do(client, address, {"on": "02/11/2026", **person, **fill("resolution")}, "preview"))
