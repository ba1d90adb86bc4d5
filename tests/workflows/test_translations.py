"""Every sentence of the workflows has a Vietnamese one with the same parameters."""

import ast
import re
from datetime import date
from pathlib import Path

import polib

from workflows.answers import Refusal

ROOT = Path(__file__).resolve().parents[2]
MARKS = {"_", "gettext", "gettext_lazy", "gettext_noop"}
PARAMETER = re.compile(r"%\(\w+\)s")


def msgids() -> set[str]:
    found = set()
    for path in (ROOT / "workflows").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in MARKS and node.args:
                argument = node.args[0]
                assert isinstance(argument, ast.Constant) or path.name == "answers.py", f"{path}: {ast.unparse(node)}"
                if isinstance(argument, ast.Constant):
                    found.add(argument.value)
    return found


def test_every_sentence_is_translated_with_its_parameters() -> None:
    catalogue = {entry.msgid: entry.msgstr for entry in polib.pofile(str(ROOT / "locale/vi/LC_MESSAGES/django.po"))}
    assert sorted(msgids() - set(catalogue)) == []
    for msgid in msgids():
        assert catalogue[msgid], msgid
        assert sorted(set(PARAMETER.findall(msgid))) == sorted(set(PARAMETER.findall(catalogue[msgid]))), msgid


def test_an_answer_speaks_both_languages() -> None:
    said = Refusal("day.ahead", "%(day)s has not come yet.", {"day": date(2026, 11, 23)}, remedy="Check both dates.")
    assert said.text("en") == "23/11/2026 has not come yet."
    assert said.text("vi") == "Ngày 23/11/2026 chưa tới."
    assert said.advice("vi") == "Kiểm tra lại cả hai ngày."
