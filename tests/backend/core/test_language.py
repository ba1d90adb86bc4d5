"""One language for the command line: every command's help, sentences and refusals in Vietnamese, or all of it in English."""

from __future__ import annotations

import argparse
import ast
import re
from collections.abc import Iterator
from datetime import date
from io import StringIO
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command, get_commands, load_command_class
from django.utils.translation import override

from backend.alerts.sweep import sweep
from backend.core.commands import ChiboCommand
from backend.core.errors import ChiboError
from backend.deadlines.models import Deadline
from tests.roles import as_role
from tests.world import TODAY, World, make_world

OURS = {name: app for name, app in sorted(get_commands().items()) if str(app).startswith("backend.")}
ENGLISH = re.compile(
    r"\b(the|is|are|was|were|of|and|its|has|have|with|there|than|that|this|which|nothing)\b", re.IGNORECASE
)
"""Words without which hardly an English sentence does, and which no Vietnamese one has."""
LETTERS = re.compile(r"[^\W\d_]{2,}")


def command(name: str) -> ChiboCommand:
    found = load_command_class(OURS[name], name)
    assert isinstance(found, ChiboCommand), name
    return found


def helps(name: str, language: str) -> list[str]:
    """Everything that the help of a command, and of what stands below it, says in words."""
    with override(language):
        return list(_said(command(name).create_parser("manage.py", name)))


def _said(parser: argparse.ArgumentParser) -> Iterator[str]:
    yield from [parser.description] if parser.description else []
    for action in parser._actions:
        yield from [action.help] if action.help and action.help != argparse.SUPPRESS else []
        if isinstance(action, argparse._SubParsersAction):
            yield from (one.help or "" for one in action._choices_actions)
            for below in action.choices.values():
                yield from _said(below)


def test_every_command_of_ours_is_walked() -> None:
    files = {path.stem for path in (settings.BASE_DIR / "backend").glob("*/management/commands/*.py")} - {"__init__"}
    assert set(OURS) == files
    assert len(files) > 25


@pytest.mark.parametrize("name", OURS)
def test_help_speaks_one_language(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    vietnamese, english = helps(name, "vi"), helps(name, "en")
    assert len(vietnamese) == len(english) > 0
    assert [one for one, other in zip(vietnamese, english, strict=True) if one == other] == []
    assert [one for one in vietnamese if ENGLISH.search(one)] == []
    for language, begins in (("vi", "cách dùng: "), ("en", "usage: ")):
        with override(language), pytest.raises(SystemExit) as ended:
            command(name).run_from_argv(["manage.py", name, "--help"])
        assert ended.value.code == 0
        assert capsys.readouterr().out.startswith(begins)


@pytest.mark.parametrize(
    ("language", "said"),
    [("vi", "manage.py user add: lỗi: còn thiếu các tham số: --name\n"),
     ("en", "manage.py user add: error: the following arguments are required: --name\n")],
)  # fmt: skip
def test_what_cannot_be_read_is_said_in_it_too(
    language: str, said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.db.connections.close_all", lambda: None)
    with override(language), pytest.raises(SystemExit) as ended:
        command("user").run_from_argv(["manage.py", "user", "add", "lan"])
    assert (ended.value.code, capsys.readouterr().err.splitlines(keepends=True)[-1]) == (2, said)


@pytest.fixture
def world(db: None) -> World:
    made = make_world()
    made.meeting(made.members(2), TODAY)
    made.probation(made.member("Trần Thị Mới", "import_probationary", joined_on="2025-09-10"), date(2025, 9, 10))
    sweep(TODAY)
    return made


JOBS = ("verify_log", "seal", "sweep", "deliver", "log_epoch", "export_heads", "set_calendar_day", "configure_unit", "law",
        "counts", "own_ladders", "replay", "competence", "bounce", "slip", "export_log", "log_key", "vapid",
        "keep_heads")  # fmt: skip
RUNS: list[tuple[str, ...]] = [
    ("seal",), ("verify_log",), ("sweep",), ("sweep", "--rehearse", "--as-of", "2026-12-31"), ("deliver",), ("status",),
    ("replay",), ("law", "--diff", "2026-01-01", "2026-01-01"), ("law", "recompute", "--dry-run"), ("competence",),
    ("configure_unit", "87.107"), ("unit", "list"), ("office", "list"), ("user", "list"), ("rotate_keys",), ("rewrite_tables",),
    ("export_heads", "{empty}/heads"), ("export_log", "{empty}/log"), ("log_key", "list"), ("log_key", "new"), ("vapid",),
    ("log_epoch", "--reason", "Thử"), ("explain", "{deadline}"), ("keep_heads", "{empty}"),
    ("head_slip", "--out", "{empty}/head.pdf"),
    ("scenarios", "{scenario}", "--read"), ("user", "password", "auditor"), ("create_demo_accounts", "--sample", "{sample}"),
    ("create_demo_plans", "--sample", "{sample}"),
    ("handover", "verify"), ("handover", "key"), ("trusted_keys", "list"), ("badges", "--on", "2027-02-03"),
    ("slip", "87.107.000.000.001", "--out", "{empty}/slip.pdf"), ("slip", "87", "--out", "{empty}/none.pdf"),
    ("bounce", "{scenario}"), ("bounce", "{empty}/none"),
    ("set_calendar_day", "2026-12-24", "--off", "--basis", "1-TB", "--dry-run"),
    ("reminders", "hand", "cell_secretary", "87.107.000.000.001", "--until", "2026-11-20", "--cause", "asked"),
    ("own_ladders", "87.107"), ("processing",), ("invite", "again", "secretary"), ("own_file", "auditor", "--none"),
    ("counts", "--rebuild"), ("backup_made",), ("backup_made", "--at", "2026-11-02T02:00"),
    # and what is refused
    ("own_file", "auditor", "--member", "987654321"), ("own_ladders", "87.107", "{scenario}", "--reason", "Thử"),
    ("own_ladders", "87.107", "{empty}/none", "--reason", "Thử"),
    ("own_ladders", "87.107", "--withdraw", "PRO.CV", "--reason", "Thử"), ("reminders", "return", "cell_secretary", "87.107"),
    ("office", "give", "nobody", "auditor", "87.107", "--from", "2026-11-01"), ("unit", "close", "87", "--on", "2026-11-01"),
    ("import_commune", "{empty}", "--as-of", "2026-11-01"), ("undo_import", "x", "--reason", "Thử"),
    ("erase_details", "--member", "987654321", "--reason", "Thử"), ("explain", "987654321"), ("law", "--rule", "XYZ"),
    ("merge_members", "1", "987654321", "--reason", "x", "--paper", "1", "--issuer", "y", "--dated", "2026-11-01"),
    ("log_key", "announce", "x", "--reason", "Thử"), ("export_log", "{empty}"),
    ("verify_log", "--key", "x"), ("verify_log", "--heads", "{empty}/none"), ("export_heads", "{empty}"),
    ("keep_heads", "{empty}/none"), ("head_slip", "--out", "{empty}"),
    ("counts",), ("log_epoch", "--reason", " "), ("competence", "recognise", "nowhere"), ("scenarios", "{empty}/none.yaml"),
]  # fmt: skip
SILENT = {"load_sample", "compile_locale"}
"""The first one says what the two commands say that it calls; the other says nothing."""


def run(words: tuple[str, ...], language: str) -> str:
    """Everything a command says, and its refusal; as the role that manage.py gives it."""
    out, err = StringIO(), StringIO()
    with override(language), as_role("chibo_jobs" if words[0] in JOBS else "chibo_app"):
        try:
            call_command(*words, stdout=out, stderr=err)
        except CommandError as refused:
            err.write(str(refused))
        except SystemExit:
            pass
    return f"{out.getvalue()}{err.getvalue()}"


def test_every_command_is_run_below() -> None:
    assert {words[0] for words in RUNS} | SILENT == set(OURS) - {"changepassword", "createsuperuser"}


@pytest.fixture
def places(world: World, tmp_path: Path) -> dict[str, str]:
    """What stands in braces above: two folders, a deadline, a file of scenarios."""
    empty, sample = tmp_path / "empty", tmp_path / "sample"
    for folder in (empty, sample):
        folder.mkdir()
    (sample / "units.csv").write_text(f"code\n{world.commune.code}\n{world.cell.code}\n", encoding="utf-8-sig")
    scenario = next((settings.BASE_DIR / "workflows" / "scenarios").glob("meeting/*.yaml"))
    deadline = Deadline.objects.latest("pk").pk
    return {"empty": str(empty), "sample": str(sample), "deadline": str(deadline), "scenario": str(scenario)}


VIETNAMESE = {
    one.msgstr for one in polib.pofile(str(settings.BASE_DIR / "locale/vi/LC_MESSAGES/django.po"))
    if len(one.msgstr) > 15 and "%(" not in one.msgid and one.msgstr != one.msgid
}  # fmt: skip
"""Whole sentences of the catalogue."""


@pytest.mark.parametrize("words", RUNS, ids=" ".join)
def test_what_a_command_says_is_of_one_language(words: tuple[str, ...], places: dict[str, str]) -> None:
    filled = tuple(word.format(**places) for word in words)
    vietnamese, english = (run(filled, language) for language in ("vi", "en"))
    for place in places.values():  # the names of folders are nobody's language
        vietnamese, english = vietnamese.replace(place, "…"), english.replace(place, "…")
    assert vietnamese.splitlines()[0] != english.splitlines()[0]
    assert [line for line in vietnamese.splitlines() if ENGLISH.search(line.replace("Is a directory", ""))] == []
    assert [one for one in VIETNAMESE if one in english] == []


def test_no_sentence_is_written_past_the_catalogue() -> None:
    """In a command what is printed or raised goes through gettext; an error of ours gets a marked sentence, or its class's."""
    errors = {"CommandError", *(one.__name__ for one in _below(ChiboError))}
    bare = []
    for path in sorted((settings.BASE_DIR / "backend").rglob("*.py")):
        told = {"write"} if "commands" in path.parts else set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and _name(node.func) in errors | told:
                bare += [f"{path.name}:{node.lineno}"] if _words(node.args[0]) else []
    assert bare == []


def _below(kind: type[ChiboError]) -> Iterator[type[ChiboError]]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)


def _name(called: ast.expr) -> str:
    return called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""


def _words(said: ast.expr) -> bool:
    """Whether an argument has words of its own: a text, or the text between the values of an f-string."""
    parts = said.values if isinstance(said, ast.JoinedStr) else [said]
    return any(
        isinstance(one, ast.Constant) and isinstance(one.value, str) and LETTERS.search(one.value) for one in parts
    )
