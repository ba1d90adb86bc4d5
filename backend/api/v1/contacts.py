"""Where else I am reached: seen and changed for oneself alone."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts.models import User
from backend.api.scoping import InTransaction
from backend.contacts import calendars


class CalendarShape(serializers.Serializer[Any]):
    """Since when an address opens my calendar; null where none does."""

    made_at = serializers.DateTimeField(allow_null=True)


class NewCalendarShape(serializers.Serializer[Any]):
    address = serializers.CharField(help_text="Shown this once. Whoever has it reads the calendar.")
    made_at = serializers.DateTimeField()


class MyCalendar(InTransaction):
    @extend_schema(responses=CalendarShape)
    def get(self, request: Request) -> Response:
        """Whether a calendar program can read the open deadlines of my offices, and since when."""
        return Response(CalendarShape({"made_at": calendars.made_at(_user(request).pk)}).data)

    @extend_schema(request=None, responses={201: NewCalendarShape})
    def post(self, request: Request) -> Response:
        """A new address for calendar programs; one that was there opens nothing any more.

        No `Idempotency-Key` is taken: an answer is kept with its key, and the address is kept nowhere. Asked again it gives
        another one.
        """
        address, made_at = calendars.open_calendar(_user(request).pk)
        return Response(NewCalendarShape({"address": address, "made_at": made_at}).data, status=201)

    @extend_schema(responses={204: None})
    def delete(self, request: Request) -> Response:
        """Close the address: from now on it opens nothing."""
        calendars.close_calendar(_user(request).pk)
        return Response(status=204)


def _user(request: Request) -> User:
    user: User = request.user  # type: ignore[assignment]  # IsAuthenticated
    return user
