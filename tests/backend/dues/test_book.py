"""Where dues are owed month by month: at the temporary cell of a guest, at the new cell after a transfer; and flags."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from backend.accounts.policy import Actor
from backend.audit.followers import follow_all
from backend.audit.models import Event
from backend.audit.sealing import seal_all
from backend.cases.engine import NewCase, OnCase, perform
from backend.cases.models import Case
from backend.cases.voiding import void
from backend.core import clock
from backend.core.db import scoped
from backend.core.partitions import ensure_month
from backend.dues.ledger import Line, cell_month, member_year
from backend.dues.recording import Wanted, record_month
from backend.flags.models import Flag
from backend.members.models import Member, Spell
from backend.organizations.models import Unit
from backend.participation.models import DuesEntry
from tests.backend.cases import test_transfer
from tests.backend.cases.test_transfer import FAR, introduced, staying, step
from tests.backend.dues.test_recording import whole
from tests.roles import as_role
from tests.world import World, paper
from workflows.dues import Said
from workflows.guards.dues import Answer

pytestmark = pytest.mark.django_db
world = test_transfer.world
MONTHS = {number: date(2026, number, 1) for number in range(1, 13)}
DONE: list[str] = []
TOO_FAR = ["dues.pays_elsewhere"]


def far_cell() -> Unit:
    return Unit.objects.get(code=FAR)


def record(actor: Actor, cell: Unit, member: Member, month: int, said: Said = Said.PAID, **options: Any) -> list[str]:
    """The codes of what was refused; none where it was recorded."""
    version = DuesEntry.objects.filter(member_id=member.pk, month=MONTHS[month]).values_list("version", flat=True)
    answer = Answer(said, date(2026, 12, 19) if said == Said.PAID else None)
    with as_role("chibo_app"):
        wanted = [Wanted(member.pk, answer, version.first() or 0)]
        told = record_month(actor, cell.pk, MONTHS[month], wanted, tell=whole, **options)
    codes: list[str] = told["results"][0][3]
    return codes


def year(actor: Actor, member: Member, *months: int) -> list[tuple[int, str, int | None]]:
    """(month, status, cell) as an office reads it under the application's role."""
    with as_role("chibo_app"), scoped(actor.path):
        lines = member_year(actor, member.pk, 2026, clock.today())
    return [(one.view.month.month, one.status.value, one.unit_id) for one in lines if one.view.month.month in months]


def sheet(actor: Actor, cell: Unit, month: int) -> list[tuple[str | None, str]]:
    with as_role("chibo_app"), scoped(actor.path):
        found = cell_month(actor, cell.pk, MONTHS[month], clock.today())
    return [(one.name, one.status.value) for one in found.lines]


def catch_up() -> None:
    seal_all()
    follow_all()


def flagged(cause: str = "dues") -> list[tuple[int, list[int]]]:
    found = Flag.objects.filter(cleared_on=None, cause=cause).order_by("member_id")
    return [(one.member_id, [month.month for month in one.months]) for one in found]


def test_a_temporary_member_pays_at_the_temporary_cell(world: World) -> None:
    """Away from 10 September on: August is owed at home, October there; September may be paid at either."""
    member, other = world.member("Lê Văn Khách"), world.member("Trần Văn Nhà")
    local = world.member("Đỗ Thị Sở Tại", unit=far_cell())
    staying(world, member)
    home, far = world.actor("secretary"), world.actor("far_secretary")
    assert record(home, world.cell, member, 10) == TOO_FAR
    assert record(home, world.cell, member, 9) == DONE
    assert record(far, far_cell(), member, 10) == DONE
    assert record(far, far_cell(), local, 11, complete=True) == DONE
    assert record(home, world.cell, other, 11, complete=True) == DONE
    read = [(8, "open", world.cell.pk), (9, "paid", world.cell.pk), (10, "paid", far_cell().pk),
            (11, "unpaid", far_cell().pk)]  # fmt: skip
    for who in ("secretary", "far_secretary", "province"):
        assert year(world.actor(who), member, 8, 9, 10, 11) == read, "wherever it is read from"
    assert sheet(far, far_cell(), 11) == [("Lê Văn Khách", "unpaid"), ("Đỗ Thị Sở Tại", "paid")]
    assert sheet(home, world.cell, 11) == [("Trần Văn Nhà", "paid")]
    assert sheet(home, world.cell, 9) == [("Lê Văn Khách", "paid"), ("Trần Văn Nhà", "open")]


def test_a_guests_unpaid_months_raise_the_flag_of_the_own_cell(world: World) -> None:
    member, local = world.member("Lê Văn Khách"), world.member("Đỗ Thị Sở Tại", unit=far_cell())
    staying(world, member)
    clock.move_to(date(2027, 1, 4))
    for month in (10, 11, 12):
        assert record(world.actor("far_secretary"), far_cell(), local, month, complete=True) == DONE
        catch_up()
    assert flagged() == [(member.pk, [10, 11, 12])]
    assert Flag.objects.get(cleared_on=None).unit_id == world.cell.pk
    assert record(world.actor("far_secretary"), far_cell(), member, 11) == DONE
    catch_up()
    assert flagged() == [], "a payment at the temporary cell clears it"


def test_after_the_return_months_away_are_still_those_of_the_temporary_cell(world: World) -> None:
    member, local = world.member("Lê Văn Khách"), world.member("Đỗ Thị Sở Tại", unit=far_cell())
    case = staying(world, member)
    for month in (10, 11):
        record(world.actor("far_secretary"), far_cell(), local, month, complete=True)
    back = {"introduction_back": paper(date(2026, 12, 10))}
    step(world.actor("secretary"), case, "come_back", date(2026, 12, 15), **back)
    home, far = world.cell.pk, far_cell().pk
    assert year(world.actor("secretary"), member, 8, 10, 11, 12) == [
        (8, "open", home), (10, "unpaid", far), (11, "unpaid", far), (12, "open", home),
    ]  # fmt: skip
    assert record(world.actor("secretary"), world.cell, member, 11) == DONE, "arrears are paid where one stands now"


def test_an_exemption_holds_at_the_temporary_cell_that_cannot_see_its_file(world: World) -> None:
    member, local = world.member("Lê Văn Khách"), world.member("Đỗ Thị Sở Tại", unit=far_cell())
    staying(world, member)
    case = relieved(world, member, "exempt", first_month="2026-10-01", ground_listed=True)
    far = world.actor("far_secretary")
    record(far, far_cell(), local, 10, complete=True)
    assert sheet(far, far_cell(), 10) == [("Lê Văn Khách", "exempt"), ("Đỗ Thị Sở Tại", "paid")]
    assert record(far, far_cell(), member, 10, Said.UNPAID) == ["dues.is_exempt"]
    with as_role("chibo_app"), scoped(far.path):
        assert not Case.objects.filter(pk=case).exists()


def relieved(world: World, member: Member, name: str, **facts: Any) -> int:
    on = date(2026, 10, 2)
    asked = {"request": paper(on), "asked_from": "2026-10-01"}
    case: int = perform(world.actor("secretary"), NewCase("dues_relief", member_id=member.pk), "ask", asked, on=on)[
        "id"
    ]
    perform(world.actor("secretary"), OnCase(case), name, {"resolution": paper(on), **facts}, on=on)
    return case


def test_after_a_transfer_each_month_is_owed_where_the_member_stood_at_its_end(world: World) -> None:
    """Taken in on 20 September, counted there from 25 September on. What the old cell recorded stands."""
    member, old, new = world.member("Nguyễn Văn Chuyển"), world.member("Trần Văn Cũ"), far_cell()
    local = world.member("Đỗ Thị Mới", unit=new)
    for month in (7, 8):
        assert record(world.actor("secretary"), world.cell, old, month, complete=True) == DONE
    assert record(world.actor("secretary"), world.cell, member, 7) == DONE
    case = introduced(world, member)
    step(world.actor("far_officer"), case, "take_in", date(2026, 9, 20), to_unit=FAR)
    step(world.actor("far_officer"), case, "complete", date(2026, 9, 25), notice_slip=paper(date(2026, 9, 25)))
    assert Member.objects.get(pk=member.pk).unit_id == new.pk
    for month in (9, 10):
        assert record(world.actor("far_secretary"), new, local, month, complete=True) == DONE
    read = [(7, "paid", world.cell.pk), (8, "unpaid", world.cell.pk), (9, "unpaid", new.pk), (10, "unpaid", new.pk)]
    for who in ("far_secretary", "far_officer", "province"):
        assert year(world.actor(who), member, 7, 8, 9, 10) == read
    catch_up()
    assert flagged() == [(member.pk, [8, 9, 10])], "one in the old cell and two in the new one are three"
    assert record(world.actor("far_secretary"), new, member, 7, Said.UNPAID, reason="Nhầm") == [
        "dues.recorded_elsewhere"
    ]
    assert record(world.actor("far_secretary"), new, member, 8) == DONE, "arrears are paid where one stands now"
    assert record(world.actor("secretary"), world.cell, member, 9) == ["not_found"], "the old cell sees nobody any more"
    assert sheet(world.actor("secretary"), world.cell, 7) == [("Trần Văn Cũ", "paid"), (None, "paid")]
    assert sheet(world.actor("far_secretary"), new, 8) == [("Nguyễn Văn Chuyển", "paid"), ("Đỗ Thị Mới", "open")]


def test_somebody_temporarily_outside_pays_there_and_is_flagged_by_nobody(world: World) -> None:
    member, other = world.member("Lê Văn Ngoài"), world.member("Trần Văn Nhà")
    Spell.objects.filter(member=member).update(participation="elsewhere")
    for month in (9, 10, 11):
        record(world.actor("secretary"), world.cell, other, month, complete=True)
    catch_up()
    assert (year(world.actor("secretary"), member, 9, 11), flagged()) == (
        [(9, "outside", None), (11, "outside", None)],
        [],
    )
    assert record(world.actor("secretary"), world.cell, member, 9) == DONE, "what the cell was told can be entered"


def test_of_a_roster_nothing_is_said_before_the_first_month_that_anybody_counted(world: World) -> None:
    """The list is known from 1 November on; a line of dues from August says that the member was there by then."""
    late = world.member("Phạm Văn Danh Sách", on=date(2026, 11, 1))
    known = world.member("Phạm Thị Đã Đóng", on=date(2026, 11, 1))
    payer = world.member("Trần Văn Nhà")
    for month in (7, 8, 9, 10, 11):
        entry(payer, month)
    entry(known, 8)
    secretary = world.actor("secretary")
    assert [one[1] for one in year(secretary, late, 7, 8, 9, 10, 11)] == ["open", "open", "open", "open", "unpaid"]
    assert [one[1] for one in year(secretary, known, 7, 8, 9, 10, 11)] == ["open", "paid", "unpaid", "unpaid", "unpaid"]


def entry(member: Member, month: int) -> None:
    """As an import writes it."""
    ensure_month("participation_duesentry", MONTHS[month])
    DuesEntry.objects.create(
        month=MONTHS[month], member_id=member.pk, paid_on=MONTHS[month], unit_id=member.unit_id,
        unit_path=member.unit_path, batch=uuid4(),
    )  # fmt: skip


def test_a_relief_counts_at_once_and_its_void_takes_it_back(world: World) -> None:
    member, payer = world.member("Lê Văn Nghèo"), world.member("Trần Văn Nhà")
    for month in (9, 10, 11):
        record(world.actor("secretary"), world.cell, payer, month, complete=True)
    catch_up()
    assert flagged() == [(member.pk, [9, 10, 11])]
    case = relieved(world, member, "exempt", first_month="2026-10-01", last_month="2026-10-31", ground_listed=True)
    catch_up()
    assert flagged() == [], "two are not three"
    assert [one[1] for one in year(world.actor("secretary"), member, 9, 10, 11)] == ["unpaid", "exempt", "unpaid"]
    granted = event_of(case, "exempt")
    with as_role("chibo_app"):
        void(world.actor("deputy"), granted, reason="Nhầm người", paper=paper(date(2026, 12, 1)))
    catch_up()
    assert (flagged(), Case.objects.get(pk=case).state) == ([(member.pk, [9, 10, 11])], "asked")


def event_of(case: int, name: str) -> Any:
    return Event.objects.get(case_id=case, step=name).uid


def test_a_reduction_owes_less_and_is_owed(world: World) -> None:
    member, payer = world.member("Lê Văn Khó"), world.member("Trần Văn Nhà")
    relieved(world, member, "reduce", percent=50, first_month="2026-10-01", last_month="2027-09-30")
    for month in (10, 11):
        record(world.actor("secretary"), world.cell, payer, month, complete=True)
    record(world.actor("secretary"), world.cell, member, 10)
    lines = lines_of(world, member, [9, 10, 11])
    assert [(one.status.value, one.view.percent_off) for one in lines] == [("open", 0), ("paid", 50), ("unpaid", 50)]


def lines_of(world: World, member: Member, months: Sequence[int]) -> list[Line]:
    secretary = world.actor("secretary")
    with as_role("chibo_app"), scoped(secretary.path):
        lines = member_year(secretary, member.pk, 2026, clock.today())
    return [one for one in lines if one.view.month.month in months]
