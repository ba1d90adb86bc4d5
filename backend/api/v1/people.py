"""Who I am, and tokens to sign in with."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema
from knox.auth import TokenAuthentication
from knox.models import AuthToken
from rest_framework import serializers
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.acting import actor_for, held_by
from backend.accounts.attempts import client_address, count_try
from backend.api.problems import TooManyTries
from backend.api.scoping import InTransaction, chosen_assignment
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
        held = held_by(request.user, today)  # type: ignore[arg-type]  # IsAuthenticated
        return Response(
            {
                "user": UserShape(request.user).data,  # type: ignore[arg-type]  # IsAuthenticated
                "today": today.isoformat(),
                "assignments": AssignmentShape(held, many=True).data,
                "current": self.current(request),
            }
        )

    def current(self, request: Request) -> dict[str, Any] | None:
        try:
            actor = actor_for(request.user, chosen_assignment(request), clock.today())  # type: ignore[arg-type]  # as above
        except NotPermitted:
            return None
        return {
            "assignment_id": actor.assignment_id, "office": actor.office.value, "unit_id": actor.unit_id,
            "level": actor.level.value if actor.level else "", "rights": sorted(one.value for one in RIGHTS[actor.office]),
        }  # fmt: skip


class SignInRequest(serializers.Serializer[Any]):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=200, trim_whitespace=False)


class TokenShape(serializers.Serializer[Any]):
    token = serializers.CharField(help_text="Send it as `Authorization: Token …`.")
    expiry = serializers.DateTimeField(allow_null=True)
    user = UserShape()


class Tokens(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)  # this is where one signs in

    def get_authenticate_header(self, request: Request) -> str:
        """Without one DRF would answer 403 to a wrong password."""
        return "Token"

    @extend_schema(request=SignInRequest, responses={201: TokenShape}, auth=[])
    def post(self, request: Request) -> Response:
        """Sign in for a token; so many tries for one name from one address (`accounts.attempts`)."""
        name = request.data.get("username", "") if isinstance(request.data, dict) else ""
        if seconds := count_try(client_address(request.META), str(name)[:150]):
            raise TooManyTries(seconds)
        body = SignInRequest(data=request.data)
        body.is_valid(raise_exception=True)
        user = authenticate(request._request, **body.validated_data)
        if user is None:
            raise AuthenticationFailed(gettext("The name or the password is wrong."))
        with transaction.atomic():
            row, token = AuthToken.objects.create(user=user)
            user_logged_in.send(sender=user.__class__, request=request._request, user=user)
        answer = {"token": token, "expiry": row.expiry, "user": user}
        return Response(TokenShape(answer).data, status=201)


class Revoke(APIView):
    authentication_classes = (TokenAuthentication,)

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        """Give up the token of this request."""
        request.auth.delete()  # TokenAuthentication puts its row there
        return Response(status=204)
