"""What an auditor is told who knows one of a log's keys alone, and what a forger makes of the heads that prove nothing."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils.translation import override

from backend.audit import log_keys
from backend.audit.epochs import KeyNotAnnounced, start_epoch
from backend.audit.exporting import part
from backend.audit.files import read_heads
from backend.audit.heads import key_id
from backend.audit.models import Event, Head, SignedHead
from backend.audit.sealing import place_all, seal_all
from backend.audit.verify import verify_log
from tests.backend.audit import forging
from tests.backend.audit.events import rows, write
from tests.roles import as_role
from tests.verify.conftest import export, kept, run, verify
from tests.verify.test_forged_rows import rows_of, with_line, written
from tests.verify.test_keys import NEW, OLD, head_at, public

pytestmark = pytest.mark.usefixtures("nine")
STRANGER = "44" * 32


@pytest.fixture
def changed(settings: Any) -> tuple[str, str]:
    """Heads of 4, 7, 9 and 10 by the old key, which announces the new one; 11 by the new one, which retires the old."""
    old, new = public(OLD, settings), public(NEW, settings)
    settings.CHIBO_SIGNING_KEY = OLD
    with as_role("chibo_jobs"):
        log_keys.announce(new, "Quyết định 5-QĐ/TU")
        settings.CHIBO_SIGNING_KEY = NEW
        log_keys.retire(old, "Lộ khóa")
    return old, new


def sealed_with_the_old_key(settings: Any) -> None:
    """As somebody who has it can, and the jobs do not."""
    settings.CHIBO_SIGNING_KEY = OLD
    write(1, subject=12)
    with transaction.atomic():
        place_all(*Head.objects.values_list("size", "epoch").get())
    settings.CHIBO_SIGNING_KEY = NEW


def without_heads(file: Path, *sizes: int) -> Path:
    fewer = [row for row in rows_of(file) if not (row.startswith(b"h\t") and json.loads(row[2:])["size"] in sizes)]
    return written(file, fewer)


def test_after_a_restore_from_before_the_change_the_epoch_begins_under_a_key_that_the_log_knows(
    tmp_path: Path, changed: tuple[str, str], settings: Any
) -> None:
    """Else whoever trusts the old key would be shown an epoch of a key that nobody announced."""
    old, new = changed
    outside = kept(tmp_path / "heads")
    auditors = [("--key", old), ("--key", new), ("--head", head_at(9)), ("--head", head_at(10)), ("--head", head_at(11)),
                ("--heads", outside)]  # fmt: skip
    forging.restore_to(9)
    settings.CHIBO_SIGNING_KEY, settings.CHIBO_LOG_KEYS = NEW, old
    before = Event.objects.count(), SignedHead.objects.count()
    with override("en"), pytest.raises(KeyNotAnnounced) as refusal:
        start_epoch("Restored Monday's backup", read_heads(outside))
    ids = [key_id(bytes.fromhex(one)) for one in (new, old)]
    assert [one in str(refusal.value.said()) for one in ids] == [True, True]
    assert (Event.objects.count(), SignedHead.objects.count()) == before
    settings.CHIBO_SIGNING_KEY, settings.CHIBO_LOG_KEYS = OLD, new
    assert start_epoch("Restored Monday's backup", read_heads(outside)).lost == 2
    log_keys.announce(new, "Quyết định 5-QĐ/TU")
    settings.CHIBO_SIGNING_KEY, settings.CHIBO_LOG_KEYS = NEW, old
    log_keys.retire(old, "Lộ khóa")
    file = export(tmp_path / "log")
    assert [verify(file, *options) for options in auditors] == [(0, "whole", None)] * 6


def test_an_epoch_under_an_unknown_key_is_begun_where_that_is_said_and_believed_by_whoever_was_told_it(
    tmp_path: Path, settings: Any
) -> None:
    old, new = public(OLD, settings), public(NEW, settings)
    first, settings.CHIBO_SIGNING_KEY = head_at(9), NEW
    said = StringIO()
    call_command("log_epoch", "--reason", "The key burnt with the server", "--unannounced", stdout=said)
    assert Head.objects.get().epoch == 2
    file = export(tmp_path / "log")
    assert verify(file, "--head", first) == verify(file, "--key", old) == (1, "key", 10)
    assert verify(file, "--head", first, "--key", new) == verify(file, "--key", new) == (0, "whole", None)


def test_whoever_knows_the_new_key_alone_accuses_nobody(tmp_path: Path, changed: tuple[str, str]) -> None:
    file = export(tmp_path / "log")
    noted = (
        "– 4 heads, up to size 10, are of keys that you do not trust and prove nothing; the events under them are proven by "
        "the head of size 11. To have them checked, name their key with --key, or an older head that you kept."
    )
    for option in (("--head", head_at(11)), ("--key", changed[1])):
        said = run(file, *option)
        assert (said.returncode, noted in said.stdout.splitlines()) == (0, True), said.stdout
    assert "prove nothing" not in run(file, "--head", head_at(11), "--key", changed[0]).stdout


@pytest.mark.parametrize("size", [4, 9])
def test_an_older_head_made_up_for_another_log_is_none_of_this_one(
    tmp_path: Path, changed: tuple[str, str], size: int, settings: Any
) -> None:
    forging.walls("DISABLE")
    settings.CHIBO_SIGNING_KEY = STRANGER
    forging.sign_anew({size: b"\1" * 32})
    assert verify(export(tmp_path / "log"), "--key", changed[1])[:2] == (1, "root")


def test_a_log_under_heads_of_strangers_alone_is_not_believed(tmp_path: Path, settings: Any) -> None:
    kept(tmp_path / "heads")
    settings.CHIBO_SIGNING_KEY = STRANGER
    forging.walls("DISABLE")
    forging.sign_anew(forging.rebuild_tree())
    log = export(tmp_path / "log")
    assert verify(log, "--key", public(NEW, settings)) == verify(log, "--heads", tmp_path / "heads") == (1, "key", 4)


def test_what_a_stranger_adds_to_an_honest_log_is_covered_by_nobody(
    tmp_path: Path, changed: tuple[str, str], settings: Any
) -> None:
    """Neither after the last trusted head, nor, once there was one, before it."""
    newest = head_at(11)
    settings.CHIBO_SIGNING_KEY = STRANGER
    write(1, subject=12)
    seal_all()
    file = export(tmp_path / "log")
    assert verify(file, "--head", newest) == (1, "key", 12)
    assert verify(without_heads(file, 11), "--head", newest) == (1, "key", 4)
    settings.CHIBO_SIGNING_KEY = NEW
    write(1, subject=13)
    seal_all()
    assert verify(export(tmp_path / "later"), "--head", newest) == (1, "key", 12)


def test_a_retired_key_signs_no_end_where_the_heads_that_cover_its_retirement_are_left_out(
    tmp_path: Path, changed: tuple[str, str], settings: Any
) -> None:
    old, new = changed
    auditors = [("--head", head_at(9)), ("--head", head_at(9), "--head", head_at(11)), ("--key", old),
                ("--key", old, "--key", new), ()]  # fmt: skip
    sealed_with_the_old_key(settings)
    for dropped in ((10, 11), (11,), ()):
        file = without_heads(export(tmp_path / "log"), *dropped)
        assert [verify(file, *options) for options in auditors] == [(1, "key", 12)] * 5


def test_nor_an_extract_that_holds_its_retirement(tmp_path: Path, changed: tuple[str, str], settings: Any) -> None:
    first = head_at(9)
    sealed_with_the_old_key(settings)
    with transaction.atomic():
        (tmp_path / "part").write_bytes(b"".join(part(Event.objects.filter(code="log.key_retired"), known=[9])))
    assert verify(tmp_path / "part", "--head", first) == (1, "key", 12)


def test_verify_log_believes_no_head_of_a_withdrawn_key_whatever_the_settings_trust(
    changed: tuple[str, str], settings: Any
) -> None:
    settings.CHIBO_LOG_KEYS = changed[0]
    fault = verify_log().fault
    assert fault is not None
    assert fault.code == "subject", "every head is believed; these cases have no rows"
    sealed_with_the_old_key(settings)
    forging.walls("DISABLE")
    for size in (None, 11):  # with the head that covers the withdrawal, and without
        rows("DELETE FROM audit_signedhead WHERE size = %s", [size])
        fault = verify_log().fault
        assert fault is not None
        assert (fault.code, fault.position) == ("key", 12)
        with override("en"):
            name = key_id(bytes.fromhex(changed[0]))
            assert fault.sentence == f"The head of size 12 was signed by the key {name}, which was withdrawn before it."


def test_a_file_that_begins_after_the_announcement_accuses_nobody(tmp_path: Path, settings: Any) -> None:
    """`--after` with the last kept head, as docs/log-export.md has it: that head may be of the key that announced the next."""
    old, new = public(OLD, settings), public(NEW, settings)
    settings.CHIBO_SIGNING_KEY = OLD
    with as_role("chibo_jobs"):
        log_keys.announce(new, "Quyết định 5-QĐ/TU")
    write(1, subject=12)
    with as_role("chibo_jobs"):
        seal_all()
        last = head_at(11)
        settings.CHIBO_SIGNING_KEY = NEW
        log_keys.retire(old, "Lộ khóa")
    everything, file = export(tmp_path / "all"), export(tmp_path / "log", "--after", "11")
    assert verify(everything, "--head", last) == (0, "whole", None)
    for known in (["--head", last], ["--head", head_at(9)], ["--key", old], ["--head", last, "--key", old]):
        assert verify(file, *known) == (2, "other_key", 12)
    assert verify(file, "--head", last, "--key", new) == (0, "whole", None)


@pytest.mark.parametrize("code", ["log.key_announced", "log.key_retired", "log.epoch_started"])
def test_what_is_spelled_as_nobody_writes_it_announces_nothing(
    tmp_path: Path, changed: tuple[str, str], code: str
) -> None:
    """Two readers might know it by different names: the wall that asks the text, and whoever reads the JSON."""
    file = export(tmp_path / "log")
    rows_before = rows_of(file)
    place = next(number for number, row in enumerate(rows_before) if b'"code":"log.key_announced"' in row)
    spelled = rows_before[place].partition(b"chibo-event/")
    line = (
        b"".join(spelled[1:])
        .rstrip(b"\n")
        .replace(b'"code":"log.key_announced"', code.encode().join((b'"code":"', b'"')))
    )
    forged = line.replace(b'"code":"log.', b'"code":"log.\\u00%x' % line[line.index(b'"code":"log.') + 12])
    rows_before[place] = with_line(rows_before[place], forged)
    assert verify(written(file, rows_before)) == (1, "form", None)


def test_a_restore_to_before_the_change_counts_when_the_newer_key_signs_again(
    tmp_path: Path, changed: tuple[str, str], settings: Any
) -> None:
    """Whoever has the older key alone, leaked and retired, can say that a backup came back, and looks like who restores one."""
    old, new = changed
    last, everything = head_at(11), kept(tmp_path / "heads")
    forging.restore_to(9)
    settings.CHIBO_SIGNING_KEY, settings.CHIBO_LOG_KEYS = OLD, new
    start_epoch("Restored Monday's backup", read_heads(everything))
    write(3, subject=20)
    seal_all()
    begun = export(tmp_path / "begun")
    for known in (["--heads", everything], ["--heads", everything, "--key", new]):
        assert verify(begun, *known) == (2, "older_key", None), known
    assert verify(begun, "--head", last) == (2, "other_key", 4), "nothing kept is of the older key"
    assert verify(begun, "--heads", everything, "--key", old) == (0, "whole", None), "who knows that it still counts"
    assert verify(begun, "--head", head_at(9)) == (0, "whole", None), "nothing kept is of the newer key"
    log_keys.announce(new, "Quyết định 5-QĐ/TU")
    settings.CHIBO_SIGNING_KEY, settings.CHIBO_LOG_KEYS = NEW, old
    log_keys.retire(old, "Lộ khóa")
    again = export(tmp_path / "again")
    for known in (["--head", last], ["--heads", everything], ["--heads", everything, "--key", new]):
        assert verify(again, *known) == (0, "whole", None), known


def test_a_head_of_a_key_that_a_restore_made_unknown_is_open(
    tmp_path: Path, changed: tuple[str, str], settings: Any
) -> None:
    """Only the head of the new key was kept, and the restored log has neither its announcement nor that head."""
    last = head_at(11)
    everything = kept(tmp_path / "heads")
    forging.restore_to(9)
    settings.CHIBO_SIGNING_KEY, settings.CHIBO_LOG_KEYS = OLD, changed[1]
    start_epoch("Restored Monday's backup", read_heads(everything))
    assert verify(export(tmp_path / "log"), "--head", last) == (2, "other_key", 4)
