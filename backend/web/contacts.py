"""The page on which a person opens the calendar to programs, and says where else to be told; the same as through the API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from backend.contacts import calendars, chat, devices
from backend.core.errors import NotFound
from backend.web.facts.typed import whole
from backend.web.refusing import taken


class ChatForm(forms.Form):
    """Where letters go too."""

    url = forms.CharField(
        label=_("Address for chat or SMS"), max_length=500, widget=forms.TextInput({"autocomplete": "off"})
    )


class DeviceForm(forms.Form):
    """A browser's subscription, filled in by the page's script (`devices.js`)."""

    endpoint = forms.CharField(max_length=1000, widget=forms.HiddenInput)
    p256dh = forms.CharField(max_length=100, widget=forms.HiddenInput)
    auth = forms.CharField(max_length=40, widget=forms.HiddenInput)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def contacts(request: HttpRequest) -> HttpResponse:
    """A calendar's address is shown in the answer to the button that makes it, and never again."""
    user_id: int = request.user.pk or 0  # login_required
    form, device, address = ChatForm(), DeviceForm(), ""
    doing = request.POST.get("do", "")
    if doing == "open_calendar":
        address, _made_at = calendars.open_calendar(user_id)
    elif doing == "set_chat":
        form = ChatForm(request.POST)
        if taken(form, lambda typed: chat.set_chat(user_id, typed["url"])):
            return _done(request, gettext("Letters go there too from now on."))
    elif doing == "add_device":
        device = DeviceForm(request.POST)
        if taken(device, lambda typed: devices.add_device(user_id, devices.Subscription(**typed))):
            return _done(request, gettext("This device is told too from now on."))
    elif doing == "remove_device":
        _remove(user_id, request.POST.get("device", ""))
        return _done(request, gettext("Nothing is sent to that device any more."))
    elif doing in ENDS:
        end, said = ENDS[doing]
        end(user_id)
        return _done(request, gettext(said))
    with transaction.atomic():
        letters = chat.chat_of(user_id)
        words = {
            "since": calendars.made_at(user_id), "address": address, "chat": letters, "form": form,
            "chat_service": chat.known_as(letters.service) if letters else "", "services": chat.named(),
            "devices": devices.devices_of(user_id), "device": device, "key": settings.CHIBO_VAPID_PUBLIC_KEY,
        }  # fmt: skip
    return render(request, "web/contacts.html", words)


def _done(request: HttpRequest, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("contacts")


def _remove(user_id: int, device: str) -> None:
    """404 for what is none of the person's devices."""
    if (key := whole(device)) is None:
        raise Http404
    try:
        devices.remove_device(user_id, key)
    except NotFound:
        raise Http404 from None


ENDS: Mapping[str, tuple[Callable[[int], Any], str]] = {
    "close_calendar": (calendars.close_calendar, gettext_noop("The calendar's address opens nothing any more.")),
    "remove_chat": (chat.remove_chat, gettext_noop("No letters go there any more.")),
}
"""What a button ends, and what is said then."""
