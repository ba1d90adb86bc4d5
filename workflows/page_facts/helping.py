"""Who helps somebody on the way: an official member (`guards.people.helper_fits`)."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from workflows.facts import MemberRef
from workflows.standings import Standing

HELPER = MemberRef("helper", _("Assigned helper"), among=(Standing.OFFICIAL,))
HELPER_IF_ANY = replace(HELPER, required=False)
