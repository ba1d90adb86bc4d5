"""Every scenario that comes with Chibo holds on the real engine; one that is wrong says so, and nothing ever stays."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from django.utils.translation import override

from backend.audit.models import Event
from backend.organizations.models import Unit
from backend.scenarios.running import Verdict, run
from tests.realdb import RealDatabase
from workflows.scenarios import FOLDER, files, read

ROOT = Path(__file__).parents[3]


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(FOLDER)))
def test_the_rules_are_as_they_are_told(path: Path) -> None:
    for scenario in read(path):
        verdict = run(scenario)
        said = "\n".join(map(str, [*verdict.faults, *verdict.differences]))
        assert verdict.passed, f"{scenario.key}\n{said}"
    assert (Unit.objects.count(), Event.objects.count()) == (0, 0)


def tried(tmp_path: Path, text: str) -> tuple[Verdict, list[str]]:
    path = tmp_path / "x.yaml"
    path.write_text("scenario: X\ntitle: {vi: x, en: x}\nbasis: [x x x]\nconfidence: TEXT\n" + text)
    verdict = run(read(path)[0])
    with override("en"):
        return verdict, [str(one) for one in [*verdict.faults, *verdict.differences]]


GIVEN = """given:
  today: 2026-11-02
  members: {Hoa: {count: 3}, Lan: {}}
"""
LAPSE = "  - {step: membership.record_lapse, of: Lan, on: 2026-11-02, facts: {ground: meetings, months: %s}%s}\n"
TOLD = ", then: {cautions: [lapse.fewer_on_record]}"
"""Nobody called a roll in these worlds."""
FEWER = (
    "    lapse.fewer_on_record: Văn bản nêu 3 tháng; điểm danh ghi tại đây cho thấy nhiều nhất 0 tháng trong một năm."
)
TRANSFER = """  - {step: transfer.ask, of: Lan, on: 2026-11-02, facts: {ground: retired, effective_on: 2026-11-02, to_unit: %s}}
then: {cases: [{case: transfer, of: Lan}]}
"""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "said"),
    [
        (LAPSE % (3, TOLD) + "then: {members: {Lan: {participation: attending, standing: official}}}\n",
         ["line 10: Lan · participation should be attending, but is lapsed"]),
        (LAPSE % (2, "") + "then: {members: {Lan: {participation: attending}}}\n",
         ["line 10: refused should be no, but is yes\n"
          "    lapse.too_short: 2 tháng trong năm; cần ít nhất 3 tháng cùng một loại."]),
        (LAPSE % (2, "") + "then: {ballot: {needed: 3}}\n",
         ["line 10: refused should be no, but is yes\n"
          "    lapse.too_short: 2 tháng trong năm; cần ít nhất 3 tháng cùng một loại."]),
        (LAPSE % (3, "") + "then: {refused: [lapse.too_short]}\n", ["line 10: refused should be yes, but is no\n" + FEWER]),
        (LAPSE % (3, TOLD) + "then: {refused: [lapse.too_short]}\n", ["line 10: refused should be yes, but is no\n" + FEWER]),
        (LAPSE % (2, "") + "then: {refused: [{code: lapse.too_short, says: x}]}\n",
         ["line 10: says should be x, but is 2 months in the year; at least 3 of one kind are needed."]),
        (LAPSE % (3, TOLD) + "then: {members: {Lam: {standing: official}}}\n",
         ["line 10: “Lam” is not known here; did you mean “Lan”?"]),
        (LAPSE % (3, TOLD) + "then: {deadlines: [{deadline: PRO.DECIDE, of: Lan, due: 2026-11-02}]}\n",
         ["line 10: PRO.DECIDE · Lan should be 2026-11-02, but is none"]),
        (LAPSE % (3, TOLD) + "then: {listed: [{for: cell_secretary, members: [Hoa]}]}\n",
         ["line 10: cell_secretary · members should be Hoa 1, Hoa 2, Hoa 3, but is Hoa 1, Hoa 2, Hoa 3, Lan"]),
        (LAPSE.replace("Lan", "[Hoa, Lan]") % (3, TOLD.replace("]}", "], each: {Hoa 2: {refused: [lapse.too_short]}}}"))
         + "then: {members: {Hoa 1: {participation: lapsed}, Lan: {participation: attending}}}\n",
         ["line 9: Hoa 2 · refused should be yes, but is no\n" + FEWER,
          "line 10: Lan · participation should be attending, but is lapsed"]),
        (LAPSE.replace("Lan", "[Hoa, Lan]") % (2, "") + "then: {refused: [lapse.too_short], each: {Lan: {cautions: []}}}\n",
         ["line 10: Lan · refused should be no, but is yes\n"
          "    lapse.too_short: 2 tháng trong năm; cần ít nhất 3 tháng cùng một loại."]),
        (LAPSE.replace("Lan", "[Hoa]") % (3, "") + "then: {each: {Lan: {cautions: []}}}\n",
         ["line 10: “Lan” is not known here; write one of: Hoa 1, Hoa 2, Hoa 3."]),
        (LAPSE % (3, TOLD) + "then: {units: {Chi bộ: {headcount: 3, official: 4}}}\n",
         ["line 10: Chi bộ · headcount should be 3, but is 4"]),
        (TRANSFER % "Chi bộ X", ["line 9: “Chi bộ X” is not known here; did you mean “Chi bộ”?"]),
        (TRANSFER % "87.999", [
            "line 10: refused should be no, but is yes\n    transfer.unknown_unit: Không có chi bộ hoặc đảng ủy cơ sở đang "
            "hoạt động nào trong hệ thống mang mã 87.999.", "line 10: transfer · Lan should be –, but is none",
        ]),
        ("  - {step: membership.record_lapse, of: Lan, on: 2026-11-02, facts: {ground: dues}}\nthen: {refused: []}\n",
         ["line 9: This step asks for “months” (Months in the calendar year); write it among the facts."]),
        ("  - {step: membership.record_lapse, of: Lan}\nthen: {refused: []}\n", ["line 9: Say on which day it is done."]),
        ("  - {step: recognition.announce, of: Lan, on: 2026-11-02}\nthen: {refused: []}\n",
         ["line 9: There is no such case to take this step on."]),
    ],
)  # fmt: skip
def test_a_scenario_that_is_otherwise_says_where(tmp_path: Path, text: str, said: list[str]) -> None:
    verdict, found = tried(tmp_path, GIVEN + "when:\n" + text)
    assert (verdict.passed, found) == (False, said)
    assert Unit.objects.count() == 0


@pytest.mark.slow
@pytest.mark.real
def test_the_command_runs_beside_the_database_and_leaves_nothing(committed_db: RealDatabase, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    text = (FOLDER / "terms" / "terms.yaml").read_text().replace("2026-11-26", "2026-11-27")
    wrong.write_text(text)

    def scenarios(*arguments: str) -> tuple[int, str]:
        environment = {
            **os.environ,
            **committed_db.environment(),
            "DJANGO_SETTINGS_MODULE": "backend.config.settings.local",
        }
        done = subprocess.run(
            [sys.executable, "manage.py", "scenarios", *arguments], cwd=ROOT, env=environment | {"CHIBO_ROLE": "owner"},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    code, said = scenarios(str(FOLDER / "recognition" / "B17.yaml"), str(wrong))
    assert code == 1
    assert "✓ B17 · Chi bộ chỉ còn hai đảng viên chính thức" in said
    assert "Kịch bản: 4, không đúng như kể: 1" in said
    assert "wrong.yaml, dòng 20: TRF.OFFICIAL · due phải là 27/11/2026, nhưng lại là 26/11/2026" in said
    assert scenarios(str(tmp_path / "nothing.yaml"))[0] == 2
    assert scenarios("--read", "en", str(wrong))[0] == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname LIKE '%%_scenarios_%%'")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT count(*) FROM audit_event")
        assert cursor.fetchone() == (0,)
