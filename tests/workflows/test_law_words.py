"""A row of the law in words: the value of every kind with its unit, the other readings, its days, how surely it is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.utils.translation import override

from workflows import law
from workflows.catalogue import LIFECYCLES
from workflows.law import Rule
from workflows.law.citing import PRACTICE
from workflows.law.reader import HERE, load
from workflows.law.words import (
    SEEN_WORDS,
    _texts,
    cited_surely,
    confidence_of,
    days_of,
    open_questions,
    seen_as,
    source_of,
    value_of,
)
from workflows.offices import Level


@pytest.mark.parametrize(
    ("row", "english", "vietnamese"),
    [
        ({"value": 30, "unit": "working_days"}, "30 working days", "30 ngày làm việc"),
        ({"value": 5000, "unit": "VND_per_month"}, "5000 đồng a month", "5000 đồng một tháng"),
        ({"value": "2/3"}, "2/3", "2/3"),
        ({"value": True}, "yes", "có"),
        ({"value": False}, "no", "không"),
        ({"value": date(2027, 2, 1)}, "01/02/2027", "01/02/2027"),
        ({"value": [30, 40], "unit": "years"}, "30, 40 years", "30, 40 năm"),
        ({"value": (Level.BASE, Level.CELL)}, "Base committee, Cell", "Đảng ủy cơ sở, Chi bộ"),
        ({"value": {"m": 60, "f": [True, 55]}, "unit": "years"}, "men: 60; women: yes, 55 years", "nam: 60; nữ: có, 55 năm"),
        ({"value": 60, "alt": 30, "unit": "days", "alt_base": "x"}, "60 days (or: 30, x)", "60 ngày (hoặc: 30, x)"),
        ({"value": 60, "alt": 30, "unit": "days"}, "60 days (or: 30)", "60 ngày (hoặc: 30)"),
        ({"value": 30, "alt": [{"value": 1, "unit": "months"}, 20, {"value": 2, "unit": ""}], "unit": "days"},
         "30 days (or: 1 months, 20, 2)", "30 ngày (hoặc: 1 tháng, 20, 2)"),
    ],
)  # fmt: skip
def test_the_value_with_its_unit_and_its_other_readings(row: dict[str, Any], english: str, vietnamese: str) -> None:
    rule = Rule("R", conf="CONFLICT", **row)
    with override("en"):
        assert value_of(rule) == english
    with override("vi"):
        assert value_of(rule) == vietnamese


def test_days_that_nobody_has_established_are_left_open() -> None:
    first, last = date(2026, 7, 26), date(2027, 12, 31)
    assert days_of(Rule("R", 1, "TEXT", first, last)) == "26/07/2026 – 31/12/2027"
    assert days_of(Rule("R", 1, "TEXT", None, last)) == "… – 31/12/2027"
    assert days_of(Rule("R", 1, "TEXT", first)) == "26/07/2026 – …"


@pytest.mark.parametrize(
    ("conf", "now", "said"),
    [
        ("TEXT", "", "firm (the text itself was seen)"),
        ("TEXT", "TEXT", "firm (the text itself was seen)"),
        ("TEXT", "ASSUMED",
         "to be confirmed (the text itself was seen; of what holds today: seen only in a text since replaced)"),
        ("POLICY", "", "unsettled (set by Chibo, by no text)"),
    ],
)  # fmt: skip
def test_how_surely_it_is_known(conf: str, now: str, said: str) -> None:
    with override("en"):
        assert confidence_of(Rule("R", 1, conf, conf_now=now)) == said
    with override("vi"):
        assert confidence_of(Rule("R", 1, conf, conf_now=now)) != said


def test_what_is_still_to_be_looked_up_is_said_in_the_readers_language() -> None:
    with override("vi"):
        (question, where), *others = open_questions()
    assert question.startswith("Toàn văn Quy định 208-QĐ/TW")
    assert where == load(HERE / "open_questions.yaml")["questions"][0]["where"]
    for language in ("en", "fr"):
        with override(language):
            assert open_questions()[0][0].startswith("The full text of 208-QĐ/TW")
            assert len(open_questions()) == 1 + len(others)


def test_every_text_that_a_step_cites_is_said_with_how_it_was_seen() -> None:
    cited = {text for page in LIFECYCLES.values() for one in page.steps().values() for text in one.basis}
    assert {seen_as(text) for text in cited} <= set(SEEN_WORDS)
    assert [one for one in cited if one != PRACTICE and not one.startswith(tuple(_texts()))] == []
    idle = [one for one in _texts() if not any(text.startswith(one) for text in cited)]
    assert idle == []
    with override("en"):
        assert cited_surely("208-QĐ/TW 26/07/2026 mục 8.1") == (
            "208-QĐ/TW 26/07/2026 section 8.1 (to be confirmed: an exam's answer that nobody vouches for)"
        )
        assert cited_surely("Điều lệ Đảng Điều 7").endswith("(firm: the text itself was seen)")
        assert cited_surely("86-QĐ/TW").startswith("86-QĐ/TW (unsettled: ")
    assert cited_surely(PRACTICE) == PRACTICE
    assert seen_as("999-QĐ/TW") == "RECALLED"


def test_a_version_stands_in_the_law_or_in_the_paper_that_settled_it_here() -> None:
    delivered = law.rule("TRF.PAPER", date(2026, 9, 1))
    settled = replace(delivered, own="9", note="Quyết định 01-QĐ/TU, Tỉnh ủy, 2026-11-01")
    with override("en"):
        assert source_of(delivered) == delivered.cited()
        assert source_of(settled) == "settled here: Quyết định 01-QĐ/TU, Tỉnh ủy, 2026-11-01"
