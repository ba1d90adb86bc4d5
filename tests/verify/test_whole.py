"""An export of the whole log, and what its owner may have done to the log before it was made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from backend.accounts.policy import Actor
from backend.audit import epochs
from backend.audit.epochs import start_epoch
from backend.audit.erasing import erase
from backend.audit.files import read_heads
from backend.audit.heads import sign
from backend.audit.models import Event, SignedHead
from backend.audit.record import record
from backend.audit.sealing import place_all, seal, seal_all
from backend.audit.verify import verify_log
from tests.backend.audit import forging
from tests.backend.audit.events import entry, rows, write
from tests.verify.conftest import export, kept, run, verify

pytestmark = pytest.mark.usefixtures("nine")


def _key() -> str:
    return bytes(SignedHead.objects.latest("size").public_key).hex()


def test_a_whole_log_holds_in_both_languages(tmp_path: Path) -> None:
    file, heads = export(tmp_path / "log"), kept(tmp_path / "heads")
    done = run(file, "--heads", heads)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "THE LOG HOLDS: events 1 to 9, 3 signed heads, 3 of the 3 heads that you kept fit.\n"
    done = run(file, "--heads", heads, language="vi")
    assert done.stdout == "NHẬT KÝ NGUYÊN VẸN: sự kiện số 1 đến 9, 3 đầu đã ký, 3/3 đầu bạn giữ khớp.\n"


def test_without_a_head_or_a_key_of_ones_own_the_answer_says_what_that_leaves_open(tmp_path: Path) -> None:
    file = export(tmp_path / "log")
    assert run(file).stdout.splitlines()[1:] == [
        "– No head that you kept was given: whoever owns database and key may have written everything anew or cut off the end.",
        "– No trusted key was given: signatures were checked against the keys that the export itself names.",
    ]
    assert [line[:28] for line in run(file, "--key", _key()).stdout.splitlines()[1:]] == [
        "– No head that you kept was "
    ]


def test_a_compressed_export_holds_too_and_is_the_same(tmp_path: Path) -> None:
    assert verify(export(tmp_path / "log.gz"), "--key", _key()) == (0, "whole", None)


def test_details_are_checked_and_erased_ones_allowed(tmp_path: Path) -> None:
    rows(
        "DELETE FROM audit_eventdetail WHERE event_uid = (SELECT uid FROM audit_event WHERE id = %s)",
        [forging.event_at(5)],
    )
    file = export(tmp_path / "log", "--details")
    assert verify(file) == (0, "whole", None)
    assert (
        "– 8 details fit their commitments, 1 were erased (which is allowed: the log still verifies)."
        in run(file).stdout
    )
    assert "– 1 details are null, the log tells of 0 erasures." in run(file).stdout  # by SQL: no entry says so
    assert "tiếng Việt" in file.read_text()
    assert "tiếng Việt" not in export(tmp_path / "bare").read_text()
    rows(
        "UPDATE audit_eventdetail SET data = '{\"facts\": {\"reason\": \"another\"}}' "
        "WHERE event_uid = (SELECT uid FROM audit_event WHERE id = %s)", [forging.event_at(7)],
    )  # fmt: skip
    assert verify(export(tmp_path / "forged", "--details")) == (1, "detail", 7)


def test_an_erasure_by_the_command_is_told_by_the_log(tmp_path: Path) -> None:
    erase(Actor.system().who(), "Theo yêu cầu", event=Event.objects.get(pk=forging.event_at(5)).uid)
    seal_all()
    said = run(export(tmp_path / "log", "--details")).stdout
    assert ", 1 were erased (which is allowed" in said
    assert "are null" not in said


def _edit(position: int) -> None:
    rows(
        "UPDATE audit_event SET line = replace(line::text, '12', '13')::bytea WHERE id = %s",
        [forging.event_at(position)],
    )


def _remove(position: int) -> None:
    rows("DELETE FROM audit_leaf WHERE position = %s", [position])


def _close_up(position: int) -> None:
    """Take an event out and let the rest move up, tree and last heads with it, as far as one can without the key."""
    _remove(position)
    rows("UPDATE audit_leaf SET position = -position WHERE position > %s", [position])
    rows("UPDATE audit_leaf SET position = -position - 1 WHERE position < 0")


def _insert(position: int) -> None:
    write(1, subject=3)
    event, line = rows("SELECT id, line FROM audit_event ORDER BY id DESC LIMIT 1")[0]
    rows("UPDATE audit_leaf SET position = -position WHERE position >= %s", [position])
    rows("UPDATE audit_leaf SET position = 1 - position WHERE position < 0")
    rows(
        "INSERT INTO audit_leaf (position, event_id, hash) VALUES (%s, %s, sha256('\\x00'::bytea || %s))",
        [position, event, bytes(line)],
    )


def _swap(first: int, second: int) -> None:
    rows("UPDATE audit_leaf SET position = -position WHERE position IN (%s, %s)", [first, second])
    rows("UPDATE audit_leaf SET position = %s + position WHERE position < 0", [first + second])


@pytest.mark.parametrize(
    ("attack", "found", "beside"),
    [
        (lambda: _edit(6), ("edited", 6), ("differs", 6)),
        (lambda: forging.rewrite(6), ("root", 5), ("differs", 6)),  # between the heads of 4 and 7
        (lambda: _remove(5), ("removed", 5), ("removed", 5)),
        (lambda: _close_up(5), ("version", 5), ("differs", 5)),
        (lambda: _close_up(6), ("root", 5), ("differs", 6)),  # the last of its subject: nothing after it tells
        (lambda: _insert(3), ("root", 1), ("differs", 3)),
        (lambda: _swap(5, 6), ("version", 5), ("differs", 5)),
        (lambda: _swap(6, 7), ("root", 5), ("differs", 6)),  # of two subjects
    ],
    ids=["edited", "edited with its leaf", "removed", "removed and closed up", "removed, the last", "inserted", "reordered",
         "reordered, of two subjects"],
)  # fmt: skip
def test_what_was_done_without_the_key_is_named_and_exactly_beside_an_earlier_export(
    tmp_path: Path, attack: Any, found: tuple[str, int], beside: tuple[str, int]
) -> None:
    """Alone, where nothing but a head contradicts: the places that the first such head covers beyond the one before it."""
    forging.walls("DISABLE")
    earlier = export(tmp_path / "earlier")
    attack()
    later = export(tmp_path / "later")
    assert verify(later, "--key", _key()) == (1, *found)
    assert verify(later, "--against", earlier) == (1, *beside)


@pytest.mark.parametrize(("versions", "found"), [((2, 5), (0, "whole", None)), ((5, 2), (1, "version", 11))])
def test_versions_of_a_deadline_may_have_no_event_but_never_turn_round(
    tmp_path: Path, versions: tuple[int, ...], found: tuple[int, str, int | None]
) -> None:
    record([entry(7, version, subject_kind="deadline") for version in versions])
    seal_all()
    assert verify(export(tmp_path / "log"), "--key", _key()) == found


@pytest.mark.parametrize(("position", "before"), [(6, 4), (2, 0)])
def test_a_log_signed_anew_shows_against_kept_heads_and_exactly_against_an_earlier_export(
    tmp_path: Path, position: int, before: int
) -> None:
    earlier, heads = export(tmp_path / "earlier"), kept(tmp_path / "heads")
    forging.walls("DISABLE")
    forging.rewrite(position)
    forging.sign_anew(forging.rebuild_tree())
    later = export(tmp_path / "later")
    assert verify(later, "--key", _key()) == (0, "whole", None)
    assert verify(later, "--heads", heads) == (1, "rewritten" if before else "other_log", before + 1)
    assert verify(later, "--against", earlier) == (1, "differs", position)


def test_a_log_signed_with_another_key(tmp_path: Path, settings: Any) -> None:
    heads, key = kept(tmp_path / "heads"), _key()
    settings.CHIBO_SIGNING_KEY = "22" * 32
    forging.walls("DISABLE")
    forging.sign_anew(forging.rebuild_tree())
    later = export(tmp_path / "later")
    assert verify(later, "--heads", heads) == verify(later, "--key", key) == (1, "key", 4)
    assert verify(later) == (0, "whole", None)  # and says that no key was given


def test_an_end_cut_off_shows_against_a_kept_head_or_export(tmp_path: Path) -> None:
    earlier, heads = export(tmp_path / "earlier"), kept(tmp_path / "heads")
    forging.walls("DISABLE")
    forging.cut_to(7)
    later = export(tmp_path / "later")
    assert verify(later, "--key", _key()) == (0, "whole", None)
    assert verify(later, "--heads", heads) == verify(later, "--against", earlier) == (1, "cut", 8)


def test_events_after_the_last_head_are_not_signed(tmp_path: Path) -> None:
    forging.walls("DISABLE")
    rows("DELETE FROM audit_signedhead WHERE size = 9")
    assert verify(export(tmp_path / "log")) == (1, "unsigned", 8)


def test_heads_of_another_log(tmp_path: Path) -> None:
    heads = kept(tmp_path / "heads")
    forging.walls("DISABLE")
    forging.cut_to(0)
    rows("DELETE FROM audit_pending")
    write(12, subject=8)
    seal_all()
    assert verify(export(tmp_path / "log"), "--heads", heads) == (1, "other_log", 1)


def test_a_restored_log_is_explained_and_not_accused(tmp_path: Path) -> None:
    earlier, heads = export(tmp_path / "earlier"), kept(tmp_path / "heads")
    forging.restore_to(4)
    silent = export(tmp_path / "silent")
    assert verify(silent, "--heads", heads) == (1, "cut", 5)
    start_epoch("Restored Monday's backup", read_heads(heads))
    write(3, subject=2)
    seal_all()
    restored = export(tmp_path / "restored")
    for option in (("--heads", heads), ("--against", earlier)):
        assert verify(restored, *option) == (0, "whole", None)
    assert run(restored, "--heads", heads).stdout.splitlines() == [
        "THE LOG HOLDS: events 1 to 8, 3 signed heads, 1 of the 3 heads that you kept fit.",
        "– Epoch 2 began with event 5: the database was restored from a backup, and 2 signed heads are named as lost. Ask for "
        "the record of the restore.",
        "– The head of size 7 (epoch 1) that you kept is among those lost by the restore.",
        "– The head of size 9 (epoch 1) that you kept is among those lost by the restore.",
    ]


@pytest.fixture
def restored(tmp_path: Path) -> tuple[Path, Path]:
    """An earlier export and its heads (4, 7, 9); then the backup of 4 came back, and somebody wrote before the epoch was
    declared: event 5 is another one, the epoch's is 6, and a head of 8 stands after that of 6."""
    earlier, heads = export(tmp_path / "earlier"), kept(tmp_path / "heads")
    forging.restore_to(4)
    write(1, subject=6)
    start_epoch("Restored Monday's backup", read_heads(heads))
    write(2, subject=7)
    seal_all()
    return earlier, heads


def test_what_was_written_before_the_epoch_was_declared_is_explained_too(
    tmp_path: Path, restored: tuple[Path, Path]
) -> None:
    earlier, heads = restored
    log = export(tmp_path / "log")
    for option in (("--heads", heads), ("--against", earlier)):
        assert verify(log, *option) == (0, "whole", None)
    forging.walls("DISABLE")
    forging.rewrite(3)  # with the key, but no epoch names events that the backup had
    forging.sign_anew(forging.rebuild_tree())
    assert verify(export(tmp_path / "later"), "--against", earlier) == (1, "differs", 3)


def test_a_head_that_a_restore_may_have_lost_is_neither_a_fault_nor_good(tmp_path: Path) -> None:
    """Last night's backup comes back at noon: of the heads of the day, on slips and in exports, nobody has all."""
    earlier, heads = export(tmp_path / "earlier"), kept(tmp_path / "heads")
    forging.restore_to(4)
    write(1, subject=6)
    named = read_heads(heads)[:2]  # the operator had no other
    start_epoch("Restored Monday's backup", named)
    log = export(tmp_path / "log")
    nine = read_heads(heads)[2]
    for option in (("--against", earlier), ("--heads", heads), ("--head", nine.as_text())):
        assert verify(log, *option) == (2, "other_epoch", None)
    write(6, subject=7)
    seal_all()
    log = export(tmp_path / "longer")
    for option in (("--against", earlier), ("--heads", heads), ("--head", nine.as_text())):
        assert verify(log, *option) == (2, "other_epoch", None)
    of_this_epoch = sign(2, 9, b"\1" * 32, SignedHead.objects.latest("size").signed_at)
    assert verify(log, "--heads", heads, "--head", of_this_epoch.as_text()) == (1, "rewritten", 5), "a fault goes first"
    within = sign(1, 4, b"\1" * 32, SignedHead.objects.latest("size").signed_at)
    assert verify(log, "--heads", heads, "--head", within.as_text()) == (1, "other_log", 1)


def test_two_restores_of_one_backup_explain_the_heads_of_both(tmp_path: Path) -> None:
    """The second names a head of the second epoch, smaller than one of the first that somebody keeps."""
    slip = read_heads(kept(tmp_path / "first"))[2]
    forging.restore_to(4)
    start_epoch("Restored Monday's backup", [slip])
    second = kept(tmp_path / "second")
    forging.restore_to(4)
    begun = start_epoch("Restored it again", read_heads(second))
    assert (begun.number, begun.lost, read_heads(second)[-1].size) == (3, 1, 5)
    write(6, subject=7)
    seal_all()
    assert verify(export(tmp_path / "log"), "--head", slip.as_text()) == (0, "whole", None)
    fault = verify_log(exported=[slip]).fault
    assert fault is not None
    assert fault.code == "subject", "the head is explained; these cases have no rows"


@pytest.fixture
def partly_named(tmp_path: Path) -> tuple[Path, Path]:
    """An export that ends with the head of 7, and all heads (4, 7, 9) as somebody has them; then the backup of 4 comes back,
    and the epoch names the head of 9 alone, as the jobs' file has the last one of each day."""
    heads = kept(tmp_path / "heads")
    at_seven = tmp_path / "at seven"
    forging.restore_to(7)
    export(at_seven)
    forging.restore_to(4)
    start_epoch("Restored Monday's backup", read_heads(heads)[2:])
    write(6, subject=7)
    seal_all()
    return at_seven, heads


def test_a_head_that_is_older_than_a_lost_one_was_lost_with_it(tmp_path: Path, partly_named: tuple[Path, Path]) -> None:
    """Slips, extracts and exports give out every head; who declares the epoch knows the last one of the day."""
    at_seven, heads = partly_named
    log = export(tmp_path / "log")
    for option in (("--heads", heads), ("--against", at_seven), ("--head", heads.read_text().splitlines()[1])):
        assert verify(log, *option) == (0, "whole", None)
    assert (
        "– The head of size 7 (epoch 1) that you kept is not named, but was lost with that of size 9, which is."
        in run(log, "--heads", heads).stdout.splitlines()
    )
    fault = verify_log(exported=read_heads(heads)).fault
    assert fault is not None
    assert fault.code == "subject", "every kept head is explained; these cases have no rows"


DOUBT, FOREIGN = (2, "other_epoch", None), (1, "other_log", 1)


@pytest.mark.parametrize(
    ("size", "epoch", "found"),
    [(9, 1, DOUBT), (10, 1, DOUBT), (4, 1, FOREIGN), (3, 1, FOREIGN), (7, 2, FOREIGN)],
)
def test_no_other_head_is_lost_with_a_named_one(
    tmp_path: Path, partly_named: tuple[Path, Path], size: int, epoch: int, found: tuple[int, str, int | None]
) -> None:
    """Of the same size and another root, larger, within the backup, of the epoch that goes on: none is called lost."""
    other = sign(epoch, size, b"\1" * 32, SignedHead.objects.latest("size").signed_at)
    assert verify(export(tmp_path / "log"), "--head", other.as_text()) == found
    fault = verify_log(exported=[other]).fault
    assert fault is not None
    assert (fault.code, fault.position) == ("rewritten", size)


@pytest.mark.parametrize(
    ("after", "found"), [(4, (0, "whole", None)), (5, (0, "whole", None)), (6, (2, "other_epoch", None))]
)
def test_a_restored_log_is_explained_from_any_place_on(
    tmp_path: Path, restored: tuple[Path, Path], after: int, found: tuple[int, str, int | None]
) -> None:
    """As far as the file has the event of the epoch; where it has not, nobody is accused and nothing is called good."""
    file = export(tmp_path / "log", "--after", str(after))
    assert verify(file, "--heads", restored[1]) == found
    assert verify(file, "--against", restored[0]) == found


@pytest.mark.parametrize(("size", "named"), [(9, 1), (9, 3), (1, 3), (1, 0), (10, 0)])
def test_no_epoch_excuses_what_no_restore_can_lose(tmp_path: Path, size: int, named: int) -> None:
    """Whoever has the database and the key rewrites an event, signs all heads anew, and says that a backup came back."""
    heads = read_heads(kept(tmp_path / "heads"))
    forging.walls("DISABLE")
    forging.rewrite(2)
    forging.sign_anew(forging.rebuild_tree())
    rows("UPDATE audit_head SET epoch = 2")
    record([epochs._entry(1, 2, size, heads[-named:] if named else [], "a restore that never was")])
    place_all(9, 2)
    log = export(tmp_path / "log")
    assert verify(log, "--heads", tmp_path / "heads") == (1, "no_restore", 10)


def test_an_epoch_that_no_event_began(tmp_path: Path) -> None:
    rows("UPDATE audit_head SET epoch = 2")
    write(1, subject=5)
    seal()
    assert verify(export(tmp_path / "log"), "--key", _key()) == (1, "epoch", 10)


def test_a_part_from_a_place_on_continues_a_kept_head(tmp_path: Path) -> None:
    heads = tmp_path / "heads"
    kept(heads)
    write(4, subject=9)
    seal_all()
    file = export(tmp_path / "log", "--after", "9")
    assert len(file.read_bytes().splitlines()) == 9  # header, key, edge, four events, head, end
    assert run(file, "--heads", heads).stdout.splitlines() == [
        "THE LOG HOLDS: events 10 to 13, 1 signed heads, 1 of the 3 heads that you kept fit.",
        "– 2 heads that you kept are from before event 10, with which this file begins, and were not compared.",
        "– The events 1 to 9 are not in this file; the rest continues the head of size 9 that you kept.",
    ]
    before, last = tmp_path / "before", tmp_path / "last"
    *first, newest = heads.read_text().splitlines(keepends=True)
    before.write_text("".join(first))
    assert verify(file, "--heads", before) == (2, "too_late", None)
    assert "made anew with --after 7." in run(file, "--heads", before).stdout
    last.write_text(newest)
    assert verify(file, "--heads", last) == (0, "whole", None)
    forging.walls("DISABLE")
    forging.rewrite(2)
    forging.sign_anew(forging.rebuild_tree())
    assert verify(export(tmp_path / "later", "--after", "9"), "--heads", last) == (1, "other_log", 1)


def test_a_head_read_off_a_slip_serves_as_well_as_a_file(tmp_path: Path) -> None:
    head = json.loads(kept(tmp_path / "heads").read_text().splitlines()[1])
    text = " ".join(str(part) for part in ("chibo-head/1", *(
        head[name] for name in ("epoch", "size", "root", "signed_at", "public_key", "signature"))))  # fmt: skip
    file = export(tmp_path / "log")
    assert verify(file, "--head", text) == verify(file, "--head", json.dumps(head)) == (0, "whole", None)
    assert verify(file, "--head", text.replace("7", "8", 1)) == (2, "bad_head", None)
    assert verify(file, "--head", "nonsense") == (2, "bad_head", None)
    for spoilt in (f"{head['signed_at']} and more", head["signed_at"].replace("Z", "+00:00")):
        assert verify(file, "--head", json.dumps({**head, "signed_at": spoilt})) == (2, "bad_head", None)
