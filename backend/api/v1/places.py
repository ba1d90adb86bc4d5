"""Units that an address or a body names for a proof."""

from __future__ import annotations

from django.utils.translation import gettext
from rest_framework import serializers

from backend.accounts.policy import Actor
from backend.cases import selectors


def path_seen(actor: Actor, unit_id: int, field: str) -> str:
    """The path of a unit in sight. Raises ValidationError under `field`: to see nothing there would be proof of nothing."""
    path = selectors.units(actor).filter(pk=unit_id).values_list("path", flat=True).first()
    if path is None:
        raise serializers.ValidationError({field: gettext("You see no unit with this number.")})
    return path
