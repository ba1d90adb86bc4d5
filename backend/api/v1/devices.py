"""Devices that take my notices (web push): seen, added and removed for oneself alone."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.bodies import Body
from backend.api.scoping import InTransaction, user_of
from backend.api.sessions import AsOwner
from backend.contacts import devices
from backend.contacts.devices import Subscription


class DeviceKeys(Body):
    p256dh = serializers.CharField(max_length=100, help_text="The browser's public key, base64url.")
    auth = serializers.CharField(max_length=40, help_text="The browser's secret, base64url.")


class DeviceRequest(Body):
    """A browser's subscription, as its `PushSubscription.toJSON()` gives it. It is kept sealed and not shown again."""

    endpoint = serializers.CharField(max_length=1000, help_text="Public, and https.")
    expirationTime = serializers.IntegerField(  # noqa: N815  (a name of the Push API)
        required=False,
        allow_null=True,
        help_text="Passed over: a subscription that has ended is found out by its answer.",
    )
    keys = DeviceKeys()


class DeviceShape(serializers.Serializer[Any]):
    """`service`: whose push service reaches it; `gone_at`: it takes nothing any more; add it again."""

    id = serializers.IntegerField()
    service = serializers.CharField()
    made_at = serializers.DateTimeField()
    gone_at = serializers.DateTimeField(allow_null=True)


class DevicesShape(serializers.Serializer[Any]):
    """`public_key` is for the browser's `applicationServerKey`; null where this installation sends nothing to devices."""

    public_key = serializers.CharField(allow_null=True)
    most = serializers.IntegerField()
    devices = DeviceShape(many=True)


class MyDevices(InTransaction):
    permission_classes = (AsOwner,)

    @extend_schema(responses=DevicesShape)
    def get(self, request: Request) -> Response:
        """Which of my devices are told too: how many deadlines there are, and a link."""
        found = devices.devices_of(user_of(request).pk)
        key = settings.CHIBO_VAPID_PUBLIC_KEY or None
        return Response(DevicesShape({"public_key": key, "most": devices.MOST, "devices": found}).data)

    @extend_schema(request=DeviceRequest, responses={200: DeviceShape, 201: DeviceShape})
    def post(self, request: Request) -> Response:
        """Send notices there too from now on: 201; 200 where they go there already.

        No `Idempotency-Key` is taken: asked again it changes nothing.
        """
        body = DeviceRequest(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = Subscription(endpoint=body.validated_data["endpoint"], **body.validated_data["keys"])
        row, new = devices.add_device(user_of(request).pk, wanted)
        return Response(DeviceShape(row).data, status=201 if new else 200)


class MyDevice(InTransaction):
    permission_classes = (AsOwner,)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, device_id: int) -> Response:
        """Nothing is sent there any more."""
        devices.remove_device(user_of(request).pk, device_id)
        return Response(status=204)
