"""What must hold after every fault: one outcome for each due rung, letters neither lost nor doubled in silence."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db import connection

from tests.faults.machines import Mailbox

# Every rung due by the business date against the outcomes written for it: offices told × channels (2).
WRONG = """
WITH due AS (
  SELECT d.id, r.place - 1 AS rung, CASE WHEN r.place - 1 = 6 THEN 2 ELSE 1 END * 2 AS wanted
  FROM deadlines_deadline d CROSS JOIN unnest(d.rung_days) WITH ORDINALITY r(day, place)
  WHERE r.day <= (SELECT day FROM core_businessdate)
)
SELECT due.id, due.rung, count(n.id) FROM due
LEFT JOIN alerts_notice n ON n.deadline_id = due.id AND n.rung = due.rung
GROUP BY 1, 2, due.wanted HAVING count(n.id) <> due.wanted
"""
ORPHANS = "SELECT count(*) FROM alerts_notice n WHERE n.rung_on > (SELECT day FROM core_businessdate)"


def query(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def letters() -> dict[str, int]:
    return dict(query("SELECT outcome, count(*) FROM alerts_letter GROUP BY 1"))


def settled(wanted: int) -> bool:
    """Every letter has its final outcome."""
    found = letters()
    return "held" not in found and sum(found.values()) == wanted


def check(mailbox: Mailbox) -> None:
    """Raise for anything lost, doubled or still open."""
    assert query(WRONG) == []
    assert query(ORPHANS) == [(0,)]
    assert query("SELECT count(*) FROM alerts_notice WHERE outcome = 'held'") == [(0,)]
    doubled = Counter({key: count for key, count in mailbox.accepted.items() if count > 1})
    said = dict(query("SELECT message_id, outcome FROM alerts_letter"))
    assert set(said) == set(mailbox.accepted), "a letter was lost, or came from nowhere"
    assert {key for key in doubled if said[key] != "possibly_twice"} == set(), "a letter was doubled in silence"
    assert set(said.values()) <= {"sent", "possibly_twice"}
