"""Webhooks of units: programs that are told what is told there and below (Standard Webhooks)."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.bodies import Body
from backend.api.paging import paged
from backend.api.scoping import Scoped, Tells
from backend.api.v1.answers import IdField
from backend.api.v1.lists import CURSOR, page_of
from backend.contacts import endpoints
from backend.contacts.models import Endpoint


class WebhookRequest(Body):
    unit = IdField(help_text="What is told there and below is told to the address.")
    url = serializers.CharField(max_length=500, help_text="Public, and https.")


class WebhookChoice(Body):
    webhook = IdField()


class WebhookShape(serializers.Serializer[Any]):
    """`gone_at`: the address answered 410, and nothing is sent there any more; `closed_at`: an office closed it."""

    id = serializers.IntegerField()
    unit_id = serializers.IntegerField()
    unit_code = serializers.CharField(source="unit.code")
    url = serializers.CharField()
    made_at = serializers.DateTimeField()
    old_secret_until = serializers.DateTimeField(source="old_until", allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    gone_at = serializers.DateTimeField(allow_null=True)


class WebhookSecretShape(WebhookShape):
    secret = serializers.CharField(help_text="Shown this once.")


class Webhooks(Scoped):
    tells = Tells.NOBODY

    @extend_schema(parameters=CURSOR, responses=page_of(WebhookShape))
    def get(self, request: Request) -> Response:
        """The webhooks of units in scope, the newest first."""
        return paged(request, endpoints.endpoints(self.actor), ("-id",), WebhookShape)

    @extend_schema(request=WebhookRequest, responses={201: WebhookSecretShape})
    def post(self, request: Request) -> Response:
        """Register an address, and get the secret that its messages are signed with.

        No `Idempotency-Key` is taken: an answer is kept with its key, and a secret is kept sealed alone. Asked again it
        registers the address once more, with another secret.
        """
        wanted = _wanted(self, WebhookRequest, request)
        return _with_secret(*endpoints.register(self.actor, wanted["unit"], wanted["url"]), status=201)


class WebhookSecrets(Scoped):
    @extend_schema(request=WebhookChoice, responses=WebhookSecretShape)
    def post(self, request: Request) -> Response:
        """Another secret; for a day the earlier one signs too.

        No `Idempotency-Key` is taken: an answer is kept with its key, and a secret is kept sealed alone. Asked again it
        gives yet another one.
        """
        chosen = _wanted(self, WebhookChoice, request)
        return _with_secret(*endpoints.exchange_secret(self.actor, chosen["webhook"]))


class CloseWebhook(Scoped):
    @extend_schema(request=WebhookChoice, responses=WebhookShape)
    def post(self, request: Request) -> Response:
        """Nothing is told there any more.

        No `Idempotency-Key` is taken: asked again it changes nothing.
        """
        chosen = _wanted(self, WebhookChoice, request)
        return Response(WebhookShape(endpoints.close(self.actor, chosen["webhook"])).data)


def _wanted(view: Scoped, shape: type[Body], request: Request) -> dict[str, Any]:
    """The body; what is wrong with it is told only to whoever may make such a request."""
    endpoints.entitled(view.actor)
    body = shape(data=request.data)
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


def _with_secret(row: Endpoint, secret: str, status: int = 200) -> Response:
    return Response({**WebhookShape(row).data, "secret": secret}, status=status)
