"""`manage.py law`: what holds, when, where from and for whom, in sentences."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override


def run(*words: str) -> list[str]:
    out = StringIO()
    with override("en"):
        call_command("law", *words, stdout=out)
    return out.getvalue().splitlines()


def test_a_rule_with_all_its_versions_and_the_steps_that_use_it() -> None:
    said = run("--rule", "ADM.CEREMONY")[:6]
    used = (
        "    Used by: admission.decide, admission.record_receipt, admission.hold_ceremony, admission.receive_referral"
    )
    assert said[0] == "ADM.CEREMONY: 30 working days | 25/07/2016 – 25/07/2026 | firm (TEXT)"
    assert said[1].endswith("26/05/2025. 20-QĐ/TW text not seen (8/4–25/7/2026)")
    assert said[2:] == [
        used,
        "ADM.CEREMONY: 30 working days | 26/07/2026 – … | to be confirmed (KEY-W)",
        "    208-QĐ/TW of the Central Committee, 26/07/2026",
        used,
    ]
    assert run("--rule", "DOS.RECONCILE")[2] == "    Used by: no step yet"


def test_what_is_in_force_on_a_day() -> None:
    assert [line for line in run("--on", "2026-07-25", "--rule", "TRF.OFFICIAL") if line[0] != " "] == [
        "TRF.OFFICIAL: 60 working days | 25/07/2016 – 25/07/2026 | firm (TEXT)"
    ]
    assert [line for line in run("--on", "2026-07-26", "--rule", "TRF.OFFICIAL") if line[0] != " "] == [
        "TRF.OFFICIAL: 60 working days (or: 30) | 26/07/2026 – … | unsettled (CONFLICT)"
    ]
    assert run("--on", "2010-01-01", "--rule", "TRF.OFFICIAL") == []


def test_what_differs_between_two_days() -> None:
    said = run("--diff", "2026-07-25", "2026-07-26", "--rule", "admit")
    assert [line[:2] for line in said] == ["- ", "- ", "- ", "+ ", "+ ", "+ ", "- ", "- ", "- ", "+ ", "+ ", "+ ", "4 "]
    assert said[2] == ("-     Used by: admission.decide, admission.refuse, admission.annul, recognition.annul"), (
        "an act says which steps go by it"
    )
    assert said[0] == "- admit: base_committee, upper_committee | 01/07/2025 – 25/07/2026 | to be confirmed (KEY-W)"
    assert said[-1] == "4 versions differ."
    assert run("--diff", "2026-08-01", "2026-08-02") == ["Nothing differs."]


def test_provincial_rules_say_with_which_pack_they_bind() -> None:
    assert (
        run("--rule", "MTG.DAY")[0] == "MTG.DAY: 3 | … – … | to be confirmed (KEY-W) (only with the rule pack lao_cai)"
    )


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
