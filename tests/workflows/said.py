"""What every guard says of the "no" of its pair, written out: `python -m tests.workflows.said` writes said.txt anew.

Each answer stands there with its row of the law, the fact it is about, the values that its sentence does not say, the
sentence, and what to do; after it the rows of the law that were looked up, each by the day that selects its version.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # when run as a program, only once Django is set up
    from workflows.law import Rule
    from workflows.situation import Situation

PATH = Path(__file__).with_name("said.txt")


def said() -> str:
    """All answers in the order of the pairs, in English; that each has a Vietnamese sentence is tried elsewhere."""
    from tests.workflows.test_guards import PAIRS  # noqa: PLC0415  # when run as a program: once Django is set up
    from tests.workflows.twins import answers  # noqa: PLC0415

    parts = []
    for _, guard, _, no in PAIRS:
        seen, by_day = noting(no)
        for one in answers(guard, seen):
            fact = one.fact and f"[{one.fact}]"
            unsaid = ", ".join(
                f"{name}={value}" for name, value in sorted(one.params.items()) if f"%({name})" not in one.message
            )
            about = " · ".join(part for part in (type(one).__name__, one.code, one.rule, fact, unsaid) if part)
            parts.append("\n    ".join(line for line in (about, one.text("en"), one.advice("en")) if line))
        parts += [f"    {rule} of {day}" for rule, day in sorted(by_day)]
    return "\n".join(parts) + "\n"


def noting(seen: Situation) -> tuple[Situation, set[tuple[str, date]]]:
    """The situation, and what will stand in the set once a guard was asked: each row it looked up, by which day."""
    found: set[tuple[str, date]] = set()

    def look_up(rule_id: str, on: date) -> Rule:
        found.add((rule_id, on))
        return seen.look_up(rule_id, on)

    return replace(seen, look_up=look_up), found


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings.tools")
    django.setup()
    PATH.write_text(said(), encoding="utf-8")
