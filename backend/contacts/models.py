"""Where people are reached beside the inbox and their e-mail."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class CalendarAddress(models.Model):
    """The secret address at which a person's calendar program finds the deadlines: of it only the SHA-256 is kept."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, primary_key=True, related_name="+")
    digest = models.BinaryField(unique=True)
    made_at = models.DateTimeField()
