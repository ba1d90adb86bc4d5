"""Which offices a notice goes to, by the level of the unit; and who reads what is addressed to an office on a day.

The sweep names offices only. The person is found when a letter is made or a list is read, by the one statement here.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from psycopg.types.json import Jsonb

from backend.accounts.policy import Actor
from backend.alerts.models import Notice
from backend.core.db import execute
from backend.core.rls import or_above
from workflows.offices import SUBSTITUTES, TOLD, Level

_ASK = "SELECT unit_id, office, has FROM chibo_has_readers(%s, %s)"


def offices_by_level() -> list[tuple[str, str]]:
    """(level, office) pairs, as the sweep's statement takes them."""
    return [(level.value, office.value) for level, offices in TOLD.items() for office in offices]


SITS = """
  a.member_id IS NULL AND a.from_date <= %(day)s::date AND coalesce(a.to_date, 'infinity') >= %(day)s::date"""
READERS = f"""
told AS (
  SELECT office FROM unnest(%(told)s::text[]) AS office
), substitute AS (
  SELECT s.*, s.instead <> ALL (%(told)s::text[]) AS fills
  FROM jsonb_to_recordset(%(substitutes)s::jsonb) AS s(office text, instead text)
), seat AS MATERIALIZED (
  SELECT DISTINCT a.unit_id, a.office, u.id AS user_id, u.email,
    coalesce(%(day)s::date BETWEEN a.handed_from AND a.handed_until, false) AS handed, a.handed_to
  FROM accounts_assignment a JOIN accounts_user u ON u.id = a.user_id AND u.is_active
  WHERE a.unit_id IN (SELECT unit_id FROM asked) AND {SITS}
), standing AS MATERIALIZED (
  SELECT gone.unit_id, gone.office, coalesce(nullif(gone.handed_to, ''), i.instead) AS instead
  FROM (SELECT unit_id, office, max(handed_to) AS handed_to FROM seat GROUP BY 1, 2 HAVING bool_and(handed)) gone
  LEFT JOIN substitute i ON i.office = gone.office
  UNION ALL
  SELECT e.unit_id, i.office, i.instead FROM asked e CROSS JOIN substitute i
  WHERE i.fills AND NOT EXISTS (SELECT FROM seat s WHERE s.unit_id = e.unit_id AND s.office = i.office)
), stand_in AS MATERIALIZED (
  SELECT s.unit_id, w.office, s.office AS seat, s.user_id, s.email
  FROM seat s JOIN standing w ON w.unit_id = s.unit_id AND w.instead = s.office
  WHERE NOT s.handed
), own AS MATERIALIZED (
  SELECT s.unit_id, s.office, s.office AS seat, s.user_id, s.email,
    s.handed AND EXISTS (SELECT FROM stand_in i WHERE i.unit_id = s.unit_id AND i.office = s.office) AS replaced
  FROM seat s
  UNION ALL
  SELECT *, false FROM stand_in
), above AS MATERIALIZED (
  SELECT e.unit_id, x.id AS at_id, x.place
  FROM (SELECT unit_id FROM asked EXCEPT SELECT unit_id FROM own JOIN told USING (office)) e
  JOIN organizations_unit u ON u.id = e.unit_id
  CROSS JOIN LATERAL unnest(string_to_array(trim(both '/' from u.path), '/')::bigint[]) WITH ORDINALITY AS x(id, place)
  WHERE x.id <> e.unit_id
), instead AS MATERIALIZED (
  SELECT v.*, rank() OVER (PARTITION BY v.unit_id ORDER BY v.place DESC) AS distance
  FROM (
    SELECT DISTINCT above.unit_id, above.place, a.unit_id AS at_id, a.office AS seat, u.id AS user_id, u.email
    FROM above JOIN accounts_assignment a ON a.unit_id = above.at_id AND {SITS}
    JOIN accounts_user u ON u.id = a.user_id AND u.is_active JOIN told ON told.office = a.office
  ) v
), reads AS (
  SELECT unit_id, office, unit_id AS at_id, seat, user_id, email, replaced FROM own
  UNION ALL
  SELECT i.unit_id, told.office, i.at_id, i.seat, i.user_id, i.email, false FROM instead i CROSS JOIN told WHERE i.distance = 1
)"""  # noqa: S608  (constants only)
"""`reads`: who, sitting in which `seat` at which unit (`at_id`), reads what is addressed to an `office` at each unit of
`asked(unit_id)`: its holder, else its substitute; where nobody at the unit is told anything, the nearest unit above. While
the letters are handed over (by the holder, or by a level above to an office that it named), the substitute reads them too, and
the holder is `replaced`: gets no letter before the legal day is past. A substitute that is told by itself fills no empty seat
(`fills`): it hears all there is."""
_READ_BY = f"""
WITH asked AS (SELECT %(unit)s::bigint AS unit_id), {READERS}
SELECT office FROM reads WHERE user_id = %(user)s AND seat = %(seat)s AND at_id = %(unit)s
"""  # noqa: S608  (constants only)
_EMPTY_BELOW = f"""
WITH RECURSIVE sits AS MATERIALIZED (
  SELECT DISTINCT a.unit_id FROM accounts_assignment a JOIN accounts_user u ON u.id = a.user_id AND u.is_active
  WHERE a.unit_path >= %(path)s::text AND a.unit_path < %(path)s::text || '~' AND {SITS}
    AND a.office = ANY (%(told)s::text[] || %(instead)s::text[])
), empty AS (
  SELECT id, path FROM organizations_unit WHERE parent_id = %(unit)s AND id NOT IN (SELECT unit_id FROM sits)
  UNION ALL
  SELECT u.id, u.path FROM empty e JOIN organizations_unit u ON u.parent_id = e.id
  WHERE u.id NOT IN (SELECT unit_id FROM sits)
)
SELECT path FROM empty
"""  # noqa: S608  (constants only)


def on_day(day: date) -> dict[str, Any]:
    """The parameters of READERS."""
    told = sorted({office.value for offices in TOLD.values() for office in offices})
    return {"day": day, "substitutes": Jsonb(_instead()), "told": told}


def _instead() -> list[dict[str, str]]:
    return [{"office": office.value, "instead": other.value} for office, other in SUBSTITUTES.items()]


def has_readers() -> str:
    """The function that tells of offices at units whether anybody reads what is addressed to them on a day.

    A rehearsal must know it of units above its scope, whose people it does not see. So this looks past the walls and
    says yes or no and nothing else: of units in the transaction's scope or above it, of the offices that are told.
    """
    offices = ", ".join(f"'{office}'" for office in on_day(date.min)["told"])
    readers = READERS % {"day": "on_day", "told": f"ARRAY[{offices}]", "substitutes": f"'{json.dumps(_instead())}'"}
    return f"""
CREATE FUNCTION chibo_has_readers(units bigint[], on_day date) RETURNS TABLE (unit_id bigint, office text, has boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
WITH asked AS MATERIALIZED (
  SELECT u.id AS unit_id FROM organizations_unit u WHERE u.id = ANY (units) AND {or_above("u.path")}
), {readers}
SELECT asked.unit_id, told.office, r.unit_id IS NOT NULL
FROM asked CROSS JOIN told LEFT JOIN (SELECT DISTINCT unit_id, office FROM reads) r USING (unit_id, office)
$$;
REVOKE ALL ON FUNCTION chibo_has_readers(bigint[], date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION chibo_has_readers(bigint[], date) TO chibo_app, chibo_jobs;
"""  # noqa: S608  (constants only)


def without_readers(units: Sequence[int], day: date) -> set[tuple[int, str]]:
    """(unit, office) of those whose notices nobody reads on the day; of units in the transaction's scope or above it."""
    return {(unit, office) for unit, office, has in execute(_ASK, [list(units), day]) if not has}


def notices_read_by(actor: Actor, day: date) -> QuerySet[Notice]:
    """What was to be said to the office in which the person acts, to the empty seat it stands in for, and to units below
    where nobody sits up to this one."""
    days = on_day(day)
    asked = {"unit": actor.unit_id, "user": actor.user_id, "seat": actor.office.value}
    below = {"unit": actor.unit_id, "path": actor.path, "instead": [other.value for other in SUBSTITUTES.values()]}
    with connection.cursor() as cursor:
        cursor.execute(_READ_BY, {**days, **asked})
        mine = Q(office__in=[office for (office,) in cursor.fetchall()], unit_path=actor.path)
        if actor.office in TOLD[Level.BASE]:
            cursor.execute(_EMPTY_BELOW, {**days, **below})
            mine |= Q(unit_path__in=[path for (path,) in cursor.fetchall()])
    return Notice.objects.filter(mine)
