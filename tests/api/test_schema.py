"""The OpenAPI document says what the API does: schemathesis tries it out."""

from __future__ import annotations

from datetime import date
from io import StringIO
from typing import Any

import pytest
import schemathesis
from django.core.management import call_command
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from knox.models import AuthToken
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from backend.accounts.models import User
from backend.config.wsgi import application
from tests.realdb import RealDatabase
from tests.world import make_world

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture
def signed_in(committed_db: RealDatabase) -> dict[str, str]:
    """An organisation officer's token in a small world; the whole is dropped afterwards."""
    world = make_world()
    member = world.member("Trần Thị Mới", "import_probationary", joined_on="2025-10-30")
    world.probation(member, date(2025, 10, 30))
    user = User.objects.get(pk=world.actor("officer").user_id)
    _, token = AuthToken.objects.create(user=user)
    return {"Authorization": f"Token {token}"}


def operations() -> list[Any]:
    document = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    schema = schemathesis.openapi.from_dict(document)
    schema.app = application
    return [one.ok() for one in schema.get_all_operations() if "/tokens/" not in one.ok().path]


def test_api_keeps_its_schema(signed_in: dict[str, str]) -> None:
    """One world for all operations: what an example does, the next ones find."""
    answered: list[int] = []
    for operation in operations():

        @given(case=operation.as_strategy())
        @settings(
            max_examples=3, deadline=None, derandomize=True, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        def try_it(case: Any) -> None:
            case.headers.pop("X-Chibo-Assignment", None)
            answered.append(case.call_and_validate(headers=signed_in, checks=CHECKS).status_code)

        try_it()
    assert len(answered) > 40
    assert 200 in answered
    assert 401 not in answered  # the token was taken, so the views themselves were tried


@pytest.mark.django_db
def test_schema_is_valid_and_complete() -> None:
    said = StringIO()
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=said, stderr=said)
    assert "Facts.recognition.propose" in said.getvalue()
