"""The number of a case: alone for its own cell, with the cell's name for whoever sees several, on every page that shows it."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils.translation import override

from backend.audit.models import Event
from backend.deadlines.models import Deadline
from backend.imports.models import ImportBatch
from backend.web.desk.entries import done_by
from backend.web.import_lines import batch_line
from backend.web.naming import named_case
from tests.web.people import text
from tests.web.test_acting import of
from tests.web.test_member_list import world
from tests.world import TODAY, World

__all__ = ["world"]
pytestmark = pytest.mark.django_db


def test_the_name_stands_with_it_for_whoever_looks_from_elsewhere(world: World) -> None:
    secretary, officer = world.actor("secretary"), world.actor("officer")
    assert named_case(secretary, "CN-2026-0001", world.cell) == "CN-2026-0001"
    assert named_case(officer, "CN-2026-0001", world.cell) == "CN-2026-0001, Chi bộ ấp Một"
    assert named_case(secretary, "CN-2026-0001", world.other) == "CN-2026-0001, Chi bộ ấp Hai"
    assert named_case(officer, "CN-2026-0001", None) == "CN-2026-0001"


def test_two_cells_have_the_same_number_and_pages_tell_them_apart(world: World) -> None:
    people = [world.member("Trần Văn Mới", "import_probationary", joined_on="2025-10-30"),
              world.member("Lê Thị Mới", "import_probationary", joined_on="2025-10-30", unit=world.other)]  # fmt: skip
    cases = [world.probation(one, date(2025, 10, 30)) for one in people]
    assert {one.number for one in cases} == {"CN-2026-0001"}
    for case, person, name in zip(cases, people, ("Chi bộ ấp Một", "Chi bộ ấp Hai"), strict=True):
        due = Deadline.objects.get(subject_kind="case", subject_id=case.pk, status="open")
        for address in (f"/cases/{case.pk}/", f"/members/{person.pk}/", f"/deadlines/{due.pk}/ledger/"):
            assert f"CN-2026-0001, {name}" in text(of("officer").get(address)), address
    own = text(of("secretary").get(f"/members/{people[0].pk}/"))
    assert "CN-2026-0001" in own
    assert "CN-2026-0001, " not in own


@pytest.mark.parametrize(
    ("office", "who", "said"),
    [
        ("operator", "root", "Người vận hành máy chủ"), ("system", "Chibo", "Hệ thống Chibo"),
        ("operator", "lan", "Người vận hành máy chủ, lan"),
    ],
)  # fmt: skip
def test_what_no_person_did_is_said_once(office: str, who: str, said: str) -> None:
    event = Event(office=office)
    event.told = {"who": who}
    with override("vi"):
        assert done_by(event, {}) == said
        brought = batch_line(ImportBatch(operator=who, as_of=TODAY, counts={}), ())["who"]
    assert brought == ("lan" if who == "lan" else "Người vận hành máy chủ")
