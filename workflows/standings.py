"""The two independent states of a member: words shared by every page that looks at one."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Standing(TextChoices):
    """Tư cách: where a person stands on the road from candidate to member, and how one left."""

    CANDIDATE = "candidate", _("Candidate")
    APPROVED = "approved", _("Admission decided, ceremony to come")
    PROBATIONARY = "probationary", _("Probationary member")
    OFFICIAL = "official", _("Official member")
    DROPPED = "dropped", _("Taken off the candidates' list")
    ANNULLED = "annulled", _("Admission annulled")
    REMOVED = "removed", _("Removed from the list of members")
    WITHDRAWN = "withdrawn", _("Left on own request")
    EXPELLED = "expelled", _("Expelled")
    TRANSFERRED_OUT = "transferred_out", _("Transferred out")
    DECEASED = "deceased", _("Deceased")
    MERGED = "merged", _("Merged into another record of the person")


class Participation(TextChoices):
    """Sinh hoạt: how a member takes part in the cell's life."""

    ATTENDING = "attending", _("Attending")
    AWAY = "away", _("Working far away, temporarily exempt")
    ELSEWHERE = "elsewhere", _("Temporarily transferred elsewhere")
    ABROAD = "abroad", _("Abroad")
    EXEMPT = "exempt", _("Exempt from work and activity")
    SUSPENDED = "suspended", _("Suspended from party activity")
    IN_TRANSIT = "in_transit", _("In transit between cells")
    LAPSED = "lapsed", _("Dropped party activity")


MEMBERS = (Standing.PROBATIONARY, Standing.OFFICIAL)
"""Standings of members of the Party."""
ENDED = (
    Standing.DROPPED, Standing.ANNULLED, Standing.REMOVED, Standing.WITHDRAWN, Standing.EXPELLED,
    Standing.TRANSFERRED_OUT, Standing.DECEASED, Standing.MERGED,
)  # fmt: skip
"""Standings of those who are on no list any more."""
OUT_OF_THE_PARTY = (Standing.REMOVED, Standing.WITHDRAWN, Standing.EXPELLED)
"""Standings of those who left the Party alive: the gate of readmission asks for them, and their file is frozen."""
GONE_FOR_GOOD = (*OUT_OF_THE_PARTY, Standing.DECEASED)
"""Standings of those who left the Party: nobody stands so in one record and otherwise in another."""

ON_THE_LISTS = (Standing.CANDIDATE, Standing.APPROVED, *MEMBERS)
"""Standings of the people whom a cell keeps: its members, and those on the way to become one."""

WITH_A_RECORD = tuple(one for one in Standing if one not in (Standing.DECEASED, Standing.MERGED))
"""Standings of the people who may still take part, or come back: all but the dead and the records that were merged."""

CARRIED: Mapping[Participation, tuple[str, tuple[str, ...]]] = {
    Participation.ELSEWHERE: ("temporary_transfer", ("introduced", "staying", "coming_back")),
    Participation.ABROAD: ("abroad", ("abroad",)),
    Participation.AWAY: ("away", ("away", "asked_again", "proposed_again")),
    Participation.EXEMPT: ("exemption", ("exempt",)),
}
"""Ways of taking part that a case carries in some of its states, whatever overrides them for a while; the way that was
granted on top of another comes first."""
