"""The closed lists of what happens outside the lifecycles, and of what it is about; no code is ever given a new meaning.

The codes of steps are declared by the pages (`workflows.catalogue.event_codes`); a void's is its lifecycle's `.voided`.
"""

from __future__ import annotations

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from workflows.catalogue import event_codes

VOIDED = "voided"
VOIDED_LABEL = _("Entry voided")


class EventCode(TextChoices):
    """Codes of events, with what people read."""

    UNIT_OPENED = "unit.opened", _("Unit opened")
    UNIT_IMPORTED = "unit.imported", _("Unit brought in")
    UNIT_RENAMED = "unit.renamed", _("Unit renamed")
    UNIT_MOVED = "unit.moved", _("Unit moved")
    UNIT_MERGING = "unit.merging", _("Merger of a unit begun, somebody or something is still left there")
    UNIT_MERGING_DROPPED = "unit.merging_dropped", _("Merger of a unit given up")
    UNIT_CONFIGURED = "unit.configured", _("Settings of a unit changed")
    UNIT_PLANNED = "unit.planned", _("Plan of the year entered")
    UNIT_SEAT_EMPTY = "unit.seat_empty", _("Nobody holds an office there that is told of deadlines")
    UNIT_SEAT_FILLED = "unit.seat_filled", _("An office there that is told of deadlines is held again")
    UNIT_OUT_OF_REACH = "unit.out_of_reach", _("Somebody there who is told of deadlines no longer gets letters")
    UNIT_IN_REACH = "unit.in_reach", _("Everybody there who is told of deadlines gets letters again")
    UNIT_TOO_SMALL = "unit.too_small", _("By the law as it stands now it has too few official members")
    UNIT_LARGE_ENOUGH = "unit.large_enough", _("By the law as it stands now it has enough official members")
    UNIT_CLOSED = "unit.closed", _("Unit closed")
    UNIT_WITHDRAWN = "unit.withdrawn", _("Unit taken back")
    USER_ADDED = "user.added", _("Account made")
    USER_INVITED = "user.invited", _("Invited with a printed code")
    USER_JOINED = "user.joined", _("Invitation taken up: password chosen")
    PASSWORD_CHANGED = "user.password_changed", _("Password changed by its owner")
    PASSWORD_RESET = "user.password_reset", _("One-time password given")
    FACTOR_ADDED = "user.factor_added", _("Second factor added")
    FACTOR_REMOVED = "user.factor_removed", _("Second factor removed by its owner")
    FACTORS_RESET = "user.factors_reset", _("Second factors reset: their owner lost them")
    RECOVERY_CODES_MADE = "user.recovery_codes_made", _("Recovery codes made anew")
    RECOVERY_CODE_USED = "user.recovery_code_used", _("Signed in with a recovery code")
    TOKEN_MADE = "user.token_made", _("Token made for a program")
    TOKEN_REVOKED = "user.token_revoked", _("Token revoked by its owner")
    SESSIONS_ENDED = "user.sessions_ended", _("Sessions ended by their owner")
    ADDRESS_SET = "user.address_set", _("Address for letters set or confirmed")
    ADDRESS_SET_ASIDE = "user.address_set_aside", _("Address for letters set aside: it refused them")
    USER_TIED = "user.tied", _("Account tied to its owner's own record")
    USER_PREFERRED = "user.preferences_chosen", _("How to be told: chosen by the person")
    CALENDAR_OPENED = "user.calendar_opened", _("Calendar address made")
    CALENDAR_EXCHANGED = "user.calendar_exchanged", _("Calendar address exchanged for another one")
    CALENDAR_CLOSED = "user.calendar_closed", _("Calendar address closed")
    CHAT_SET = "user.chat_set", _("Address for chat or SMS set")
    CHAT_REMOVED = "user.chat_removed", _("Address for chat or SMS removed")
    DEVICE_ADDED = "user.device_added", _("Device added that takes notices")
    DEVICE_REMOVED = "user.device_removed", _("Device removed that took notices")
    DEVICE_GONE = "user.device_gone", _("Device set aside: it no longer takes notices")
    WEBHOOK_REGISTERED = "webhook.registered", _("Webhook registered")
    WEBHOOK_EXCHANGED = "webhook.secret_exchanged", _("Secret of a webhook exchanged")
    WEBHOOK_CLOSED = "webhook.closed", _("Webhook closed")
    WEBHOOK_GONE = "webhook.gone", _("Webhook answered that it is gone; nothing is sent there any more")
    MEMBER_COMPLETED = "member.completed", _("Record completed")
    MEMBER_TOOK_OVER = "member.took_over", _("Another record of the person taken over")
    ASSIGNMENT_GIVEN = "assignment.given", _("Office given")
    ASSIGNMENT_ENDED = "assignment.ended", _("Office ended")
    ASSIGNMENT_HANDED = "assignment.handed", _("Reminders handed to the substitute")
    ASSIGNMENT_TAKEN_BACK = "assignment.taken_back", _("Reminders taken back from the substitute")
    DEADLINE_ACKNOWLEDGED = "deadline.acknowledged", _("Deadline acknowledged")
    DEADLINE_SNOOZED = "deadline.snoozed", _("Reminders put off")
    DEADLINE_COMMENTED = "deadline.commented", _("Comment on a deadline")
    DEADLINE_MOVED = "deadline.moved", _("Deadline moved")
    DEADLINE_REPLANNED = "deadline.replanned", _("Reminders of a deadline changed, not its day")
    TURN_PASSED = "turn.passed", _("Case passed on: who decides has changed")
    CALENDAR_DAY_SET = "calendar.day_set", _("Day of the calendar entered")
    CALENDAR_DAY_WITHDRAWN = "calendar.day_withdrawn", _("Day of the calendar withdrawn")
    COMPETENCE_SET = "competence.set", _("Who decides: settled for this installation")
    COMPETENCE_WITHDRAWN = "competence.withdrawn", _("Who decides: withdrawn")
    KEY_TRUSTED = "key.trusted", _("Key of another installation confirmed")
    KEY_WITHDRAWN = "key.withdrawn", _("Key of another installation no longer trusted")
    SCAN_ADDED = "scan.added", _("Scan of a paper kept")
    HANDOVER_ISSUED = "handover.issued", _("Hand-over file made")
    HANDOVER_TAKEN_IN = "handover.taken_in", _("History taken in from a hand-over file")
    FLAG_RAISED = "flag.raised", _("Flag raised")
    FLAG_CHANGED = "flag.changed", _("Months of a flag changed")
    FLAG_CLEARED = "flag.cleared", _("Flag cleared")
    DUES_RECORDED = "dues.recorded", _("Dues of a month recorded")
    DUES_CORRECTED = "dues.corrected", _("Entries of dues corrected")
    IMPORT_DONE = "import.done", _("Roster brought in")
    IMPORT_UNDONE = "import.undone", _("Import undone")
    DETAIL_ERASED = "detail.erased", _("Detail of an entry erased")
    LOG_EXPORTED = "log.exported", _("Part of the log exported")
    LOG_SAMPLED = "log.sampled", _("Sample drawn from the log")
    KEY_ANNOUNCED = "log.key_announced", _("Key of the log announced")
    KEY_RETIRED = "log.key_retired", _("Key of the log retired")
    EPOCH_STARTED = "log.epoch_started", _("Log goes on after a restore")


class SubjectKind(TextChoices):
    """What an event is about."""

    MEMBER = "member", _("Member")
    CASE = "case", _("Case")
    DEADLINE = "deadline", _("Deadline")
    UNIT = "unit", _("Unit")
    ASSIGNMENT = "assignment", _("Assignment")
    USER = "user", _("User")
    IMPORT = "import", _("Import")
    LAW = "law", _("Law")
    TURN = "turn", _("Turn in a case")
    CALENDAR = "calendar", _("Calendar")
    FLAG = "flag", _("Flag")
    DUES = "dues", _("Sheet of dues")
    LOG = "log", _("Log")
    LOG_KEY = "log_key", _("Key of the log")
    DETAIL = "detail", _("Detail")
    KEY = "key", _("Key of another installation")
    HANDOVER = "handover", _("Hand-over")
    WEBHOOK = "webhook", _("Webhook")
    HISTORY = "history", _("History from elsewhere")
    SCAN = "scan", _("Scan")
    READING = "reading", _("Reading of the log")


_LABELS = dict(EventCode.choices)


def label_of(code: str) -> Any:
    """What a code means: the label of its step, or what stands in the closed list; the code itself where it is in neither."""
    step = event_codes().get(code)
    if step is not None:
        return step.label
    return VOIDED_LABEL if code.endswith(f".{VOIDED}") else _LABELS.get(code, code)
