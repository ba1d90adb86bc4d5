"""Each kind of fact of an entry in words: what its line says, and what stands beside the line while that is kept."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils.translation import override

from backend.web.timeline import words_of
from workflows.electing import Election, ElectionValue, Winner
from workflows.entries import EntryRef
from workflows.facts import Choice, Day, Fact, Flag, MemberRef, Number, Paper, PaperValue, Text
from workflows.member_steps.roster import ROSTER
from workflows.units import UnitRef
from workflows.voting import Ballot, BallotValue, RollCall

PEOPLE = {11: "Nguyễn Văn An"}
PAPER = PaperValue("cell_resolution", "12-NQ/CB", "Chi bộ ấp Một", date(2026, 11, 2), "Tủ 3")
BALLOT = BallotValue(7, 19, 19, 18, 13, 5)
CASES: list[tuple[Fact, Any, str]] = [
    (Day("d", ""), date(2026, 11, 5), "05/11/2026"),
    (Text("t", ""), "Làm ăn xa", "Làm ăn xa"),
    (Choice("c", "", choices=(("a", "Loại A"),)), "a", "Loại A"),
    (Flag("f", ""), True, "có"),
    (Flag("f", ""), False, "không"),
    (Number("n", ""), 0, "0"),
    (MemberRef("m", "", many=True), (11, 12), "Nguyễn Văn An, #12"),
    (MemberRef("m", ""), (11,), "Nguyễn Văn An"),
    (Paper("p", ""), PAPER, "12-NQ/CB, 02/11/2026, Chi bộ ấp Một, lưu tại: Tủ 3"),
    (ROSTER, PaperValue("roster", "7a8e0545-7f86", "Đảng bộ xã", date(2026, 10, 31)), "31/10/2026, Đảng bộ xã"),
    (Ballot("b", ""), BALLOT, "tán thành 13, không tán thành 5, hợp lệ 18, thu về 19, phát ra 19"),
    (RollCall("r", ""), {11: "present", 12: "present", 13: "unexcused"}, "Có mặt: 2, Vắng không có lý do: 1"),
    (Election("e", ""), ElectionValue(18, 18, 17, (Winner(11, 15), Winner(12, 9))), "Nguyễn Văn An: 15, 12: 9"),
    (UnitRef("u", ""), "87.107", "87.107"),
    (EntryRef("x", ""), ("a", "b"), "a, b"),
]  # fmt: skip


@pytest.mark.parametrize(("fact", "value", "words"), CASES)
def test_a_fact_in_words(fact: Fact, value: Any, words: str) -> None:
    with override("vi"):
        assert words_of(fact, fact.sealed(value), fact.detail(value), PEOPLE) == words


def test_a_ballot_says_out_of_how_many_where_its_roll_was_sealed() -> None:
    fact = Ballot("b", "")
    sealed = {**fact.sealed(BALLOT), "roll": {"denominator": 19}}
    with override("vi"):
        assert words_of(fact, sealed, None, {}).endswith("phát ra 19; trên tổng số 19")


def test_of_a_paper_whose_detail_was_erased_the_date_is_left() -> None:
    fact = Paper("p", "")
    assert words_of(fact, fact.sealed(PAPER), None, {}) == "02/11/2026"
