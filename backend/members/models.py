"""A member with two state fields, and the history of both by date."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django_fsm import FSMField

from backend.core.keyring import unseal
from backend.core.models import PathField
from backend.organizations.models import Unit
from workflows.timed import Carried


class Member(models.Model):
    """A person on a cell's lists, candidates included. `standing` and `participation` move through the engine only.

    `unit` is the official cell; `guest_unit` the temporary one (attends and pays there, no vote, not counted).
    What `members.protected` names is encrypted; the `_index` columns are blind indexes for whole values.
    """

    standing = FSMField(max_length=40, default="", protected=False)
    participation = FSMField(max_length=40, default="", protected=False)
    version = models.IntegerField(default=0)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="members", db_index=False)
    unit_path = PathField()
    guest_unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="guests")
    guest_path = PathField(null=True)

    full_name = models.CharField(max_length=120)
    other_name = models.CharField(max_length=120, blank=True)
    sort_key = models.TextField(db_collation="C")
    sex = models.CharField(max_length=1, blank=True)  # m, f
    born_on = models.DateField(null=True)
    born_year_only = models.BooleanField(default=False)
    ethnicity = models.BinaryField(null=True)
    religion = models.BinaryField(null=True)
    personal_id = models.BinaryField(null=True)
    personal_id_index = models.BinaryField(null=True)
    phone = models.BinaryField(null=True)
    phone_index = models.BinaryField(null=True)
    old_personal_id = models.BinaryField(null=True)
    card_number = models.BinaryField(null=True)
    card_number_index = models.BinaryField(null=True)
    card_place = models.CharField(max_length=120, blank=True)
    card_issued_on = models.DateField(null=True)
    old_card_number = models.BinaryField(null=True)
    birth_province = models.CharField(max_length=80, blank=True)
    birth_commune = models.CharField(max_length=80, blank=True)
    native_province = models.CharField(max_length=80, blank=True)
    native_commune = models.CharField(max_length=80, blank=True)
    home_province = models.CharField(max_length=80, blank=True)
    home_commune = models.CharField(max_length=80, blank=True)
    home_detail = models.CharField(max_length=200, blank=True)
    note = models.BinaryField(null=True)

    admission_decided_on = models.DateField(null=True)
    joined_on = models.DateField(null=True)
    official_on = models.DateField(null=True)
    left_on = models.DateField(null=True)
    away_until = models.DateField(null=True)
    party_age_from = models.DateField(
        null=True
    )  # where it is not the day of the admission decision (workflows/badges.py)
    badge_years = models.PositiveSmallIntegerField(null=True)  # of the last party badge that is recorded

    trail: list[Any]
    labels: list[Carried]  # where `cases.labels` gave them
    takes_part: str | None  # where `members.today` gave it

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["personal_id_index"],
                name="member_personal_id_once",
                condition=models.Q(personal_id_index__isnull=False) & ~models.Q(standing__in=["", "merged"]),
            )
        ]
        indexes = [
            models.Index(fields=["unit_path", "sort_key", "id"], name="member_list"),  # of one cell
            models.Index(fields=["sort_key", "id"], name="member_order"),  # of a province: read on until a page is full
            models.Index(fields=["unit", "standing"], name="member_unit"),
            models.Index(fields=["guest_path"], name="member_guest", condition=models.Q(guest_path__isnull=False)),
            models.Index(
                fields=["card_number_index"], name="member_card", condition=models.Q(card_number_index__isnull=False)
            ),
            models.Index(fields=["phone_index"], name="member_phone", condition=models.Q(phone_index__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def card(self) -> str:
        """The number of the Party card. Raises KeyMissing where no key opens it."""
        return unseal(self.card_number)


class NameWord(models.Model):
    """One folded word of a member's name, for search by the beginning of any word (range, never LIKE, under RLS)."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="words")
    word = models.CharField(max_length=60, db_collation="C")
    unit_path = PathField()
    guest_path = PathField(null=True)

    class Meta:
        indexes = [models.Index(fields=["word", "unit_path"], name="name_word")]


class Spell(models.Model):
    """One stretch of a member's history: what was true on the days in `valid`, as known from `recorded_at`.

    Written by the engine only. A later finding retracts a row (`retracted_at`) and writes what is known instead, so
    that "as of D" and "as of D, as known on K" can both be answered.
    """

    member = models.ForeignKey(Member, models.PROTECT, related_name="spells")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    unit_path = PathField()
    standing = models.CharField(max_length=40)
    participation = models.CharField(max_length=40)
    valid = DateRangeField()
    recorded_at = models.DateTimeField()
    event_uid = models.UUIDField()
    retracted_at = models.DateTimeField(null=True)
    retracted_by = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["unit", "standing"], name="spell_unit", condition=models.Q(retracted_at__isnull=True)),
            models.Index(fields=["event_uid"], name="spell_event"),
        ]
