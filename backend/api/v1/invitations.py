"""Invitations: a code on paper for whoever is to hold an office; with it the person makes the password."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts.administration import unit_coded, user_named
from backend.accounts.attempts import client_address, count_try
from backend.accounts.invitations import Seat, Slip, invite, invite_again, join
from backend.accounts.models import User
from backend.accounts.second_factor import reset_factors
from backend.api.bodies import Body, OneOf
from backend.api.problems import TooManyTries
from backend.api.queries import Declared
from backend.api.scoping import Scoped
from backend.core.errors import NotPermitted, Unchanged
from workflows.offices import UNIT_OFFICES, Office, Right, holds

OFFICES = tuple(office.value for office in UNIT_OFFICES)


class InvitationRequest(Body):
    username = serializers.CharField(max_length=150, help_text="To sign in with.")
    full_name = serializers.CharField(max_length=120)
    email = serializers.EmailField(max_length=254, required=False, help_text="Many have none: the code goes by hand.")
    language = OneOf([code for code, _name in settings.LANGUAGES], required=False)
    office = OneOf(OFFICES)
    unit_code = serializers.CharField(max_length=40)
    since = serializers.DateField(help_text="The first day of the office.")
    until = serializers.DateField(required=False, allow_null=True, help_text="The last one, if it is known.")


class AgainRequest(Body):
    username = serializers.CharField(max_length=150)


class JoinRequest(Body):
    code = serializers.CharField(max_length=60)
    full_name = serializers.CharField(max_length=120)
    new_password = serializers.CharField(max_length=200, trim_whitespace=False)


class SlipShape(serializers.Serializer[Any]):
    username = serializers.CharField(source="user.username")
    full_name = serializers.CharField(source="user.full_name")
    code = serializers.CharField(help_text="Shown this once: print it and hand it over.")
    expires_at = serializers.DateTimeField()


class ResetShape(serializers.Serializer[Any]):
    username = serializers.CharField()
    reset = serializers.BooleanField(help_text="False where there was no second factor: nothing was changed.")


class JoinedShape(serializers.Serializer[Any]):
    username = serializers.CharField()
    full_name = serializers.CharField()


class Invitations(Scoped):
    @extend_schema(request=InvitationRequest, responses={201: SlipShape})
    def post(self, request: Request) -> Response:
        """Make an account with its office and a code for its owner; for offices of units below one's own.

        No `Idempotency-Key` is taken: an answer is kept with its key, and a code is kept nowhere. Asked again the name is
        taken, and another code comes from `POST /api/v1/invitations/again/`.
        """
        asked = _asked(self, InvitationRequest, request)
        who = User(
            username=asked["username"], full_name=asked["full_name"], email=asked.get("email", ""),
            language=asked.get("language", ""),
        )  # fmt: skip
        unit = unit_coded(self.actor, asked["unit_code"])
        seat = Seat(Office(asked["office"]), unit.pk, asked["since"], asked.get("until"))
        return _shown(invite(self.actor, who, seat))


class InvitationsAgain(Scoped):
    @extend_schema(request=AgainRequest, responses={201: SlipShape})
    def post(self, request: Request) -> Response:
        """Another code for whoever lost the slip or the password; what signed in before does so no more.

        No `Idempotency-Key` is taken: an answer is kept with its key, and a code is kept nowhere. Asked again it gives
        another code, and the one before serves no more.
        """
        asked = _asked(self, AgainRequest, request)
        return _shown(invite_again(self.actor, user_named(asked["username"]).pk))


class LostFactors(Scoped):
    @extend_schema(request=AgainRequest, responses=ResetShape)
    def post(self, request: Request) -> Response:
        """Take every second factor from whoever lost them; by an office above all of the person's own, never one's own.

        What was signed in ends, and the next sign-in tells the person and leads to setting up another one. No
        `Idempotency-Key` is taken: asked again, nothing is left to be reset and nothing is changed.
        """
        user, reset = user_named(_asked(self, AgainRequest, request)["username"]), True
        try:
            reset_factors(self.actor, user.pk)
        except Unchanged:
            reset = False
        return Response({"username": user.username, "reset": reset})


class Join(Declared):
    authentication_classes = ()

    @extend_schema(request=JoinRequest, responses=JoinedShape, auth=[])
    def post(self, request: Request) -> Response:
        """Make the password with the code of an invitation; so many tries from one address (`accounts.attempts`).

        No `Idempotency-Key` is taken: nothing made of a password is kept, and a code serves once.
        """
        if seconds := count_try(client_address(request.META), "invitation"):
            raise TooManyTries(seconds)
        body = JoinRequest(data=request.data)
        body.is_valid(raise_exception=True)
        typed = body.validated_data
        return Response(JoinedShape(join(typed["code"], typed["full_name"], typed["new_password"])).data)


def _asked(view: Scoped, shape: type[Body], request: Request) -> dict[str, Any]:
    """The body; what is wrong with it, and who has an account, is told only to offices that may invite anybody."""
    if not (holds(view.actor.office, Right.INVITE) or holds(view.actor.office, Right.ADMINISTER)):
        raise NotPermitted
    body = shape(data=request.data)
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


def _shown(slip: Slip) -> Response:
    return Response(SlipShape(slip).data, status=201)
