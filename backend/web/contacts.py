"""The page on which a person opens the calendar to programs, and says where else to be told; the same as through the API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from backend.contacts import calendars, chat
from backend.core.errors import Refused
from backend.web.refusing import tell


class ChatForm(forms.Form):
    """Where letters go too."""

    url = forms.CharField(
        label=_("Address for chat or SMS"), max_length=500, widget=forms.TextInput({"autocomplete": "off"})
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def contacts(request: HttpRequest) -> HttpResponse:
    """A calendar's address is shown in the answer to the button that makes it, and never again."""
    user_id: int = request.user.pk or 0  # login_required
    form, address = ChatForm(), ""
    doing = request.POST.get("do", "")
    if doing == "open_calendar":
        address, _made_at = calendars.open_calendar(user_id)
    elif doing == "set_chat":
        form = ChatForm(request.POST)
        if form.is_valid() and _taken(form, user_id):
            return _done(request, gettext("Letters go there too from now on."))
    elif doing in ENDS:
        end, said = ENDS[doing]
        end(user_id)
        return _done(request, gettext(said))
    with transaction.atomic():
        words = {
            "since": calendars.made_at(user_id), "address": address, "chat": chat.chat_of(user_id), "form": form,
            "services": ", ".join(settings.CHIBO_CHAT_SERVICES),
        }  # fmt: skip
    return render(request, "web/contacts.html", words)


def _done(request: HttpRequest, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("contacts")


def _taken(form: ChatForm, user_id: int) -> bool:
    """Set the address; each reason why not goes to its field."""
    try:
        chat.set_chat(user_id, form.cleaned_data["url"])
    except Refused as refused:
        tell(form, refused)
        return False
    return True


ENDS: Mapping[str, tuple[Callable[[int], Any], str]] = {
    "close_calendar": (calendars.close_calendar, gettext_noop("The calendar's address opens nothing any more.")),
    "remove_chat": (chat.remove_chat, gettext_noop("No letters go there any more.")),
}
"""What a button ends, and what is said then."""
