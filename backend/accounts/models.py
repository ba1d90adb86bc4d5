"""People who sign in, and the offices they hold from a day to a day."""

from __future__ import annotations

from uuid import uuid4

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Now, Upper
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken

from backend.core.models import PathField
from backend.organizations.models import Unit
from workflows.offices import Office


class User(AbstractUser):  # type: ignore[django-manager-missing]  # knox is untyped
    """A person who signs in. What the person may do follows from assignments alone; is_staff and groups give nothing.

    While `password_must_change`, the password is one that the operator gave: it serves to choose another one with. From
    `address_dead_since` on no letters go to `email`, which refused them; refusals count from `address_confirmed_at` on
    (`addresses`). `member_id` is the person's own record on the lists: kept so that nobody acts on the own file, and for
    nothing else (`own_files`). `factors_reset_on` is the day on which an office above took the second factor that was lost,
    until there is another one (`second_factor`). `first_day_over`: the list for the first day was put away (`welcoming`).
    `sign_outs` counts how often what was signed in was ended (`sessions`): a sign-in half done by then goes no further.
    """

    full_name = models.CharField(max_length=120)
    language = models.CharField(max_length=5, default="vi", choices=[("vi", "Tiếng Việt"), ("en", "English")])
    password_must_change = models.BooleanField(default=False)
    address_dead_since = models.DateField(null=True, blank=True)
    address_confirmed_at = models.DateTimeField(null=True, blank=True)
    factors_reset_on = models.DateField(null=True, blank=True)
    first_day_over = models.BooleanField(default=False)
    sign_outs = models.IntegerField(default=0, db_default=0)
    member_id = models.BigIntegerField(null=True, blank=True)
    version = models.IntegerField(default=1)

    class Meta(AbstractUser.Meta):
        constraints = [models.UniqueConstraint(Upper("username"), name="user_name_once")]  # as `iexact` compares


class TokenScope(models.TextChoices):
    READ = "read", _("read only")
    FULL = "full", _("read and change")


class Token(AbstractAuthToken):  # type: ignore[misc]  # untyped library
    """A way in for a program, of which only a hash is kept: up to its last day, perhaps to read alone, or in one office."""

    uid = models.UUIDField(default=uuid4, unique=True)
    label = models.CharField(max_length=60, blank=True)
    scope = models.CharField(max_length=4, choices=TokenScope.choices, default=TokenScope.FULL)
    assignment = models.ForeignKey("accounts.Assignment", models.CASCADE, null=True, related_name="+")
    made_by = models.ForeignKey("self", models.CASCADE, to_field="uid", null=True, related_name="made")


class Invitation(models.Model):
    """A code on paper with which a person makes the own password, once and up to a moment; only its hash is kept."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True)
    unit_path = PathField()
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()


class Assignment(models.Model):
    """An office at a unit (or for one member: the helper), from a day to a day. Messages go to the office."""

    user = models.ForeignKey(User, models.PROTECT, related_name="assignments")
    office = models.CharField(max_length=24, choices=Office.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="assignments")
    unit_path = PathField()
    member_id = models.BigIntegerField(null=True)
    from_date = models.DateField()
    to_date = models.DateField(null=True)
    handed_from = models.DateField(null=True)  # the days on which the substitute gets its letters
    handed_until = models.DateField(null=True)
    handed_to = models.CharField(max_length=24, blank=True)  # named by a level above; empty: the usual substitute
    entered_at = models.DateTimeField(db_default=Now(), editable=False)  # real time; the days may lie before
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(to_date__isnull=True) | models.Q(to_date__gte=models.F("from_date")),
                name="assignment_days",
            ),
            models.CheckConstraint(
                condition=models.Q(handed_from__isnull=True, handed_until__isnull=True)
                | models.Q(handed_until__gte=models.F("handed_from")),
                name="assignment_handed_days",
            ),
            models.UniqueConstraint(
                fields=["user", "office", "unit", "member_id", "from_date"],
                name="assignment_once",
                nulls_distinct=False,
            ),
        ]
        indexes = [models.Index(fields=["unit", "office"], name="assignment_office")]
