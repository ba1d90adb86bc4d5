"""Who I am, and tokens to sign in with."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts.acting import actor_for, held_by
from backend.accounts.attempts import client_address, count_try
from backend.accounts.models import Token
from backend.accounts.passwords import change_password
from backend.accounts.sessions import stay_signed_in
from backend.api.bodies import Body
from backend.api.problems import TooManyTries
from backend.api.queries import Declared
from backend.api.scoping import InTransaction, chosen_assignment, user_of
from backend.api.sessions import AsOwner
from backend.api.v1.shapes import AssignmentShape, UserShape
from backend.core import clock
from backend.core.errors import NotPermitted
from workflows.offices import RIGHTS


class CurrentShape(serializers.Serializer[Any]):
    assignment_id = serializers.IntegerField()
    office = serializers.CharField()
    unit_id = serializers.IntegerField()
    level = serializers.CharField()
    rights = serializers.ListField(child=serializers.CharField())


class MeShape(serializers.Serializer[Any]):
    """`current` is the office in which this request acts; null where none was or could be chosen."""

    user = UserShape()
    today = serializers.DateField()
    assignments = AssignmentShape(many=True)
    current = CurrentShape(allow_null=True)


class Me(InTransaction):
    @extend_schema(responses=MeShape)
    def get(self, request: Request) -> Response:
        """The person, the offices held today, and the one in which this request acts."""
        today = clock.today()
        held = held_by(user_of(request), today)
        return Response(
            {
                "user": UserShape(user_of(request)).data,
                "today": today.isoformat(),
                "assignments": AssignmentShape(held, many=True).data,
                "current": self.current(request),
            }
        )

    def current(self, request: Request) -> dict[str, Any] | None:
        try:
            actor = actor_for(user_of(request), chosen_assignment(request), clock.today())
        except NotPermitted:
            return None
        return {
            "assignment_id": actor.assignment_id, "office": actor.office.value, "unit_id": actor.unit_id,
            "level": actor.level.value if actor.level else "", "rights": sorted(one.value for one in RIGHTS[actor.office]),
        }  # fmt: skip


class PasswordRequest(Body):
    old_password = serializers.CharField(max_length=200, trim_whitespace=False)
    new_password = serializers.CharField(max_length=200, trim_whitespace=False)


class Password(Declared):
    permission_classes = (AsOwner,)

    @extend_schema(request=PasswordRequest, responses={204: None})
    def post(self, request: Request) -> Response:
        """Choose another password; whatever else was signed in with the old one ends, sessions and tokens.

        Tries count with those to sign in (`accounts.attempts`): whoever found a token must not guess on. No
        `Idempotency-Key` is taken: nothing made of a password is kept. Asked again it changes nothing, since the old
        password is no longer the right one.
        """
        user = user_of(request)
        if seconds := count_try(client_address(request.META), user.username):
            raise TooManyTries(seconds)
        body = PasswordRequest(data=request.data)
        body.is_valid(raise_exception=True)
        old, new = body.validated_data["old_password"], body.validated_data["new_password"]
        kept = request.auth if isinstance(request.auth, Token) else None
        changed = change_password(user.pk, old=old, new=new, kept=kept)
        if kept is None:
            stay_signed_in(request._request, changed)
        return Response(status=204)
