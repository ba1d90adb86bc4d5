"""Nobody completes the own record through a roster, nor empties it by undoing one: the row is left, the undo refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from django.utils.translation import override

from backend.accounts.policy import Actor
from backend.audit.models import Event
from backend.core.db import WHOLE, scoped
from backend.core.errors import NotPermitted
from backend.core.keyring import unseal
from backend.imports.applying import bring_in
from backend.imports.reading import read_commune
from backend.imports.summary import summary
from backend.imports.undoing import undo
from backend.members.models import Member
from backend.organizations.models import Unit
from tests.backend.imports.books import AS_OF, GOOD, UNITS, write_folder
from tests.backend.imports.running import counted, load
from tests.backend.imports.test_second_file import changed, told
from tests.realdb import RealDatabase
from tests.roles import as_role
from workflows.offices import Level, Office

pytestmark = pytest.mark.real
OTHER = {**GOOD, "full_name": "Lý Văn Ba", "personal_id": "087080000003"}


@pytest.fixture
def app(committed_db: RealDatabase) -> Iterator[RealDatabase]:
    with as_role("chibo_app"):
        yield committed_db


def officer(own: str) -> Actor:
    """An officer of the commune with the own record among the people of the roster."""
    with scoped(WHOLE):
        at = Unit.objects.get(level=Level.BASE)
        member = Member.objects.get(full_name=own)
    return Actor(Office.ORGANISATION_OFFICER, at.path, Level.BASE, at.pk, user_id=1, name="Cán bộ", own_id=member.pk)


def notes() -> dict[str, str]:
    with scoped(WHOLE):
        return {one.full_name: unseal(one.note) if one.note else "" for one in Member.objects.all()}


def test_the_own_row_adds_nothing_and_the_report_says_so(app: RealDatabase, tmp_path: Path) -> None:
    load(write_folder(tmp_path, [GOOD, OTHER]))
    later = [{**GOOD, "note": "mình"}, {**OTHER, "note": "người khác"}]
    report = bring_in(
        read_commune(write_folder(tmp_path, later), AS_OF, known_units=frozenset(UNITS)), officer(GOOD["full_name"])
    )
    assert changed(report) == {"completed": 1, "own_record": 1}
    assert told(report) == [("own_record", "Họ và tên khai sinh", GOOD["full_name"], "")]
    assert notes() == {GOOD["full_name"]: "", "Lý Văn Ba": "người khác"}
    with scoped(WHOLE):
        own = Member.objects.get(full_name=GOOD["full_name"])
        assert (own.version, Event.objects.filter(code="member.completed", subject_id=own.pk).count()) == (1, 0)
    with override("vi"):
        said = "\n".join(summary(report, kept=True))
    assert "hồ sơ của chính người nhập: người khác phải bổ sung [own_record]" in said
    load(write_folder(tmp_path, later))  # another person brings the same file in
    assert notes()[GOOD["full_name"]] == "mình"


def test_an_own_row_that_adds_nothing_is_as_any_other(app: RealDatabase, tmp_path: Path) -> None:
    folder = write_folder(tmp_path, [GOOD, OTHER])
    load(folder)
    report = bring_in(
        read_commune(folder, AS_OF, known_units=frozenset(UNITS)), officer(GOOD["full_name"]), dry_run=True
    )
    assert (changed(report), told(report)) == ({"unchanged": 2}, [])


def test_nobody_undoes_an_import_of_the_own_file(app: RealDatabase, tmp_path: Path) -> None:
    load(write_folder(tmp_path, [GOOD, OTHER]))
    batch = UUID(load(write_folder(tmp_path, [{**GOOD, "note": "x"}, OTHER]))["batch"])
    before = counted()
    with pytest.raises(NotPermitted, match="about your own file, too: another person undoes it"):
        undo(officer(GOOD["full_name"]), batch, reason="x")
    assert (counted(), notes()[GOOD["full_name"]]) == (before, "x")
    assert undo(officer("Lý Văn Ba"), batch, reason="x")["events"] == 1  # their own row was left as it was
    assert notes()[GOOD["full_name"]] == ""
