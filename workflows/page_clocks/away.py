"""The clocks of an exemption for work far away. No term for an answer was found: tasks, and the practice of contact."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from workflows.clocks import day_of, the_day
from workflows.offices import Level
from workflows.timed import Timed, ahead_of, past, recorded
from workflows.vocabulary import Clock

CONSIDER = Clock("TASK.AWAY_CONSIDER", the_day, Level.CELL, _("Request of the member"))
AGREE = Clock("TASK.AWAY_AGREE", the_day, Level.BASE, _("Resolution of the cell"))
CONTACT = Clock("AWY.CONTACT", the_day, Level.CELL, _("Last contact"))
END = Clock("TASK.AWAY_END", day_of("away_until"), Level.CELL, _("End of the exemption"))
ALL = ("TASK.AWAY_CONSIDER", "TASK.AWAY_AGREE", "AWY.CONTACT", "TASK.AWAY_END")


def labels(*states: str) -> tuple[Timed, ...]:
    """Agreed ahead; W-04 and WX: the end is near, and the end has passed without a word. Nobody is moved by any."""
    return (
        Timed("not_begun", _("The exemption begins on the day of leaving"), "AWY.EXEMPT_MAX", states, recorded("approval"),
              until=recorded("away_from")),
        Timed("ends_soon", _("The exemption ends soon: renew, return or transfer?"), "AWY.END_WARN", states,
              ahead_of("away_until", "AWY.END_WARN"), until=past("away_until")),
        Timed("over", _("The exemption is over and the member has not reported"), "AWY.EXEMPT_MAX", states,
              past("away_until")),
    )  # fmt: skip
