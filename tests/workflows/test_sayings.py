"""Notes and values of the law's rows are said in the reader's language, all of them; and nothing is said that no row says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.utils.translation import override

from workflows import law
from workflows.law.citing import sayings
from workflows.law.words import note_of, value_of

ROWS = [*law.rules(packs=law.packs()), *(row for act in law.acts() for row in law.competences(act))]
PLAIN = {"02-03", "05-19", "09-02", "11-07", "2/3"}
"""Values that are written so in every language."""


def said_of(value: Any) -> Iterator[str]:
    """Every word that a value would be told with."""
    if isinstance(value, Mapping):
        yield from value
        for one in value.values():
            yield from said_of(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from said_of(one)
    elif type(value) is str:
        yield value


WORDS = {word for row in ROWS for one in (row, *row.readings) for word in said_of(one.value)}
WORDS |= {word for row in ROWS for word in (row.note, row.base, row.alt_base)}


def test_every_word_of_a_row_has_both_languages_and_no_saying_is_left_over() -> None:
    assert sorted(WORDS - {""} - PLAIN - sayings().keys()) == []
    assert sorted(sayings().keys() - WORDS - PLAIN) == []


@pytest.mark.parametrize(
    ("rule", "vietnamese", "english"),
    [
        ("CLS.CAP",
         "0.2 trên số đảng viên xếp loại hoàn thành tốt trong tổ chức cơ sở đảng "
         "(hoặc: trên tổng số đảng viên được xếp loại)",
         "0.2 of those rated good in the base organisation (or: of all who were classified)"),
        ("ADM.CELL_VOTE", "số phiếu tán thành từ 2/3 mẫu số", "two thirds of the denominator in favour"),
        ("LAP.WINDOW", "năm dương lịch", "the calendar year"),
    ],
)  # fmt: skip
def test_a_value_is_no_code(rule: str, vietnamese: str, english: str) -> None:
    row = next(row for row in ROWS if row.id == rule)
    for language, wanted in (("vi", vietnamese), ("en", english)):
        with override(language):
            assert value_of(row) == wanted


def test_a_note_is_of_one_language() -> None:
    row = next(row for row in ROWS if row.id == "ADM.EXPIRY_WARN")
    with override("vi"):
        assert note_of(row) == "từ đây hồ sơ hoặc giấy chứng nhận được báo sắp hết hạn (đề xuất)"
    with override("en"):
        assert note_of(row) == "from here a dossier or a certificate is shown as about to run out (a proposal)"
