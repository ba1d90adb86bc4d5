"""What people read and whether it stands in the Vietnamese catalogue: `python scripts/messages.py` lists what does not."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[1]
CATALOGUE = ROOT / "locale" / "vi" / "LC_MESSAGES" / "django.po"
CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ConfigurationError"}
"""What a sentence is given to; the last one says it before Django is there (`config.words`)."""
PLURALS = {"ngettext", "ngettext_lazy", "npgettext", "pgettext", "pgettext_lazy"}
"""Calls whose sentences nothing looks for in the catalogue: plain ones, one for each number, do as well."""
TEMPLATE = re.compile(r"{%\s*(?:translate|trans)\s+(\"[^\"]*\"|'[^']*')")
BLOCK = re.compile(r"{%\s*blocktrans(?:late)?[^%]*%}(.*?){%\s*endblocktrans", re.DOTALL)
PLACEHOLDER = re.compile(r"%\(\w+\)s")


def used() -> set[str]:
    """Every msgid in the code and the templates."""
    found: set[str] = set()
    for folder in ("workflows", "backend"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            found.update(_in_code(ast.parse(path.read_text())))
        for path in sorted((ROOT / folder).rglob("templates/**/*.*")):
            found.update(_in_template(path.read_text()))
    return found


def _in_code(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        first = node.args[0]
        if name in CALLS and isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield first.value
        if name in PLURALS:
            yield f"{name}(…), line {node.lineno}: say it with gettext"


def _in_template(text: str) -> Iterator[str]:
    for match in TEMPLATE.finditer(text):
        yield match[1][1:-1]
    for match in BLOCK.finditer(text):
        yield re.sub(r"{{\s*(\w+)\s*}}", r"%(\1)s", match[1])


def faults() -> list[str]:
    """One line for each msgid that is not translated, translated with other placeholders, or no longer used."""
    entries = {entry.msgid: entry for entry in polib.pofile(str(CATALOGUE))}
    wanted = used()
    found = [f"not translated: {text}" for text in sorted(wanted) if text not in entries or not entries[text].msgstr]
    found += [f"not used: {text}" for text in sorted(set(entries) - wanted)]
    found += [
        f"other placeholders: {text}"
        for text, entry in sorted(entries.items())
        if entry.msgstr and set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(entry.msgstr))
    ]
    return found


if __name__ == "__main__":
    lines = faults()
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.exit(bool(lines))
