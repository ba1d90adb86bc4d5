"""Steps: what can be done now, doing one, opening a case."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import APIException
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.paging import page
from backend.api.scoping import Scoped, Tells, etag, expected_version, request_key
from backend.api.v1 import answers, lists, shapes
from backend.api.v1.lists import CURSOR, CaseQuery, asked, page_of
from backend.cases import listing, selectors
from backend.cases.engine import NewCase, OnCase, OnMember, perform
from backend.cases.entering import enter
from backend.cases.labels import label_cases
from backend.cases.options import Option, case_options, entitled, member_options, unit_options
from backend.core.db import scope

KEY = OpenApiParameter(
    "Idempotency-Key", OpenApiTypes.STR, OpenApiParameter.HEADER,
    description="1 to 80 visible ASCII characters; the same key with the same request gives the earlier answer.",
)  # fmt: skip
MATCH = OpenApiParameter(
    "If-Match", {"type": "string", "pattern": '^"[0-9]{1,9}"$'}, OpenApiParameter.HEADER, required=True,
    description="The version that was looked at, in quotes.",
)  # fmt: skip


class Stepping(Scoped):
    """What the views about steps share."""

    def asked_for(self, request: Request, shape: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        """The body, checked; `on` is today where it was not given, and selects the version of the law cited."""
        body = shape(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = dict(body.validated_data)
        self.legal_day = wanted.setdefault("on", self.today)
        return wanted

    @contextmanager
    def entitled(self, check: Callable[[], object]) -> Iterator[None]:
        """What is wrong with a request is told only to whoever may make it: `check` raises 404 and 403 before 428, 400."""
        try:
            yield
        except APIException:
            with transaction.atomic():
                scope(self.actor.path)
                check()
            raise

    def listed(self, found: Sequence[Option]) -> dict[str, Any]:
        return {"results": [answers.option_json(one, self.today) for one in found]}

    def versioned(self, version: int, found: Sequence[Option]) -> Response:
        """Options with the version they were looked at in, for the `If-Match` of the step that is chosen."""
        return Response({"version": version, **self.listed(found)}, headers=etag(version))

    def made(self, request: Request, place: str, outcome: dict[str, Any], answer: Any = None) -> Response:
        """201 with the address and the version of what was made; the answer is the outcome, or more."""
        location = {"Location": request.build_absolute_uri(f"/api/v1/{place}")}
        return Response(answer or outcome, status=201, headers=etag(outcome["version"]) | location)

    def do(self, request: Request, target: OnCase | OnMember, step: str) -> Response:
        with self.entitled(lambda: entitled(self.actor, target, step, self.today)):
            version, key = expected_version(request), request_key(request)
            wanted = self.asked_for(request, answers.StepRequest)
        outcome = perform(
            self.actor, target, step, wanted["facts"], on=wanted["on"], expected_version=version, request_key=key
        )
        return Response(outcome, headers=etag(outcome["version"]))


class Cases(Stepping):
    tells = Tells.LIST

    @extend_schema(parameters=[CaseQuery, *CURSOR], responses=page_of(shapes.CaseShape))
    def get(self, request: Request) -> Response:
        """Cases in scope, newest first."""
        wanted = asked(CaseQuery, request)
        rows = listing.cases(self.actor, listing.Cases(is_open=wanted.pop("open"), **wanted), self.today)
        found, following = page(request, rows, listing.CASES_ORDER)
        shown = shapes.CaseShape(label_cases(found, self.today), many=True)
        return Response({"results": shown.data, "next": following})

    @extend_schema(parameters=[KEY], request=answers.OpenRequest, responses={201: answers.OutcomeShape})
    def post(self, request: Request) -> Response:
        """Open a case."""
        key = request_key(request)
        wanted = self.asked_for(request, answers.OpenRequest)
        target = NewCase(wanted["lifecycle"], wanted.get("member"), wanted.get("unit"))
        outcome = perform(self.actor, target, wanted["step"], wanted["facts"], on=wanted["on"], request_key=key)
        return self.made(request, f"cases/{outcome['id']}/", outcome)


class CaseDetail(Scoped):
    tells = Tells.FILE

    @extend_schema(responses=shapes.CaseDetailShape)
    def get(self, request: Request, case_id: int) -> Response:
        case = get_object_or_404(selectors.cases(self.actor), pk=case_id)
        label_cases([case], self.today)
        return Response(shapes.CaseDetailShape(selectors.with_details(case)).data, headers=etag(case.version))


class CaseSteps(Stepping):
    tells = Tells.FILE

    @extend_schema(responses=answers.OptionsShape)
    def get(self, request: Request, case_id: int) -> Response:
        """What can be done with the case now, and every reason why not for the rest."""
        return self.versioned(*case_options(self.actor, case_id, self.today))


class CaseStep(Stepping):
    @extend_schema(parameters=[MATCH, KEY], request=answers.StepRequest, responses=answers.OutcomeShape)
    def post(self, request: Request, case_id: int, step: str) -> Response:
        """Do one step of the case."""
        return self.do(request, OnCase(case_id), step)


class Members(lists.Members, Stepping):
    @extend_schema(parameters=[KEY], request=answers.EnterRequest, responses={201: answers.OutcomeShape})
    def post(self, request: Request) -> Response:
        """Put a new person on a cell's list; every fault of profile and facts is told at once."""
        key = request_key(request)
        wanted = self.asked_for(request, answers.EnterRequest)
        outcome = enter(
            self.actor, wanted["unit"], wanted["step"], wanted["facts"], profile=wanted["profile"], on=wanted["on"],
            request_key=key,
        )  # fmt: skip
        return self.made(request, f"members/{outcome['id']}/", outcome)


class MemberSteps(Stepping):
    tells = Tells.FILE

    @extend_schema(responses=answers.OptionsShape)
    def get(self, request: Request, member_id: int) -> Response:
        """What can be done about the member now: steps of membership, and cases to open."""
        return self.versioned(*member_options(self.actor, member_id, self.today))


class MemberStep(Stepping):
    @extend_schema(parameters=[MATCH, KEY], request=answers.StepRequest, responses=answers.OutcomeShape)
    def post(self, request: Request, member_id: int, step: str) -> Response:
        """Do one step of membership."""
        return self.do(request, OnMember(member_id), step)


class Merge(Stepping):
    @extend_schema(parameters=[KEY], request=answers.MergeRequest, responses=answers.OutcomeShape)
    def post(self, request: Request, member_id: int) -> Response:
        """Merge another record of the same person into this one; the answer is about the record that goes."""
        with transaction.atomic():
            scope(self.actor.path)
            get_object_or_404(selectors.members(self.actor), pk=member_id)
        key, wanted = request_key(request), self.asked_for(request, answers.MergeRequest)
        facts = {"kept": member_id, "reason": wanted["reason"], "confirmation": wanted["confirmation"]}
        outcome = perform(self.actor, OnMember(wanted["record"]), "merge", facts, on=wanted["on"], request_key=key)
        return Response(outcome, headers=etag(outcome["version"]))


class UnitSteps(Stepping):
    tells = Tells.NOBODY

    @extend_schema(responses=answers.OpeningsShape)
    def get(self, request: Request, unit_id: int) -> Response:
        """New people who can be put on the unit's lists, and cases that can be opened about it."""
        return Response(self.listed(unit_options(self.actor, unit_id, self.today)))
