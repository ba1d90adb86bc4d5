"""What a code of a caution says: the same as the guard that gave it, but for its figures."""

from __future__ import annotations

import re

from tests.workflows.test_guards import PAIRS
from tests.workflows.twins import answers
from workflows.answers import Caution
from workflows.cautions import by_code

PLACE = re.compile(r"%\((\w+)\)s")


def test_every_caution_that_a_guard_gives_is_known_by_its_code() -> None:
    given = [one for _, guard, _, no in PAIRS for one in answers(guard, no) if isinstance(one, Caution)]
    assert len({one.code for one in given}) > 40
    for one in given:
        known = by_code()[one.code]
        assert one.message in known.messages, one.code
        assert known.rule in {"", one.rule}, one.code
        assert not one.remedy or one.remedy in known.remedies, one.code


def test_a_sentence_without_its_figures() -> None:
    (one,) = by_code()["age.not_yet"].answers("age.not_yet")
    assert (one.code, one.rule) == ("age.not_yet", "ADM.AGE_MIN")
    assert one.text("en") == PLACE.sub("…", one.message)
    assert "…" in one.text("vi")
    assert "%" not in one.text("vi")


def test_a_code_may_have_several_sentences() -> None:
    long, short = by_code()["meeting.too_short"].answers("meeting.too_short")
    assert long.text("en").startswith("… minutes; a combined session takes")
    assert short.text("en") == "… minutes; at least … are asked for."
    assert {long.rule, short.rule} == {"MTG.REGULAR"}


def test_figures_stand_for_nothing_in_the_advice_either() -> None:
    """No sentence and no advice keeps a place that nothing fills."""
    for code, known in by_code().items():
        for one in known.answers(code):
            assert "%(" not in one.text("vi") + one.advice("vi") + one.text("en") + one.advice("en"), code
