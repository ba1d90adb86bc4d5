"""Every kind of fact in a form: typed as people do, read as the engine takes it; and every step of every page has a form."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django import forms
from django.http import QueryDict
from django.template.loader import render_to_string

from backend.accounts.policy import Actor
from backend.web.days import DayField
from backend.web.facts.around import Around, Held, Person
from backend.web.facts.form import FactForm
from backend.web.facts.kinds import KINDS
from backend.web.facts.typed import day, number, whole
from backend.web.step_form import ON
from workflows.answers import Refusal
from workflows.catalogue import LIFECYCLES
from workflows.electing import Election, ElectionValue, Winner
from workflows.entries import EntryRef
from workflows.facts import Choice, Day, Fact, Flag, MemberRef, Number, Paper, PaperValue, Text
from workflows.offices import Office
from workflows.profile import PROFILE
from workflows.reading import read_all
from workflows.units import UnitRef
from workflows.voting import Ballot, BallotValue, RollCall

STEPS = [(page.key, name) for page in LIFECYCLES.values() for name in page.steps()]
UID = "0198c3a1-0000-7000-8000-000000000001"
PEOPLE = [
    Person(11, "Nguyễn Văn An", "Đảng viên chính thức", "attending"),
    Person(12, "Phạm Văn Xa", "Đảng viên chính thức", "away", stands="official"),
    Person(13, "Lê Thị Khách", "Đảng viên chính thức", "attending", guest=True),
]


class Known(Around):
    """A cell of three people with one meeting, without a database."""

    people = PEOPLE  # type: ignore[assignment]
    meetings = [Held(7, date(2026, 11, 2), "02/11/2026 · Thường kỳ · SH-2026-0001")]  # type: ignore[assignment]
    units = [("87.107", "Đảng bộ xã")]  # type: ignore[assignment]

    def called(self, ids: Any) -> list[Person]:
        return [one for one in PEOPLE if one.id in set(ids)]


def around(about: int | None = None) -> Known:
    return Known(Actor(Office.CELL_SECRETARY, "/1/2/3/", unit_id=3), 3, date(2026, 11, 2), about)


def form(facts: list[Fact], typed: str | None = None, about: int | None = None) -> FactForm:
    return FactForm(facts, around(about), None if typed is None else QueryDict(typed.replace("\n", "&")))


def shown(made: FactForm) -> str:
    return "".join(render_to_string("web/pieces/fact.html", {"group": one, "form": made}) for one in made.groups)


@pytest.mark.parametrize(("key", "name"), STEPS)
def test_every_step_has_a_form_with_a_label_for_each_input(key: str, name: str) -> None:
    facts = LIFECYCLES[key].steps()[name].facts
    assert ON.name not in {fact.name for fact in facts}
    page = shown(form([*facts]))
    for fact in facts:
        assert str(fact.label) in page.replace("&quot;", '"').replace("&#x27;", "'"), fact.name
    for field in form([*facts]):
        label = f'for="{field.id_for_label}"' if not field.is_choice else "<legend"  # type: ignore[attr-defined]
        assert label in page, field.name
    assert "style=" not in page


def test_every_kind_has_an_entry_and_the_profile_too() -> None:
    kinds = {fact.kind for page in LIFECYCLES.values() for step in page.steps().values() for fact in step.facts}
    assert kinds | {fact.kind for fact in PROFILE} == set(KINDS)


PAPER = Paper("resolution", "Nghị quyết", paper="cell_resolution")
PAPERS = "resolution.number=12-NQ/CB\nresolution.issuer=Chi bộ ấp Một\nresolution.date=2/11/2026\nresolution.kept_at="
VOTE = "ballot.meeting=7\nballot.issued=1.300\nballot.collected=19\nballot.valid=19\nballot.yes=13\nballot.no=6"
ELECTED = "e.issued=18\ne.collected=18\ne.valid=17\ne.winner0=11\ne.votes0=15\ne.winner1=\ne.votes1="


@pytest.mark.parametrize(
    ("fact", "typed", "value"),
    [
        (Day("d", "Ngày"), "d=5/11/2026", date(2026, 11, 5)),
        (Day("d", "Ngày"), "d=2026-11-05", date(2026, 11, 5)),
        (Day("d", "Ngày"), "d= 05.11.2026 ", date(2026, 11, 5)),
        (Day("d", "Ngày"), "d=5-11-2026", date(2026, 11, 5)),
        (Day("d", "Ngày"), "d=05112026", date(2026, 11, 5)),
        (Text("t", "Lý do"), "t=Đi làm ăn xa%0D%0Aở Bình Dương ", "Đi làm ăn xa\r\nở Bình Dương"),
        (Choice("c", "Loại", choices=(("a", "A"), ("b", "B"))), "c=b", "b"),
        (Choice("c", "Loại", required=False, choices=(("a", "A"), ("b", "B"))), "c=", None),
        (Flag("f", "Đã thu thẻ"), "f=on", True),
        (Flag("f", "Đã thu thẻ"), "", False),
        (Flag("f", "Ở nước ngoài", required=False), "", None),
        (Number("n", "Số"), "n=1.300", 1300),
        (Number("n", "Số"), "n=0", 0),
        (MemberRef("m", "Người giúp đỡ"), "m=12", (12,)),
        (MemberRef("m", "Người giới thiệu", many=True), "m=12\nm=11", (12, 11)),
        (MemberRef("m", "Người giúp đỡ", required=False), "m=", None),
        (PAPER, PAPERS, PaperValue("cell_resolution", "12-NQ/CB", "Chi bộ ấp Một", date(2026, 11, 2))),
        (Paper("p", "Văn bản", required=False), "p.number=\np.issuer=\np.date=", None),
        (Ballot("ballot", "Bỏ phiếu", rule="VOTE.RECOGNISE"), VOTE, BallotValue(7, 1300, 19, 19, 13, 6)),
        (Ballot("ballot", "Bỏ phiếu", required=False), "ballot.meeting=7\nballot.issued=", None),
        (RollCall("r", "Điểm danh"), "r.11=present\nr.12=away\nr.13=excused", {11: "present", 12: "away", 13: "excused"}),
        (RollCall("r", "Điểm danh", required=False), "r.12=away", None),
        (Election("e", "Bầu"), ELECTED, ElectionValue(18, 18, 17, (Winner(11, 15),))),
        (Election("e", "Bầu", required=False), "e.issued=\ne.winner0=", None),
        (UnitRef("u", "Nơi đến"), "u= 87.107 ", "87.107"),
        (EntryRef("x", "Bút toán"), f"x={UID}\r\n", (UID,)),
        (EntryRef("x", "Bút toán", required=False), "x=", None),
    ],
)  # fmt: skip
def test_what_is_typed_is_what_the_engine_reads(fact: Fact, typed: str, value: object) -> None:
    values, faults = read_all([fact], form([fact], typed).raw())
    assert faults == []
    assert values == {fact.name: value}


@pytest.mark.parametrize(
    ("fact", "typed", "where", "said"),
    [
        (Day("d", "Ngày"), "d=31/2/2026", "id_d_error", "Không có ngày này. Hãy ghi ngày/tháng/năm"),
        (Number("n", "Số"), "n=mười", "id_n_error", "Nhập một số nguyên từ 0 đến 100000."),
        (PAPER, "resolution.number=1", "id_resolution.issuer_error", "Mục này là bắt buộc."),
        (PAPER, "", "id_resolution.number_error", "Mục này là bắt buộc."),
        (MemberRef("m", "Người"), "m=abc", "id_m_error", "bằng mã số"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_beside_it_and_kept(fact: Fact, typed: str, where: str, said: str) -> None:
    made = form([fact], typed)
    _, faults = read_all([fact], made.raw())
    made.tell(faults)
    page = shown(made)
    assert said in page[page.index(f'id="{where}"') :].partition("</div>")[0]
    assert made.general == []


@pytest.mark.parametrize(
    ("typed", "back"),
    [
        ("05112026", "05/11/2026"), ("5.11.2026", "05/11/2026"), ("5-11-2026", "05/11/2026"),
        ("2026-11-05", "05/11/2026"), ("31022026", "31022026"), ("511", "511"), ("20261105", "20261105"),
    ],
)  # fmt: skip
def test_however_a_day_was_typed_the_form_shows_it_back_with_strokes(typed: str, back: str) -> None:
    page = shown(form([Day("d", "Ngày"), PAPER], f"d={typed}\nresolution.date={typed}"))
    assert page.count(f'value="{back}" inputmode="numeric"') == 2
    asked = DayAlone(QueryDict(f"day={typed}"))
    assert f'value="{back}" inputmode="numeric"' in str(asked["day"])
    assert asked.is_valid() == (back == "05/11/2026")


class DayAlone(forms.Form):
    day = DayField()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Mục này là bắt buộc."), ("bảy", "Nhập một số nguyên từ 0 đến 100000."),
        ("-1", "Nhập một số nguyên từ 0 đến 100000."), ("100001", "Nhập một số nguyên từ 0 đến 100000."),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    ("fact", "begun"),
    [
        (Ballot("b", "Bỏ phiếu"), "b.meeting=7\nb.issued=19\nb.collected=19\nb.valid=19\nb.no=6\nb.yes="),
        (Election("b", "Bầu"), "b.issued=18\nb.collected=18\nb.winner0=11\nb.votes0=15\nb.valid="),
    ],
)  # fmt: skip
def test_a_count_that_is_none_is_told_from_one_that_is_missing(fact: Fact, begun: str, typed: str, said: str) -> None:
    made, name = form([fact], begun + typed), begun.rpartition("\n")[2][:-1]
    made.tell(made.unsaid())
    assert made.errors == {name: [said]}


def test_a_reason_about_nothing_in_the_form_stands_above_it() -> None:
    made, reason = form([Day("d", "Ngày")], "d="), Refusal("x", "No.")
    made.tell([reason])
    assert (made.general, made.errors) == ([reason], {})


def test_the_person_whom_the_case_is_about_is_not_offered_and_the_cells_people_are() -> None:
    page = shown(form([MemberRef("m", "Người giúp đỡ")], about=11))
    assert "Nguyễn Văn An" not in page
    assert "Phạm Văn Xa – Đảng viên chính thức" in page


def test_only_who_can_be_named_is_offered_and_who_was_chosen_stands_there() -> None:
    fact = MemberRef("m", "Người giúp đỡ", among=("official",))
    for typed, offered in ((None, ["12"]), ("m=13", ["13", "12"])):
        assert re.findall(r'value="(\d+)"', shown(form([fact], typed))) == offered, typed


def test_every_helper_and_introducer_is_an_official_member() -> None:
    """As `helper_fits` and `introducers_fit` have it; a kept record and an appointed secretary may be of anybody in sight."""
    named = [one for page in LIFECYCLES.values() for step in page.steps().values() for one in step.facts
             if isinstance(one, MemberRef)]  # fmt: skip
    assert {(one.name, one.among) for one in named} == {
        ("helper", ("official",)), ("introducers", ("official",)), ("kept", ()), ("secretary", ()),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("0", 0),
        ("007", 7),
        ("9" * 18, 10**18 - 1),
        ("9" * 19, None),
        ("", None),
        ("-1", None),
        ("²", None),
        ("٣", None),
        (" 1", None),
    ],
)
def test_ids_and_versions_are_those_that_our_pages_write(text: str, read: int | None) -> None:
    assert whole(text) == read


def test_a_power_is_the_number_of_nobody() -> None:
    """Once a traceback: it counts as a digit, and is none to int()."""
    assert "checked" not in shown(form([MemberRef("who", "Ai")], "who=²"))
    assert "checked" in shown(form([MemberRef("who", "Ai")], f"who={PEOPLE[0].id}"))


def test_a_roll_call_begins_with_what_was_granted() -> None:
    page = shown(form([RollCall("r", "Điểm danh")]))
    assert 'name="r.12" value="away" id="id_r.12_3" class="form-check-input" checked' in page
    assert page.count("checked") == 1


def test_an_election_has_as_many_rows_as_may_be_elected_or_as_are_asked_for() -> None:
    one, many = Election("e", "Bí thư", most=1), Election("e", "Chi ủy", most=9)
    assert [form([fact]).groups[0].rows for fact in (one, many)] == [1, 5]
    assert form([many], "e.rows=8").groups[0].rows == 8
    assert form([many], "e.rows=99").groups[0].rows == 9
    assert form([many], "e.rows=3&do=more.e").groups[0].rows == 8
    assert [form([many], f"e.rows={rows}").groups[0].may_grow for rows in (8, 9)] == [True, False]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("31/12/2026", "2026-12-31"), ("1-2-2026", "2026-02-01"), ("32/1/2026", "32/1/2026"), ("hôm nay", "hôm nay"),
        ("", ""), ("20261105", "20261105"),
    ],
)  # fmt: skip
def test_days_are_read_as_people_write_them(text: str, read: str) -> None:
    assert day(text) == read


@pytest.mark.parametrize(("text", "read"), [("12", 12), (" 1.300 ", 1300), ("1 300", 1300), ("1,5", "1,5"), ("-1", "-1"),
                                             ("1.30", "1.30"), ("٣", "٣"), ("9" * 12, "9" * 12)])  # fmt: skip
def test_numbers_are_read_as_people_write_them(text: str, read: object) -> None:
    assert number(text) == read


def test_what_is_missing_of_a_vote_a_roll_call_or_an_election_is_said_of_each_input() -> None:
    facts = [
        Ballot("b", "Bỏ phiếu"),
        RollCall("r", "Điểm danh"),
        Election("e", "Bầu"),
        Election("none", "Bầu", required=False),
    ]
    made = form(facts, "b.meeting=7&b.issued=18&b.yes=x&r.11=present&r.12=away&e.valid=17")
    assert [one.fact for one in made.unsaid()] == [
        "b.collected",
        "b.valid",
        "b.yes",
        "b.no",
        "r.13",
        "e.issued",
        "e.collected",
    ]
    made.tell(made.unsaid())
    assert shown(made).count("Mục này là bắt buộc.") == 6
    assert shown(made).count("Nhập một số nguyên từ 0 đến 100000.") == 1
    assert form([RollCall("r", "Điểm danh", required=False)], "r.12=away").unsaid() == []
