"""Addresses for chat, devices and secrets of webhooks, sealed anew under the newest key (`manage.py rotate_keys`)."""

from __future__ import annotations

from django.db import transaction

from backend.accounts.models import User
from backend.contacts.models import ChatAddress, Device, Endpoint
from backend.core.db import WHOLE, naming, scope
from backend.members.protected import reseal


def reseal_contacts() -> int:
    """How many values. Raises KeyMissing where no key opens one; those before it are done."""
    with transaction.atomic():
        scope(WHOLE)
        people = list(User.objects.order_by("id").values_list("id", flat=True))
        hooks = list(Endpoint.objects.order_by("id").values_list("id", flat=True))
    return sum(_chat(one) + _devices(one) for one in people) + sum(_endpoint(one) for one in hooks)


def _chat(user_id: int) -> int:
    """The address of one person, whom the database wants to be named."""
    with transaction.atomic():
        naming(user_id)
        row = ChatAddress.objects.select_for_update(no_key=True).filter(user_id=user_id).first()
        return ChatAddress.objects.filter(user_id=user_id).update(url=reseal(row.url)) if row else 0


def _devices(user_id: int) -> int:
    """Those of one person."""
    with transaction.atomic():
        naming(user_id)
        rows = Device.objects.select_for_update(no_key=True).filter(user_id=user_id)
        return sum(Device.objects.filter(pk=one.pk).update(subscription=reseal(one.subscription)) for one in rows)


def _endpoint(key: int) -> int:
    with transaction.atomic():
        scope(WHOLE)
        row = Endpoint.objects.select_for_update(no_key=True).get(pk=key)
        old = reseal(row.old_secret) if row.old_secret is not None else None
        return Endpoint.objects.filter(pk=key).update(secret=reseal(row.secret), old_secret=old)
