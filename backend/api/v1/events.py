"""The log: what happened, and the way to correct it."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.paging import paged
from backend.api.scoping import Scoped, Tells, etag, expected_version, request_key
from backend.api.v1 import answers
from backend.api.v1.asking import EventQuery, question
from backend.api.v1.entry_shapes import EntryShape, WrittenEntryShape
from backend.api.v1.lists import CURSOR, asked, page_of
from backend.api.v1.steps import KEY, MATCH, Stepping
from backend.audit.details import with_voids
from backend.cases import selectors
from backend.cases.voidable import entitled
from backend.cases.voiding import void
from backend.desk.asking import events
from workflows.offices import Right


class Events(Scoped):
    tells = Tells.LIST

    @extend_schema(parameters=[EventQuery, *CURSOR], responses=page_of(EntryShape))
    def get(self, request: Request) -> Response:
        """The log, newest first."""
        selectors.need(self.actor, Right.READ_EVENTS)
        wanted = question(self.actor, asked(EventQuery, request))
        return paged(request, with_voids(events(self.actor, wanted)), ("-id",), EntryShape)


class EventDetail(Scoped):
    tells = Tells.FILE

    @extend_schema(responses=WrittenEntryShape)
    def get(self, request: Request, uid: UUID) -> Response:
        """An entry; `ETag` is the version in which its case or member stands now, for the `If-Match` of a void."""
        event = get_object_or_404(with_voids(selectors.events(self.actor)), uid=uid)
        self.about = {"member_id": event.member_id, "case_id": event.case_id}
        version = selectors.subject_version(event)
        return Response(WrittenEntryShape(event).data, headers=etag(version) if version is not None else {})


class Void(Stepping):
    @extend_schema(parameters=[MATCH, KEY], request=answers.VoidRequest, responses=answers.VoidedShape)
    def post(self, request: Request, uid: UUID) -> Response:
        """Undo an entry, as a second person and while nothing was built on it (else 409 with the blockers).

        `If-Match` names the version of the case or member that the entry is about: the `ETag` of the entry. While
        nothing was built on it this is the `version` of the entry itself.
        """
        with self.entitled(lambda: entitled(self.actor, uid)):
            version, key = expected_version(request), request_key(request)
            wanted = self.asked_for(request, answers.VoidRequest)
        said = {"reason": wanted["reason"], "paper": wanted["paper"]}
        uids = void(self.actor, uid, **said, expected_version=version, request_key=key)
        return Response({"voided": str(uid), "events": [str(one) for one in uids]})
