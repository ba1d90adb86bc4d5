"""The OpenAPI document says what the API does: schemathesis tries it out, in one office after the other."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from io import StringIO
from typing import Any

import pytest
import schemathesis
import yaml
from django.core.cache import cache
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from backend.accounts.models import Token, User
from backend.alerts.models import Notice
from backend.alerts.sweep import sweep
from backend.audit.models import Event
from backend.cases.models import Case
from backend.deadlines.models import Deadline
from backend.members.models import Member
from backend.organizations.models import Unit
from tests.api.conftest import ON
from tests.api.test_words import sentences
from tests.realdb import RealDatabase
from tests.roles import as_role
from tests.world import make_world, person
from workflows.catalogue import LIFECYCLES
from workflows.offices import Office

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
FOUND = {
    "deputy": 1,
    "committee": 1,
    "province": 1,
    "admin": 1,
    "helper": 1,
    "officer": 15,
    "secretary": 14,
    "auditor": 13,
}
"""Operations that give each office something (a 2xx) whatever is made up, at least."""
BY_DAY = {"officer"}
"""Who is let in at most doors; the others are tried out at night."""


@pytest.fixture
def known(committed_db: RealDatabase) -> dict[str, list[Any]]:
    """A small world with something in every list; what is there, by the name of the parameter that asks for it."""
    cache.clear()
    world = make_world()
    world.meeting(world.members(3), ON)
    world.guest("Phạm Thị Khách", world.other, world.cell)
    member = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-09-10")
    world.probation(member, date(2025, 9, 10))
    person("admin", Office.ADMINISTRATOR, world.province)
    person("helper", Office.HELPER, world.cell, member.pk)
    sweep(ON)
    rows = {"case_id": Case, "member_id": Member, "unit_id": Unit, "deadline_id": Deadline}
    return {
        **{name: list(model._default_manager.values_list("pk", flat=True)) for name, model in rows.items()},
        "uid": [str(uid) for uid in Event.objects.values_list("uid", flat=True)],
        "notice_id": list(Notice.objects.values_list("id", flat=True)),
        "key": sorted(LIFECYCLES),
        "step": sorted({name for page in LIFECYCLES.values() for name in page.steps()}),
        "If-Match": ['"0"', '"1"', '"2"'],
    }


def operations() -> list[Any]:
    document = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    schema = schemathesis.openapi.from_dict(document)
    schema.app = get_wsgi_application()  # not config.wsgi: no watchman looks over this database
    return [one.ok() for one in schema.get_all_operations()]


@pytest.mark.slow
@pytest.mark.real
@pytest.mark.parametrize(
    "office", [pytest.param(one, marks=[] if one in BY_DAY else pytest.mark.nightly) for one in FOUND]
)
def test_api_keeps_its_schema(known: dict[str, list[Any]], office: str) -> None:
    """One world for all operations: what an example does, the next ones find. Every second one asks for what is there."""
    user = User.objects.get(username=office)
    every = operations()
    about_tokens = [one for one in every if "/tokens/" in one.path]
    token, *spare = (signed_in(user) for _ in range(1 + len(about_tokens)))
    answered: Counter[tuple[str, int]] = Counter()
    with as_role("chibo_app"):
        for operation in every:
            if operation not in about_tokens:
                _try_out(operation, token, known, answered)
        for operation, own in zip(
            about_tokens, spare, strict=True
        ):  # last, each with its own: some end the token that asks
            _try_out(operation, own, known, Counter())
    statuses = {status for _, status in answered}
    assert statuses >= {200, 400, 404}
    assert 401 not in statuses  # the token was taken, so the views themselves were tried
    assert len({name for name, status in answered if status < 300}) >= FOUND[office]


def signed_in(user: User) -> dict[str, str]:
    _, token = Token.objects.create(user=user)
    return {"Authorization": f"Token {token}", "Accept-Language": "vi"}


def _try_out(operation: Any, headers: dict[str, str], known: dict[str, list[Any]], answered: Counter[Any]) -> None:
    @given(case=operation.as_strategy(), data=st.data())
    @settings(
        max_examples=6, deadline=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    def try_it(case: Any, data: st.DataObject) -> None:
        case.headers.pop("X-Chibo-Assignment", None)
        if data.draw(st.booleans()):
            for place in (case.path_parameters, case.headers):
                place.update({name: data.draw(st.sampled_from(known[name])) for name in place or () if name in known})
        answer = case.call_and_validate(headers=headers, checks=CHECKS)
        answered[operation.label, answer.status_code] += 1
        if answer.status_code >= 400:
            assert not [one for one in sentences(answer.json()) if one.isascii()], answer.json()

    try_it()


@pytest.mark.django_db
def test_schema_is_valid_and_complete() -> None:
    said = StringIO()
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=said, stderr=said)
    assert "Facts.recognition.propose" in said.getvalue()


def test_every_change_takes_a_request_key() -> None:
    document = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    posts = {
        path: methods["post"].get("parameters", ()) for path, methods in document["paths"].items() if "post" in methods
    }
    keyed = {path for path, parameters in posts.items() if "Idempotency-Key" in {one["name"] for one in parameters}}
    about_oneself = {
        path
        for path in posts
        if "/tokens/" in path
        or path.startswith(("/api/v1/webhooks/", "/api/v1/invitations/"))
        or path in {"/api/v1/me/password/", "/api/v1/me/calendar/", "/api/v1/me/devices/", "/api/v1/me/sessions/end/"}
    }  # no step, no event twice
    only_show = {"/api/v1/calendar/preview/", "/api/v1/dues/reckoning/", "/api/v1/units/{unit_id}/ladders/preview/"}
    readings = {"/api/v1/desk/exports/", "/api/v1/desk/samples/"}
    assert set(posts) - about_oneself - only_show - readings == keyed
    assert "/api/v1/deadlines/{deadline_id}/acknowledge/" in keyed
    for path in about_oneself | readings:
        why_not = " ".join(document["paths"][path]["post"]["description"].split())
        assert "No `Idempotency-Key` is taken: " in why_not, path


@pytest.mark.slow
@pytest.mark.parametrize(
    ("query", "accept", "kind"),
    [
        ("", "*/*", "application/vnd.oai.openapi"),
        ("?format=json", "*/*", "application/json"),
        ("?format=json", "text/html,application/xhtml+xml,*/*;q=0.8", "application/json"),
        ("?format=yaml", "*/*", "application/vnd.oai.openapi"),
        ("", "application/json", "application/json"),
        ("", "application/vnd.oai.openapi+json", "application/vnd.oai.openapi+json"),
        ("", "application/yaml", "application/yaml"),
        ("?lang=vi&format=json", "application/json", "application/json"),
    ],
)
@pytest.mark.django_db
def test_the_schema_is_served_in_the_form_that_is_asked_for(query: str, accept: str, kind: str) -> None:
    answer = APIClient().get(f"/api/schema/{query}", headers={"Accept": accept})
    assert (answer.status_code, answer.headers["Content-Type"].partition(";")[0]) == (200, kind)
    document = json.loads(answer.content) if "json" in kind else yaml.safe_load(answer.content)
    assert document["openapi"].startswith("3.")
    assert "/api/v1/cases/{case_id}/steps/{step}/" in document["paths"]
    assert answer.headers["Content-Disposition"].endswith('.json"' if "json" in kind else '.yaml"')


@pytest.mark.parametrize(
    ("query", "accept", "status", "fields"),
    [
        ("?format=xml", "*/*", 400, ["format"]),
        ("?format=json&format=yaml", "*/*", 400, ["format"]),
        ("?lang=fr", "application/json", 400, ["lang"]),
        ("?formt=json", "*/*", 400, ["formt"]),
        ("", "image/png", 406, None),
        ("?format=json", "application/yaml", 406, None),
    ],
)
@pytest.mark.django_db
def test_another_form_of_the_schema_is_a_problem_in_json(
    query: str, accept: str, status: int, fields: list[str] | None
) -> None:
    answer = APIClient().get(f"/api/schema/{query}", headers={"Accept": accept})
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    told = json.loads(answer.content)
    assert [one["field"] for one in told["errors"]] == fields if fields else told["code"] == "not_acceptable"
