"""The commune comes in as a whole, once, with an event for everything, and goes as a whole."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from backend.accounts.models import User
from backend.accounts.policy import Actor
from backend.audit.models import Event, Pending
from backend.cases.models import Case
from backend.core.db import WHOLE, scoped
from backend.core.errors import NotPermitted
from backend.core.keyring import unseal
from backend.deadlines.models import Deadline
from backend.flags.models import Flag
from backend.flags.refreshing import refresh_all
from backend.imports import applying, entering, participation, run
from backend.imports.applying import bring_in
from backend.imports.faults import ImportRefused
from backend.imports.models import ImportBatch
from backend.imports.reading import read_commune
from backend.imports.undoing import undo
from backend.members.models import Member, NameWord, Spell
from backend.members.protected import blind_index
from backend.organizations.models import Unit, UnitSpell
from backend.participation.models import Attendance, DuesEntry
from tests.backend.imports.books import AS_OF, CELL, GOOD, ON_PROBATION, PROBATIONER, TABLES, UNITS, write_folder
from tests.backend.imports.running import ANN, BEN, counted, load
from tests.roles import as_role
from workflows.offices import Level, Office

pytestmark = pytest.mark.real
COMMUNE = Path(__file__).parents[2] / "data" / "commune"
SAMPLE = Path(__file__).parents[3] / "sample" / "commune"
TRUTH = json.loads((COMMUNE / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture
def app(committed_db):
    """The role that operators' commands run under."""
    with as_role("chibo_app"):
        yield committed_db


def test_the_commune_of_the_truth_comes_in_whole_and_only_once(app):
    commune = read_commune(COMMUNE, date.fromisoformat(TRUTH["as_of"]))
    report = bring_in(commune, ANN)
    assert (report["rows"], report["taken"], report["left_out"]) == (TRUTH["rows"], 685, 32)
    assert {name: count for name, count in report["counts"].items() if count} == {
        "units": 40, "people": 685, "tasks": 37, "cells_too_small": 2, "recognitions": 42, "past_meetings": 433,
        "planned_meetings": 4, "attendance": 6618, "dues": 6730,
    }  # fmt: skip
    _every_state_has_its_event(UUID(report["batch"]))
    _history_is_told_from_the_tables()
    before = counted()
    again = bring_in(read_commune(COMMUNE, commune.as_of), BEN)
    assert (again["changed"], again["batch"], again["counts"]["unchanged"]) == (False, None, 685)
    assert counted() == before
    _flags_are_those_of(TRUTH)


def test_the_sample_is_flagged_as_its_own_truth_says(app):
    """Among them one who is exempted to work far away and has paid no dues for five months (rules.md section 4, B25)."""
    truth = json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))
    bring_in(read_commune(SAMPLE, date.fromisoformat(truth["as_of"])), ANN)
    _flags_are_those_of(truth)
    with scoped(WHOLE):
        flagged = Flag.objects.filter(
            cause="dues", cleared_on=None, member_id__in=Member.objects.filter(participation="away")
        )
        assert [len(one.months) for one in flagged] == [5]


def _every_state_has_its_event(batch: UUID) -> None:
    with scoped(WHOLE):
        codes = Counter(Event.objects.filter(batch=batch).values_list("code", flat=True))
        standings = dict(Member.objects.values_list("standing").annotate(Count("id")))
        assert standings == {
            "official": 558, "candidate": 61, "probationary": 42, "transferred_out": 11, "removed": 9, "deceased": 4,
        }  # fmt: skip
        assert codes == {
            **{f"membership.imported_{standing}": number for standing, number in standings.items()},
            "recognition.taken_over": 42, "meeting.taken_over": 433, "meeting.made_good": 4, "unit.imported": 40,
            "import.done": 1,
        }  # fmt: skip
        assert Event.objects.filter(batch=None).count() == 0
        assert Pending.objects.count() == Event.objects.count()
        assert Spell.objects.count() == 685
        rules = Counter(Deadline.objects.values_list("rule_id", flat=True))
        assert rules == {
            "PRO.CELL_REVIEW": 42, "MTG.REGULAR": 4, "TASK.REGULARISE_AWAY": 34, "TASK.COMPLETE_RECORD": 3,
            "TASK.REINFORCE_CELL": 2,
        }  # fmt: skip
        _small_cells_are_told()


def _small_cells_are_told() -> None:
    """Exactly the cells with fewer than three official members."""
    small = Unit.objects.filter(level="cell").annotate(n=Count("members", filter=Q(members__standing="official")))
    told = Deadline.objects.filter(rule_id="TASK.REINFORCE_CELL").values_list("subject_id", flat=True)
    assert sorted(told) == sorted(small.filter(n__lt=3).values_list("pk", flat=True))


def _history_is_told_from_the_tables() -> None:
    with scoped(WHOLE):
        meetings = Case.objects.filter(lifecycle="meeting")
        held = {
            (code, key[8:]) for code, key in meetings.filter(state="filed").values_list("unit__code", "exclusive_key")
        }
        cells = Unit.objects.filter(level="cell").values_list("code", flat=True)
        months = sorted({month for _, month in held})
        gaps = {code: [month for month in months if (code, month) not in held] for code in cells}
        assert {code: missing for code, missing in gaps.items() if missing} == TRUTH["cells_without_a_regular_meeting"]
        assert meetings.filter(state="planned", exclusive_key="regular:2026-10").count() == 4
        assert Attendance.objects.filter(meeting_id=None).count() == 0
        absent = (
            Attendance.objects.filter(status="unexcused", month__year=2026)
            .values("member_id")
            .annotate(n=Count("month"))
        )
        guilty = Member.objects.filter(pk__in=[row["member_id"] for row in absent if row["n"] >= 3])
        ids = sorted(unseal(member.personal_id) for member in guilty)
        assert ids == TRUTH["three_unexcused_months_in_as_of_year"]


def _flags_are_those_of(truth: dict[str, Any]) -> None:
    """What the counter flags, not what a test counts by itself."""
    with as_role("chibo_jobs"):
        refresh_all(date.fromisoformat(truth["as_of"]))
    with scoped(WHOLE):
        found, people = Flag.objects.filter(cleared_on=None, since=date(2026, 1, 1)), Member.objects.in_bulk()
        flagged = {
            cause: sorted(unseal(people[one.member_id].personal_id) for one in found.filter(cause=cause))
            for cause in ("meetings", "dues")
        }
        assert flagged == {
            "meetings": truth["three_unexcused_months_in_as_of_year"], "dues": truth["three_unpaid_months_in_as_of_year"],
        }  # fmt: skip


def test_a_person_is_sealed_and_found_again(app, tmp_path):
    load(write_folder(tmp_path, [{**GOOD, "phone": 940986382}, PROBATIONER], tables=TABLES))
    with scoped(WHOLE):
        member = Member.objects.get(personal_id_index=blind_index("personal_id", "087.080.000.001"))
        assert (unseal(member.personal_id), unseal(member.phone)) == ("087080000001", "0940986382")
        assert (member.standing, member.participation, member.unit.code) == ("official", "attending", CELL)
        assert (member.joined_on, member.official_on) == (date(2005, 2, 3), date(2006, 2, 3))
        assert set(NameWord.objects.filter(member=member).values_list("word", flat=True)) == {"le", "van", "tam"}
        (case,) = Case.objects.filter(lifecycle="recognition")
        assert (case.member.full_name, case.facts["ceremony_on"]) == ("Trần Thị Hai", "2026-02-03")
        assert Deadline.objects.get(rule_id="PRO.CELL_REVIEW").started_on == date(2027, 2, 3)


def test_nobody_is_lost_between_two_chunks(app, tmp_path, monkeypatch):
    for module in (entering, run, participation):
        monkeypatch.setattr(module, "CHUNK", 2)
    names = ("Một", "Hai", "Ba", "Bốn", "Năm")
    people = [{**GOOD, "full_name": f"Lê Văn {name}", "personal_id": f"08708000000{n}"} for n, name in enumerate(names)]
    people[1:4] = [{**one, **ON_PROBATION, "personal_id": one["personal_id"]} for one in people[1:4]]
    lines = [f"{CELL},2026-09,08708000000{n}" for n in range(5)]
    tables = {
        **TABLES,
        "attendance.csv": [f"{line},present" for line in lines],
        "dues.csv": [f"{line},2026-09-25" for line in lines],
    }
    shown: list[tuple[str, int, int]] = []
    report = load(write_folder(tmp_path, people, tables=tables), progress=lambda *step: shown.append(step))
    counts = report["counts"]
    assert (counts["people"], counts["recognitions"], counts["attendance"], counts["dues"]) == (5, 3, 5, 5)
    assert [step[1:] for step in shown if step[0] == _("recognition cases")] == [(2, 3), (3, 3)]
    assert [step[1:] for step in shown if step[0] == _("attendance")] == [(2, 5), (4, 5), (4, 5), (5, 5)]
    with scoped(WHOLE):
        assert sorted(Member.objects.values_list("full_name", flat=True)) == sorted(f"Lê Văn {name}" for name in names)
        assert Attendance.objects.values("member_id").distinct().count() == 5


def test_what_is_kept_of_a_report_holds_no_values(app, tmp_path):
    load(write_folder(tmp_path, [GOOD, {**GOOD, "full_name": "Trần Thị Hai"}]))
    with scoped(WHOLE):
        batch = ImportBatch.objects.get()
        (fault,) = batch.report["faults"]
        assert (fault["code"], fault["cell"]) == ("duplicate_id", "H5")
        assert "087080000001" not in json.dumps([batch.report, batch.counts])
        lines = b"".join(bytes(line) for line in Event.objects.values_list("line", flat=True)).decode()
        assert "Tám" not in lines
        assert "087080000001" not in lines


def test_a_dry_run_reports_and_leaves_nothing(app, tmp_path):
    before = counted()
    report = load(write_folder(tmp_path, [GOOD, PROBATIONER], tables=TABLES), dry_run=True)
    assert (report["dry_run"], report["changed"], report["batch"]) == (True, False, None)
    assert (report["counts"]["people"], report["counts"]["recognitions"], report["counts"]["dues"]) == (2, 1, 1)
    assert counted() == before


@pytest.mark.parametrize("where", ["attendance", "dues"])
def test_a_crash_half_way_leaves_nothing_half_way(app, tmp_path, monkeypatch, where):
    def crash(*args):
        raise ConnectionError("the power went")

    before = counted()
    folder = write_folder(tmp_path, [GOOD, PROBATIONER], tables=TABLES)
    monkeypatch.setattr(participation.Participation, where, crash)
    with pytest.raises(ConnectionError):
        load(folder)
    assert counted() == before
    monkeypatch.undo()
    assert load(folder)["counts"]["people"] == 2


def test_a_unit_follows_its_new_name_and_keeps_its_place(app, tmp_path):
    load(write_folder(tmp_path, [GOOD]))
    units = UNITS | {CELL: ("87.107", "Chi bộ Một", "cell"), "87.107": ("", "Đảng bộ xã", "base_committee")}
    units["87"] = ("", "Tỉnh ủy", "province")
    report = load(write_folder(tmp_path, [GOOD], units))
    assert report["counts"]["units_renamed"] == 1
    assert sorted(report["unit_differs"], key=lambda one: one["code"]) == [
        {"code": "87", "parent_code": "", "level": "province", "name": "Tỉnh ủy"},
        {"code": "87.107", "parent_code": "", "level": "base_committee", "name": "Đảng bộ xã"},
    ]
    with scoped(WHOLE):
        cell = Unit.objects.get(code=CELL)
        assert (cell.name, cell.parent.code) == ("Chi bộ Một", "87.107")
        names = UnitSpell.objects.filter(unit=cell).order_by("id").values_list("name", "valid")
        assert [(name, valid.lower, valid.upper) for name, valid in names] == [
            ("Chi bộ 1", None, AS_OF), ("Chi bộ Một", AS_OF, None),
        ]  # fmt: skip


def test_an_import_is_undone_as_a_whole_and_can_be_done_again(app, tmp_path):
    folder = write_folder(tmp_path, [GOOD, PROBATIONER], tables=TABLES)
    report = load(folder)
    done = undo(BEN, UUID(report["batch"]), reason="the wrong commune")
    # two people, one recognition, one past and one planned meeting
    assert done == {"events": 5, "rows": 2, "units": 3, "names": 0}
    with scoped(WHOLE):
        assert set(Member.objects.values_list("standing", "participation")) == {("", "")}
        assert set(Case.objects.values_list("state", flat=True)) == {""}
        assert Spell.objects.filter(retracted_at=None).count() == 0
        assert Deadline.objects.filter(status="open").count() == 0
        assert (Attendance.objects.count(), DuesEntry.objects.count()) == (0, 0)
        assert ImportBatch.objects.get().undone_by == "ben"
    with pytest.raises(ImportRefused):
        undo(BEN, UUID(report["batch"]), reason="again")
    assert load(folder)["counts"]["people"] == 2


def test_who_brought_an_import_in_may_not_undo_it(app, tmp_path):
    load(write_folder(tmp_path, [GOOD]))
    with scoped(WHOLE):
        commune = Unit.objects.get(level="base_committee")
    ann, ben = (_officer(commune, name) for name in ("ann", "ben"))
    more = write_folder(tmp_path, [GOOD, {**GOOD, "full_name": "Võ Thị Tư", "personal_id": "087080000004"}])
    report = bring_in(read_commune(more, AS_OF, known_units=frozenset(UNITS)), ann)
    before = counted()
    with pytest.raises(NotPermitted):
        undo(ann, UUID(report["batch"]), reason="my own")
    assert counted() == before
    assert undo(ben, UUID(report["batch"]), reason="the wrong list")["events"] == 1


def _officer(commune: Unit, name: str) -> Actor:
    user = User.objects.create(username=name, full_name=name)
    return Actor(Office.ORGANISATION_OFFICER, commune.path, Level.BASE, commune.pk, user.pk, name=name)


def test_a_roster_of_tomorrow_and_an_unknown_batch_are_refused(app, tmp_path, monkeypatch):
    before = counted()
    folder = write_folder(tmp_path, [GOOD])
    monkeypatch.setattr(applying.clock, "today", lambda: date(2026, 10, 30))
    with pytest.raises(ImportRefused, match="2026-10-31"):
        load(folder)
    with pytest.raises(ImportRefused):
        undo(BEN, UUID(int=7), reason="?")
    assert counted() == before
