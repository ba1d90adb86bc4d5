"""How and where a person wants to be told: seen and chosen for oneself alone."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts.addresses import set_own_address
from backend.alerts.channels import ROUTES
from backend.alerts.preferences import Preferences, choose, preferences_of
from backend.api.bodies import Body
from backend.api.scoping import InTransaction, user_of
from backend.api.sessions import AsOwner


class PreferencesRequest(Body):
    """All that can be chosen; what is left out is as it was when nothing had been chosen."""

    muted = serializers.ListField(
        child=serializers.CharField(max_length=12), max_length=20, required=False, default=list,
        help_text="Channels by which no reminders come before the day. What is due today, overdue, escalated or critical "
        "comes all the same.",
    )  # fmt: skip
    quiet_from = serializers.IntegerField(
        min_value=0, max_value=23, required=False, allow_null=True, default=None,
        help_text="From this hour of local time until `quiet_until` only critical letters leave.",
    )  # fmt: skip
    quiet_until = serializers.IntegerField(min_value=0, max_value=23, required=False, allow_null=True, default=None)
    letter_hour = serializers.IntegerField(
        min_value=0, max_value=23, required=False, allow_null=True, default=None,
        help_text="The morning's letter comes at this hour at the earliest.",
    )  # fmt: skip


class PreferencesShape(serializers.Serializer[Any]):
    """What holds; `can_be_muted` are the channels there are, `day_from` to `day_until` the hours of ordinary letters."""

    muted = serializers.ListField(child=serializers.CharField())
    quiet_from = serializers.IntegerField(allow_null=True)
    quiet_until = serializers.IntegerField(allow_null=True)
    letter_hour = serializers.IntegerField(allow_null=True)
    can_be_muted = serializers.ListField(child=serializers.CharField())
    day_from = serializers.IntegerField()
    day_until = serializers.IntegerField()


class MyPreferences(InTransaction):
    permission_classes = (AsOwner,)

    @extend_schema(responses=PreferencesShape)
    def get(self, request: Request) -> Response:
        """How I want to be told."""
        return _answer(preferences_of(user_of(request).pk))

    @extend_schema(request=PreferencesRequest, responses=PreferencesShape)
    def put(self, request: Request) -> Response:
        """Choose how to be told, all of it at once; the same again changes nothing."""
        body = PreferencesRequest(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = dict(body.validated_data)
        muted = tuple(sorted(set(wanted.pop("muted"))))
        return _answer(choose(user_of(request), Preferences(muted=muted, **wanted)))


class AddressRequest(Body):
    email = serializers.EmailField(max_length=254, help_text="Another address, or the present one: that confirms it.")


class AddressShape(serializers.Serializer[Any]):
    """Where letters go; since `dead_since` none do, because the address refused several."""

    email = serializers.EmailField(allow_blank=True)
    dead_since = serializers.DateField(source="address_dead_since", allow_null=True)


class MyAddress(InTransaction):
    permission_classes = (AsOwner,)

    @extend_schema(responses=AddressShape)
    def get(self, request: Request) -> Response:
        """Where my letters go."""
        return Response(AddressShape(user_of(request)).data)

    @extend_schema(request=AddressRequest, responses=AddressShape)
    def put(self, request: Request) -> Response:
        """Set another address, or confirm the present one: letters go there, and refusals are counted anew."""
        body = AddressRequest(data=request.data)
        body.is_valid(raise_exception=True)
        return Response(AddressShape(set_own_address(user_of(request).pk, body.validated_data["email"])).data)


def _answer(found: Preferences) -> Response:
    shown = {
        **vars(found), "muted": list(found.muted), "can_be_muted": list(ROUTES),
        "day_from": settings.CHIBO_QUIET_UNTIL, "day_until": settings.CHIBO_QUIET_FROM,
    }  # fmt: skip
    return Response(PreferencesShape(shown).data)
