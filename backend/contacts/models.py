"""Where people and units are reached beside the inbox and e-mail."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from backend.core.models import PathField
from backend.organizations.models import Unit


class CalendarAddress(models.Model):
    """The secret address at which a person's calendar program finds the deadlines: of it only the SHA-256 is kept."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, primary_key=True, related_name="+")
    digest = models.BinaryField(unique=True)
    made_at = models.DateTimeField()


class ChatAddress(models.Model):
    """Where a person is reached by chat or SMS: the URL in apprise's form, sealed (it holds tokens), and the service's name."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, primary_key=True, related_name="+")
    url = models.BinaryField()
    service = models.CharField(max_length=20)
    set_at = models.DateTimeField()


class Device(models.Model):
    """A browser of a person that takes notices (web push, RFC 8030): its subscription, sealed, and the push service's name.

    `digest` is the SHA-256 of the subscription's address, which is a secret: one device belongs to one person, whoever
    signed in there last. `gone_at`: its push service answered that it takes nothing any more.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    digest = models.BinaryField(unique=True)
    subscription = models.BinaryField()
    service = models.CharField(max_length=254)
    made_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)


class Endpoint(models.Model):
    """A program that is told what is told at a unit and below (webhooks): its address and its sealed signing secrets.

    The earlier secret signs too until `old_until`. `closed_at`: by a person; `gone_at`: it answered 410 Gone.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    unit_path = PathField()
    url = models.CharField(max_length=500)
    secret = models.BinaryField()
    old_secret = models.BinaryField(null=True)
    old_until = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    gone_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["unit_path", "id"], name="endpoint_path")]

    @property
    def is_open(self) -> bool:
        return self.closed_at is None and self.gone_at is None
