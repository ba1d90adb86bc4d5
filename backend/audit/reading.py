"""A line of the log read back: the event as its columns would have it, of this log or of another one."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any
from uuid import UUID

from backend.audit.models import Event
from backend.audit.record import FORMAT


def event_of(line: bytes) -> Event:
    """An event that is not saved. Raises ValueError for what is no line of the present format."""
    form, _, text = line.partition(b"\t")
    if form != FORMAT:
        raise ValueError(f"not a line of {FORMAT.decode()}")
    try:
        body = json.loads(text)
        kind, subject, version = body["subject"]
        office, office_unit, behalf_unit, user, assignment = body["office"]
        return Event(
            uid=UUID(body["uid"]), code=str(body["code"]), subject_kind=str(kind), subject_id=int(subject),
            version=int(version), lifecycle=str(body["lifecycle"]), step=str(body["step"]), changes=dict(body["changes"]),
            facts=dict(body["facts"]), rules=dict(body["rules"]), cautions=list(body["cautions"]),
            member_id=body["member"], case_id=body["case"], unit_id=int(body["unit"]), unit_path="", user_id=user,
            assignment_id=assignment, office=str(office), office_unit_id=office_unit, behalf_unit_id=behalf_unit,
            on_date=date.fromisoformat(body["on"]), recorded_at=datetime.fromisoformat(body["recorded"]),
            batch=_uid(body["batch"]), voids=_uid(body["voids"]), cause=_uid(body["cause"]), line=line,
            commitment=bytes.fromhex(body["commitment"]) if body["commitment"] else None,
        )  # fmt: skip
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("not a line of an event") from error


def _uid(value: Any) -> UUID | None:
    return UUID(value) if value else None
