"""Hand-over files that were made here, and the histories of people that came in such files (docs/handover.md)."""

from __future__ import annotations

from django.db import models

from backend.core.sealed import SealedJSON
from backend.members.models import Member


class TrustedKey(models.Model):
    """A key that signs the log of another installation, entered by a person who had it from there by another way.

    A row is never deleted: a withdrawn one is trusted no longer. Each change is an event and a version more.
    """

    public_key = models.BinaryField(unique=True)
    installation = models.CharField(max_length=120)
    basis = models.CharField(max_length=200)
    withdrawn = models.BooleanField(default=False)
    version = models.IntegerField(default=1)


class Issue(models.Model):
    """That a file was made of a transfer: its event lists what is in it; `nonce` keeps its hashes from being guessed."""

    case_id = models.BigIntegerField()
    member = models.ForeignKey(Member, models.PROTECT, related_name="+")
    event_uid = models.UUIDField(unique=True)
    nonce = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["case_id", "id"], name="handover_issue_case")]


class History(models.Model):
    """What the log of one other installation says of a person here, with the signed head that it was checked against.

    `origin_member` is the person's number there, `issue_uid` the event there that lists what was handed over, `event_uid`
    the event here that took it in; `installation` is the name under which the key was trusted on that day.
    """

    member = models.ForeignKey(Member, models.PROTECT, related_name="histories")
    event_uid = models.UUIDField()
    installation = models.CharField(max_length=120)
    origin_member = models.BigIntegerField()
    issue_uid = models.UUIDField()
    taken_in_on = models.DateField()
    epoch = models.IntegerField()
    size = models.BigIntegerField()
    root = models.BinaryField()
    signed_at = models.DateTimeField()
    public_key = models.BinaryField()
    signature = models.BinaryField()

    trusted: bool  # whether its key still is, where `histories.as_event` says so

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "issue_uid"], name="history_once")]
        indexes = [models.Index(fields=["public_key", "origin_member"], name="history_origin")]


class Line(models.Model):
    """One line of that log: the exact bytes, its place there, and the path of hashes (32 bytes each) to the head's root.

    `opened` says that the file told what stands behind the line; subject and lifecycle are the line's own.
    """

    history = models.ForeignKey(History, models.PROTECT, related_name="lines")
    position = models.BigIntegerField()
    line = models.BinaryField()
    proof = models.BinaryField()
    opened = models.BooleanField()
    subject_kind = models.CharField(max_length=12)
    lifecycle = models.CharField(max_length=40)

    trusted: bool  # whether the key of its history still is, where `histories.timeline` read it along

    class Meta:
        constraints = [models.UniqueConstraint(fields=["history", "position"], name="history_line_once")]


class LineDetail(models.Model):
    """What stands behind a line, as the sender's log keeps it (`audit.models.EventDetail`). Erasable."""

    line = models.OneToOneField(Line, models.PROTECT, primary_key=True, related_name="told")
    salt = models.BinaryField()
    data = SealedJSON()
