"""Some events of the log, each proven to stand in it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from backend.audit import exporting
from backend.audit.epochs import start_epoch
from backend.audit.exporting import part
from backend.audit.files import read_heads
from backend.audit.merkle import NodeName, Nodes
from backend.audit.models import Event
from backend.audit.nodes import read_nodes
from backend.audit.sealing import seal_all
from backend.core.errors import NotFound
from tests.backend.audit import forging
from tests.backend.audit.events import rows, write
from tests.verify.conftest import kept, run, verify


def extract(path: Path, subject: int, known: Sequence[int] = (), **options: Any) -> Path:
    with transaction.atomic():
        path.write_bytes(b"".join(part(Event.objects.filter(subject_id=subject), known=known, **options)))
    return path


@pytest.fixture
def extracted(nine: None, tmp_path: Path) -> Path:
    """The second subject's three events, with the proofs for the heads of 4 and 7."""
    return extract(tmp_path / "part", 2, [4, 7, 9, 40])


def test_a_part_holds_and_says_what_it_does_not_prove(extracted: Path, tmp_path: Path) -> None:
    assert run(extracted, "--heads", kept(tmp_path / "heads")).stdout.splitlines() == [
        "THE EVENTS HOLD: all 3 stand in the log that the head of size 9 signs; 3 of the 3 you kept fit.",
        "– An extract does not prove that nothing was left out (0 subjects lack a version between); "
        "a whole export does.",
    ]


def test_a_kept_head_needs_its_proof(nine: None, tmp_path: Path) -> None:
    file = extract(tmp_path / "part", 2, [7])
    assert verify(file, "--heads", kept(tmp_path / "heads")) == (2, "no_proof", None)


def test_what_was_left_out_between_is_counted(nine: None, tmp_path: Path) -> None:
    with transaction.atomic():
        some = Event.objects.filter(subject_id=1).exclude(version=3)
        (tmp_path / "part").write_bytes(b"".join(part(some)))
    assert "(1 subjects lack a version between)" in run(tmp_path / "part").stdout


def test_an_event_that_was_edited_is_not_in_the_log(extracted: Path, tmp_path: Path) -> None:
    forging.walls("DISABLE")
    forging.rewrite(8)
    assert verify(extract(tmp_path / "later", 2)) == (1, "proof", 7)  # its neighbour's path leads past it
    text = extracted.read_bytes()
    (tmp_path / "by_hand").write_bytes(text.replace(b'"yes":12', b'"yes":13', 1))
    assert verify(tmp_path / "by_hand") == (1, "proof", 7)


def test_a_log_signed_anew_does_not_continue_a_kept_head(nine: None, tmp_path: Path) -> None:
    heads = kept(tmp_path / "heads")
    forging.walls("DISABLE")
    forging.rewrite(6)
    forging.sign_anew(forging.rebuild_tree())
    assert verify(extract(tmp_path / "later", 2, [4, 7]), "--heads", heads) == (1, "rewritten", 5)
    forging.rewrite(1)
    forging.sign_anew(forging.rebuild_tree())
    assert verify(extract(tmp_path / "again", 2, [4, 7]), "--heads", heads) == (1, "other_log", 1)


def test_a_part_of_a_restored_log_accuses_nobody(nine: None, tmp_path: Path) -> None:
    """Nobody's part has the event of the epoch, which is the whole log's: it cannot tell which heads were lost."""
    heads = kept(tmp_path / "heads")
    forging.restore_to(4)
    start_epoch("Restored Monday's backup", read_heads(heads))
    write(4, subject=2)
    seal_all()
    file = extract(tmp_path / "part", 2, [4, 7, 9])
    assert verify(file, "--heads", heads) == (2, "other_epoch", None)
    first = tmp_path / "first"
    first.write_text(heads.read_text().splitlines()[0])
    assert verify(file, "--heads", first) == (0, "part", None)


def under(path: Path, size: int, known: Sequence[int]) -> Path:
    """An extract under the head of a size, as the desk makes it where a sample is drawn again."""
    return extract(path, 1, known, head=exporting.head_of(size))


def test_an_extract_under_an_earlier_head_shows_what_newer_kept_heads_continue(nine: None, tmp_path: Path) -> None:
    heads = kept(tmp_path / "heads")
    file = under(tmp_path / "part", 7, [4, 7, 9, 40])
    assert run(file, "--heads", heads).stdout.splitlines()[0] == (
        "THE EVENTS HOLD: all 6 stand in the log that the head of size 7 signs; 3 of the 3 you kept fit."
    )
    assert verify(under(tmp_path / "fewer", 7, [4]), "--heads", heads) == (1, "cut", 8)


def test_a_newer_head_that_does_not_continue_the_extracts_does_not_fit(nine: None, tmp_path: Path) -> None:
    heads = kept(tmp_path / "heads")
    forging.walls("DISABLE")
    forging.rewrite(6)
    forging.sign_anew(forging.rebuild_tree())
    assert verify(under(tmp_path / "part", 7, [4, 7, 9]), "--heads", heads) == (1, "rewritten", 5)
    newest = heads.read_text().splitlines()[2]
    assert verify(tmp_path / "part", "--head", newest) == (1, "other_log", 1)


def test_an_end_cut_off_shows_against_a_kept_head(nine: None, tmp_path: Path) -> None:
    heads = kept(tmp_path / "heads")
    forging.walls("DISABLE")
    forging.cut_to(7)
    assert verify(extract(tmp_path / "part", 1, [4, 7]), "--heads", heads) == (1, "cut", 8)


def test_details_go_along_where_asked_for(nine: None, tmp_path: Path) -> None:
    rows(
        "DELETE FROM audit_eventdetail WHERE event_uid = (SELECT uid FROM audit_event WHERE id = %s)",
        [forging.event_at(8)],
    )
    file = extract(tmp_path / "part", 2, details=True)
    assert (
        "– 2 details fit their commitments, 1 were erased (which is allowed: the log still verifies)."
        in run(file).stdout
    )
    text = file.read_text()
    assert (text.count("tiếng Việt"), text.count("\nd\tnull\n")) == (2, 1)
    file.write_text(text.replace("tiếng Việt", "tiếng khác", 1))
    assert verify(file) == (1, "detail", 7)


def test_what_waits_for_its_place_is_left_out_and_an_unsealed_log_refused(db: None, tmp_path: Path) -> None:
    write(2)
    with pytest.raises(NotFound), transaction.atomic():
        b"".join(part(Event.objects.all()))


def test_many_paths_cost_one_reading_of_the_tree(nine: None, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def counted(names: Sequence[NodeName]) -> Nodes:
        asked.append(len(names))
        return read_nodes(names)

    monkeypatch.setattr(exporting, "read_nodes", counted)
    with transaction.atomic():
        rows_of = list(exporting.part(Event.objects.all()))
    assert len([row for row in rows_of if row.startswith(b"e\t")]) == 9
    assert asked == [16]  # nine leaves, four pairs, two fours, the eight: each once
