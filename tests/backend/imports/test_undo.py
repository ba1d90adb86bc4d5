"""An import goes as a whole, and with it everything that says who the people were."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from backend.accounts.administration import close_unit, open_unit
from backend.accounts.assigning import end_office, give_office
from backend.accounts.models import User
from backend.audit.followers import follow
from backend.audit.models import Event, EventDetail
from backend.audit.sealing import seal_all
from backend.audit.verify import verify_log
from backend.cases.engine import NewCase, OnCase, perform
from backend.cases.models import Case
from backend.cases.monthly import open_monthly_meetings
from backend.cases.selectors import units
from backend.cases.voiding import void
from backend.core import clock
from backend.core.db import WHOLE, scoped
from backend.core.errors import CannotVoid, Refused
from backend.deadlines.models import Deadline
from backend.dues.recording import Wanted, record_month
from backend.imports.models import ImportBatch
from backend.imports.undoing import undo
from backend.members.models import Member, NameWord
from backend.organizations.models import Unit, UnitSpell
from backend.participation.following import NAME
from tests.backend.imports.books import AS_OF, CELL, GOOD, PROBATIONER, TABLES, write_folder
from tests.backend.imports.running import BEN, counted, load, secretary
from tests.realdb import RealDatabase
from tests.roles import as_role
from tests.world import paper
from workflows.dues import Said
from workflows.guards.dues import Answer
from workflows.offices import Level, Office

pytestmark = pytest.mark.real
SOMEBODY = {
    **GOOD, "phone": "0912345678", "old_personal_id": "331234567", "ethnicity": "Khơ-me", "home_detail": "12 Lê Lợi",
    "note": "con liệt sĩ", "used_name": "Lê Tám", "born_on": "05/06/1980",
}  # fmt: skip
TELLING = (
    "Lê Văn Tám", "Lê Tám", '"tam"', "087080000001", "0912345678", "331234567", "870000000001", "12 Lê Lợi", "liệt sĩ",
    "1980-06-05", "Khơ-me",
)  # fmt: skip
SEALED = {"087080000001", "0912345678", "331234567", "870000000001", "liệt sĩ", "Khơ-me"}
"""What nobody reads in the database even before."""


@pytest.fixture
def app(committed_db: RealDatabase) -> Iterator[RealDatabase]:
    with as_role("chibo_app"):
        yield committed_db


def everything() -> str:
    """All rows of all tables, as the owner of the database sees them."""
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        )
        names = [name for (name,) in cursor.fetchall()]
        found = []
        for name in names:
            cursor.execute(f'SELECT to_jsonb(t)::text FROM "{name}" t')
            found += [row for (row,) in cursor.fetchall()]
        cursor.execute("SET ROLE chibo_app")
    return "\n".join(found)


def verified() -> int:
    """The log's events, once all are sealed and the whole log was walked without a fault."""
    with as_role("chibo_jobs"):
        seal_all()
        report = verify_log()
    assert (report.fault, report.waiting) == (None, 0)
    return report.events


def test_nothing_that_says_who_somebody_was_is_left_and_the_log_still_verifies(app, tmp_path):
    report = load(write_folder(tmp_path, [SOMEBODY, PROBATIONER], tables=TABLES))
    assert all(word in everything() for word in TELLING if word not in SEALED)
    before = verified()
    undo(BEN, UUID(report["batch"]), reason="the wrong commune")
    after = everything()
    assert [word for word in TELLING if word in after] == []
    assert verified() == before + 9  # two people, a recognition, two meetings, three units, and the batch's own
    with scoped(WHOLE):
        for member in Member.objects.all():
            kept = {name: value for name, value in vars(member).items() if value and not name.startswith("_")}
            assert set(kept) == {"id", "version", "unit_id", "unit_path"}
        assert not NameWord.objects.exists()
        told = {event.code: event.uid for event in Event.objects.filter(member_id__isnull=False)}
        erased = [code for code, uid in told.items() if not EventDetail.objects.filter(event_uid=uid).exists()]
        assert sorted(erased) == [
            "membership.imported_official", "membership.imported_probationary", "recognition.taken_over",
        ]  # fmt: skip
        names = EventDetail.objects.filter(event_uid__in=Event.objects.filter(subject_kind="import").values("uid"))
        assert sorted(detail.data["who"] for detail in names) == ["ann", "ben"]  # who did it is still known


def test_the_same_roster_comes_in_again_cleanly_and_goes_again(app, tmp_path):
    folder = write_folder(tmp_path, [SOMEBODY, PROBATIONER], tables=TABLES)
    first = load(folder)
    undo(BEN, UUID(first["batch"]), reason="the wrong commune")
    again = load(folder)
    assert again["counts"] == first["counts"]
    assert again["faults"] == first["faults"] == []
    with scoped(WHOLE):
        assert sorted(Member.objects.exclude(standing="").values_list("full_name", "standing")) == [
            ("Lê Văn Tám", "official"), ("Trần Thị Hai", "probationary"),
        ]  # fmt: skip
        assert NameWord.objects.count() == 6
    undo(BEN, UUID(again["batch"]), reason="once more")
    assert [word for word in TELLING if word in everything()] == []
    verified()


def test_its_units_go_with_the_meetings_that_chibo_planned_there_and_come_in_as_new(app, tmp_path, monkeypatch):
    folder = write_folder(tmp_path, [GOOD, PROBATIONER], tables=TABLES)
    first = load(folder)
    monkeypatch.setattr(clock, "today", lambda: date(2026, 12, 1))
    with as_role("chibo_jobs"):
        assert open_monthly_meetings(date(2026, 12, 1)) == 2
    with scoped(WHOLE):
        old = dict(Unit.objects.values_list("code", "pk"))
    done = undo(BEN, UUID(first["batch"]), reason="the wrong commune")
    assert done == {"events": 7, "rows": 2, "units": 3, "names": 0}
    with scoped(WHOLE):
        left = Unit.objects.values_list("code", "closed_on", "version").distinct()
        assert list(left) == [("", date(2026, 12, 1), 2)]
        assert (UnitSpell.objects.count(), units(BEN).count()) == (0, 0)
        assert Event.objects.filter(code="unit.withdrawn", batch=first["batch"]).count() == 3
        assert not Case.objects.exclude(state="").exists()
        assert not Deadline.objects.filter(status="open").exists()
    with as_role("chibo_jobs"):
        assert open_monthly_meetings(date(2026, 12, 1)) == 0
    assert load(folder)["counts"]["units"] == 3
    with scoped(WHOLE):
        new = dict(Unit.objects.exclude(code="").values_list("code", "pk"))
        assert new.keys() == old.keys()
        assert set(new.values()).isdisjoint(old.values())
        assert set(Member.objects.exclude(standing="").values_list("unit_id", flat=True)) == {new[CELL]}
    verified()


def test_offices_and_units_below_keep_all_of_it_and_are_named(app, tmp_path):
    report = load(write_folder(tmp_path, [GOOD]))
    with scoped(WHOLE):
        commune, cell = Unit.objects.get(level="base_committee"), Unit.objects.get(code=CELL)
    user = User.objects.create(username="lan", full_name="Lan")
    give_office(BEN, user, Office.CELL_SECRETARY, cell.pk, since=AS_OF)
    code = f"{commune.code}.009"
    below = open_unit(BEN, code=code, name="Chi bộ 9", level=Level.CELL, parent_id=commune.pk, on=AS_OF)
    before = counted()
    with pytest.raises(Refused) as refusal:
        undo(BEN, UUID(report["batch"]), reason="too late")
    assert [(one.code, one.text("en")) for one in refusal.value.answers] == [
        ("unit.has_units", f"{commune.name} ({commune.code}): Units stand below this one; move or close them first."),
        ("unit.offices_held", f"{cell.name} ({CELL}): 1 offices are held there on that day or later."),
    ]
    assert counted() == before
    end_office(BEN, user, Office.CELL_SECRETARY, cell.pk, last_day=clock.today() - timedelta(days=1))
    close_unit(BEN, below.pk, on=clock.today())
    assert undo(BEN, UUID(report["batch"]), reason="the wrong commune")["units"] == 3


def test_somebody_entered_since_in_its_units_stands_in_the_way(app, tmp_path):
    first = load(write_folder(tmp_path, [GOOD]))
    more = {**GOOD, "full_name": "Võ Thị Tư", "personal_id": "087080000004", "card_number": "870000000004"}
    second = load(write_folder(tmp_path, [GOOD, more]))
    with scoped(WHOLE):
        entered = Event.objects.get(batch=UUID(second["batch"]), subject_kind="member")
    assert blockers_of(first, second["batch"]) == [str(entered.uid)]
    undo(BEN, UUID(second["batch"]), reason="in turn")
    assert undo(BEN, UUID(first["batch"]), reason="in turn")["units"] == 3


def test_an_import_that_was_built_on_stays_and_says_what_stands_in_the_way(app, tmp_path):
    report = load(write_folder(tmp_path, [GOOD, PROBATIONER], tables=TABLES))
    with scoped(WHOLE):
        meeting = Case.objects.get(lifecycle="meeting", state="planned")
    facts = {"held_on": "2026-10-31", "minutes_long": 95}
    outcome = perform(secretary(CELL), OnCase(meeting.pk), "hold", facts, on=date(2026, 10, 31))
    assert blockers_of(report) == [outcome["event"]]


def test_counts_of_a_later_file_stand_in_the_way_until_it_is_undone(app, tmp_path):
    first = load(write_folder(tmp_path, [GOOD], tables={"meetings.csv": TABLES["meetings.csv"]}))
    second = load(write_folder(tmp_path, [GOOD], tables=TABLES))
    with scoped(WHOLE):
        done = Event.objects.get(batch=UUID(second["batch"]), code="import.done")
        entered = Event.objects.get(subject_kind="member").uid
    assert blockers_of(first, second["batch"]) == [str(done.uid)]
    before = counted()
    with pytest.raises(CannotVoid) as alone:
        void(BEN, entered, reason="x", paper=paper(AS_OF))
    assert (alone.value.blockers, alone.value.params, counted()) == ([done.uid], {"batches": second["batch"]}, before)
    undo(BEN, UUID(second["batch"]), reason="in turn")
    assert undo(BEN, UUID(first["batch"]), reason="in turn")["events"] == 3


def test_one_person_of_an_import_does_not_go_from_under_its_counts(app, tmp_path):
    report = load(write_folder(tmp_path, [GOOD], tables=TABLES))
    with scoped(WHOLE):
        entered = Event.objects.get(subject_kind="member").uid
        done = Event.objects.get(code="import.done").uid
    before = counted()
    with pytest.raises(CannotVoid, match=f"undo_import.*{report['batch']}") as refusal:
        void(BEN, entered, reason="x", paper=paper(AS_OF))
    assert (refusal.value.blockers, counted()) == ([done], before)


def test_a_roll_call_stands_in_the_way(app, tmp_path):
    report = load(write_folder(tmp_path, [GOOD]))
    with scoped(WHOLE):
        member = Member.objects.get()
    day = date(2026, 11, 3)
    clock.move_to(day)
    planned = perform(
        secretary(CELL),
        NewCase("meeting", unit_id=member.unit_id),
        "plan",
        {"kind": "regular", "month": "2026-11-01"},
        on=day,
    )
    facts: dict[str, Any] = {"held_on": day.isoformat(), "minutes_long": 95, "roll_call": {member.pk: "present"}}
    held = perform(secretary(CELL), OnCase(planned["id"]), "hold", facts, on=day)
    with as_role("chibo_jobs"):
        seal_all()
        while follow(NAME):
            pass
    assert blockers_of(report) == [held["event"], planned["event"]]


def test_dues_recorded_since_stand_in_the_way_until_they_are_taken_back(app, tmp_path):
    """An entry of the file that a cell corrected, one that it made itself, and its word that the month is complete."""
    report = load(write_folder(tmp_path, [GOOD], tables=TABLES))
    with scoped(WHOLE):
        member = Member.objects.get()
    september, october, cell = date(2026, 9, 1), date(2026, 10, 1), member.unit_id

    def said(month: date, version: int, said: Said, **options: Any) -> str:
        paid_on = date(2026, 10, 30) if said == Said.PAID else None
        wanted = [Wanted(member.pk, Answer(said, paid_on), version)]
        done = record_month(
            secretary(CELL), cell, month, wanted, tell=lambda done: {"uid": str(done.event)}, reason="x", **options
        )
        return str(done["uid"])

    corrected, made = said(september, 1, Said.UNPAID), said(october, 0, Said.PAID, complete=True)
    assert blockers_of(report) == [corrected, made]
    said(september, 2, Said.WITHDRAWN)
    complete = said(october, 1, Said.WITHDRAWN)
    assert blockers_of(report) == [complete]
    record_month(secretary(CELL), cell, october, [], complete=False, tell=lambda done: {})
    assert undo(BEN, UUID(report["batch"]), reason="the wrong commune")["rows"] == 2
    verified()


def blockers_of(report: dict[str, Any], *batches: str) -> list[str]:
    """What stands in the way of undoing, proved to have changed nothing; `batches` are to be named as undone before."""
    before = counted()
    with pytest.raises(CannotVoid) as refusal:
        undo(BEN, UUID(report["batch"]), reason="too late")
    assert refusal.value.params == ({"batches": ", ".join(batches)} if batches else {})
    assert counted() == before
    with scoped(WHOLE):
        assert ImportBatch.objects.get(uid=report["batch"]).undone_at is None
        assert Member.objects.filter(standing="").count() == 0
    return [str(uid) for uid in refusal.value.blockers]


def test_no_process_erases_what_was_recorded_of_people_on_a_list(app, tmp_path):
    load(write_folder(tmp_path, [GOOD]))
    before = counted()
    with scoped(WHOLE):
        member = Member.objects.get()
    with scoped(WHOLE), connection.cursor() as cursor:
        cursor.execute("SELECT chibo_erase_details(%s)", [[member.pk]])
    assert counted() == before
    with pytest.raises(DatabaseError, match="permission denied"), as_role("chibo_jobs"), transaction.atomic():
        connection.cursor().execute("SELECT chibo_erase_details(ARRAY[]::bigint[])")
