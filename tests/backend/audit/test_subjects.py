"""Rows and events must agree: each way in which they can part is named."""

from __future__ import annotations

import json
from typing import Any

import pytest

from backend.audit import subjects
from backend.audit.record import record
from backend.audit.sealing import seal_all
from backend.audit.verify import verify_log
from tests.backend.audit.events import entry, rows

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def two_subjects(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table like members' with two rows whose events agree with them; the second was never moved in `turn`."""
    monkeypatch.setattr(subjects, "_CHECKS", {})
    rows("CREATE TEMP TABLE thing (id bigint PRIMARY KEY, version int, state text, turn text)")
    subjects.register_subject("import", "thing", ("state", "turn"))
    _log(1, 1, state=("", "open"), turn=("", "cell"))
    _log(1, 2, state=("open", "decided"))
    _log(1, 3, turn=("cell", "party"))
    _log(2, 1, state=("", "open"), turn=("", "cell"))
    rows("INSERT INTO thing VALUES (1, 3, 'decided', 'party'), (2, 1, 'open', 'cell')")
    seal_all()


def _log(subject: int, version: int, **changes: Any) -> None:

    record([entry(subject, version, subject_kind="import", changes=changes)])


def test_rows_that_agree_are_no_fault() -> None:
    report = verify_log()
    assert (report.fault, report.subjects) == (None, ("import",))


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE thing SET state = 'open' WHERE id = 1", "Import 1: state is “open”, its last event says “decided”"),
        ("UPDATE thing SET turn = 'x' WHERE id = 2", "Import 2: turn is “x”, its last event says “cell”"),
        ("UPDATE thing SET version = 4 WHERE id = 1", "Import 1: the row is at version 4, its last event at 3"),
        ("DELETE FROM thing WHERE id = 2", "Import 2: has events but no row"),
        ("INSERT INTO thing VALUES (3, 1, 'open', 'cell')", "Import 3: has a row but no event"),
    ],
)
def test_each_disagreement_is_named(statement: str, words: str) -> None:
    rows(statement)
    fault = verify_log().fault
    assert fault is not None
    assert (fault.code, fault.sentence) == ("subject", f"Row and events disagree: {words}.")


def test_a_version_without_its_event_is_named() -> None:
    _log(2, 3, state=("open", "decided"))
    rows("UPDATE thing SET version = 3, state = 'decided' WHERE id = 2")
    fault = verify_log().fault
    assert fault is not None
    assert json.dumps(fault.sentence).endswith('Import 2: its events have a gap: 2 for version 3."')
