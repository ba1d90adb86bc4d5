"""What row-level security costs the officers' member lists: the same page as `chibo_app` and as the owner, past all walls."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any

import psycopg
from django.db import connection, transaction
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from backend.accounts.policy import Actor
from backend.api.paging import page
from backend.cases import selectors
from backend.core.db import scope
from backend.organizations.models import Unit
from bench.database import analyse, raw, under
from bench.figures import Figure, ratio, seconds, turns
from bench.rows import multiply
from bench.world import make_cells
from workflows.offices import Level, Office

PROVINCES, COMMUNES, PER_CELL = 10, 100, 20
"""Provinces, communes of each, members of a cell; what is left of a number of members is cells of a commune."""
AT_MOST = 1.25
FIRST = 10_000_000
"""Ids of what is made here begin above those of rows that were made one by one."""
ORDER = ("sort_key", "id")


def run_walls(unit: Unit, *, members: int, rounds: int) -> list[Figure]:
    """A page from the beginning of the list and one from its middle, for an officer of a commune and one of a province."""
    with raw("owner") as owner:
        places = _country(owner, unit, members)
    analyse()
    figures: list[Figure] = []
    for name, actor in places.items():
        for part, cursor in (("first", ""), ("middle", _middle(actor))):
            look = partial(_look, actor, cursor)
            found = {role: look(role)[1] for role in ("chibo_app", "chibo_owner")}
            if not found["chibo_app"] or found["chibo_app"] != found["chibo_owner"]:
                raise AssertionError("the two sides do not see the same members")
            walled, open_ = turns(rounds, *(partial(_taken, look, role) for role in ("chibo_app", "chibo_owner")))
            what = f"{name}'s member list at {members:,} members, {part} page"
            figures.append(Figure(what, 1000 * median(walled), "ms"))
            figures.append(Figure(f"{what}, with walls", ratio(open_, walled), "x", AT_MOST, at_most=True))
    return figures


def _taken(look: Callable[[str], tuple[float, list[int]]], role: str, _number: int) -> float:
    return look(role)[0]


def _look(actor: Actor, cursor: str, role: str) -> tuple[float, list[int]]:
    """Seconds of one page, and the ids on it, as the door fetches it."""
    asked = Request(
        APIRequestFactory().get("/api/v1/members/", {"cursor": cursor} if cursor else {}, SERVER_NAME="localhost")
    )
    found: list[Any] = []
    with transaction.atomic():
        with connection.cursor() as cursor_:
            cursor_.execute(f"SET LOCAL ROLE {role}")
        scope(actor.path)
        taken = seconds(lambda: found.extend(page(asked, selectors.members(actor), ORDER)[0]))
    return taken, [one.pk for one in found]


def _middle(actor: Actor) -> str:
    """The cursor behind which the second half of the list stands."""
    rows = selectors.members(actor).order_by(*ORDER)
    last = rows[rows.count() // 2]
    return base64.urlsafe_b64encode(json.dumps([last.sort_key, last.pk]).encode()).decode()


def _country(owner: psycopg.Connection, unit: Unit, members: int) -> dict[str, Actor]:
    """So many members in plain SQL, and an officer of a commune and of a province in the middle of it."""
    with under("app"):
        (cell,) = make_cells([unit], 0)
    commune = unit.parent
    assert commune is not None
    province = commune.parent
    assert province is not None
    cells = members // PROVINCES // COMMUNES // PER_CELL
    counts = {Level.PROVINCE: PROVINCES, Level.BASE: COMMUNES, Level.CELL: cells}
    below, first, middle = "(SELECT NULL::bigint AS id, '/' AS path) above", FIRST, {}
    for level, like in ((Level.PROVINCE, province), (Level.BASE, commune), (Level.CELL, unit)):
        source = f"""(SELECT {first} + row_number() OVER () AS id, above.id AS parent, above.path AS above
          FROM {below}, generate_series(1, {counts[level]})) x"""
        new = {"id": "x.id", "code": "'w' || x.id", "parent_id": "x.parent", "path": "x.above || x.id || '/'"}
        multiply(owner, "organizations_unit", like.pk, new, source)
        below = f"(SELECT id, path FROM organizations_unit WHERE id > {first} ORDER BY id) above"
        made = owner.execute("SELECT id, path FROM organizations_unit WHERE id > %s ORDER BY id", [first]).fetchall()
        middle[level], first = made[len(made) // 2], made[-1][0]
    place = {"unit_id": "x.id", "unit_path": "x.path", "sort_key": "md5(x.id || '.' || x.g)"}
    source = f"""(SELECT u.id, u.path, g FROM organizations_unit u, generate_series(1, {PER_CELL}) g
      WHERE u.id > {FIRST} AND u.level = '{Level.CELL}') x"""
    multiply(owner, "members_member", cell.officials[0], place, source)
    return {
        name: Actor(Office.ORGANISATION_OFFICER, middle[level][1], level, middle[level][0], cell.secretary.user_id)
        for name, level in (("commune officer", Level.BASE), ("province officer", Level.PROVINCE))
    }
