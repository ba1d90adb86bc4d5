"""On made-up trees, people, offices and days: each list is what plain Python says, with both walls and with either alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Q
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from rest_framework.test import APIClient

from backend.accounts import policy
from backend.core import clock
from tests.api.made_up_worlds import TODAY, Made, Seen, make, plans
from tests.roles import as_role

pytestmark = pytest.mark.django_db
LISTS = {
    "/api/v1/units/": "units", "/api/v1/members/": "members", "/api/v1/cases/": "cases", "/api/v1/deadlines/": "deadlines",
    "/api/v1/events/": "events", "/api/v1/flags/": "flags", "/api/v1/notices/": "notices", "/api/v1/webhooks/": "webhooks",
    "/api/v1/substitutions/": "substitutions", "/api/v1/alerts/ledger/": "ledger", "/api/v1/badges/": "badges",
}  # fmt: skip
ELSEWHERE = {
    "/api/v1/calendar/": "the same for everybody who signs in",
    "/api/v1/units/{unit_id}/children/": "below: of each unit in sight",
    "/api/v1/members/{member_id}/timeline/": "below: of each member in sight",
    "/api/v1/accesses/": "tests of its own: who looked is written by looking",
    "/api/v1/members/{member_id}/accesses/": "as above",
}
"""Lists that are asked for otherwise, or not at all, each with the reason."""
KEYS = {"badges": "member_id", "substitutions": "assignment_id"}


def test_every_list_of_the_api_is_asked_for() -> None:
    """A new list without an entry fails here."""
    document = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    paged = {
        path for path, methods in document["paths"].items()
        if any(one["name"] == "cursor" for one in methods.get("get", {}).get("parameters", []))
    }  # fmt: skip
    assert paged == {*LISTS, *ELSEWHERE}


class Asking:
    """Knocks in one office, following each list to its end; None where it is shut."""

    def __init__(self, seen: Seen, role: str) -> None:
        self.client, self.role = APIClient(), role
        self.client.force_authenticate(seen.held.user)

    def __call__(self, address: str, key: str = "id") -> set[Any] | None:
        found: list[Any] = []
        following: str | None = f"{address}{'&' if '?' in address else '?'}limit=3"
        while following:
            answer = self.get(following)
            if answer.status_code == 403:
                return None
            assert answer.status_code == 200, answer.content
            found += [row[key] for row in answer.json()["results"]]
            following = answer.json()["next"]
        assert len(found) == len(set(found)), "a row came twice"
        return set(found)

    def get(self, address: str) -> Any:
        with connection.cursor() as cursor:  # as a new transaction begins
            cursor.execute("SELECT set_config('chibo.path', '', true), set_config('chibo.user', '', true)")
        if not self.role:
            return self.client.get(address)
        with as_role(self.role):
            return self.client.get(address)


@contextmanager
def first_wall_down() -> Iterator[None]:
    """The filters let everything through: what is left out then is left out by the database."""
    was = policy._inside
    policy._inside = lambda actor, column: Q(pk__isnull=False)  # type: ignore[assignment]
    try:
        yield
    finally:
        policy._inside = was


@contextmanager
def world(plan: Any) -> Iterator[Made]:
    with transaction.atomic():
        cache.clear()
        clock.move_to(TODAY)
        yield make(plan)
        transaction.set_rollback(True)


USUAL = 30
"""Examples of Hypothesis where no profile says otherwise."""
EXAMPLES = settings(
    max_examples=4 if settings().max_examples <= USUAL else settings().max_examples,
    phases=[Phase.generate],  # a smaller world of the same kind would cost minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


@given(plan=plans)
@EXAMPLES
def test_what_an_office_is_shown_is_what_it_may_see(plan: Any) -> None:
    with world(plan) as made:
        for held in made.held(TODAY):
            seen = Seen(made, held)
            wanted = {address: seen.of(name) for address, name in LISTS.items()}
            assert asked(seen, "chibo_app") == wanted, "both walls"
            assert asked(seen, "") == wanted, "the first wall alone: the owner has no policies"
            with first_wall_down():
                alone = asked(seen, "chibo_app")
            assert {address: alone[address] for address in LISTS if address not in WIDER} == {
                address: found for address, found in wanted.items() if address not in WIDER
            }, "the second wall alone"
            for address in WIDER:
                _no_further(seen, address, alone[address], wanted[address])


def asked(seen: Seen, role: str) -> dict[str, set[Any] | None]:
    ask = Asking(seen, role)
    return {address: ask(address, KEYS.get(name, "id")) for address, name in LISTS.items()}


WIDER = ("/api/v1/units/", "/api/v1/events/", "/api/v1/badges/")
"""What the second wall lets through besides, on purpose: units above, and those of guests and of cases that wait here; the
story of a case or a member that can be seen; of badges, which are the official unit's, those of guests."""


def _no_further(seen: Seen, address: str, alone: set[Any] | None, wanted: set[Any] | None) -> None:
    if wanted is None or alone is None:
        assert alone == wanted
        return
    made = seen.made
    homes = [one.unit_path for one in made.members if seen.scope(one.guest_path)]
    homes += [one.unit_path for one in made.cases if seen.scope(one.acting_path)]
    if address.endswith("units/"):
        near = [seen.held.unit_path, *homes]
        besides = {one.pk for one in made.units if any(path.startswith(one.path) for path in near)}
    elif address.endswith("badges/"):
        besides = {one.pk for one in made.members if seen.scope(one.guest_path)}
    else:
        cases = {one.pk for one in made.cases if seen.scope(one.unit_path) or seen.scope(one.acting_path)}
        people = {one.pk for one in made.members if seen.scope(one.unit_path) or seen.scope(one.guest_path)}
        besides = {
            one.pk for one in made.events
            if seen.event_readable(one) and one.subject_id in (cases if one.subject_kind == "case" else people)
        }  # fmt: skip
    assert wanted <= alone <= wanted | besides, address


@given(plan=plans)
@EXAMPLES
def test_nor_more_of_a_unit_a_member_or_a_day(plan: Any) -> None:
    """Children of each unit, the timeline of each member, the tree of yesterday; not there for what is out of sight."""
    with world(plan) as made:
        for held in made.held(TODAY):
            seen = Seen(made, held)
            ask = Asking(seen, "chibo_app")
            units = set(seen.units())
            then = {one.pk: made.before.get(one.pk, (one.parent_id, one.path)) for one in made.units}
            assert ask("/api/v1/units/?as_of=2026-11-01") == units
            for unit in made.units:
                below = f"/api/v1/units/{unit.pk}/children/"
                if unit.pk not in units:
                    assert ask.get(below).status_code == 404
                    continue
                assert ask(below) == {one.pk for one in made.units if one.parent_id == unit.pk} & units
                was = ask(f"/api/v1/units/?as_of=2026-11-01&parent={unit.pk}")
                assert was == {key for key, (parent, _) in then.items() if parent == unit.pk} & units
            _timelines(seen, ask)


def _timelines(seen: Seen, ask: Asking) -> None:
    shown = seen.of("members")
    for member in seen.made.members:
        address = f"/api/v1/members/{member.pk}/timeline/"
        if shown is None or member.pk not in shown:
            assert ask.get(address).status_code == (403 if shown is None else 404)
            continue
        cases = set(seen.cases())
        wanted = {
            one.pk for one in seen.made.events
            if one.member_id == member.pk and seen.event_readable(one)
            and (seen.scope(one.unit_path) or one.subject_kind == "member" or one.case_id in cases)
        }  # fmt: skip
        assert ask(address) == wanted
