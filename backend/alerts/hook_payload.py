"""What a webhook tells: which deadlines were told of, by ids, codes and days. No person's name, no grounds.

    {"type": "deadlines.told", "timestamp": "2026-11-02T00:05:00Z", "data": {
       "unit": "87.107", "day": "2026-11-02", "urgent": false, "count": 1, "list": "https://…/deadlines/",
       "told": [{"deadline": 17, "reference": "CN-2026-0007", "rule": "PRO.DECIDE", "due_on": "2026-11-30",
                 "overdue": false, "unit": "87.107.000.000.001", "acting_unit": "87.107", "rung": 1, "kind": "remind",
                 "levels_up": 0, "office": "committee_secretary", "told_unit": "87.107", "link": "https://…"}]}}

`told` has `LARGEST` entries at most, the earliest due first; `count` says how many there are.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from backend.alerts.models import Letter
from backend.alerts.wording import link_to, list_of
from backend.core.db import execute
from backend.core.encoding import dumps

TYPE = "deadlines.told"
LARGEST = 500
_TOLD = """
SELECT d.id, d.reference, d.rule_id, d.due_on, d.due_on < %s, about.code, acting.code, n.rung, n.kind, n.levels_up,
  n.office, told.code, count(*) OVER ()
FROM alerts_enclosure e
JOIN alerts_notice n ON n.month = e.month AND n.id = e.notice_id
JOIN deadlines_deadline d ON d.id = n.deadline_id
JOIN organizations_unit about ON about.id = d.unit_id
JOIN organizations_unit acting ON acting.id = d.acting_unit_id
JOIN organizations_unit told ON told.id = n.unit_id
WHERE e.letter_id = %s AND e.left_out_from IS NULL
ORDER BY d.due_on, d.id, n.rung, n.office, told.code LIMIT %s
"""
_NAMES = (
    "deadline", "reference", "rule", "due_on", "overdue", "unit", "acting_unit", "rung", "kind", "levels_up", "office",
    "told_unit",
)  # fmt: skip


def payload(letter: Letter, unit_code: str, today: date) -> str | None:
    """The body of a webhook's message as things stand; None where everything it was to tell of was closed meanwhile."""
    with transaction.atomic():
        rows = execute(_TOLD, [today, letter.pk, LARGEST])
    if not rows:
        return None
    told = [dict(zip(_NAMES, row, strict=False)) | {"link": link_to(row[0])} for row in rows]
    data: dict[str, Any] = {
        "unit": unit_code, "day": letter.day, "urgent": letter.urgent_notice_id is not None, "count": rows[0][-1],
        "list": list_of(), "told": told,
    }  # fmt: skip
    return dumps({"type": TYPE, "timestamp": letter.created_at, "data": data})
