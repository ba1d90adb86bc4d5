"""What every guard says of the "no" of its pair, written out: `python -m tests.workflows.said` writes said.txt anew.

Each answer stands there with its row of the law, the fact it is about, its sentence with all values, and what to do.
"""

from __future__ import annotations

from pathlib import Path

PATH = Path(__file__).with_name("said.txt")


def said() -> str:
    """All answers in the order of the pairs, in English; that each has a Vietnamese sentence is tried elsewhere."""
    from tests.workflows.test_guards import PAIRS  # noqa: PLC0415  # when run as a program: once Django is set up
    from tests.workflows.twins import answers  # noqa: PLC0415

    parts = []
    for _, guard, _, no in PAIRS:
        for one in answers(guard, no):
            about = " · ".join(
                part for part in (type(one).__name__, one.code, one.rule, one.fact and f"[{one.fact}]") if part
            )
            parts.append("\n    ".join(line for line in (about, one.text("en"), one.advice("en")) if line))
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings.tools")
    django.setup()
    PATH.write_text(said(), encoding="utf-8")
