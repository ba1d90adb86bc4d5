"""The domain's list of scenarios, and the files that tell each of them."""

from __future__ import annotations

import re
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import override

from workflows.scenarios import FOLDER, Scenario, files, read

NUMBERS = (1, 2, 4, 5, 6, 8, 9, 11, 12, 13, 15, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31, 32, 33, 34, 35, 37, 39, 41, 43, 45,
           46, 47, 48, 50, 51, 53, 55, 57, 58, 60)  # fmt: skip
"""The numbers of the domain's list, with its gaps: B1, B2, B4, …"""

_OWN = re.compile(r"B(\d+)(?:-|$)")


def told() -> dict[int, list[Scenario]]:
    """The scenarios that come with Chibo, by the number whose story (or whose further edge: `B5-late`) they tell."""
    found: dict[int, list[Scenario]] = {}
    for path in files():
        for one in read(path):
            if number := _OWN.match(one.key):
                found.setdefault(int(number[1]), []).append(one)
    return found


def told_table(language: str = "vi") -> str:
    """Markdown: each number of the domain's list with what tells it."""
    scenarios = told()
    with override(language):
        lines = [f"# {_('The scenarios of the domain')}", "", f"| | {_('Scenario')} | {_('Confidence')} | {_('File')} |",
                 "|---|---|---|---|"]  # fmt: skip
        for number in NUMBERS:
            lines += [_row(one, language) for one in scenarios[number]]
    return "\n".join(lines) + "\n"


def _row(one: Scenario, language: str) -> str:
    return f"| {one.key} | {one.content['title'][language]} | {one.content['confidence']} | {_place(one.path)} |"


def _place(path: Path) -> str:
    name = path.relative_to(FOLDER).as_posix()
    return f"[{name}](../../workflows/scenarios/{name})"
