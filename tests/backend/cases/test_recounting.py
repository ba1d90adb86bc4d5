"""What follows from a case is counted again from its case: another figure, another day off, and each move says why."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from backend.audit.models import Event
from backend.core import clock
from backend.core.db import WHOLE
from backend.deadlines.models import CalendarDay, Deadline
from backend.deadlines.recompute import recompute
from tests.backend.cases.stepping import deadlines, step
from tests.backend.cases.test_congress import term
from tests.backend.cases.test_leaving import handed_over, only, removed
from tests.backend.cases.test_replay import worked
from tests.backend.deadlines.test_recompute import Edit, edit, run
from tests.replaying import replayed
from tests.roles import as_role
from tests.world import make_world, paper

__all__ = ["edit"]
pytestmark = pytest.mark.django_db
LAW = "quy định đã thay đổi"


def moved() -> list[tuple[str, date, date, str]]:
    """(rule, due before, due after, why) of a recount, behind the wall."""
    with as_role("chibo_app"):
        return [(one.deadline.rule_id, one.due_before, one.due_after, one.why) for one in recompute(path=WHOLE)]


def test_a_term_that_its_page_counts_follows_another_figure(edit: Edit) -> None:
    """The end of a cell's term and the plan before it; a term that an act extended keeps the end that the act set."""
    world = make_world()
    running, on = term(world, date(2025, 8, 15)), date(2026, 10, 1)
    assert moved() == []
    edit(
        "value: 60, unit: months, basis: [QD294, HD06_2025]",
        "value: 48, unit: months, basis: [QD294, HD06_2025]",
    )
    assert any(one.endswith("counted today 2029-08-15; manage.py law recompute moves it") for one in replayed())
    number = Deadline.objects.filter(subject_id=running)[0].reference
    assert run() == [
        f"{number} ({world.cell.name}) Tổ chức đại hội chi bộ: 15/08/2030 → 15/08/2029 ({LAW})",
        f"{number} ({world.cell.name}) Lập kế hoạch đại hội chi bộ: 15/02/2030 → 15/02/2029 ({LAW})",
        "2 thời hạn đã chuyển ngày.",
    ]
    event = Event.objects.filter(code="deadline.moved").earliest("id")
    assert (event.facts["why"], event.facts["due_was"], event.facts["due"]) == ("law", "2030-08-15", "2029-08-15")
    assert (run()[-1], replayed()) == ("0 thời hạn đã chuyển ngày.", [])
    act = {"extension_act": paper(on), "term_end": "2031-12-31", "legal_basis": "Công văn 2502"}
    step(world.actor("officer"), running, "extend", on, **act)
    edit("{id: CON.SHIFT, value: 6,", "{id: CON.SHIFT, value: 3,")  # and the sixty months stand again
    assert moved() == []
    assert deadlines(running)["CON.TERM"] == ("open", date(2031, 12, 31))


def test_a_term_of_the_level_that_resolves_follows_its_own_figure(edit: Edit) -> None:
    """B37: ninety working days at the province; the central level's figure is another one."""
    world = make_world()
    people = world.members(6)
    case = removed(world, people[0], people)
    handed_over(world, case, date(2026, 12, 28))
    on = date(2027, 2, 16)
    clock.move_to(on)
    step(world.actor("officer"), case, "appeal", on, appeal=paper(on), appeal_to="province")
    assert deadlines(only("appeal"))["REM.RESOLVE"] == ("open", date(2027, 6, 25))
    edit(
        "{id: REM.RESOLVE, value: {province_or_commune: 90, central: 180}",
        "{id: REM.RESOLVE, value: {province_or_commune: 90, central: 120}",
    )
    assert moved() == []
    edit(
        "{id: REM.RESOLVE, value: {province_or_commune: 90, central: 180}",
        "{id: REM.RESOLVE, value: {province_or_commune: 89, central: 180}",
    )
    assert moved() == [("REM.RESOLVE", date(2027, 6, 25), date(2027, 6, 24), "law")]


def extended(on: date) -> tuple[int, Any]:
    """A recognition proposed on 02/11/2026 whose committee has extended its term."""
    world, case = worked()
    step(world.actor("officer"), case.pk, "extend", on, extension=paper(on), reason="Đang xác minh")
    return case.pk, world


def test_an_extension_starts_where_the_term_before_it_ends(edit: Edit) -> None:
    """Its start moves with the figure of the term, and with the calendar; the reason told is that of the move."""
    case, _ = extended(date(2026, 11, 2))
    found = Deadline.objects.get(subject_id=case, rule_id="PRO.DECIDE_EXT")
    assert (found.started_on, found.due_on) == (date(2026, 12, 15), date(2027, 1, 27))
    edit("{id: PRO.DECIDE, value: 30,", "{id: PRO.DECIDE, value: 29,")
    assert any("counted today 2027-01-26" in one for one in replayed())
    by_law = [one for one in moved() if one[0] == "PRO.DECIDE_EXT"]
    assert by_law == [("PRO.DECIDE_EXT", date(2027, 1, 27), date(2027, 1, 26), "law")]
    found.refresh_from_db()
    assert (found.started_on, found.explanation["start"]) == (date(2026, 12, 14), "2026-12-14")


def test_a_day_off_moves_the_start_of_an_extension_too() -> None:
    case, _ = extended(date(2026, 11, 2))
    CalendarDay.objects.create(day=date(2026, 11, 20), off=True, name="Bão", basis="1-TB")
    assert ("PRO.DECIDE_EXT", date(2027, 1, 27), date(2027, 1, 28), "calendar") in moved()
    assert Deadline.objects.get(subject_id=case, rule_id="PRO.DECIDE_EXT").started_on == date(2026, 12, 16)
    assert replayed() == []


def test_what_no_case_opened_keeps_its_day(edit: Edit) -> None:
    """A deadline whose event is none of a page's (here: nobody's) is counted from what it has kept."""
    case, _ = extended(date(2026, 11, 2))
    Deadline.objects.filter(subject_id=case, rule_id="PRO.DECIDE_EXT").update(occurrence="0" * 32)
    edit("{id: PRO.DECIDE, value: 30,", "{id: PRO.DECIDE, value: 29,")
    assert [one for one in moved() if one[0] == "PRO.DECIDE_EXT"] == []
