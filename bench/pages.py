"""What a page costs the server: the whole request, against the bare SQL it needs, sent again as plain statements."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from unittest.mock import patch

import psycopg
from django.conf import settings
from django.db import connection, transaction
from django.test import Client

from backend.accounts.models import Assignment, User
from backend.accounts.session_cookie import signed
from backend.core import clock
from backend.core.db import WHOLE, scoped
from backend.organizations.models import Unit
from bench.country import FIRST, Country, make_country
from bench.counts import make_counts
from bench.database import analyse, raw, under
from bench.figures import Figure, ratio, seconds, turns
from bench.rows import multiply
from workflows.offices import Level, Office

AT_MOST = 5.0
"""A request takes at most so many times its bare SQL."""
GIVEN_NAMES, FAMILY_NAMES = 300, ("nguyen", "nguyen", "nguyen", "tran", "tran", "le", "pham", "vo", "huynh", "dang")
OPEN_EACH = 3
"""Open deadlines of a cell."""


@dataclass(frozen=True)
class Look:
    """Who opens what, how many milliseconds 95 of a hundred requests may take at most, and what must stand on the page."""

    what: str
    level: Level
    address: str
    most: float
    has: str = ""


LOOKS = (
    Look("today, cell's secretary", Level.CELL, "/", 50),
    Look("today, province's officer", Level.PROVINCE, "/", 50),
    Look("member list, commune's officer", Level.BASE, "/members/", 100),
    Look("member list, province's officer", Level.PROVINCE, "/members/", 100),
    Look("search by two words, province's officer", Level.PROVINCE, "/members/?q=nguyen+g12", 100),
    Look("search by a word of many, province's officer", Level.PROVINCE, "/members/?q=ng", 100),
    Look("overview, commune's officer", Level.BASE, "/overview/", 300, '<div class="figures">'),
    Look("overview, province's officer", Level.PROVINCE, "/overview/", 300, '<div class="figures">'),
)


def run_pages(unit: Unit, *, members: int, rounds: int) -> list[Figure]:
    """p95 of the server's time for each look, and the median of its ratio to the bare SQL in the same round."""
    with raw("owner") as owner:
        country = make_country(owner, unit, members, probationers=1)
        _names(owner)
        _deadlines(owner, country)
        make_counts(owner, country)
    browsers = {level: _browser(level, country) for level in country.middle}
    analyse()
    figures: list[Figure] = []
    with under("app"):
        for one in LOOKS:
            whole, bare = turns(rounds, *_sides(browsers[one.level], one))
            p95 = 1000 * sorted(whole)[max(0, len(whole) * 95 // 100 - 1)]
            figures.append(Figure(f"{one.what}, {members:,} members, p95", p95, "ms", one.most, at_most=True))
            figures.append(Figure(f"{one.what}, against its bare SQL", ratio(bare, whole), "x", AT_MOST, at_most=True))
    return figures


def _sides(client: Client, look: Look) -> tuple[Callable[[int], float], Callable[[int], float]]:
    """The request, and the statements that it sent last, in one transaction that is taken back."""
    sent: list[tuple[str, Any, bool]] = []

    def noting(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        sent.append((sql, params, False))
        return execute(sql, params, many, context)

    class Noting(psycopg.Cursor[Any]):
        """The cursor of `core.db.execute`, which goes past Django's."""

        def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
            sent.append((query, params, True))
            return super().execute(query, params, **options)

    def request(_number: int) -> float:
        sent.clear()
        with connection.execute_wrapper(noting), patch("psycopg.Cursor", Noting):
            answers: list[Any] = []
            taken = seconds(lambda: answers.append(client.get(look.address)))
        if answers[0].status_code != 200 or look.has not in answers[0].content.decode():
            raise AssertionError(f"{look.address} answers {answers[0].status_code}, without {look.has!r}")
        return taken

    def again(number: int) -> float:
        if not sent:
            request(number)
        with transaction.atomic():
            with connection.cursor() as cursor, psycopg.Cursor(connection.connection) as bound:
                taken = seconds(partial(_send, cursor.cursor, bound, list(sent)))
            transaction.set_rollback(True)
        return taken

    return request, again


def _send(cursor: Any, bound: Any, statements: list[tuple[str, Any, bool]]) -> None:
    """Each through a cursor that binds as the one did through which it went."""
    for sql, params, past_django in statements:
        one = bound if past_django else cursor
        one.execute(sql, params)
        if one.description:
            one.fetchall()


def _browser(level: Level, country: Country) -> Client:
    """Somebody signed in who holds the office of the level's middle unit."""
    key, path = country.middle[level]
    office = Office.CELL_SECRETARY if level is Level.CELL else Office.ORGANISATION_OFFICER
    with scoped(WHOLE):
        user = User.objects.create(username=f"bench-{level.value}", full_name="Nguyễn Văn Ánh")
        Assignment.objects.create(user=user, office=office, unit_id=key, unit_path=path, from_date=clock.today())
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    client.cookies[settings.SESSION_COOKIE_NAME] = signed(cookie.value)  # as browsers have it
    return client


def _names(owner: psycopg.Connection) -> None:
    """Three words of a name for each member, as common as they are: family name, middle name, given name.

    Family names are strewn by a hash: by the id alone, a whole province would bear one.
    """
    families = "ARRAY[" + ", ".join(f"'{one}'" for one in FAMILY_NAMES) + "]"
    family = f"({families})[1 + abs(hashint8(m.id)) % {len(FAMILY_NAMES)}]"
    source = f"""(SELECT m.id, m.unit_path, w.word FROM members_member m, LATERAL (VALUES
      ({family}), ('v' || m.id % 50), ('g' || m.id / 7 % {GIVEN_NAMES})) w (word)
      WHERE m.unit_id > {FIRST}) x"""
    row = owner.execute("SELECT min(id) FROM members_nameword").fetchone()
    assert row is not None
    multiply(
        owner, "members_nameword", row[0], {"member_id": "x.id", "word": "x.word", "unit_path": "x.unit_path"}, source
    )


def _deadlines(owner: psycopg.Connection, country: Country) -> None:
    """A probationer's case in each cell, and open deadlines of it: overdue, this week, later."""
    place = {"unit_id": "x.unit_id", "unit_path": "x.unit_path"}
    cells = f"(SELECT min(id) AS id, unit_id, unit_path FROM members_member WHERE unit_id > {FIRST} GROUP BY 2, 3) x"
    case = country.cell.cases[0]
    multiply(owner, "cases_case", case, {**place, "member_id": "x.id", "acting_path": "x.unit_path"}, cells)
    found = owner.execute(
        "SELECT min(id) FROM deadlines_deadline WHERE subject_kind = 'case' AND subject_id = %s", [case]
    )
    row = found.fetchone()
    assert row is not None
    due = "current_date - 3 + x.g * 4"
    acting = {"acting_unit_id": "x.unit_id", "acting_path": "x.unit_path", "subject_id": "x.id",
              "occurrence": "gen_random_uuid()", "status": "'open'", "due_on": due}  # fmt: skip
    source = f"""(SELECT c.id, c.unit_id, c.unit_path, g FROM cases_case c, generate_series(0, {OPEN_EACH - 1}) g
      WHERE c.unit_id > {FIRST}) x"""
    multiply(owner, "deadlines_deadline", row[0], {**place, **acting}, source)
