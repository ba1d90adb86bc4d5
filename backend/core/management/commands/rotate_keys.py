"""Seal everything kept encrypted anew under the newest of CHIBO_FIELD_KEYS, so that older keys can be taken away."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from backend.core.commands import REFUSED, ChiboCommand, only_as_owner
from backend.core.keymark import mark_anew
from backend.core.keyring import KeyMissing
from backend.core.rotation import PLACES, Place, count, rotate


class Command(ChiboCommand):
    """May be stopped and started again at any time. Exit 2: a key is missing, or this is not the owner's role."""

    help = gettext_noop("Encrypt all that is kept encrypted anew under the newest of CHIBO_FIELD_KEYS.")

    def handle(self, *args: Any, **options: Any) -> None:
        only_as_owner()
        done = sum(self._one(place) for place in PLACES.values())
        mark_anew()
        self.stdout.write(
            _("Everything carries the newest key now; %(count)s values did not before.") % {"count": done}
        )

    def _one(self, place: Place) -> int:
        total = count(place)

        def told(seen: int) -> None:
            words = {"what": place.label, "seen": seen, "total": max(seen, total)}
            self.stdout.write(_("%(what)s: %(seen)s of %(total)s rows looked at.") % words)

        try:
            return rotate(place, told)
        except KeyMissing as error:
            again = _("What was done before stays; start again once the key is there.")
            raise CommandError(f"{place.label}: {error.said()} {again}", returncode=REFUSED) from error
