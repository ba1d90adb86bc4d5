"""A log that lacks what the folder of kept heads promised seals nothing until its epoch is declared."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from backend.audit import epochs, heads, log_keys
from backend.audit.heads import BadHeads
from backend.audit.models import Event, Head, Leaf, Pending, SignedHead
from backend.audit.promised import FILE, EpochFirst
from backend.audit.record import record
from backend.audit.sealing import seal, seal_all
from backend.jobs import tasks
from tests.backend.audit.events import entry, write
from tests.backend.audit.forging import rebuild_tree, restore_to, rewrite, sign_anew, walls
from tests.roles import as_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    """Nine events under three heads, all of which the folder has."""
    settings.CHIBO_HEADS_DIR = str(tmp_path)
    write(9)
    for size in (4, 3, 2):
        seal(size)
    (tmp_path / FILE).write_text("".join(heads.dump(epochs.export())))
    return tmp_path


def log() -> tuple[Any, ...]:
    """Everything that sealing could have left."""
    tables = [model.objects.count() for model in (Event, Pending, Leaf, SignedHead)]
    return tables, Head.objects.values_list("size", "epoch").get()


def test_a_log_that_has_the_last_kept_head_goes_on(folder: Path) -> None:
    write(2, first=10)
    with as_role("chibo_jobs"):
        assert seal_all() == 2
        assert seal_all() == 0
    assert log() == ([11, 0, 11, 4], (11, 1))


def test_after_a_restore_nothing_is_sealed_before_its_epoch(folder: Path) -> None:
    restore_to(4)
    write(2, subject=5)
    before = log()
    sentence = (
        f"{folder / FILE} holds a head of epoch 1, size 9 that this log does not reach. If a backup was restored, declare its"
        " epoch first: log_epoch --heads; else the log's end was cut off. Nothing was sealed."
    )
    with as_role("chibo_jobs"):
        for sealing in (tasks.seal, lambda: log_keys.announce(log_keys.fresh()[1], "another")):
            with pytest.raises(EpochFirst) as refusal:
                sealing()
            assert str(refusal.value) == sentence
        with pytest.raises(CommandError) as told:
            call_command("seal", stdout=StringIO())
    assert (str(told.value), told.value.returncode) == (sentence, 2)
    assert log() == before == ([6, 2, 4, 1], (4, 1))
    with as_role("chibo_jobs"):
        begun = epochs.start_epoch("Restored the backup of Monday")
        assert (begun.number, begun.size, begun.lost) == (2, 4, 2), "the folder's heads need not be named"
        write(1, subject=6)
        assert seal_all() == 1
    assert log() == ([8, 0, 8, 3], (8, 2))


def test_with_nothing_to_seal_the_restore_is_told_of_as_well(folder: Path) -> None:
    restore_to(7)
    with pytest.raises(EpochFirst):
        seal()


def test_heads_that_are_named_and_in_the_folder_are_lost_once(folder: Path) -> None:
    exported = list(epochs.export())
    restore_to(4)
    assert epochs.start_epoch("Restored", exported).lost == 2


def test_a_log_that_was_sealed_on_after_a_restore_is_another_one(folder: Path, settings: Any) -> None:
    restore_to(4)
    write(6, subject=5)
    settings.CHIBO_HEADS_DIR = ""
    assert seal_all() == 6
    settings.CHIBO_HEADS_DIR = str(folder)
    write(1, subject=6)
    before = log()
    with pytest.raises(BadHeads, match=r"size 9 that is not of this log.*declare its epoch first"):
        seal()
    assert log() == before


def test_a_log_that_was_rewritten_seals_nothing(folder: Path) -> None:
    walls("DISABLE")
    rewrite(3)
    sign_anew(rebuild_tree())
    walls("ENABLE")
    write(1, subject=6)
    before = log()
    with pytest.raises(BadHeads, match="size 9 that is not of this log"):
        seal()
    assert log() == before


def test_an_epoch_that_the_web_wrote_lets_nothing_through(folder: Path) -> None:
    """Whoever can write events can write one that names the lost heads, but not seal it."""
    lost = [head.as_json() for head in epochs.export()]
    restore_to(4)
    record([entry(1, 2, subject_kind="log", code="log.epoch_started", facts={"epoch": 2, "size": 4, "lost": lost})])
    before = log()
    with pytest.raises(EpochFirst):
        seal()
    assert log() == before


@pytest.mark.parametrize("content", [b"Ng\xe0y", b'{"epoch": 1}\n', b"notes of mine\n"])
def test_what_is_no_head_is_not_sealed_past(folder: Path, content: bytes) -> None:
    (folder / FILE).write_bytes((folder / FILE).read_bytes() + content)
    write(1, subject=6)
    before = log()
    with pytest.raises(BadHeads, match=r"The last line of .* is no signed head"):
        seal()
    assert log() == before


def test_a_folder_that_is_not_there_or_not_readable_holds_nothing_up(folder: Path, settings: Any) -> None:
    write(4, subject=6)
    for place in (folder / "none", folder / ("x" * 300)):  # the second cannot even be asked for
        settings.CHIBO_HEADS_DIR = str(place)
        assert seal(1) == 1
    settings.CHIBO_HEADS_DIR = str(folder)
    (folder / FILE).write_bytes(b"")
    assert seal(1) == 1
    (folder / FILE).unlink()
    (folder / FILE).mkdir()
    assert seal(1) == 1


def test_a_file_of_many_years_is_asked_for_its_last_line_alone(folder: Path) -> None:
    (folder / FILE).write_bytes(b"x" * 9_000 + b"\n" + (folder / FILE).read_bytes() + b"\n \n")
    write(1, subject=6)
    assert seal() == 1
