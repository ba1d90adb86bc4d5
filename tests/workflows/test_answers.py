"""What a guard answers, as sentences: parameters as people read them, parts of a sentence in its language."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_noop

from workflows.answers import Caution, Phrase, Refusal, shown
from workflows.offices import Level

ON = date(2027, 2, 1)


def test_parameters_are_shown_as_people_read_them() -> None:
    assert (shown(ON), shown(7), shown("x")) == ("01/02/2027", 7, "x")
    assert shown((ON, 30, ("a", "b"))) == "01/02/2027, 30, a, b"


def test_a_part_is_said_in_the_language_of_its_sentence() -> None:
    part = Phrase(gettext_noop("the salary for compulsory social insurance of %(before)s"), {"before": ON})
    said = Refusal("x.y", "%(part)s: %(level)s", {"part": part, "level": Level.CELL.label})
    assert said.text("en") == "the salary for compulsory social insurance of 01/02/2027: Cell"
    assert said.text("vi") == "tiền lương làm căn cứ đóng bảo hiểm xã hội bắt buộc của tháng 01/02/2027: Chi bộ"
    assert said.advice("en") == said.advice("vi") == ""


def test_a_sentence_without_parameters_is_said_in_both_languages() -> None:
    said = Caution("x.y", gettext_noop("This is needed."), remedy=gettext_noop("Check both dates."))
    assert (said.text("en"), said.text("vi")) == ("This is needed.", "Mục này là bắt buộc.")
    assert (said.advice("en"), said.advice("vi")) == ("Check both dates.", "Kiểm tra lại cả hai ngày.")
    assert str(Phrase("100 %% of it")) == "100 % of it"
