"""From one key to the next: whoever trusts the old one learns of the new one from the log itself, and of nothing else."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from backend.audit import heads, log_keys
from backend.audit.exporting import part
from backend.audit.log_keys import BadLogKey
from backend.audit.models import Event, Head, SignedHead
from backend.audit.record import record
from backend.audit.sealing import place_all, seal_all
from backend.audit.verify import verify_log
from backend.core.errors import Unchanged
from tests.backend.audit.events import entry, rows, write
from tests.roles import as_role
from tests.verify.conftest import export, run, verify

pytestmark = pytest.mark.usefixtures("nine")

OLD, NEW = "11" * 32, "22" * 32


def public(seed: str, settings: Any) -> str:
    was, settings.CHIBO_SIGNING_KEY = settings.CHIBO_SIGNING_KEY, seed
    try:
        return heads.signing_key().public_key().public_bytes_raw().hex()
    finally:
        settings.CHIBO_SIGNING_KEY = was


def sign_with(seed: str, settings: Any, subject: int) -> None:
    settings.CHIBO_SIGNING_KEY = seed
    write(1, subject=subject)
    seal_all()


def test_an_announced_key_is_believed_after_a_head_of_the_old_one_and_the_old_one_until_it_is_retired(
    tmp_path: Path, settings: Any
) -> None:
    old, new = public(OLD, settings), public(NEW, settings)
    with as_role("chibo_jobs"):
        log_keys.announce(new, "Quyết định 5-QĐ/TU")
    assert SignedHead.objects.latest("size").size == 10  # sealed at once
    sign_with(NEW, settings, 11)
    sign_with(OLD, settings, 12)  # overlap: a worker that was not started anew yet
    file = export(tmp_path / "log")
    assert verify(file, "--key", old) == (0, "whole", None)
    name = heads.key_id(bytes.fromhex(new))
    assert (
        f"– The key {name} was announced by event 10, under a head of a key that was trusted already."
        in run(file, "--key", old).stdout.splitlines()
    )
    settings.CHIBO_SIGNING_KEY = NEW
    with as_role("chibo_jobs"):
        log_keys.retire(old, "Đã chuyển xong")
    assert verify(export(tmp_path / "then"), "--key", old) == (0, "whole", None)
    settings.CHIBO_SIGNING_KEY = OLD
    write(1, subject=13)
    with transaction.atomic():  # as somebody who has the old key can, and the jobs do not (`sealing.KeyWithdrawn`)
        place_all(*Head.objects.values_list("size", "epoch").get())
    assert verify(export(tmp_path / "late"), "--key", old) == (1, "key", 14)
    settings.CHIBO_LOG_KEYS = f"{old},{new}"
    fault = verify_log().fault
    assert fault is not None
    assert fault.code == "subject"  # every head was believed: the settings trust both keys; these cases have no rows
    assert [(one.signs, one.since is not None, one.until is not None) for one in log_keys.known()] == [
        (True, False, True), (False, True, False),
    ]  # fmt: skip


def test_an_extract_does_not_know_whether_its_key_was_announced_and_accuses_nobody(
    tmp_path: Path, settings: Any
) -> None:
    old, new = public(OLD, settings), public(NEW, settings)
    log_keys.announce(new, "Quyết định 5-QĐ/TU")
    sign_with(NEW, settings, 11)
    with transaction.atomic():
        (tmp_path / "part").write_bytes(b"".join(part(Event.objects.filter(subject_id=2))))
    assert verify(tmp_path / "part", "--key", old) == (2, "other_key", None)
    assert verify(tmp_path / "part", "--key", new) == (0, "part", None)


def test_a_key_that_nobody_announced_or_that_announces_itself_is_not_believed(tmp_path: Path, settings: Any) -> None:
    old, new = public(OLD, settings), public(NEW, settings)
    settings.CHIBO_SIGNING_KEY = "33" * 32
    log_keys.announce(new, "a thief's")  # under a head of the thief's own key
    sign_with(NEW, settings, 11)
    assert verify(export(tmp_path / "log"), "--key", old) == (1, "key", 10)


def test_what_is_refused_writes_nothing(settings: Any) -> None:
    old, new = public(OLD, settings), public(NEW, settings)
    for act, key in ((log_keys.announce, old), (log_keys.retire, old), (log_keys.retire, new), (log_keys.announce, "12"),
                     (log_keys.announce, "xx" * 32)):  # fmt: skip
        with pytest.raises(BadLogKey):
            act(key, "Lý do")
    with pytest.raises(BadLogKey):
        log_keys.announce(new, "  ")
    assert Event.objects.count() == 9
    log_keys.announce(new, "Lý do")
    with pytest.raises(Unchanged):
        log_keys.announce(new, "Lý do")
    log_keys.retire(new, "Lộ khóa")
    with pytest.raises(Unchanged):
        log_keys.retire(new, "Lộ khóa")
    with pytest.raises(BadLogKey):
        log_keys.announce(new, "Lý do")
    assert (Event.objects.count(), SignedHead.objects.latest("size").size) == (11, 11)


def test_the_command_lists_makes_announces_and_retires(settings: Any) -> None:
    def said(*words: str) -> list[str]:
        out = StringIO()
        call_command("log_key", *words, stdout=out)
        return out.getvalue().splitlines()

    seed, key = (line.rpartition(" ")[2] for line in said("new"))
    assert public(seed, settings) == key
    assert Event.objects.count() == 9
    assert said("announce", key, "--reason", "Đổi khóa")[0].split(" | ")[1] == public(OLD, settings)
    assert len(said("list")) == 2
    with pytest.raises(CommandError):
        said("retire", public(OLD, settings), "--reason", "Đổi khóa")


@pytest.mark.parametrize("code", ["log.key_announced", "log.key_retired", "log.epoch_started"])
@pytest.mark.parametrize("column", [True, False], ids=["told", "in the line alone"])
def test_the_web_tells_of_no_key_and_no_epoch(code: str, column: bool) -> None:
    """A line is believed for what it says: whoever has the web's role would have an own key believed by the next head."""
    with as_role("chibo_app"):
        rows("SELECT set_config('chibo.path', '/1/', true)")
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            rows(
                "INSERT INTO audit_event (uid, code, subject_kind, subject_id, version, lifecycle, step, changes, facts, rules,"
                " cautions, unit_id, unit_path, office, on_date, recorded_at, line) VALUES (gen_random_uuid(), %s, 'log_key',"
                " 11, 1, '', '', '{}', '{}', '{}', '{}', 7, '/1/7/', 'secretary', now(), now(), %s)",
                [code if column else "unit.opened", b'chibo-event/2\t{"code":"%b"}' % code.encode()],
            )
        with transaction.atomic():
            record([entry(12, code="log.exported"), entry(13, facts={"text": f'"code":"{code}"'})])
    assert Event.objects.count() == 11
