"""A figure of the law changes in its file: open deadlines follow, each with its reason; closed ones keep their day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from backend.audit.models import Event
from backend.deadlines.models import Deadline
from backend.deadlines.recompute import recompute
from tests.backend.deadlines.test_moving import drafted, fresh
from tests.roles import as_role
from workflows import law
from workflows.law.reader import HERE, read_law

pytestmark = pytest.mark.django_db
Edit = Callable[[str, str], None]
LAW = "quy định đã thay đổi"


@pytest.fixture
def edit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Edit:
    """Edit the file of parameters: the law is read anew from the edited copy."""

    def change(old: str, new: str) -> None:
        text = (HERE / "parameters.yaml").read_text(encoding="utf-8")
        assert text.count(old) == 1
        copy = tmp_path / "parameters.yaml"
        copy.write_text(text.replace(old, new), encoding="utf-8")
        read = law.tabled(*read_law(copy))
        monkeypatch.setattr(law, "_law", lambda: read)
        law._by_version.cache_clear()

    yield change
    monkeypatch.undo()
    law._by_version.cache_clear()


def run(*words: str) -> list[str]:
    out = StringIO()
    with as_role("chibo_app"):  # in a container of the web the command runs behind the wall
        call_command("law", "recompute", *words, stdout=out)
    return out.getvalue().splitlines()


CV = "id: PRO.CV, value: 30"


def test_another_figure_moves_open_deadlines_and_their_rungs(edit: Edit) -> None:
    one, closed = drafted("PRO.CV", "01/06/2026", reference="CN-1"), drafted("PRO.CV", "01/06/2026", status="met")
    other = drafted("PRO.DECIDE", "01/06/2026")
    assert run() == ["0 thời hạn đã chuyển ngày."]
    edit(CV, "id: PRO.CV, value: 20")
    line = f"CN-1 ({one.unit.name}) Hoàn chỉnh lý lịch đảng viên mới: 13/07/2026 → 29/06/2026 ({LAW})"
    assert run("--dry-run") == [line, "1 thời hạn sẽ chuyển ngày."]
    assert (fresh(one).due_on, Event.objects.count()) == (date(2026, 7, 13), 0)
    assert run() == [line, "1 thời hạn đã chuyển ngày."]
    found, event = fresh(one), Event.objects.get()
    assert (found.due_on, found.version, found.explanation["amount"]) == (date(2026, 6, 29), 2, 20)
    assert found.rung_days[4] == date(2026, 6, 29)
    assert (event.subject_id, event.facts["why"], event.facts["due_was"], event.facts["due"]) == (
        one.pk, "law", "2026-07-13", "2026-06-29",
    )  # fmt: skip
    assert (fresh(closed).due_on, fresh(closed).version) == (date(2026, 7, 13), 1)
    assert fresh(other).version == 1
    assert run() == ["0 thời hạn đã chuyển ngày."]


def test_a_new_version_takes_the_deadlines_that_started_under_it(edit: Edit) -> None:
    before, after = drafted("PRO.CV", "01/06/2026"), drafted("PRO.CV", "02/06/2026", reference="CN-2")
    row = (
        "{id: PRO.CV, value: 30, unit: working_days, start: ceremony, basis: [HD12_2022], from: 2022-01-18, to: null, "
        "conf: KEY-W}"
    )
    edit(
        f"  - {row}\n",
        f"  - {row.replace('to: null', 'to: 2026-06-01')}\n"
        f"  - {row.replace('2022-01-18', '2026-06-02').replace('KEY-W', 'TEXT').replace('30', '10')}\n",
    )
    near, move = recompute()
    assert (near.deadline.pk, near.due_after, near.deadline.early_on, near.why) == (
        before.pk, date(2026, 7, 13), date(2026, 6, 15), "law",
    )  # fmt: skip
    assert (move.deadline.pk, move.due_after, move.why) == (after.pk, date(2026, 6, 16), "law")
    assert (move.version_before, move.deadline.rule_version) == ("PRO.CV@2022-01-18", "PRO.CV@2026-06-02")
    assert (fresh(after).firmness, fresh(before).rule_version) == ("firm", "PRO.CV@2022-01-18")
    (other,) = fresh(after).alternatives
    assert (other["version"], other["due_on"]) == ("PRO.CV@2022-01-18", "2026-07-14")
    assert recompute() == []


def test_how_firm_a_rule_is_changes_with_the_law_and_no_holiday_is_blamed(edit: Edit) -> None:
    one = drafted("PRO.CV", "01/06/2026")
    row = "basis: [HD12_2022], from: 2022-01-18, to: null, conf: "
    edit(f"{row}KEY-W", f"{row}RECALLED")
    assert [(move.moves_the_day, move.why) for move in recompute()] == [(False, "law")]
    found = fresh(one)
    assert (found.firmness, found.rung_days[6:]) == ("unsettled", [None] * 3)
    assert recompute() == []


def test_the_day_that_picked_the_version_picks_it_again(edit: Edit) -> None:
    """A term that starts on one day under the version of another keeps to it."""
    one = drafted("PRO.CV", "01/06/2026")
    one.explanation |= {"selected": "2020-01-01"}
    one.save()
    assert recompute() == []
    edit(
        "basis: [HD12_2022], from: 2022-01-18, to: null, conf: KEY-W",
        "basis: [HD12_2022], from: 2021-01-18, to: null, conf: KEY-W",
    )
    assert [(move.due_after, move.deadline.rule_version) for move in recompute()] == [
        (date(2026, 7, 13), "PRO.CV@2021-01-18")
    ]


def test_a_crash_between_two_batches_leaves_each_deadline_whole(edit: Edit, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [drafted("PRO.CV", "01/06/2026") for _ in range(3)]
    edit(CV, "id: PRO.CV, value: 20")
    monkeypatch.setattr("backend.deadlines.recompute.BATCH", 1)
    done: list[int] = []

    def record(moves: object) -> None:
        if len(done) == 2:
            raise RuntimeError("the power went")
        done.append(1)

    with pytest.raises(RuntimeError):
        recompute(record=record)
    assert [fresh(one).version for one in rows] == [2, 2, 1]
    assert [move.deadline.pk for move in recompute()] == [rows[2].pk]
    assert {one.due_on for one in Deadline.objects.all()} == {date(2026, 6, 29)}
