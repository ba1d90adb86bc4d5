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
from backend.audit.heads import key_id, of_row
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
    assert (fault.code, fault.position) == ("key", 14)  # whatever the settings trust
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
    assert verify(tmp_path / "part", "--key", old) == (2, "other_key", 11)
    assert verify(tmp_path / "part", "--key", new) == (0, "part", None)


@pytest.fixture
def leaked(settings: Any) -> tuple[str, str]:
    """Heads of 9 and 10 by the old key, which announces the new one; 11 by the new one, which retires the old; then somebody
    who has the old key seals a twelfth event."""
    old, new = public(OLD, settings), public(NEW, settings)
    settings.CHIBO_SIGNING_KEY = OLD
    with as_role("chibo_jobs"):
        log_keys.announce(new, "Quyết định 5-QĐ/TU")
        settings.CHIBO_SIGNING_KEY = NEW
        log_keys.retire(old, "Lộ khóa")
    settings.CHIBO_SIGNING_KEY = OLD
    write(1, subject=12)
    with transaction.atomic():
        place_all(*Head.objects.values_list("size", "epoch").get())
    return old, new


def head_at(size: int) -> str:
    return of_row(SignedHead.objects.get(size=size)).as_text()


def test_a_retired_key_is_not_believed_where_the_retirement_stands_before_the_file(
    tmp_path: Path, leaked: tuple[str, str]
) -> None:
    """Step by step, as auditors go: the last head they kept is by the new key, an older one by the old."""
    old, new = (key_id(bytes.fromhex(one)) for one in leaked)
    heads_kept = ("--head", head_at(9), "--head", head_at(11))
    assert verify(export(tmp_path / "whole"), *heads_kept) == (1, "key", 12)
    later = export(tmp_path / "later", "--after", "11")
    assert verify(later, *heads_kept) == (2, "older_key", None)
    said = run(later, *heads_kept)
    assert (
        f"The head of size 12 was signed by the key {old}, your newest (size 11) by {new}: the file does not tell whether the "
        "older key was retired" in said.stdout
    )
    with transaction.atomic():
        (tmp_path / "part").write_bytes(b"".join(part(Event.objects.filter(subject_id=12), known=(9, 11))))
    assert verify(tmp_path / "part", *heads_kept) == (2, "older_key", None)
    assert "chưa. Hãy xin bản xuất toàn bộ" in run(later, *heads_kept, language="vi").stdout


def test_whoever_names_the_older_key_is_told_that_it_is_another(tmp_path: Path, leaked: tuple[str, str]) -> None:
    old, new = leaked
    heads_kept = ("--head", head_at(9), "--head", head_at(11), "--key", old)
    said = run(export(tmp_path / "later", "--after", "11"), *heads_kept)
    assert (said.returncode, said.stdout.count(key_id(bytes.fromhex(old)))) == (0, 1)
    assert f"that you named, your newest (size 11) by {key_id(bytes.fromhex(new))}." in said.stdout
    assert verify(export(tmp_path / "whole"), *heads_kept) == (1, "key", 12)


def test_the_newest_head_before_the_file_is_that_of_the_newest_epoch(
    tmp_path: Path, leaked: tuple[str, str], settings: Any
) -> None:
    """A head that a restore lost may be larger than those of the epoch after it; its key is the older one all the same."""
    later = export(tmp_path / "later", "--after", "11")
    newest = of_row(SignedHead.objects.get(size=11))
    settings.CHIBO_SIGNING_KEY = NEW
    of_epoch_2 = heads.sign(2, newest.size, newest.root, newest.signed_at).as_text()
    assert verify(later, "--head", head_at(12), "--head", of_epoch_2) == (2, "older_key", None)


def test_what_went_on_under_the_key_of_the_newest_head_holds_without_a_word(tmp_path: Path, settings: Any) -> None:
    """Neither the change of keys before the file nor the one inside it is another key's."""
    old, new = public(OLD, settings), public(NEW, settings)
    settings.CHIBO_SIGNING_KEY = OLD
    first = head_at(9)
    log_keys.announce(new, "Quyết định 5-QĐ/TU")
    settings.CHIBO_SIGNING_KEY = NEW
    log_keys.retire(old, "Lộ khóa")
    for after, kept_too in (("9", ()), ("11", ("--head", head_at(11)))):
        write(1, subject=20 + int(after))
        seal_all()
        said = run(export(tmp_path / after, "--after", after), "--head", first, *kept_too)
        assert said.returncode == 0, said.stdout
        assert ("that you named" in said.stdout, "was announced" in said.stdout) == (False, after == "9")


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
@pytest.mark.parametrize(
    ("column", "line"),
    [
        (None, '{"code":"%s"}'), ("unit.opened", '{"code":"%s"}'), ("unit.opened", '{"code":"\\u006c%s"}'),
        ("unit.opened", '{"code" : "%s"}'), ("unit.opened", '{"code":"unit.opened","code":"%s"}'), ("unit.opened", "{%s"),
    ],
    ids=["told", "in the line alone", "spelled otherwise", "with blanks", "twice", "no JSON"],
)  # fmt: skip
def test_the_web_tells_of_no_key_and_no_epoch(code: str, column: str | None, line: str) -> None:
    """A line is believed for what it says: whoever has the web's role would have an own key believed by the next head."""
    with as_role("chibo_app"):
        rows("SELECT set_config('chibo.path', '/1/', true)")
        with pytest.raises(DatabaseError, match=r"row-level security|invalid input syntax"), transaction.atomic():
            rows(
                "INSERT INTO audit_event (uid, code, subject_kind, subject_id, version, lifecycle, step, changes, facts, rules,"
                " cautions, unit_id, unit_path, office, on_date, recorded_at, line) VALUES (gen_random_uuid(), %s, 'log_key',"
                " 11, 1, '', '', '{}', '{}', '{}', '{}', 7, '/1/7/', 'secretary', now(), now(), %s)",
                [column or code, b"chibo-event/2\t" + (line % code.removeprefix("l" * ("006c" in line))).encode()],
            )
        with transaction.atomic():
            record([entry(12, code="log.exported"), entry(13, facts={"text": f'"code":"{code}"'})])
    assert Event.objects.count() == 11
