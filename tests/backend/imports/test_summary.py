"""The report in a few lines: what is said once is not said as many."""

from __future__ import annotations

from collections import Counter

import pytest
from django.utils.translation import override

from backend.imports.summary import summary


@pytest.mark.parametrize(("count", "said"), [(1, "Once the files say"), (2, "2 times the files say")])
def test_what_the_files_say_otherwise_is_counted_in_words(count: int, said: str) -> None:
    counts = Counter({"state_differs": count})
    people = {"rows": 3, "taken": 3, "left_out": 0, "counts": counts}
    cautions = {"newer_roster": None, "sheets_passed_over": []}
    report = {**people, **cautions, "unit_differs": [], "faults": [], "files": {}, "changed": False}
    with override("en"):
        lines = list(summary(report, kept=False))
    assert f"{said} something else than what stands; that was left as it is." in lines
    assert not any("Caution" in one for one in lines)
