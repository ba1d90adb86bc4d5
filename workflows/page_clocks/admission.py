"""The clocks of an admission: which day starts which term, and whose turn it is."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from django.utils.translation import gettext_lazy as _

from workflows.clocks import day_of, end_of, the_day
from workflows.law import versions
from workflows.offices import Level
from workflows.situation import Situation
from workflows.vocabulary import Clock
from workflows.workdays import add_months, month_end


def _born(situation: Situation) -> date | None:
    return None if situation.member.born_year_only else situation.member.born_on


def _last_month_of_the_road(situation: Situation, born: date) -> date:
    return month_end(add_months(born, situation.rule("ADM.AGE_MAX").value))


def _reply_due(situation: Situation, start: date) -> date:
    value = situation.rule("ADM.VERIFY_REPLY", start).value
    days = value["abroad" if situation.facts.get("abroad") else "domestic"]
    return situation.calendar.add_working_days(start, days)


def _issued(situation: Situation) -> date:
    return situation.day("decision") or situation.on


def _rule_of_issue(situation: Situation) -> str:
    return situation.rule("ADM.CEREMONY", _issued(situation)).start


def ceremony_start(situation: Situation) -> date | None:
    """Receipt by the cell or issue by the committee, as the version of the day of issue says.

    Where the decision was received later, the step that records the receipt starts the clock; it starts none where
    the day of issue started it already.
    """
    by_receipt = _rule_of_issue(situation) == "decision_received"
    if situation.past_day("decision") is not None and not by_receipt:
        return None
    return situation.day("received_on") if by_receipt else _issued(situation)


def _other_start(situation: Situation) -> date | None:
    """The other version's start, shown when the decision was issued near the change of the rule (scenario B6)."""
    near = timedelta(days=situation.rule("LAW.SHOW_BOTH").value)
    issued = _issued(situation)
    changes = [new.from_ for old, new in pairwise(versions("ADM.CEREMONY")) if new.from_ and new.start != old.start]
    if not any(abs(issued - change) <= near for change in changes):
        return None
    return issued if _rule_of_issue(situation) == "decision_received" else situation.day("received_on")


DOSSIER = Clock("ADM.DOSSIER_VALID", day_of("application"), Level.CELL, _("Application"))
RENEWED = Clock("ADM.DOSSIER_VALID", day_of("introducers_paper"), Level.CELL, _("Papers made again"))
AGE = Clock("ADM.AGE_MAX", _born, Level.CELL, _("Birth"), select=lambda s: s.on, due=_last_month_of_the_road)
CERTIFICATE = Clock("ADM.CERT_VALID", day_of("certificate"), Level.CELL, _("Certificate of the awareness class"),
                    select=lambda s: s.on)  # fmt: skip
REPLY = Clock("ADM.VERIFY_REPLY", the_day, Level.BASE, _("Request for verification"), due=_reply_due)
DECIDE = Clock("ADM.DECIDE", the_day, Level.BASE, _("Resolution of the cell"))
EXTENDED = Clock("ADM.DECIDE_EXT", end_of("ADM.DECIDE", "resolution"), Level.BASE, _("End of the term to decide"))
CEREMONY = Clock("ADM.CEREMONY", ceremony_start, Level.CELL, _("Admission decision"), select=_issued,
                 also_from=_other_start)  # fmt: skip
ALL = (
    "ADM.DOSSIER_VALID", "ADM.AGE_MAX", "ADM.CERT_VALID", "ADM.VERIFY_REPLY", "ADM.DECIDE", "ADM.DECIDE_EXT",
    "ADM.CEREMONY",
)  # fmt: skip
"""Every rule an admission may have a deadline of: a step that ends the case cancels what is still open."""
