"""The log: what happened, and the way to correct it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.paging import paged
from backend.api.scoping import Scoped, request_key
from backend.api.v1 import answers, shapes
from backend.api.v1.answers import DayField, IdField
from backend.api.v1.lists import CURSOR, asked, page_of
from backend.api.v1.steps import KEY, Stepping
from backend.cases import selectors
from backend.cases.voiding import void


class EventQuery(serializers.Serializer[Any]):
    member = IdField(required=False)
    case = IdField(required=False)
    unit = IdField(required=False)
    since = DayField(required=False, help_text="Legal day, included.")


class Events(Scoped):
    @extend_schema(parameters=[EventQuery, *CURSOR], responses=page_of(shapes.EventShape))
    def get(self, request: Request) -> Response:
        """The log, newest first."""
        wanted = asked(EventQuery, request)
        names = {"member": "member_id", "case": "case_id", "unit": "unit_id", "since": "on_date__gte"}
        filters = {names[name]: value for name, value in wanted.items()}
        return paged(
            request, selectors.events(self.actor, wanted.get("case")).filter(**filters), ("-id",), shapes.EventShape
        )


class EventDetail(Scoped):
    @extend_schema(responses=shapes.EventShape)
    def get(self, request: Request, uid: UUID) -> Response:
        return Response(shapes.EventShape(get_object_or_404(selectors.events(self.actor), uid=uid)).data)


class Void(Stepping):
    @extend_schema(parameters=[KEY], request=answers.VoidRequest, responses=answers.VoidedShape)
    def post(self, request: Request, uid: UUID) -> Response:
        """Undo an entry, as a second person and while nothing was built on it (else 409 with the blockers)."""
        key = request_key(request)
        wanted = self.asked_for(request, answers.VoidRequest)
        uids = void(self.actor, uid, reason=wanted["reason"], paper=wanted["paper"], request_key=key)
        return Response({"voided": str(uid), "events": [str(one) for one in uids]})
