"""Epochs after a restore, exported heads, and the commands an operator types."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from backend.audit import epochs, heads
from backend.audit.models import Event, EventDetail, Head, Leaf, Pending, SignedHead
from backend.audit.record import record
from backend.audit.sealing import seal, seal_all
from backend.audit.verify import verify_log
from tests.backend.audit.events import entry, rows, write
from tests.backend.audit.forging import restore_to
from tests.roles import as_role

pytestmark = pytest.mark.django_db


def _run(*arguments: Any, **options: Any) -> str:
    out = StringIO()
    call_command(*map(str, arguments), stdout=out, **options)
    return out.getvalue().strip()


def _exported(path: Path) -> Path:
    _run("export_heads", path)
    return path


def _three_heads() -> None:
    write(9)
    for size in (4, 3, 2):
        seal(size)


def test_exported_heads_read_back_equal_and_signed(tmp_path: Path) -> None:
    _three_heads()
    file = _exported(tmp_path / "heads")
    read = heads.load(file.read_text())
    assert read == list(epochs.export())
    assert [head.size for head in read] == [4, 7, 9]
    assert set(json.loads(file.read_text().splitlines()[0])) == {
        "epoch", "size", "root", "signed_at", "key_id", "public_key", "signature",
    }  # fmt: skip


def test_after_a_restore_the_epoch_names_the_lost_heads_and_the_log_is_whole(tmp_path: Path) -> None:
    _three_heads()
    file = _exported(tmp_path / "heads")
    restore_to(4)
    write(2, subject=5)
    said = _run("log_epoch", reason="Restored the backup of Monday", heads=file)
    assert said == "Epoch 2 began at size 4; it names 2 lost heads."
    assert (Pending.objects.count(), Head.objects.get().size, Head.objects.get().epoch) == (0, 7, 2)
    event = Event.objects.get(code="log.epoch_started")
    assert Leaf.objects.get(event_id=event.pk).position == 7
    assert [(head["epoch"], head["size"]) for head in event.facts["lost"]] == [(1, 7), (1, 9)]
    assert b"Monday" not in bytes(event.line)
    assert EventDetail.objects.get(event_uid=event.uid).data == {"facts": {"reason": "Restored the backup of Monday"}}
    assert list(SignedHead.objects.order_by("size").values_list("size", "epoch")) == [(4, 1), (7, 2)]
    write(3, subject=6)
    seal_all()
    assert verify_log(exported=heads.load(file.read_text())).fault is None


def test_without_a_new_epoch_the_old_heads_show_the_loss(tmp_path: Path) -> None:
    _three_heads()
    exported = heads.load(_exported(tmp_path / "heads").read_text())
    restore_to(4)
    fault = verify_log(exported=exported).fault
    assert fault is not None
    assert (fault.code, fault.position) == ("cut", 5)
    write(8, subject=5)
    seal_all()
    fault = verify_log(exported=exported).fault
    assert fault is not None
    assert (fault.code, fault.position) == ("rewritten", 7)


def test_a_second_restore_does_not_use_a_number_twice(tmp_path: Path) -> None:
    _three_heads()
    first = _exported(tmp_path / "first")
    restore_to(4)
    epochs.start_epoch("one", heads.load(first.read_text()))
    second = _exported(tmp_path / "second")
    restore_to(4)
    begun = epochs.start_epoch("two", heads.load(first.read_text() + second.read_text()))
    assert (begun.number, begun.lost) == (3, 3)
    everything = heads.load(first.read_text() + second.read_text())
    assert verify_log(exported=everything).fault is None


def test_a_head_that_claims_an_epoch_nobody_began_is_a_fault() -> None:
    _three_heads()
    rows("UPDATE audit_head SET epoch = 2")
    write(1, subject=8)
    seal_all()
    fault = verify_log().fault
    assert fault is not None
    assert (fault.code, fault.position) == ("epoch", 10)


def test_heads_of_another_log_begin_no_epoch(tmp_path: Path, settings: Any) -> None:
    _three_heads()
    row = SignedHead.objects.get(size=7)
    other = heads.sign(1, 7, b"\x01" * 32, row.signed_at)
    before = (Event.objects.count(), Head.objects.get().epoch)
    with pytest.raises(heads.BadHeads, match="not part of this log"):
        epochs.start_epoch("reason", [other])
    settings.CHIBO_SIGNING_KEY = "22" * 32
    unknown = heads.sign(1, 70, b"\x01" * 32, row.signed_at)
    settings.CHIBO_SIGNING_KEY = "11" * 32
    with pytest.raises(heads.BadHeads, match="unknown key"):
        epochs.start_epoch("reason", [unknown])
    with pytest.raises(epochs.NoReason):
        epochs.start_epoch("  ")
    assert (Event.objects.count(), Head.objects.get().epoch) == before
    settings.CHIBO_LOG_KEYS = unknown.public_key.hex()
    assert epochs.start_epoch("reason", [unknown]).lost == 1


@pytest.mark.parametrize("spoil", ["no json", "signature", "missing"])
def test_a_bad_file_of_heads_is_one_sentence(spoil: str, tmp_path: Path) -> None:
    _three_heads()
    file = _exported(tmp_path / "heads")
    lines = file.read_text().splitlines()
    if spoil == "no json":
        file.write_text("\n".join([lines[0], "{"]))
    elif spoil == "signature":
        file.write_text(lines[0].replace('"size": 4', '"size": 5'))
    else:
        file.unlink()
    expected = {"no json": "Line 2 of the heads", "signature": "Line 1 of the heads", "missing": "cannot be read"}
    with pytest.raises(CommandError, match=expected[spoil]):
        _run("verify_log", heads=file)


def test_the_commands_seal_and_verify() -> None:
    write(4)
    assert _run("seal") == "Sealed 4 events."
    said = _run("verify_log")
    assert said.startswith("The log is whole: 4 events, 1 heads, 4 details, 0 waiting")
    report = json.loads(_run("verify_log", "--json"))
    assert (report["events"], report["heads"], report["fault"]) == (4, 1, None)


def test_verify_log_exits_with_1_and_names_the_fault() -> None:
    write(4)
    seal_all()
    rows("ALTER TABLE audit_event DISABLE TRIGGER USER")
    rows("UPDATE audit_event SET line = 'x' WHERE version = 3")
    out = StringIO()
    with pytest.raises(SystemExit) as exit_:
        call_command("verify_log", stdout=out)
    assert exit_.value.code == 1
    assert out.getvalue().startswith("FAULT (line): Position 3: the line of event ")
    assert out.getvalue().strip().endswith("Good up to there: 3 events, 0 heads, 2 details, 0 waiting.")
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("verify_log", "--json", stdout=out)
    assert json.loads(out.getvalue())["fault"]["code"] == "line"


def test_commands_without_a_key_say_so(settings: Any) -> None:
    settings.CHIBO_SIGNING_KEY = ""
    for command in (["seal"], ["log_epoch", "--reason", "x"]):
        with pytest.raises(CommandError, match="CHIBO_SIGNING_KEY"):
            _run(*command)
    settings.CHIBO_LOG_KEYS = "zz"
    with pytest.raises(CommandError, match="CHIBO_LOG_KEYS"):
        _run("verify_log")
    settings.CHIBO_LOG_KEYS = ""
    with pytest.raises(CommandError, match="--key must be"):
        _run("verify_log", "--key", "zz")


def test_export_to_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be written"):
        _run("export_heads", tmp_path / "no" / "folder")


def test_kept_heads_are_replaced_by_more_of_them_and_never_by_fewer(tmp_path: Path) -> None:
    _three_heads()
    file, notes = _exported(tmp_path / "heads"), tmp_path / "notes"
    notes.write_text('{"epoch": 1}\n')
    whole = file.read_text()
    write(2, first=10)
    seal(2)
    assert _exported(file).read_text().startswith(whole)
    grown = file.read_text()
    restore_to(7)
    with pytest.raises(CommandError, match=r"holds 2 heads .* of epoch 1, size 9") as refusal:
        _exported(file)
    assert refusal.value.returncode == 2
    with pytest.raises(CommandError, match="nothing that this command wrote"):
        _exported(notes)
    assert (file.read_text(), notes.read_text()) == (grown, '{"epoch": 1}\n')
    assert {path.name for path in tmp_path.iterdir()} == {"heads", "notes"}
    assert len(_exported(tmp_path / "others").read_text().splitlines()) == 2


def test_the_jobs_can_do_all_of_it_and_the_web_is_told_why_not(tmp_path: Path) -> None:
    with as_role("chibo_jobs"):
        _three_heads()
        _exported(tmp_path / "heads")
        assert epochs.start_epoch("a test").number == 2
        assert verify_log().fault is None
    with as_role("chibo_app"):
        with pytest.raises(CommandError, match="as the jobs"):
            _run("verify_log")
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            epochs.start_epoch("not by the web")
    assert Head.objects.get().epoch == 2


def test_an_epochs_event_without_a_head_of_that_epoch_excuses_nothing() -> None:
    """The web may write any event, but only who holds the key can begin an epoch."""
    _three_heads()
    exported = list(epochs.export())
    restore_to(4)
    lost = [head.as_json() for head in exported]
    forged = entry(1, 2, subject_kind="log", code="log.epoch_started", facts={"epoch": 2, "size": 4, "lost": lost})
    record([forged])
    seal_all()
    fault = verify_log(exported=exported).fault
    assert fault is not None
    assert (fault.code, fault.position) == ("cut", 6)
