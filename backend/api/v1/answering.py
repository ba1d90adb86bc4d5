"""What people answer to a deadline: seen, put off, a comment."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.bodies import Body
from backend.api.scoping import etag, expected_version, request_key
from backend.api.v1.answers import DayField
from backend.api.v1.steps import KEY, MATCH, Stepping
from backend.cases import acknowledging, answering


class AcknowledgeRequest(Body):
    """For how many working days nobody above is told (without: as many as the rules propose), and why."""

    working_days = serializers.IntegerField(required=False, min_value=1, max_value=100)
    reason = serializers.CharField(max_length=500)


class SnoozeRequest(Body):
    """Until which day the office that must act is not reminded, and why."""

    until = DayField()
    reason = serializers.CharField(max_length=500)


class CommentRequest(Body):
    comment = serializers.CharField(max_length=2000)


class CommentedShape(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    version = serializers.IntegerField()


class SnoozedShape(CommentedShape):
    until = serializers.DateField()


class AcknowledgedShape(SnoozedShape):
    level = serializers.IntegerField()


class Answering(Stepping):
    """What the answers share: rights before faults, the version that was looked at, the new one in the answer."""

    def answered(
        self, request: Request, deadline_id: int, shape: type[serializers.Serializer[Any]], act: Any
    ) -> Response:
        with self.entitled(lambda: acknowledging.entitled(self.actor, deadline_id)):
            version, key = expected_version(request), request_key(request)
            wanted = self.asked_for(request, shape)
        wanted.pop("on")
        outcome = act(self.actor, deadline_id, **wanted, expected_version=version, request_key=key)
        return Response(outcome, headers=etag(outcome["version"]))


class Acknowledge(Answering):
    @extend_schema(parameters=[MATCH, KEY], request=AcknowledgeRequest, responses=AcknowledgedShape)
    def post(self, request: Request, deadline_id: int) -> Response:
        """Stop the climb of a deadline for some working days."""
        return self.answered(request, deadline_id, AcknowledgeRequest, acknowledging.acknowledge)


class Snooze(Answering):
    @extend_schema(parameters=[MATCH, KEY], request=SnoozeRequest, responses=SnoozedShape)
    def post(self, request: Request, deadline_id: int) -> Response:
        """Put the reminders of the office that must act off to a day; never past the legal day."""
        return self.answered(request, deadline_id, SnoozeRequest, answering.snooze)


class Comment(Answering):
    @extend_schema(parameters=[MATCH, KEY], request=CommentRequest, responses=CommentedShape)
    def post(self, request: Request, deadline_id: int) -> Response:
        """Say something about a deadline, for everybody who reads its story."""
        return self.answered(request, deadline_id, CommentRequest, answering.comment)
