"""Recording a cell's month on PostgreSQL: one event for all of it, an answer for each, and nothing where one is refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.accounts.policy import Actor
from backend.audit.models import Event, EventDetail
from backend.audit.subjects import disagreements, kinds
from backend.cases.engine import OnMember, RequestKey, perform
from backend.core.db import scoped
from backend.core.errors import ChiboError, KeyReused, NotFound, NotPermitted, Refused
from backend.dues.ledger import cell_month
from backend.dues.models import Sheet
from backend.dues.recording import Recorded, Wanted, record_month
from backend.members.models import Member
from backend.participation.models import DuesEntry
from tests.roles import as_role
from tests.world import TODAY, World, make_world, paper, person, unit
from workflows.dues import Said
from workflows.guards.dues import Answer
from workflows.offices import Level, Office

pytestmark = pytest.mark.django_db
OCTOBER, PAID_ON = date(2026, 10, 1), date(2026, 10, 6)
PAID, UNPAID, BACK = Answer(Said.PAID, PAID_ON), Answer(Said.UNPAID), Answer(Said.WITHDRAWN)


@pytest.fixture
def world() -> World:
    return make_world()


def whole(done: Recorded) -> dict[str, Any]:
    """What came of it, as plain values: (member, version now, changed, the error's code or codes)."""
    results = [(one.member, one.version, one.changed, codes(one.error)) for one in done.results]
    return {"version": done.version, "event": str(done.event) if done.event else None, "results": results}


def codes(error: ChiboError | None) -> list[str]:
    if isinstance(error, Refused):
        return [one.code for one in error.answers]
    return [error.code] if error is not None else []


def record(actor: Actor, cell: int, wanted: Sequence[Wanted], month: date = OCTOBER, **options: Any) -> dict[str, Any]:
    with as_role("chibo_app"):
        return record_month(actor, cell, month, wanted, tell=whole, **options)


def entries(month: date = OCTOBER) -> list[tuple[int, str, date | None, int | None, int]]:
    rows = DuesEntry.objects.filter(month=month).order_by("member_id")
    return list(rows.values_list("member_id", "status", "paid_on", "amount", "version"))


def traces() -> tuple[int, int, int]:
    return Event.objects.count(), Sheet.objects.count(), DuesEntry.objects.count()


def test_a_month_is_one_event_with_totals_in_its_line_and_names_of_nobody(world: World) -> None:
    paid, unpaid = world.members(2)
    kept = Answer(Said.PAID, PAID_ON, 120_000)
    told = record(world.actor("secretary"), world.cell.pk, [Wanted(paid.pk, kept, 0), Wanted(unpaid.pk, UNPAID, 0)])
    event = Event.objects.get(subject_kind="dues")
    assert told == {
        "version": 1, "event": str(event.uid), "results": [(paid.pk, 1, True, []), (unpaid.pk, 1, True, [])],
    }  # fmt: skip
    assert entries() == [(paid.pk, "paid", PAID_ON, 120_000, 1), (unpaid.pk, "unpaid", None, None, 1)]
    sheet = Sheet.objects.get()
    assert (sheet.unit_id, sheet.month, sheet.version) == (world.cell.pk, OCTOBER, 1)
    assert (event.code, event.subject_id, event.version, event.member_id) == ("dues.recorded", sheet.pk, 1, None)
    assert event.facts == {"month": "2026-10-01", "paid": 1, "unpaid": 1, "corrected": 0}
    assert "120000" not in bytes(event.line).decode(), "no sum stands in the line for good"
    assert EventDetail.objects.get(event_uid=event.uid).data == {
        "who": "Người secretary",
        "facts": {
            "entries": {
                str(paid.pk): {"status": "paid", "paid_on": "2026-10-06", "amount": 120_000},
                str(unpaid.pk): {"status": "unpaid"},
            }
        },
    }
    assert set(DuesEntry.objects.values_list("event_uid", "unit_path")) == {(event.uid, world.cell.path)}
    assert faults() == []


def faults() -> list[str]:
    """What `verify_log` says of rows and their events, sheets among them: nothing."""
    assert "dues" in kinds()
    return [str(one) for one in disagreements()]


def test_a_correction_is_a_new_event_that_keeps_what_stood(world: World) -> None:
    (member,), secretary = world.members(1), world.actor("secretary")
    record(secretary, world.cell.pk, [Wanted(member.pk, Answer(Said.PAID, PAID_ON, 50_000), 0)])
    before = traces()
    for reason in ("", "   "):
        told = record(secretary, world.cell.pk, [Wanted(member.pk, UNPAID, 1)], reason=reason)
        assert told["results"] == [(member.pk, 1, False, ["dues.no_reason"])]
    assert (traces(), entries()) == (before, [(member.pk, "paid", PAID_ON, 50_000, 1)])

    told = record(world.actor("deputy"), world.cell.pk, [Wanted(member.pk, UNPAID, 1)], reason="Ghi nhầm người")
    assert (told["version"], told["results"]) == (2, [(member.pk, 2, True, [])])
    assert entries() == [(member.pk, "unpaid", None, 50_000, 2)], "the sum approved stands"
    event = Event.objects.get(uid=told["event"])
    assert (event.code, event.version, event.facts) == (
        "dues.corrected", 2, {"month": "2026-10-01", "unpaid": 1, "corrected": 1},
    )  # fmt: skip
    assert EventDetail.objects.get(event_uid=event.uid).data["facts"] == {
        "reason": "Ghi nhầm người",
        "entries": {
            str(member.pk): {
                "status": "unpaid", "amount": 50_000,
                "was": {"status": "paid", "paid_on": "2026-10-06", "amount": 50_000},
            }
        },
    }  # fmt: skip
    record(secretary, world.cell.pk, [Wanted(member.pk, BACK, 2)], reason="Chưa thu")
    assert entries() == [(member.pk, "withdrawn", None, None, 3)]
    record(secretary, world.cell.pk, [Wanted(member.pk, PAID, 3)])
    assert entries() == [(member.pk, "paid", PAID_ON, None, 4)]
    assert Sheet.objects.get().version == 4
    assert faults() == []


def test_each_is_answered_on_its_own_and_of_two_at_once_the_later_is_told(world: World) -> None:
    first, second, late = world.members(3)
    stranger = world.member("Đỗ Văn Lạ", unit=world.other)
    secretary, deputy = world.actor("secretary"), world.actor("deputy")
    record(secretary, world.cell.pk, [Wanted(first.pk, PAID, 0)])
    told = record(deputy, world.cell.pk, [
        Wanted(first.pk, UNPAID, 0), Wanted(second.pk, PAID, 0), Wanted(stranger.pk, PAID, 0), Wanted(987_654, PAID, 0),
        Wanted(late.pk, Answer(Said.PAID, date(2026, 11, 3)), 0),
    ], reason="Thu lại")  # fmt: skip
    assert told["results"] == [
        (first.pk, 1, False, ["stale"]), (second.pk, 1, True, []), (stranger.pk, 0, False, ["not_found"]),
        (987_654, 0, False, ["not_found"]), (late.pk, 0, False, ["dues.paid_ahead"]),
    ]  # fmt: skip
    assert [row[:2] for row in entries()] == [(first.pk, "paid"), (second.pk, "paid")]
    assert Event.objects.filter(subject_kind="dues").count() == 2


def test_what_says_the_same_changes_nothing_whatever_version_it_names(world: World) -> None:
    (member,), secretary = world.members(1), world.actor("secretary")
    asked = [Wanted(member.pk, PAID, 0)]
    record(secretary, world.cell.pk, asked)
    before = traces()
    assert record(secretary, world.cell.pk, asked) == {
        "version": 1, "event": None, "results": [(member.pk, 1, False, [])],
    }  # fmt: skip
    assert traces() == before
    assert record(secretary, world.cell.pk, [Wanted(member.pk, Answer(Said.PAID, date(2026, 10, 7)), 0)])[
        "results"
    ] == [(member.pk, 1, False, ["stale"])]
    assert traces() == before


def test_a_known_key_gives_the_earlier_answer(world: World) -> None:
    people, secretary = world.members(2), world.actor("secretary")
    key, asked = RequestKey.of("k1", {"a": 1}), [Wanted(people[0].pk, PAID, 0)]
    told = record(secretary, world.cell.pk, asked, request_key=key)
    before = traces()
    assert record(secretary, world.cell.pk, asked, request_key=key) == told | {
        "results": [[*told["results"][0][:3], []]]
    }
    with pytest.raises(KeyReused):
        record(secretary, world.cell.pk, asked, request_key=RequestKey.of("k1", {"a": 2}))
    with pytest.raises(KeyReused):
        record(secretary, world.cell.pk, asked, month=date(2026, 9, 1), request_key=key)
    refused = RequestKey.of("k2", {"a": 1})
    for _ in range(2):
        told = record(secretary, world.cell.pk, [Wanted(people[1].pk, UNPAID, 5)], request_key=refused)
        assert told["results"] == [(people[1].pk, 0, False, ["stale"])], "only what was done is kept"
    assert traces() == before


@pytest.mark.parametrize(
    ("who", "error"),
    [("secretary", None), ("deputy", None), ("chi_uy", None), ("officer", None), ("committee", NotPermitted),
     ("auditor", NotPermitted), ("province", None), ("other_secretary", NotFound)],
)  # fmt: skip
def test_who_keeps_the_ledger_of_a_cell(world: World, who: str, error: type[ChiboError] | None) -> None:
    """A committee's officer records for the cell, and the event names both."""
    world.actors["chi_uy"] = person("chi_uy", Office.CELL_COMMITTEE, world.cell)
    (member,), before = world.members(1), traces()[1:]
    if error is not None:
        with pytest.raises(error):
            record(world.actor(who), world.cell.pk, [Wanted(member.pk, PAID, 0)])
        assert traces()[1:] == before == (0, 0)
        return
    record(world.actor(who), world.cell.pk, [Wanted(member.pk, PAID, 0)])
    event = Event.objects.get(subject_kind="dues")
    behalf = world.cell.pk if who in ("officer", "province") else None
    assert (event.office_unit_id, event.behalf_unit_id) == (world.actor(who).unit_id, behalf)


def test_only_cells_keep_a_ledger_and_closed_ones_no_more(world: World) -> None:
    (member,), officer = world.members(1), world.actor("officer")
    with pytest.raises(Refused) as caught:
        record(officer, world.commune.pk, [Wanted(member.pk, PAID, 0)])
    assert codes(caught.value) == ["unit.not_a_cell"]
    gone = unit("87.107.000.000.009", "Chi bộ cũ", Level.CELL, world.commune)
    type(gone).objects.filter(pk=gone.pk).update(closed_on=TODAY)
    with pytest.raises(NotFound):
        record(officer, gone.pk, [Wanted(member.pk, PAID, 0)])
    assert traces()[1:] == (0, 0)


def test_a_thousand_entries_cost_as_many_statements_as_one(world: World) -> None:
    one, *more = world.members(30)
    costs = []
    for month, people in ((OCTOBER, [one]), (date(2026, 9, 1), more)):
        with CaptureQueriesContext(connection) as caught:
            told = record(world.actor("secretary"), world.cell.pk, [Wanted(who.pk, PAID, 0) for who in people], month)
        assert sum(changed for _, _, changed, _ in told["results"]) == len(people)
        costs.append(len([query for query in caught.captured_queries if "SAVEPOINT" not in query["sql"]]))
    assert costs[0] == costs[1]
    assert Event.objects.filter(subject_kind="dues").count() == 2


def test_somebody_who_left_owes_nothing_for_the_month_and_what_was_paid_is_kept(world: World) -> None:
    left = world.member("Lê Văn Đi")
    death = {"certificate_of_death": paper(date(2026, 10, 20)), "died_on": "2026-10-20"}
    perform(world.actor("secretary"), OnMember(left.pk), "record_death", death, on=date(2026, 10, 20))
    assert Member.objects.get(pk=left.pk).standing == "deceased"
    told = record(world.actor("secretary"), world.cell.pk, [Wanted(left.pk, UNPAID, 0)])
    assert told["results"] == [(left.pk, 0, False, ["dues.not_due"])]
    told = record(world.actor("secretary"), world.cell.pk, [Wanted(left.pk, PAID, 0)])
    assert told["results"] == [(left.pk, 1, True, [])]
    told = record(world.actor("secretary"), world.cell.pk, [Wanted(left.pk, PAID, 0)], date(2026, 11, 1))
    assert told["results"] == [(left.pk, 0, False, ["dues.not_due"])]


def test_silence_counts_only_where_the_cell_says_that_its_book_is_complete(world: World) -> None:
    """One payment, late or in advance, must not make everybody else of the cell an unpaid month."""
    paid, silent = world.members(2)
    secretary = world.actor("secretary")

    def status_of() -> list[str]:
        with as_role("chibo_app"), scoped(secretary.path):
            return [one.status.value for one in cell_month(secretary, world.cell.pk, OCTOBER, TODAY).lines]

    record(secretary, world.cell.pk, [Wanted(paid.pk, PAID, 0)])
    assert status_of() == ["paid", "open"]
    told = record(secretary, world.cell.pk, [], complete=True)
    event = Event.objects.get(uid=told["event"])
    assert (event.code, event.facts) == ("dues.recorded", {"month": "2026-10-01", "corrected": 0, "complete": True})
    assert status_of() == ["paid", "unpaid"]
    before = traces()
    assert record(secretary, world.cell.pk, [], complete=True) == {"version": 2, "event": None, "results": []}
    assert traces() == before
    record(secretary, world.cell.pk, [Wanted(silent.pk, PAID, 0)])
    assert Sheet.objects.get().complete, "an entry leaves it complete"
    assert record(secretary, world.cell.pk, [], complete=False)["version"] == 4
    assert Event.objects.filter(subject_kind="dues").latest("id").facts["complete"] is False
    with pytest.raises(Refused) as caught:
        record(secretary, world.cell.pk, [], month=date(2026, 12, 1), complete=True)
    assert codes(caught.value) == ["dues.month_ahead"]
    assert faults() == []
