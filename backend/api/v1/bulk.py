"""One step on many subjects: each is done or refused on its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext, gettext_noop
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.bodies import Body, OneOf
from backend.api.problems import of_error
from backend.api.scoping import request_key
from backend.api.v1.answers import DayField, IdField, OutcomeShape, Problem
from backend.api.v1.steps import KEY, Stepping
from backend.cases.engine import CHUNK, NewCase, OnCase, OnMember, Order, Result, perform_bulk
from backend.cases.orders import Target
from backend.core.errors import ChiboError
from workflows.catalogue import LIFECYCLES

MOST_AT_ONCE = CHUNK
"""One transaction, one statement for each kind of row (docs/adr/0009-two-lanes-for-many.md)."""


NEEDED = {
    "member": gettext_noop("Each subject names the member whom the case is about."),
    "version": gettext_noop("Each subject names the version that was looked at."),
}


class BulkSubject(Body):
    """One subject: a case or a member, with the version that was looked at (none where a case is opened)."""

    case = IdField(required=False)
    member = IdField(required=False)
    version = serializers.IntegerField(min_value=0, max_value=2**31 - 1, required=False)
    facts = serializers.DictField(required=False, default=dict)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("case" in attrs) == ("member" in attrs):
            raise serializers.ValidationError(gettext("Name a case or a member, one of them."))
        return attrs


class BulkRequest(Body):
    """One step on many subjects of one day; each is answered on its own.

    With `lifecycle`, the step opens a case of it about each member named.
    """

    lifecycle = OneOf(
        sorted(key for key, page in LIFECYCLES.items() if (page.subject, page.about) == ("case", "member")),
        required=False,
    )
    step = serializers.CharField(max_length=60)
    on = DayField(required=False)
    subjects = serializers.ListField(child=BulkSubject(), allow_empty=False, max_length=MOST_AT_ONCE)

    def validate_subjects(self, subjects: list[dict[str, Any]]) -> list[dict[str, Any]]:
        named = [(one.get("case"), one.get("member")) for one in subjects]
        if len(set(named)) < len(named):
            raise serializers.ValidationError(gettext("A subject is named twice."))
        return subjects

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        asked = "member" if "lifecycle" in attrs else "version"
        if any(asked not in one for one in attrs["subjects"]):
            raise serializers.ValidationError({"subjects": gettext(NEEDED[asked])})
        return attrs


class BulkAnswer(serializers.Serializer[Any]):
    """The answer for one subject, in the order asked: an outcome, or the problem that refused it."""

    kind = serializers.ChoiceField(["case", "member"])
    id = serializers.IntegerField()
    status = serializers.IntegerField()
    outcome = OutcomeShape(allow_null=True)
    problem = Problem(allow_null=True)


class BulkAnswers(serializers.Serializer[Any]):
    results = BulkAnswer(many=True)


class Bulk(Stepping):
    @extend_schema(parameters=[KEY], request=BulkRequest, responses=BulkAnswers)
    def post(self, request: Request) -> Response:
        """One step on many subjects: each is done or refused on its own.

        A key gives the earlier answers again if anything was done; without one, versions keep it from being done twice.
        """
        key = request_key(request)
        wanted = self.asked_for(request, BulkRequest)
        orders = [_order(one, wanted) for one in wanted["subjects"]]
        return Response(perform_bulk(self.actor, orders, _told, request_key=key))


def _told(results: Sequence[Result]) -> dict[str, Any]:
    return {"results": [_answer(one) for one in results]}


def _answer(result: Result) -> dict[str, Any]:
    subject = _subject(result.order.target)
    if result.outcome is not None:
        return {**subject, "status": 200, "outcome": result.outcome.as_json(), "problem": None}
    if not isinstance(result.error, ChiboError):
        raise result.error or RuntimeError("a result without outcome")
    refused = of_error(result.error, result.order.on)
    return {**subject, "status": refused["status"], "outcome": None, "problem": refused}


def _subject(target: Target) -> dict[str, Any]:
    """The subject as it was named: a case, or a member (whom a case is opened about)."""
    match target:
        case OnCase(id=key):
            return {"kind": "case", "id": key}
        case OnMember(id=key) | NewCase(member_id=int(key)):
            return {"kind": "member", "id": key}
    raise TypeError(target)


def _order(subject: dict[str, Any], wanted: dict[str, Any]) -> Order:
    if "lifecycle" in wanted:
        return Order(NewCase(wanted["lifecycle"], subject["member"]), wanted["step"], wanted["on"], subject["facts"])
    target = OnCase(subject["case"]) if "case" in subject else OnMember(subject["member"])
    return Order(target, wanted["step"], wanted["on"], subject["facts"], subject["version"])
