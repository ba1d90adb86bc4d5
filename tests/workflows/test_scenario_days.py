"""Every fault of a file is told at once, in all its scenarios; a day that the calendar lacks is one."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils.translation import override

from workflows.scenarios import BadScenario, read

ONE = """scenario: {key}
title: {{vi: Một, en: One}}
basis: [Điều lệ Đảng]
confidence: TEXT
given: {{today: {day}}}
when:
  - {{step: {step}, of: Lan, on: 2026-02-05}}
then: {{listed: []}}
"""


def faults(tmp_path: Path, *texts: str) -> list[str]:
    file = tmp_path / "one.yaml"
    file.write_text("---\n".join(texts), encoding="utf-8")
    with pytest.raises(BadScenario) as caught, override("en"):
        read(file)
    with override("en"):
        return [str(fault) for fault in caught.value.faults]


def test_days_that_do_not_exist_and_steps_that_nobody_knows_in_two_scenarios(tmp_path: Path) -> None:
    first = ONE.format(key="ONE", day="31/02/2026", step="recognition.propose")
    second = ONE.format(key="TWO", day="2026-02-28", step="recognition.proposee")
    third = ONE.format(key="THREE", day="2026-13-01", step="recognition.propose")
    assert faults(tmp_path, first, second, third) == [
        "line 5: “2026-02-31” is no day of the calendar.",
        "line 16: “recognition.proposee” is not known here; did you mean “recognition.propose”?",
        "line 23: “2026-13-01” is no day of the calendar.",
    ]


def test_a_file_that_is_not_there_has_no_line(tmp_path: Path) -> None:
    with pytest.raises(BadScenario) as caught, override("en"):
        read(tmp_path / "none.yaml")
    with override("en"):
        assert [str(fault) for fault in caught.value.faults] == ["The file cannot be read."]
