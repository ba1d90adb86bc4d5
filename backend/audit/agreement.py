"""Whether an event's row and its erasable detail say what its line says. The line is what the leaf was made of."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext_noop

from backend.audit.record import FORMAT, commitment
from backend.core.encoding import canonical, loads
from backend.core.keyring import KeyMissing, unseal_bytes
from backend.core.sealed import opened
from workflows.answers import Phrase

BODY = """
json_build_object(
  'batch', e.batch, 'case', e.case_id, 'cause', e.cause, 'cautions', e.cautions, 'changes', e.changes, 'code', e.code,
  'commitment', encode(e.commitment, 'hex'), 'facts', e.facts, 'lifecycle', e.lifecycle, 'member', e.member_id,
  'office', json_build_array(e.office, e.office_unit_id, e.behalf_unit_id, e.user_id, e.assignment_id),
  'on', e.on_date, 'recorded', to_char(e.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'),
  'rules', e.rules, 'step', e.step, 'subject', json_build_array(e.subject_kind, e.subject_id, e.version),
  'uid', e.uid, 'unit', e.unit_id, 'voids', e.voids)
"""
"""The line's JSON as the columns of audit_event e would have it (see `record.line_of`)."""


def disagreement(line: bytes, body: dict[str, Any]) -> Phrase | None:
    """The first part of the line (by name) that the columns contradict, in words; None when all agree.

    `body` is BODY as the database made it.
    """
    form, _, text = line.partition(b"\t")
    if form != FORMAT:
        return Phrase(gettext_noop("its line does not begin with %(form)s"), {"form": FORMAT.decode()})
    if text == canonical(body):
        return None
    try:
        said = json.loads(text)
        recorded = datetime.fromisoformat(said["recorded"]).astimezone(UTC)
    except (ValueError, KeyError, TypeError, RecursionError):
        return Phrase(gettext_noop("its line is not the JSON that it must be"))
    said["recorded"] = recorded.isoformat(timespec="microseconds")  # a whole second is written without decimals
    for name in sorted(said.keys() | body.keys()):
        if said.get(name) != body.get(name):
            words = {"name": name, "line": _short(said.get(name)), "row": _short(body.get(name))}
            return Phrase(gettext_noop("its line says %(name)s = %(line)s, its row %(row)s"), words)
    return None


def detail_disagreement(bound: str | None, salt: bytes, data: str) -> Phrase | None:
    """Whether a detail that is (still) there is the one the line is bound to (`bound`: hexadecimal, `data`: JSON as kept)."""
    if bound is None:
        return Phrase(gettext_noop("it has a detail that its line does not know of"))
    try:
        same = commitment(salt, opened(loads(data))).hex() == bound
    except KeyMissing:
        return Phrase(gettext_noop("no key of CHIBO_FIELD_KEYS opens its detail"))
    except ValueError:
        same = False
    return None if same else Phrase(gettext_noop("its detail is not the one its line is bound to"))


def health_disagreement(detail: str | None, salt: bytes, sealed: bytes) -> Phrase | None:
    """Whether what an event tells of health is what its detail (JSON as kept; None: erased) is bound to."""
    try:
        bound = (opened(loads(detail)) if detail else {}).get("health")
        same = commitment(salt, loads(unseal_bytes(sealed).decode())).hex() == bound
    except KeyMissing:
        return Phrase(gettext_noop("no key of CHIBO_FIELD_KEYS opens its detail"))
    except ValueError:
        same = False
    return None if same else Phrase(gettext_noop("what it tells of health is not what its detail is bound to"))


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else text[:77] + "..."
