"""What guards and steps ask the log about a case or a member: who recorded a fact, how somebody took part before."""

from __future__ import annotations

from collections.abc import Iterable

from backend.accounts.persons import is_one_of
from backend.accounts.policy import Actor
from backend.cases.loading import see_units
from backend.cases.orders import Loaded
from backend.core.db import WHOLE, execute, reaching
from workflows.offices import Level
from workflows.situation import TookPart

_TAKEN_BY = """
    SELECT e.user_id, coalesce(e.behalf_unit_id, e.office_unit_id) FROM audit_event e
    WHERE e.case_id = %s AND e.subject_kind = 'case' AND e.step = ANY (%s)
      AND e.voids IS NULL AND NOT EXISTS (SELECT FROM audit_event v WHERE v.voids = e.uid)
    ORDER BY e.id DESC LIMIT 1"""
_TOOK_PART = """
    SELECT e.changes #>> '{participation,0}', (
      SELECT coalesce(o.facts #>> '{set,away_until}', o.facts ->> 'away_until')::date FROM audit_event o
      WHERE o.subject_kind = 'member' AND o.subject_id = e.subject_id AND o.version < e.version
        AND (o.facts ? 'away_until' OR o.facts -> 'set' ? 'away_until')
        AND o.voids IS NULL AND NOT EXISTS (SELECT FROM audit_event v WHERE v.voids = o.uid)
      ORDER BY o.version DESC LIMIT 1)
    FROM audit_event e
    WHERE e.subject_kind = 'member' AND e.subject_id = %s AND e.changes #>> '{participation,1}' = %s
      AND e.changes #>> '{participation,0}' <> e.changes #>> '{participation,1}'
      AND e.voids IS NULL AND NOT EXISTS (SELECT FROM audit_event v WHERE v.voids = e.uid)
    ORDER BY e.version DESC LIMIT 1"""


def recorded_by(loaded: Loaded, steps: Iterable[str], actor: Actor) -> int | None:
    """The user who recorded the last of these steps of the case that was not voided; the actor's own where both are one
    person's accounts."""
    case = loaded.case.pk if loaded.case is not None else None
    user = _taken_by(case, steps)[0]
    return actor.user_id if user is not None and is_one_of(actor, [user]) else user


def decided_at(loaded: Loaded, case: int, steps: Iterable[str]) -> Level | None:
    """The level of the unit for which the last of these steps of a case about the member was recorded.

    Case and unit may lie elsewhere: a case stays where it was closed, and the place of destination may have decided (T-08).
    """
    with reaching([WHOLE]):
        unit = _taken_by(case, steps)[1]
    if unit is None:
        return None
    here = next((Level(level) for key, level, _ in loaded.unit.ancestry if key == unit), None)
    if here is not None:
        return here
    with reaching([WHOLE]):
        elsewhere = see_units([unit]).get(unit)
    return elsewhere.level if elsewhere is not None else None


def _taken_by(case: int | None, steps: Iterable[str]) -> tuple[int | None, int | None]:
    found = execute(_TAKEN_BY, [case, list(steps)], prepared=True) if case is not None else []
    return found[0] if found else (None, None)


def took_part(loaded: Loaded) -> TookPart:
    """How the member took part before the present way, and up to which day the last paper before it had granted that.

    The history of days does not tell: what began and was overridden on the same day lasted for none.
    """
    found = execute(_TOOK_PART, [loaded.member.pk, loaded.member.participation], prepared=True)
    return TookPart(*found[0]) if found else TookPart()
