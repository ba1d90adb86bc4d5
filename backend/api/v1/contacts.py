"""Where else I am reached: seen and changed for oneself alone."""

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
from backend.contacts import calendars, chat
from backend.contacts.models import ChatAddress


class CalendarShape(serializers.Serializer[Any]):
    """Since when an address opens my calendar; null where none does."""

    made_at = serializers.DateTimeField(allow_null=True)


class NewCalendarShape(serializers.Serializer[Any]):
    address = serializers.CharField(help_text="Shown this once. Whoever has it reads the calendar.")
    made_at = serializers.DateTimeField()


class MyCalendar(InTransaction):
    permission_classes = (AsOwner,)

    @extend_schema(responses=CalendarShape)
    def get(self, request: Request) -> Response:
        """Whether a calendar program can read the open deadlines of my offices, and since when."""
        return Response(CalendarShape({"made_at": calendars.made_at(user_of(request).pk)}).data)

    @extend_schema(request=None, responses={201: NewCalendarShape})
    def post(self, request: Request) -> Response:
        """A new address for calendar programs; one that was there opens nothing any more.

        No `Idempotency-Key` is taken: an answer is kept with its key, and the address is kept nowhere. Asked again it gives
        another one.
        """
        address, made_at = calendars.open_calendar(user_of(request).pk)
        return Response(NewCalendarShape({"address": address, "made_at": made_at}).data, status=201)

    @extend_schema(responses={204: None})
    def delete(self, request: Request) -> Response:
        """Close the address: from now on it opens nothing."""
        calendars.close_calendar(user_of(request).pk)
        return Response(status=204)


class ChatRequest(Body):
    url = serializers.CharField(
        max_length=500, trim_whitespace=True,
        help_text="In the form of apprise, e.g. `tgram://token/chat`. It is kept sealed and not shown again.",
    )  # fmt: skip


class ChatShape(serializers.Serializer[Any]):
    """By which service I am reached; `services` are those of this installation. Null where I am not."""

    service = serializers.CharField(allow_null=True)
    set_at = serializers.DateTimeField(allow_null=True)
    services = serializers.ListField(child=serializers.CharField())


class MyChat(InTransaction):
    permission_classes = (AsOwner,)

    @extend_schema(responses=ChatShape)
    def get(self, request: Request) -> Response:
        """By which service of chat or SMS my letters come too: how many deadlines there are, and a link."""
        return _chat(chat.chat_of(user_of(request).pk))

    @extend_schema(request=ChatRequest, responses=ChatShape)
    def put(self, request: Request) -> Response:
        """Where my letters go too from now on."""
        body = ChatRequest(data=request.data)
        body.is_valid(raise_exception=True)
        return _chat(chat.set_chat(user_of(request).pk, body.validated_data["url"]))

    @extend_schema(responses={204: None})
    def delete(self, request: Request) -> Response:
        """No letters go there any more."""
        chat.remove_chat(user_of(request).pk)
        return Response(status=204)


def _chat(row: ChatAddress | None) -> Response:
    held = {"service": row.service, "set_at": row.set_at} if row else {"service": None, "set_at": None}
    return Response(ChatShape({**held, "services": settings.CHIBO_CHAT_SERVICES}).data)
