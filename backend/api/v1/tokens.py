"""Tokens: signing in for one, making others, seeing and ending them; and the sessions of pages likewise."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_logged_in
from django.utils.translation import gettext, gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts.attempts import client_address, count_code, count_try
from backend.accounts.models import Token, TokenScope
from backend.accounts.out_of_office import over_since, said
from backend.accounts.second_factor import has_factor, passes
from backend.accounts.sessions import device, end_other_sessions, end_session, sessions_of
from backend.accounts.tokens import Wanted, make_token, revoke_token, tokens_of
from backend.api.bodies import Body, OneOf
from backend.api.problems import TooManyTries
from backend.api.queries import Declared
from backend.api.scoping import InTransaction, user_of
from backend.api.sessions import AsOwner, ScopedToken
from backend.api.v1.answers import IdField
from backend.api.v1.shapes import UserShape
from backend.core.errors import NotPermitted


class WantedRequest(Body):
    """What a token is for."""

    label = serializers.CharField(  # type: ignore[assignment]  # the name of an attribute of fields
        max_length=60, required=False, help_text="For yourself, to know it by."
    )
    scope = OneOf(TokenScope.values, required=False, help_text="`read` changes nothing.")
    assignment = IdField(required=False, help_text="The one office in which it acts; without it, whichever is chosen.")
    until = serializers.DateField(required=False, help_text="Its last day; without one it lasts thirty days.")


class SignInRequest(WantedRequest):
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

    token = serializers.CharField(help_text="Send it as `Authorization: Token …`. It is shown this once.")
    expiry = serializers.DateTimeField(allow_null=True)
    user = UserShape()
    password_must_change = serializers.BooleanField(source="user.password_must_change")


class MyTokenShape(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="uid")
    label = serializers.CharField()  # type: ignore[assignment]  # the name of an attribute of fields
    scope = serializers.CharField()
    assignment_id = serializers.IntegerField(allow_null=True)
    made_at = serializers.DateTimeField(source="created")
    expiry = serializers.DateTimeField()


class NewTokenShape(MyTokenShape):
    token = serializers.CharField(help_text="Shown this once.")


class MyTokensShape(serializers.Serializer[Any]):
    tokens = MyTokenShape(many=True)


class TokenChoice(Body):
    id = serializers.UUIDField()


class SessionShape(serializers.Serializer[Any]):
    """A page that is signed in; `here`: the one that asks."""

    id = serializers.IntegerField()
    device = serializers.CharField()
    address = serializers.CharField()
    since = serializers.DateTimeField()
    here = serializers.BooleanField()


class SessionsShape(serializers.Serializer[Any]):
    sessions = SessionShape(many=True)


class EndSessionRequest(Body):
    session = IdField(required=False, help_text="Without it, every session but the one that asks.")


class Tokens(Declared):
    authentication_classes = ()

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
        user: Any = authenticate(
            request._request, username=body.validated_data["username"], password=body.validated_data["password"]
        )
        if user is None:
            raise _wrong()
        if has_factor(user.pk):
            _show_code(user, body.validated_data.get("code", ""))
        if (last := over_since(user.pk)) is not None:
            raise AuthenticationFailed(said(last))
        try:
            row, token = make_token(user.pk, _wanted(body), shown=user.password)
        except NotPermitted:
            raise _wrong() from None
        user_logged_in.send(sender=user.__class__, request=request._request, user=user)
        return Response(TokenShape({"token": token, "expiry": row.expiry, "user": user}).data, status=201)


class Revoke(Declared):
    authentication_classes = (ScopedToken,)
    reading_is_enough = True  # to be given up

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        """Give up the token of this request.

        No `Idempotency-Key` is taken: asked again it changes nothing, and answers 401.
        """
        revoke_token(user_of(request).pk, request.auth.uid)  # type: ignore[union-attr]  # ScopedToken puts its row there
        return Response(status=204)


class MyTokens(InTransaction):
    permission_classes = (AsOwner,)

    @extend_schema(responses=MyTokensShape)
    def get(self, request: Request) -> Response:
        """Which programs have a way in: until when, for what, in which office."""
        return Response(MyTokensShape({"tokens": tokens_of(user_of(request).pk)}).data)

    @extend_schema(request=WantedRequest, responses={201: NewTokenShape})
    def post(self, request: Request) -> Response:
        """Make a token for a program. Made by a token it ends with that one at the latest.

        No `Idempotency-Key` is taken: an answer is kept with its key, and a token is kept nowhere. Asked again it gives
        another token.
        """
        body = WantedRequest(data=request.data)
        body.is_valid(raise_exception=True)
        by = request.auth if isinstance(request.auth, Token) else None
        row, token = make_token(user_of(request).pk, _wanted(body), by=by)
        return Response({**MyTokenShape(row).data, "token": token}, status=201)


class RevokeMine(InTransaction):
    permission_classes = (AsOwner,)

    @extend_schema(request=TokenChoice, responses={204: None})
    def post(self, request: Request) -> Response:
        """End one of my tokens.

        No `Idempotency-Key` is taken: asked again it changes nothing, and answers 404.
        """
        body = TokenChoice(data=request.data)
        body.is_valid(raise_exception=True)
        revoke_token(user_of(request).pk, body.validated_data["id"])
        return Response(status=204)


class MySessions(InTransaction):
    permission_classes = (AsOwner,)

    @extend_schema(responses=SessionsShape)
    def get(self, request: Request) -> Response:
        """Where I am signed in through the page."""
        here = request._request.session.session_key
        rows = [
            {"id": one.pk, "device": device(one.user_agent), "address": one.ip, "since": one.created_at,
             "here": one.session_key == here}
            for one in sessions_of(user_of(request).pk)
        ]  # fmt: skip
        return Response(SessionsShape({"sessions": rows}).data)


class EndSessions(InTransaction):
    permission_classes = (AsOwner,)

    @extend_schema(request=EndSessionRequest, responses={204: None})
    def post(self, request: Request) -> Response:
        """End one of my sessions, or every other one.

        No `Idempotency-Key` is taken: asked again it changes nothing.
        """
        body = EndSessionRequest(data=request.data)
        body.is_valid(raise_exception=True)
        user_id, chosen = user_of(request).pk, body.validated_data.get("session")
        if chosen is None:
            end_other_sessions(user_id, request._request.session.session_key or "")
        else:
            end_session(user_id, chosen)
        return Response(status=204)


def _wanted(body: WantedRequest) -> Wanted:
    typed = body.validated_data
    scope = TokenScope(typed.get("scope", TokenScope.FULL))
    return Wanted(typed.get("label", ""), scope, typed.get("assignment"), typed.get("until"))


def _wrong() -> AuthenticationFailed:
    return AuthenticationFailed(gettext("The name or the password is wrong."))


def _show_code(user: Any, code: str) -> None:
    """Raises CodeNeeded without a code or for one that does not pass, TooManyTries."""
    if code and (seconds := count_code(user.pk)):
        raise TooManyTries(seconds)
    if not code or passes(user.pk, code) is None:
        raise CodeNeeded
