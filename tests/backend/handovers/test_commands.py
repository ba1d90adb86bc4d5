"""`manage.py handover` and `manage.py trusted_keys`, as an operator at the two servers runs them."""

from __future__ import annotations

import getpass
import stat
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override

from backend.audit.models import Event, EventDetail
from backend.handovers.checking import shown_key
from backend.handovers.models import History, Line, TrustedKey
from backend.members.models import Member
from tests.backend.audit.events import rows
from tests.backend.handovers.test_taking_in import traces
from tests.installations import Installation, handed_over, on_the_way, person
from tests.roles import as_role

pytestmark = [pytest.mark.real, pytest.mark.slow]
ASKED = "nam tu tieng Viet dai"


def run(role: str, *words: str) -> list[str]:
    """The lines it printed, in English. Raises CommandError."""
    out = StringIO()
    with override("en"), as_role(role):
        call_command(*words, stdout=out)
    return out.getvalue().splitlines()


def refused(role: str, *words: str) -> str:
    with pytest.raises(CommandError) as caught:
        run(role, *words)
    assert caught.value.returncode == 2
    return str(caught.value)


@pytest.fixture
def case(sender: Installation) -> int:
    """On the way and listed: the next export finds everything sealed."""
    with sender.here() as world:
        found = on_the_way(world, person(world))
        handed_over(sender, found)
        return found


def export(sender: Installation, case: int, file: Path, *words: str) -> list[str]:
    with sender.here():
        return run("chibo_app", "handover", "export", str(case), str(file), *words)


def passphrase_is(monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    monkeypatch.setattr(getpass, "getpass", lambda prompt: words)


def believed(key: str, file: Path) -> list[str]:
    """What is shown of the file, once its key was entered."""
    said_no = refused("chibo_app", "handover", "take_in", str(file))
    assert said_no.startswith(f"Line 3 is signed with a key that nobody here has confirmed: {key}. Ask")
    name = ("--name", "Tỉnh A", "--basis", "Gọi điện cho đồng chí Bình, 10/11/2026")
    assert run("chibo_jobs", "trusted_keys", "add", *key.split(), *name) == [
        f"{key} | Tỉnh A | Gọi điện cho đồng chí Bình, 10/11/2026"
    ]
    shown = run("chibo_app", "handover", "take_in", str(file))
    assert shown == [
        "From: Đảng bộ tỉnh › Đảng bộ xã › Chi bộ ấp Một", "Person: Trần Thị Chuyển, born 01/05/1980",
        "Standing: Official member", "Introduction paper: 15-GGT of Chi bộ ấp Một, 10/11/2026",
        "History from Tỉnh A, checked under key 34750f98bd59fcfc: 6 entries hold, 4 with their papers.",
        "  01/01/2026 Bring in an official member", "  10/11/2026 Begin an official transfer",
        "  10/11/2026 Check the file", "  10/11/2026 Issue the introduction paper",
        "  10/11/2026 On the way to another cell", "  01/12/2026 Hand-over file made",
        "Nothing was changed. To receive the person, name the cell with --into.",
    ]  # fmt: skip
    return shown


TAKE_IN = ("--into", "87.107.000.000.001", "--on", "2026-11-20", "--slip", "7-PB", "--issuer", "Đảng ủy xã",
           "--papers-received")  # fmt: skip


def test_from_one_server_to_the_other(
    sender: Installation, receiver: Installation, case: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "chuyen.txt"
    said = export(sender, case, file)
    passphrase = said[1].removeprefix("Passphrase, shown this once: ")
    assert said == [
        f"Written to {file}, readable by you alone.", f"Passphrase, shown this once: {passphrase}",
        "Tell it to the office of destination by another way than the file.",
    ]  # fmt: skip
    assert len(passphrase) == 29
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    for word in ("Chuyển", "087080000077", "chibo-event"):
        assert word not in file.read_text()
    with sender.here():
        (key,) = run("chibo_app", "handover", "key")
    passphrase_is(monkeypatch, passphrase)
    with receiver.here():
        before = traces()
        shown = believed(key, file)
        tried = run("chibo_app", "handover", "take_in", str(file), *TAKE_IN, "--dry-run")
        assert tried == [*shown[:-1], "Nothing stands in the way. Nothing was changed."]
        assert traces()[1] == before[1]
        done = run("chibo_app", "handover", "take_in", str(file), *TAKE_IN)
        member = Member.objects.get(full_name="Trần Thị Chuyển")
        entered = Event.objects.get(member_id=member.pk, version=1, subject_kind="member")
        assert done[-1] == f"Received as number {member.pk}, entry {entered.uid}."
        assert (entered.office, entered.user_id) == ("operator", None)
        before = traces()
        again = run("chibo_app", "handover", "take_in", str(file), *TAKE_IN)
        assert again[-1] == f"This file was taken in already, as number {member.pk}; nothing was changed."
        assert traces() == before
        assert run("chibo_app", "handover", "verify") == ["1 histories from other installations hold."]


def test_a_history_that_was_tampered_with_past_every_wall_is_found(
    sender: Installation, receiver: Installation, case: int, tmp_path: Path
) -> None:
    file = tmp_path / "x"
    export(sender, case, file, "--plain")
    receiver.trusts(sender)
    with receiver.here():
        run("chibo_app", "handover", "take_in", str(file), *TAKE_IN)
        rows("ALTER TABLE handovers_line DISABLE TRIGGER USER")
        first = Line.objects.earliest("pk")
        Line.objects.filter(pk=first.pk).update(line=bytes(first.line).replace(b"2016-01-05", b"2006-01-05"))
        out = StringIO()
        with override("en"), pytest.raises(CommandError, match=r"1 of 1 histories do not hold") as caught:
            call_command("handover", "verify", stdout=out)
        assert caught.value.returncode == 1
        assert out.getvalue() == (
            f"Number {History.objects.get().member_id}, history from Đảng bộ tỉnh bên gửi: Line 1 does not hold: this entry "
            "does not stand so in the log that its head signs.\n"
        )


def test_it_is_encrypted_unless_somebody_says_otherwise(
    sender: Installation, receiver: Installation, case: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, asked = tmp_path / "plain", tmp_path / "asked"
    assert export(sender, case, plain, "--plain")[1:] == [
        "The file is NOT encrypted and holds personal data: hand it over in person."
    ]
    assert "Trần Thị Chuyển" in plain.read_text()
    passphrase_is(monkeypatch, "quá ngắn")
    with sender.here():
        said = refused("chibo_app", "handover", "export", str(case), str(asked), "--ask")
    assert said == "A passphrase has at least 16 signs. Choose a longer one, such as five words."
    assert not asked.exists()
    passphrase_is(monkeypatch, ASKED)
    assert export(sender, case, asked, "--ask") == [f"Written to {asked}, readable by you alone."]
    receiver.trusts(sender)
    with receiver.here():
        for wrong in ("", "nam tu tieng Viet khac"):
            passphrase_is(monkeypatch, wrong)
            assert "passphrase" in refused("chibo_app", "handover", "take_in", str(asked))
        passphrase_is(monkeypatch, f"  {ASKED.replace(' ', '  ')} ")
        assert run("chibo_app", "handover", "take_in", str(asked))[1] == "Person: Trần Thị Chuyển, born 01/05/1980"
        damaged = tmp_path / "damaged"
        damaged.write_text(asked.read_text()[:-30])
        assert refused("chibo_app", "handover", "take_in", str(damaged)).startswith("This passphrase does not open")


@pytest.mark.parametrize("kind", ["there", "no_folder"])
def test_no_file_is_written_over_and_none_is_left_behind(
    sender: Installation, case: int, tmp_path: Path, kind: str
) -> None:
    file = tmp_path / "x" if kind == "there" else tmp_path / "none" / "x"
    if kind == "there":
        file.write_text("mine")
    with sender.here():
        before = Event.objects.count()
        said = refused("chibo_app", "handover", "export", str(case), str(file))
        assert said.startswith(f"{file} cannot be made: ")
        assert said.endswith(" Name a new file.")
        assert Event.objects.count() == before
        new = tmp_path / "y"
        assert refused("chibo_app", "handover", "export", "987654", str(new)) == "There is nothing like that here."
        assert not new.exists()
    assert kind != "there" or file.read_text() == "mine"


def test_what_waits_for_its_seal_is_said_and_nothing_is_written(sender: Installation, tmp_path: Path) -> None:
    file = tmp_path / "x"
    with sender.here() as world:
        case = on_the_way(world, person(world))
        said = refused("chibo_app", "handover", "export", str(case), str(file), "--wait", "0")
        assert said.startswith("What lists the file is in the log but not sealed yet")
        assert not file.exists()


def test_what_is_missing_is_named(sender: Installation, receiver: Installation, case: int, tmp_path: Path) -> None:
    file = tmp_path / "x"
    export(sender, case, file, "--plain")
    receiver.trusts(sender)
    with receiver.here():
        before = traces()
        take_in: tuple[Any, ...] = ("chibo_app", "handover", "take_in", str(file))
        assert refused(*take_in, "--into", "87.107.000.000.001") == (
            "Give the notice slip that goes back: --slip NUMBER --issuer OFFICE."
        )
        assert refused(*take_in, *TAKE_IN[:-1]) == (
            "A member is not introduced without file, card and papers. Complete the papers first."
        )
        assert refused(*take_in, *TAKE_IN[2:], "--into", "87") == (
            "The unit named is no cell. Name the cell whose list or meeting it is."
        )
        assert refused(*take_in, *TAKE_IN[2:], "--into", "99") == "There is no unit with the code 99."
        assert (
            refused("chibo_app", "handover", "take_in", str(tmp_path / "none"))
            == f"{tmp_path / 'none'} cannot be read."
        )
        assert traces() == before


def test_a_key_is_believed_on_a_persons_word_and_each_change_is_an_entry(
    receiver: Installation, sender: Installation
) -> None:
    key = shown_key(sender.public_key)
    basis = ("--basis", "Công văn 5, 10/11/2026")
    with receiver.here():
        receiver.seal()
        for bad in ("12", key[:-2], "zz" * 32):
            said = refused("chibo_jobs", "trusted_keys", "add", bad, "--name", "A", *basis)
            assert said.startswith("A key has 64 hexadecimal digits")
        own = refused("chibo_jobs", "trusted_keys", "add", receiver.public_key.hex(), "--name", "A", *basis)
        assert own.startswith("This installation signs with that key itself.")
        nothing = refused("chibo_jobs", "trusted_keys", "add", key, "--name", " ", "--basis", "")
        assert nothing == "installation: This is needed.\nbasis: This is needed."
        unknown = refused("chibo_jobs", "trusted_keys", "withdraw", key, *basis)
        assert unknown.startswith("No such key has been confirmed here.")
        assert not TrustedKey.objects.exists()
        add = ("chibo_jobs", "trusted_keys", "add", key.replace(" ", ":"), "--name", "Tỉnh A", *basis)
        assert run(*add) == [f"{key} | Tỉnh A | Công văn 5, 10/11/2026"]
        assert run(*add) == ["It is like this already; nothing was changed."]
        run("chibo_jobs", "trusted_keys", "withdraw", key, "--basis", "Khóa bị lộ, công văn 9")
        assert run("chibo_jobs", "trusted_keys", "list") == [f"{key} | Tỉnh A | Khóa bị lộ, công văn 9 | withdrawn"]
        run("chibo_jobs", "trusted_keys", "add", key, "--name", "Tỉnh A mới", *basis)
        told = [
            (one.code, one.version, one.facts, EventDetail.objects.get(event_uid=one.uid).data["facts"])
            for one in Event.objects.filter(subject_kind="key").order_by("id")
        ]
        facts = {"key": sender.public_key.hex()}
        first, lost = "Công văn 5, 10/11/2026", "Khóa bị lộ, công văn 9"
        assert told == [
            ("key.trusted", 1, facts, {"installation": "Tỉnh A", "basis": first}),
            ("key.withdrawn", 2, facts, {"installation": "Tỉnh A", "basis": lost}),
            ("key.trusted", 3, facts, {"installation": "Tỉnh A mới", "basis": first}),
        ]


def test_what_a_withdrawn_key_has_signed_is_refused(
    sender: Installation, receiver: Installation, case: int, tmp_path: Path
) -> None:
    file = tmp_path / "x"
    export(sender, case, file, "--plain")
    receiver.trusts(sender)
    with receiver.here():
        run("chibo_jobs", "trusted_keys", "withdraw", sender.public_key.hex(), "--basis", "Lộ khóa")
        assert refused("chibo_app", "handover", "take_in", str(file)).startswith(
            "Line 3 is signed with a key that nobody"
        )
