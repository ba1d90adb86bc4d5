"""A figure of the law changes in its file: the tasks about small cells follow it with `law recompute`, each with its reason."""

from __future__ import annotations

from datetime import date

import pytest

from backend.audit.models import Event
from backend.deadlines.models import CalendarDay, Deadline
from tests.backend.cases.test_reinforcing import DUE, dies, grown
from tests.backend.deadlines.test_recompute import Edit, edit, run
from tests.replaying import replayed
from tests.roles import as_role
from tests.world import TODAY, World, make_world

__all__ = ["edit"]
pytestmark = pytest.mark.django_db
LEAST = "id: ORG.CELL_MIN, value: 3"
NOTHING = "0 thời hạn đã chuyển ngày."
TITLE = "%s Tăng cường đảng viên hoặc sáp nhập chi bộ không đủ đảng viên chính thức"
ASKED = f"{TITLE}: phải thực hiện, chi bộ có 3/4 đảng viên chính thức (quy định đã thay đổi)"
NO_LONGER = f"{TITLE}: không còn phải thực hiện, có 2 đảng viên chính thức là đủ (quy định đã thay đổi)"


@pytest.fixture
def world() -> World:
    return make_world()


def tasks(world: World) -> list[tuple[str, date | None]]:
    with as_role("chibo_jobs"):
        assert replayed() == []
    found = Deadline.objects.filter(subject_kind="unit", subject_id=world.cell.pk).order_by("pk")
    return [(one.status, one.met_on) for one in found]


def test_a_higher_figure_asks_for_the_cells_that_are_now_too_small(world: World, edit: Edit) -> None:
    """Three were enough and are one too few; the cell of four is asked nothing."""
    grown(world), grown(world, 4, world.other)
    assert run() == [NOTHING]
    edit(LEAST, "id: ORG.CELL_MIN, value: 4")
    before = Event.objects.count()
    assert run("--dry-run") == [
        "0 thời hạn sẽ chuyển ngày.", ASKED % world.cell.code, "1 nhiệm vụ về chi bộ ít đảng viên sẽ thay đổi theo.",
    ]  # fmt: skip
    assert (Event.objects.count(), Deadline.objects.count()) == (before, 0)
    assert run() == [NOTHING, ASKED % world.cell.code, "1 nhiệm vụ về chi bộ ít đảng viên đã thay đổi theo."]
    event, task = Event.objects.latest("pk"), Deadline.objects.get()
    assert (event.code, event.subject_kind, event.subject_id) == ("unit.too_small", "unit", world.cell.pk)
    assert event.facts == {"official": 3, "needed": 4, "why": "law"}
    assert (event.office, event.on_date) == ("operator", TODAY)
    assert (task.occurrence, task.rule_id, task.started_on, task.due_on) == (
        event.uid,
        "TASK.REINFORCE_CELL",
        TODAY,
        DUE,
    )
    assert (task.unit_id, task.acting_unit_id, task.acting_level) == (world.cell.pk, world.commune.pk, "base_committee")
    assert run() == [NOTHING]
    assert tasks(world) == [("open", None)]


def test_a_task_that_a_figure_has_opened_is_met_like_any_other(world: World, edit: Edit) -> None:
    grown(world)
    edit(LEAST, "id: ORG.CELL_MIN, value: 4")
    run()
    world.member("Nguyễn Văn Thêm", on=TODAY)
    assert tasks(world) == [("met", TODAY)]


def test_what_a_lower_figure_no_longer_asks_for_is_cancelled(world: World, edit: Edit) -> None:
    """Nobody has reinforced the cell: its task is not met. One below the new figure stays."""
    dies(world, grown(world)[0])
    grown(world, 3, world.other)
    assert tasks(world) == [("open", None)]
    edit(LEAST, "id: ORG.CELL_MIN, value: 2")
    assert run("--dry-run")[1:] == [NO_LONGER % world.cell.code, "1 nhiệm vụ về chi bộ ít đảng viên sẽ thay đổi theo."]
    assert tasks_as_stored(world) == ["open"]
    assert run()[1:] == [NO_LONGER % world.cell.code, "1 nhiệm vụ về chi bộ ít đảng viên đã thay đổi theo."]
    event = Event.objects.latest("pk")
    assert (event.code, event.facts) == ("unit.large_enough", {"official": 2, "needed": 2, "why": "law"})
    assert Deadline.objects.get().closed_by == event.uid
    assert tasks(world) == [("cancelled", None)]
    assert run() == [NOTHING]


def tasks_as_stored(world: World) -> list[str]:
    return list(Deadline.objects.filter(subject_id=world.cell.pk, subject_kind="unit").values_list("status", flat=True))


def test_the_day_of_a_task_follows_the_calendar_like_any_deadline(world: World) -> None:
    dies(world, grown(world)[0])
    CalendarDay.objects.create(day=date(2026, 12, 1), off=True, name="Nghỉ bù", basis="1-QĐ/TTg")
    line = f"{TITLE % f'{world.cell.code} ({world.cell.name})'}: 15/12/2026 → 16/12/2026"
    assert run() == [f"{line} (lịch làm việc đã thay đổi)", "1 thời hạn đã chuyển ngày."]
    assert Event.objects.latest("pk").facts["why"] == "calendar"
    assert tasks(world) == [("open", None)]
