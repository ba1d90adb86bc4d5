"""What row-level security costs the officers' member lists: the same page as `chibo_app` and as the owner, past all walls."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any

from django.db import connection, transaction
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from backend.accounts.policy import Actor
from backend.api.paging import page
from backend.cases import selectors
from backend.core.db import scope
from backend.organizations.models import Unit
from bench.country import make_country
from bench.database import analyse, raw
from bench.figures import Figure, ratio, seconds, turns
from workflows.offices import Level

AT_MOST = 1.25
ORDER = ("sort_key", "id")
OFFICERS = {"commune officer": Level.BASE, "province officer": Level.PROVINCE}


def run_walls(unit: Unit, *, members: int, rounds: int) -> list[Figure]:
    """A page from the beginning of the list and one from its middle, for an officer of a commune and one of a province."""
    with raw("owner") as owner:
        country = make_country(owner, unit, members)
    analyse()
    places = {name: country.officer(level) for name, level in OFFICERS.items()}
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
