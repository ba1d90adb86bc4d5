"""Notices, letters and deliveries: what was due to be said, to which office, and what became of it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import Assignment
from backend.contacts.models import Endpoint
from backend.core.models import PathField
from backend.deadlines.models import Deadline


class Outcome(models.TextChoices):
    """What became of one rung for one office and channel."""

    HELD = "held", _("Waiting for its letter")
    SENT = "sent", _("Sent")
    POSSIBLY_TWICE = "possibly_twice", _("Possibly sent twice")
    SKIPPED = "skipped", _("Not sent")
    COALESCED = "coalesced", _("Said with a later one")
    FAILED = "failed", _("Failed")


class Notice(models.Model):
    """One rung of a deadline for one office at one unit over one channel: exactly one row, whatever the outcome.

    Partitioned by the month of `rung_on`. The person is found at delivery, so that a hand-over neither doubles nor
    drops. Carries no names and no grounds. `about_path` is the place of the deadline's unit: whoever sees the deadline
    sees whom it was told to, however far above.
    """

    pk = models.CompositePrimaryKey("month", "id")
    month = models.DateField()
    id = models.BigIntegerField()
    deadline_id = models.BigIntegerField()
    rung = models.SmallIntegerField()
    rung_on = models.DateField()
    kind = models.CharField(max_length=10)  # remind, escalate
    levels_up = models.SmallIntegerField()
    office = models.CharField(max_length=24)
    unit_id = models.BigIntegerField()
    unit_path = PathField()
    about_path = PathField()
    channel = models.CharField(max_length=12)
    critical = models.BooleanField(default=False)
    outcome = models.CharField(max_length=16, choices=Outcome.choices, default=Outcome.HELD)
    reason = models.CharField(max_length=60, blank=True)
    reason_params = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    deadline: Deadline | None  # where `register.with_deadlines` read it along

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["deadline_id", "rung", "office", "unit_id", "channel", "month"], name="notice_once"
            )
        ]
        indexes = [
            models.Index(fields=["unit_path", "id"], name="notice_path"),
            models.Index(fields=["about_path", "id"], name="notice_about"),
            models.Index(fields=["unit_id", "office"], name="notice_held", condition=models.Q(outcome="held")),
        ]


class Letter(models.Model):
    """One person's (or webhook endpoint's) letter of one day and channel (urgent ones go by themselves), bundling notices.

    `device_id`: which of the person's devices, where the channel has several; the device may be removed since.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="letters")
    endpoint = models.ForeignKey(Endpoint, models.PROTECT, null=True, related_name="+")
    device_id = models.BigIntegerField(null=True)
    day = models.DateField()
    urgent_notice_id = models.BigIntegerField(null=True)
    channel = models.CharField(max_length=12, default="mail")
    unit_path = PathField()
    address = models.CharField(max_length=254)
    message_id = models.CharField(max_length=120, unique=True)
    outcome = models.CharField(max_length=16, choices=Outcome.choices, default=Outcome.HELD)
    answer = models.CharField(max_length=300, blank=True)  # the server's own words
    attempts = models.SmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)  # also the lease of whoever is sending it
    hindered = models.CharField(max_length=60, blank=True, db_default="")  # why it could not be tried (`reasons`)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)  # refused by its place, at once or after it had been accepted
    returned_words = models.CharField(max_length=300, blank=True)  # of the report that it came back with
    blames_address = models.BooleanField(default=False)  # the place is at fault, not what was sent or who sent it

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "endpoint", "device_id", "day", "channel", "urgent_notice_id"],
                name="letter_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=models.Q(user__isnull=True) ^ models.Q(endpoint__isnull=True), name="letter_to_one"
            ),
        ]
        indexes = [
            models.Index(fields=["next_attempt_at", "id"], name="letter_due", condition=models.Q(outcome="held")),
            models.Index(fields=["user", "day"], name="letter_user"),
        ]


class Enclosure(models.Model):
    """A notice in a letter. An office held by two people has its notice in two letters.

    `left_out_from` is the number of the attempt from which on the letter no longer tells of it, because its deadline
    was closed; the attempts before carried it. `seat` and `seat_unit_id` say in which office the reader read it: the one
    it was addressed to, its substitute, or one above where nobody sat.
    """

    letter = models.ForeignKey(Letter, models.CASCADE, related_name="enclosures")
    month = models.DateField()
    notice_id = models.BigIntegerField()
    seat = models.CharField(max_length=24, blank=True)
    seat_unit_id = models.BigIntegerField(null=True)
    left_out_from = models.SmallIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice_id", "month", "letter"], name="enclosure_once")]


class Unheard(models.Model):
    """A way by which a notice did not reach a reader, and why (`reasons.REASONS`); other ways and readers have it in a letter.

    Rows are those of the office that was told: whose wish it was is no business of the units below.
    """

    month = models.DateField()
    notice_id = models.BigIntegerField()
    user_id = models.BigIntegerField()
    channel = models.CharField(max_length=12)
    unit_path = PathField()
    reason = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice_id", "month", "user_id", "channel"], name="unheard_once")
        ]


class Preference(models.Model):
    """How a person wants to be told (`preferences`); one without a row has chosen nothing.

    `muted`: channels by which no reminders come before the day. Hours are whole ones of local time: none of the ordinary
    letters leaves from `quiet_from` until `quiet_until` (over midnight where the first is later), nor before `letter_hour`.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, primary_key=True, related_name="+")
    muted = ArrayField(models.CharField(max_length=12), default=list)
    quiet_from = models.SmallIntegerField(null=True)
    quiet_until = models.SmallIntegerField(null=True)
    letter_hour = models.SmallIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False)
                & models.Q(quiet_from__range=(0, 23), quiet_until__range=(0, 23))
                & ~models.Q(quiet_from=models.F("quiet_until")),
                name="preference_quiet",
            ),
            models.CheckConstraint(condition=models.Q(letter_hour__range=(0, 23)), name="preference_hour"),
        ]


class ReadMark(models.Model):
    """Up to which notice a person has read those of one office held (`read_marks`); one without a row has read none."""

    assignment = models.OneToOneField(Assignment, models.CASCADE, primary_key=True, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    up_to = models.BigIntegerField()


class Attempt(models.Model):
    """One try to hand a letter over; committed before the letter leaves, settled after.

    `accepted` is null while it runs and where nobody knows the answer (a crash, a connection lost half-way): a letter
    tried again after such an attempt may arrive twice, and its outcome says so.
    """

    letter = models.ForeignKey(Letter, models.CASCADE, related_name="tries")
    number = models.SmallIntegerField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    accepted = models.BooleanField(null=True)
    answer = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["letter", "number"], name="attempt_once")]


class Heartbeat(models.Model):
    """One run of a standing job, for people and monitors; kept for CHIBO_HEARTBEAT_DAYS days.

    Without `ended_at` it is under way or was killed; `error` names what stopped it. `claimed` counts what it took in
    hand (the sweep: deadlines, letters: notices, delivery: letters), the rest what became of it, by outcome.
    """

    job = models.CharField(max_length=20)
    business_day = models.DateField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    claimed = models.IntegerField(default=0)
    held = models.IntegerField(default=0)
    sent = models.IntegerField(default=0)  # possibly twice too
    coalesced = models.IntegerField(default=0)
    skipped = models.IntegerField(default=0)
    failed = models.IntegerField(default=0)
    error = models.CharField(max_length=80, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["job", "started_at"], name="heartbeat_run"),
            models.Index(fields=["business_day", "job"], name="heartbeat_day"),
        ]


class Pulse(models.Model):
    """The last runs of one standing job, or of beat itself: one row each, written over every time."""

    job = models.CharField(max_length=40, primary_key=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)  # of the last run that ended well
    error = models.CharField(max_length=80, blank=True)  # of the last run, if it failed
    latest_day = models.DateField(null=True)  # the latest business day it has worked on, where it goes by the day
    behind_on = models.DateField(null=True)  # the day, before that, on which it was passed over last


class Incident(models.Model):
    """A part that was found stuck: since when, when the administrators were told, and when it moved again."""

    part = models.CharField(max_length=40)
    seen_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["part"], name="incident_once", condition=models.Q(ended_at__isnull=True))
        ]
