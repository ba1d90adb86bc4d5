"""Names are written one way, folded for search, and sorted as a Vietnamese list is."""

import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core.folding import fold
from backend.members.names import sort_key, tidy, tidy_name, words

IN_ORDER = [
    "Trần Thị Ái", "Nguyễn Văn An", "Lê Văn Anh", "Phạm Ánh", "Đỗ Ân", "Bùi Ất", "Lý Bình", "Hồ Cường", "Lê Dung",
    "Lê Dũng", "Lê Đào", "Võ Đạt", "Lê Em", "Lê Êm", "Lê Hoa", "Lê Hòa", "Lê Hỏa", "Lê Hoã", "Lê Hoá", "Lê Họa",
    "Lê Oanh", "Lê Ông", "Lê Ơn", "Cao Thị Tâm", "Đặng Thị Tâm", "Đặng Văn Tâm", "Lê Tú", "Lê Tư", "Lê Ý",
]  # fmt: skip


def test_names_sort_by_given_name_then_family_in_the_vietnamese_alphabet():
    shuffled = random.Random(3).sample(IN_ORDER, len(IN_ORDER))
    assert sorted(shuffled, key=lambda name: sort_key(name).encode()) == IN_ORDER


def test_letters_come_before_tones_and_shorter_words_first():
    given_names = ["an", "anh", "ánh", "ăn", "ân", "đa", "đà", "đả", "đã", "đá", "đạ", "em"]
    shuffled = random.Random(5).sample(given_names, len(given_names))
    assert sorted(shuffled, key=sort_key) == given_names


def test_the_same_given_name_stays_together_whatever_the_family():
    names = ["Trần Hoa", "An Hòa", "Võ Hoa"]
    assert sorted(names, key=sort_key) == ["Trần Hoa", "Võ Hoa", "An Hòa"]


@pytest.mark.parametrize("spelling", ["Lê Hoà", "LÊ  HÒA", unicodedata.normalize("NFD", "Lê Hòa")])
def test_spelling_of_the_same_name_does_not_change_its_place(spelling):
    assert sort_key(spelling) == sort_key("Lê Hòa")


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("  NGUYỄN  THỊ HỒNG OANH ", "Nguyễn Thị Hồng Oanh"),
        (unicodedata.normalize("NFD", "Đỗ Thị Thuỷ"), "Đỗ Thị Thuỷ"),
        ("H'BIA NIÊ KDĂM", "H'Bia Niê Kdăm"),
        ("trần văn tám", "Trần Văn Tám"),
        ("McDonald Nguyễn", "McDonald Nguyễn"),
        ("", ""),
    ],
)
def test_a_name_is_written_one_way(raw, name):
    assert tidy_name(raw) == name


def test_fold_takes_every_diacritic_away():
    every = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵđ"
    assert fold(every) == "a" * 18 + "e" * 12 + "i" * 6 + "o" * 18 + "u" * 12 + "y" * 6 + "d"
    assert fold("Đặng  ĐÌNH Ưu") == "dang dinh uu"


def test_words_are_what_can_be_searched_each_once():
    assert words("Nguyễn Thị Nguyễn Đông") == ["nguyen", "thi", "dong"]
    assert words("H'Bia Niê") == ["h", "bia", "nie"]
    assert words("") == []


@given(st.text(max_size=40))
def test_any_text_has_a_plain_key_that_spelling_does_not_change(text):
    key = sort_key(text)
    assert key.isascii()
    assert key == sort_key(unicodedata.normalize("NFC", tidy(text)))
