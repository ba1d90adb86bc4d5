"""Which offices a notice goes to, by the level of the unit; and who reads what is addressed to an office on a day.

The sweep names offices only. The person is found when a letter is made or a list is read, by the one statement here.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from psycopg.types.json import Jsonb

from backend.accounts.policy import Actor
from backend.alerts.models import Notice
from workflows.offices import Level, Office

COMMITTEE = (Office.COMMITTEE_SECRETARY, Office.ORGANISATION_OFFICER)
TOLD: dict[Level, tuple[Office, ...]] = {
    Level.CELL: (Office.CELL_SECRETARY,),
    **{level: COMMITTEE for level in Level if level is not Level.CELL},
}
"""The offices told at each level: the cell's secretary; a committee's secretary and its organisation officer."""

SUBSTITUTES: dict[Office, Office] = {Office.CELL_SECRETARY: Office.CELL_DEPUTY}
"""Who reads an office's letters while its seat is empty."""


def offices_by_level() -> list[tuple[str, str]]:
    """(level, office) pairs, as the sweep's statement takes them."""
    return [(level.value, office.value) for level, offices in TOLD.items() for office in offices]


READERS = """
seat AS MATERIALIZED (
  SELECT DISTINCT a.unit_id, a.office, u.id AS user_id, u.email
  FROM accounts_assignment a JOIN accounts_user u ON u.id = a.user_id AND u.is_active
  WHERE a.unit_id IN (SELECT unit_id FROM asked) AND a.member_id IS NULL
    AND a.from_date <= %(day)s::date AND coalesce(a.to_date, 'infinity') >= %(day)s::date
), substitute AS (
  SELECT * FROM jsonb_to_recordset(%(substitutes)s::jsonb) AS s(office text, instead text)
), reads AS (
  SELECT unit_id, office, office AS seat, user_id, email FROM seat
  UNION ALL
  SELECT s.unit_id, i.office, s.office, s.user_id, s.email
  FROM seat s JOIN substitute i ON i.instead = s.office
  WHERE NOT EXISTS (SELECT FROM seat own WHERE own.unit_id = s.unit_id AND own.office = i.office)
)"""
"""`reads`: who, sitting in which `seat`, reads what is addressed to an `office` at each unit of `asked(unit_id)`."""
_READ_BY = f"""
WITH asked AS (SELECT %(unit)s::bigint AS unit_id), {READERS}
SELECT office FROM reads WHERE user_id = %(user)s AND seat = %(seat)s
"""  # noqa: S608  (constants only)


def on_day(day: date) -> dict[str, Any]:
    """The parameters of READERS."""
    instead = [{"office": office.value, "instead": other.value} for office, other in SUBSTITUTES.items()]
    return {"day": day, "substitutes": Jsonb(instead)}


def notices_read_by(actor: Actor, day: date) -> QuerySet[Notice]:
    """What was to be said to the office in which the person acts, and to the empty seat it stands in for."""
    asked = {"unit": actor.unit_id, "user": actor.user_id, "seat": actor.office.value}
    with connection.cursor() as cursor:
        cursor.execute(_READ_BY, {**on_day(day), **asked})
        offices = [office for (office,) in cursor.fetchall()]
    return Notice.objects.filter(office__in=offices, unit_path=actor.path)
