"""`manage.py law`: what holds, when, where from and for whom, in sentences."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override

from workflows.law.model import FIRMNESS
from workflows.law.words import SEEN_WORDS


def run(*words: str) -> list[str]:
    out = StringIO()
    with override("en"):
        call_command("law", *words, stdout=out)
    return out.getvalue().splitlines()


def test_a_rule_with_all_its_versions_and_the_steps_that_use_it() -> None:
    said = run("--rule", "ADM.CEREMONY")[:12]
    used = (
        "    Used by: admission.decide, admission.record_receipt, admission.hold_ceremony, admission.receive_referral"
    )
    received = "    Counted from: decision_received"
    assert said[0] == "ADM.CEREMONY: 30 working days | 25/07/2016 – 07/04/2026 | firm (the text itself was seen)"
    assert said[1].endswith("294-QĐ/TW of the Central Committee, 26/05/2025")
    assert said[2:] == [
        received,
        used,
        "ADM.CEREMONY: 30 working days | 08/04/2026 – 25/07/2026 | to be confirmed (seen only in a text since replaced)",
        "    294-QĐ/TW of the Central Committee, 26/05/2025; 20-QĐ/TW of the Central Committee, 08/04/2026. "
        "the text of 20-QĐ/TW was not seen; what 294-QĐ/TW says is taken to go on",
        received,
        used,
        "ADM.CEREMONY: 30 working days | 26/07/2026 – … | to be confirmed (an exam's answer that nobody vouches for)",
        "    208-QĐ/TW of the Central Committee, 26/07/2026",
        "    Counted from: decision_issued",
        used,
    ]
    source, used = run("--rule", "DOS.RECONCILE")[1:3]
    assert source.endswith("which paper records it was not seen: no task is opened")
    assert used == "    Used by: no step yet"


@pytest.mark.django_db
def test_what_is_in_force_on_a_day() -> None:
    assert [line for line in run("--on", "2026-07-25", "--rule", "TRF.OFFICIAL") if line[0] != " "] == [
        "TRF.OFFICIAL: 60 working days | 08/04/2026 – 25/07/2026 | to be confirmed (seen only in a text since replaced)"
    ]
    assert [line for line in run("--on", "2026-04-07", "--rule", "TRF.OFFICIAL") if line[0] != " "] == [
        "TRF.OFFICIAL: 60 working days | 25/07/2016 – 07/04/2026 | firm (the text itself was seen)"
    ]
    assert [line for line in run("--on", "2026-07-26", "--rule", "TRF.OFFICIAL") if line[0] != " "] == [
        "TRF.OFFICIAL: 60 working days (or: 30) | 26/07/2026 – … | unsettled (sources disagree)"
    ]
    assert run("--on", "2010-01-01", "--rule", "TRF.OFFICIAL") == []


@pytest.mark.django_db
def test_what_differs_between_two_days() -> None:
    said = run("--diff", "2026-07-25", "2026-07-26", "--rule", "admit")
    assert [line[:2] for line in said] == ["- ", "- ", "- ", "+ ", "+ ", "+ ", "- ", "- ", "- ", "+ ", "+ ", "+ ", "4 "]
    assert said[2] == ("-     Used by: admission.decide, admission.refuse, admission.annul, recognition.annul"), (
        "an act says which steps go by it"
    )
    levels, days = "Base committee, Committee above the base", "08/04/2026 – 25/07/2026"
    assert said[0] == f"- admit: {levels} | {days} | to be confirmed (seen only in a text since replaced)"
    assert said[-1] == "4 versions differ."
    assert run("--diff", "2026-08-01", "2026-08-02") == ["Nothing differs."]


@pytest.mark.django_db
def test_from_what_a_term_is_counted_is_said_where_that_alone_differs() -> None:
    said = run("--diff", "2026-07-25", "2026-07-26", "--rule", "ADM.CEREMONY")
    assert [line for line in said if "30 working days" in line or "Counted" in line][:4] == [
        "- ADM.CEREMONY: 30 working days | 08/04/2026 – 25/07/2026 | to be confirmed (seen only in a text since replaced)",
        "-     Counted from: decision_received",
        "+ ADM.CEREMONY: 30 working days | 26/07/2026 – … | to be confirmed (an exam's answer that nobody vouches for)",
        "+     Counted from: decision_issued",
    ]


def test_provincial_rules_say_with_which_pack_they_bind() -> None:
    sure = "to be confirmed (an exam's answer that nobody vouches for)"
    assert run("--rule", "MTG.DAY")[0] == f"MTG.DAY: 3 | … – … | {sure} (only with the rule pack lao_cai)"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--on", "1/8/2026"), "“1/8/2026” is no day; write it as YYYY-MM-DD."),
        (("--diff", "2026-08-02", "2026-08-01"), "The first day must not come after the second one."),
        (("--rule", "XYZ"), "No rule begins with “XYZ”."),
    ],
)
def test_what_cannot_be_is_one_sentence(words: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        run(*words)


def test_a_rules_id_is_asked_for_as_it_stands() -> None:
    assert run("MTG.REGULAR") == run("--rule", "MTG.REGULAR") != []
    assert run("MTG.REGULAR")[0].startswith("MTG.REGULAR: ")
    with pytest.raises(CommandError, match="No rule begins with “recompte”") as refused:
        run("recompte")
    assert refused.value.returncode == 2


@pytest.mark.parametrize("language", ["vi", "en"])
def test_how_surely_a_rule_is_known_is_said_in_words(language: str) -> None:
    """Every code has words of its own in both languages, and no code is printed."""
    out = StringIO()
    with override(language):
        assert len({str(words) for words in SEEN_WORDS.values()}) == len(FIRMNESS)
        call_command("law", stdout=out)
    heads = [line for line in out.getvalue().splitlines() if line[0] != " "]
    assert len(heads) > 200
    assert set(SEEN_WORDS) == set(FIRMNESS)
    assert [line for line in heads for code in FIRMNESS if code in line.partition(": ")[2]] == []


def test_a_rule_known_otherwise_today_than_in_its_oldest_text_says_both() -> None:
    how = "to be confirmed (the text itself was seen; of what holds today: an exam's answer that nobody vouches for)"
    assert run("ADM.AGE_MAX")[0].endswith(f" | {how}")
    out = StringIO()
    with override("vi"):
        call_command("law", "ADM.AGE_MAX", stdout=out)
    assert (
        out.getvalue()
        .splitlines()[0]
        .endswith(" | cần xác nhận (đã thấy nguyên văn; về quy định hiện hành: theo đáp án thi chưa rõ nguồn)")
    )


@pytest.mark.django_db
@pytest.mark.parametrize("words", [("--on", "2026-07-25"), ("--diff", "2026-07-25", "2026-07-26"), ("--rule", "PRO.")])
def test_recomputing_takes_no_day_and_no_rule(words: tuple[str, ...]) -> None:
    """It would count as of today all the same, and change what it was not asked to change."""
    with pytest.raises(CommandError, match="leave out --on, --diff and --rule") as refused:
        run("recompute", *words)
    assert refused.value.returncode == 2
