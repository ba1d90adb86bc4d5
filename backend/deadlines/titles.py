"""What each deadline is called by people. A rule without a title of its own is shown by its id."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TITLES: dict[str, Promise] = {
    "ADM.AGE_MAX": _("Last month to admit by the ordinary road"),
    "ADM.CEREMONY": _("Hold the admission ceremony"),
    "ADM.CERT_VALID": _("The certificate of the preparatory class runs out"),
    "ADM.DECIDE": _("Decide on the admission"),
    "ADM.DECIDE_EXT": _("Decide on the admission, extended"),
    "ADM.DOSSIER_VALID": _("The admission dossier runs out"),
    "ADM.VERIFY_REPLY": _("Answer the request for verification"),
    "CON.TERM": _("Hold the congress of the cell"),
    "AWY.CONTACT": _("Contact a member who works far away"),
    "MTG.DOC_BEFORE": _("Put up the papers of the meeting"),
    "MTG.MIN_AFTER": _("Put up the minutes of the meeting"),
    "MTG.REGULAR": _("Hold the monthly meeting"),
    "MTG.SCORE_REPORT": _("Report the score of the meeting"),
    "MTG.THEMATIC": _("Hold the thematic meeting of the quarter"),
    "PRO.ANNOUNCE": _("Announce the decision at the next meeting"),
    "PRO.CELL_REVIEW": _("Consider the recognition in the cell"),
    "PRO.CV": _("Complete the curriculum vitae of the new member"),
    "PRO.DECIDE": _("Decide on the recognition"),
    "PRO.DECIDE_EXT": _("Decide on the recognition, extended"),
    "REM.APPEAL": _("Last day to appeal against the removal"),
    "REM.RESOLVE": _("Resolve the appeal against the removal"),
    "TASK.AWAY_AGREE": _("Answer the proposal to exempt for work far away"),
    "TASK.AWAY_CONSIDER": _("Consider a request to work far away"),
    "TASK.AWAY_END": _("The exemption for work far away ends"),
    "TASK.CLASSIFY": _("Review and propose a level in the cell"),
    "TASK.CLASSIFY_ANNOUNCE": _("Announce the level in the cell"),
    "TASK.CLASSIFY_ANSWER": _("Answer the complaint about the level"),
    "TASK.CLASSIFY_DECIDE": _("Decide the level"),
    "TASK.COMMITTEE_DECIDE": _("Decide in the committee (no term is known)"),
    "TASK.COMPLETE_RECORD": _("Complete the member's record"),
    "TASK.CONGRESS_AGAIN": _("Elect again in the cell"),
    "TASK.CONGRESS_APPROVE": _("Approve the election of the congress"),
    "TASK.CONGRESS_PLAN": _("Plan the congress of the cell"),
    "TASK.CONSIDER_LAPSE": _("Consider months missed or unpaid in the cell"),
    "TASK.EXEMPT_CONSIDER": _("Consider a request to be exempted"),
    "TASK.EXEMPT_REPORT": _("Report an exemption to the base committee"),
    "TASK.EXEMPT_REVIEW": _("Look again at an exemption"),
    "TASK.END_CASE": _("End the case of a member who left"),
    "TASK.NEW_MEMBER_CLASS": _("Attend the new members' class"),
    "TASK.RECONSIDER": _("Consider the returned proposal again"),
    "TASK.REGULARISE_AWAY": _("Put an absence far away in order"),
    "TASK.REINFORCE_CELL": _("Assign members to a cell that is too small"),
    "TASK.REPORT_THREE_BALLOTS": _("Take up the report on three failed ballots"),
    "TRF.DOSSIER_MISSING": _("Find the dossier of a member in transfer"),
    "TRF.OFFICIAL": _("Carry out the official transfer"),
    "TRF.PAPER": _("Present the introduction paper"),
}


def title(rule_id: str) -> str:
    """The deadline's name in the current language."""
    return str(TITLES.get(rule_id, rule_id))
