"""Who I am, and tokens to sign in with."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.utils.translation import gettext, gettext_lazy
from drf_spectacular.utils import extend_schema
from knox.auth import TokenAuthentication
from knox.models import AuthToken
from rest_framework import serializers
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts.acting import actor_for, held_by
from backend.accounts.attempts import client_address, count_code, count_try
from backend.accounts.models import User
from backend.accounts.passwords import change_password
from backend.accounts.second_factor import has_factor, passes
from backend.accounts.sessions import stay_signed_in
from backend.api.bodies import Body
from backend.api.problems import TooManyTries
from backend.api.queries import Declared
from backend.api.scoping import InTransaction, chosen_assignment, user_of
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


class SignInRequest(serializers.Serializer[Any]):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=200, trim_whitespace=False)
    code = serializers.CharField(
        max_length=20,
        required=False,
        help_text="Of the authenticator app, or a recovery code; where there is a second factor.",
    )


class CodeNeeded(AuthenticationFailed):
    """The password is right, and is not enough."""

    default_code = "second_factor_code"
    default_detail = gettext_lazy(
        "This account has a second factor: give the code of the authenticator app, or a recovery code, as “code”."
    )


class TokenShape(serializers.Serializer[Any]):
    """With `password_must_change` the token opens one door: `POST /api/v1/me/password/`."""

    token = serializers.CharField(help_text="Send it as `Authorization: Token …`.")
    expiry = serializers.DateTimeField(allow_null=True)
    user = UserShape()
    password_must_change = serializers.BooleanField(source="user.password_must_change")


class Tokens(Declared):
    authentication_classes = ()
    permission_classes = (AllowAny,)  # this is where one signs in

    def get_authenticate_header(self, request: Request) -> str:
        """Without one DRF would answer 403 to a wrong password."""
        return "Token"

    @extend_schema(request=SignInRequest, responses={201: TokenShape}, auth=[])
    def post(self, request: Request) -> Response:
        """Sign in for a token; so many tries for one name from one address (`accounts.attempts`).

        No `Idempotency-Key` is taken: an answer is kept with its key, and a token is kept nowhere. Asked again it gives
        another token, which `POST /api/v1/tokens/revoke/` ends.
        """
        name = request.data.get("username", "") if isinstance(request.data, dict) else ""
        if seconds := count_try(client_address(request.META), str(name)[:150]):
            raise TooManyTries(seconds)
        body = SignInRequest(data=request.data)
        body.is_valid(raise_exception=True)
        user = authenticate(request._request, **{name: body.validated_data[name] for name in ("username", "password")})
        if user is not None and has_factor(user.pk):
            _show_code(user, body.validated_data.get("code", ""))
        with transaction.atomic():
            if user is None or not _still_has(user):
                raise AuthenticationFailed(gettext("The name or the password is wrong."))
            row, token = AuthToken.objects.create(user=user)
            user_logged_in.send(sender=user.__class__, request=request._request, user=user)
        answer = {"token": token, "expiry": row.expiry, "user": user}
        return Response(TokenShape(answer).data, status=201)


class PasswordRequest(Body):
    old_password = serializers.CharField(max_length=200, trim_whitespace=False)
    new_password = serializers.CharField(max_length=200, trim_whitespace=False)


class Password(Declared):
    permission_classes = (IsAuthenticated,)  # with a one-time password too: this is where it is exchanged

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
        kept = request.auth if isinstance(request.auth, AuthToken) else None
        changed = change_password(user.pk, old=old, new=new, kept=kept)
        if kept is None:
            stay_signed_in(request._request, changed)
        return Response(status=204)


def _show_code(user: Any, code: str) -> None:
    """Raises CodeNeeded without a code or for one that does not pass, TooManyTries."""
    if code and (seconds := count_code(user.pk)):
        raise TooManyTries(seconds)
    if not code or passes(user.pk, code) is None:
        raise CodeNeeded


def _still_has(user: Any) -> bool:
    """Whether the password stands that was just shown; whoever changes it waits until the token is there to be deleted."""
    return bool(User.objects.select_for_update(no_key=True).filter(pk=user.pk, password=user.password))


class Revoke(Declared):
    authentication_classes = (TokenAuthentication,)
    permission_classes = (IsAuthenticated,)

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        """Give up the token of this request.

        No `Idempotency-Key` is taken: asked again it changes nothing, and answers 401.
        """
        request.auth.delete()  # TokenAuthentication puts its row there
        return Response(status=204)
