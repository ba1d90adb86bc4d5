"""Pictures of the database: whether anything at all was written, and what a void has to give back."""

from __future__ import annotations

from typing import Any

from django.db import connection

from backend.cases.models import Case
from backend.deadlines.models import Deadline
from backend.members.models import Member, Spell

Picture = dict[tuple[str, int], tuple[Any, ...]]
NOTHING = ("", "")
_MEMBER = ("standing", "participation", "unit_id", "guest_unit_id", "guest_path", "admission_decided_on", "joined_on",
           "official_on", "left_on", "away_until")  # fmt: skip
_CASE = ("state", "lifecycle", "unit_id", "number", "acting_unit_id", "acting_path", "closed_on")
_DEADLINE = ("status", "rule_id", "unit_id", "acting_unit_id", "due_on", "early_on", "started_on", "met_on",
             "closed_by")  # fmt: skip
_TABLES = """
  SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = 'public' AND c.relkind = 'r' ORDER BY c.relname"""


def prints() -> dict[str, tuple[int, int]]:
    """Every table of the database with the number of its rows, and a sum over where and by whom each was written last.

    A row that is added, changed or deleted changes it, whatever the columns; a lock that is taken does not.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        tables = [name for (name,) in cursor.fetchall()]
        each = (
            f"SELECT '{name}', count(*), sum(hashtextextended(ctid::text || xmin::text, 0))"
            f" FROM {connection.ops.quote_name(name)}"
            for name in tables
        )
        cursor.execute(" UNION ALL ".join(each))
        return {name: (count, rows) for name, count, rows in cursor.fetchall()}


def picture() -> Picture:
    """Members with their history, cases with their facts, deadlines; versions and texts left out."""
    found: Picture = {}
    for key, *row in Member.objects.values_list("pk", *_MEMBER):
        found["member", key] = tuple(row)
    for key, *row, facts in Case.objects.values_list("pk", *_CASE, "facts"):
        found["case", key] = (*row, tuple(sorted((name, str(value)) for name, value in facts.items())))
    for key, *row in Deadline.objects.exclude(subject_kind="unit").values_list("pk", *_DEADLINE):
        found["deadline", key] = tuple(row)
    spells: dict[int, list[Any]] = {}
    wanted = Spell.objects.filter(retracted_at=None).order_by("valid").values_list(
        "member_id", "valid", "unit_id", "standing", "participation", "event_uid"
    )  # fmt: skip
    for key, valid, *row in wanted:
        spells.setdefault(key, []).append((valid.lower, valid.upper, *row))
    return found | {("history", key): tuple(lines) for key, lines in spells.items()}


def not_given_back(before: Picture, after: Picture, then: Picture, now: Picture) -> list[str]:
    """What a void left otherwise than it was before the voided step; `then` is the moment before the void.

    What the step had changed and nobody since is as before it; what was not there before it stands nowhere; and what
    it had not touched the void does not touch either.
    """
    wrong = []
    for key in sorted({*after, *now}):
        touched = before.get(key) != after.get(key)
        if touched and then.get(key) != after.get(key):
            continue  # other steps were taken about it since
        expected = before.get(key) if touched else then.get(key)
        if not _is(key, now.get(key), expected):
            wrong.append(f"{key} is {now.get(key)}, was {expected}")
    return wrong


def _is(key: tuple[str, int], found: tuple[Any, ...] | None, expected: tuple[Any, ...] | None) -> bool:
    if expected is not None or found is None:
        return found == expected
    return found[0] == ("cancelled" if key[0] == "deadline" else "")
