"""Whether an event's row and its erasable detail say what its line says. The line is what the leaf was made of."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from backend.audit.record import FORMAT, commitment
from backend.core.encoding import canonical

COLUMNS = (
    "uid", "code", "subject_kind", "subject_id", "version", "lifecycle", "step", "changes", "facts", "rules",
    "cautions", "member_id", "case_id", "unit_id", "user_id", "assignment_id", "office", "office_unit_id",
    "behalf_unit_id", "on_date", "recorded_at", "batch", "voids", "cause", "commitment",
)  # fmt: skip


def disagreement(line: bytes, row: dict[str, Any]) -> str | None:
    """The first part of the line (by name) that the columns contradict, in words; None when all agree.

    `row` holds COLUMNS as psycopg gives them.
    """
    body = _body(row)
    form, _, text = line.partition(b"\t")
    if form != FORMAT:
        return f"its line does not begin with {FORMAT.decode()}"
    if text == canonical(body):
        return None
    try:
        said = json.loads(text)
        recorded = datetime.fromisoformat(said["recorded"])
    except (ValueError, KeyError, TypeError):
        return "its line is not the JSON that it must be"
    if recorded == row["recorded_at"]:
        said["recorded"] = body["recorded"]
    for name in sorted(said.keys() | body.keys()):
        if said.get(name) != body.get(name):
            return f"its line says {name} = {_short(said.get(name))}, its row {_short(body.get(name))}"
    return None


def detail_disagreement(bound: bytes | None, salt: bytes, data: dict[str, Any]) -> str | None:
    """Whether a detail that is (still) there is the one the line is bound to."""
    if bound is None:
        return "it has a detail that its line does not know of"
    if commitment(salt, data) != bound:
        return "its detail is not the one its line is bound to"
    return None


def _body(row: dict[str, Any]) -> dict[str, Any]:
    """The line's JSON as the columns would have it (see `record.line_of`)."""
    return {
        "batch": _text(row["batch"]),
        "case": row["case_id"],
        "cause": _text(row["cause"]),
        "cautions": row["cautions"],
        "changes": row["changes"],
        "code": row["code"],
        "commitment": bytes(row["commitment"]).hex() if row["commitment"] is not None else None,
        "facts": row["facts"],
        "lifecycle": row["lifecycle"],
        "member": row["member_id"],
        "office": [row["office"], row["office_unit_id"], row["behalf_unit_id"], row["user_id"], row["assignment_id"]],
        "on": row["on_date"].isoformat(),
        "recorded": row["recorded_at"].isoformat(),
        "rules": row["rules"],
        "step": row["step"],
        "subject": [row["subject_kind"], row["subject_id"], row["version"]],
        "uid": str(row["uid"]),
        "unit": row["unit_id"],
        "voids": _text(row["voids"]),
    }


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else text[:77] + "..."
