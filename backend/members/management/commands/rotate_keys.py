"""Seal personal ids and phones anew under the newest of CHIBO_FIELD_KEYS, so that older keys can be taken away."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backend.core import db
from backend.core.commands import REFUSED, ChiboCommand
from backend.members.models import Member
from backend.members.protected import ALSO_SEALED, KeyMissing, reseal

FIELDS = ("personal_id", "phone", "old_personal_id")
BATCH = 2_000


class Command(ChiboCommand):
    """Goes through all members in batches, each its own transaction; may be stopped and started again at any time."""

    help = gettext_noop("Encrypt personal ids and phones anew under the newest of CHIBO_FIELD_KEYS.")

    def handle(self, *args: Any, **options: Any) -> None:
        last = done = 0
        try:
            while batch := _reseal_after(last):
                last, done = batch[-1], done + len(batch)
            others = sum(one() for one in ALSO_SEALED)
        except KeyMissing as error:
            before = _("%(count)s members were done before that.") % {"count": done}
            raise CommandError(f"{error.said()} {before}", returncode=REFUSED) from error
        self.stdout.write(_("%(count)s members carry the newest key now.") % {"count": done})
        if others:
            self.stdout.write(
                _("So do %(count)s addresses for chat, devices and secrets of webhooks.") % {"count": others}
            )


def _reseal_after(last: int) -> list[int]:
    """The next members in order of id, resealed; their ids."""
    with transaction.atomic():
        db.scope(db.WHOLE)
        ahead = Member.objects.select_for_update(no_key=True).filter(id__gt=last)
        rows = list(ahead.order_by("id").only("id", *FIELDS)[:BATCH])
        for row in rows:
            for name in FIELDS:
                sealed = getattr(row, name)
                setattr(row, name, None if sealed is None else reseal(sealed))
        Member.objects.bulk_update(rows, FIELDS)
    return [row.id for row in rows]
