"""What the pages of screening and leaving ask for: the closed list of grounds, and the papers they share."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from workflows.facts import Choice, Day, Flag, Number, Paper, Text

GROUNDS = (
    ("activity_dropped", _("Dropped party activity for three months in a year")),
    ("dues_unpaid", _("Paid no dues for three months in a year")),
    ("card_given_up", _("Gave back or destroyed the card")),
    ("will_declined", _("Will declined, no progress in twelve months of education")),
    ("standards_violated", _("Violated the member's standards two years running")),
    ("political_standards", _("Fails the political standards")),
    ("probationer_unfit", _("Probationer who does not qualify")),
    ("transfer_abandoned", _("Dropped party activity in a transfer")),
)
"""The grounds of a removal, and no others (lifecycles.md L-01); they decide whether the gate of readmission can open."""

EXPULSION_DUE = Flag("expulsion_due", _("The facts amount to expulsion"))
GROUND = (
    Choice("ground", _("Ground"), choices=GROUNDS),
    Number("months", _("Months missed or unpaid in the calendar year"), required=False, maximum=12),
    Day("educated_since", _("Day from which the cell educated the member"), required=False),
    Number("years", _("Years running in which the standards were violated"), required=False, maximum=50),
    EXPULSION_DUE,
)
REASON = Text("reason", _("Reason"))
REASON_ONCE = Text("reason", _("Reason"), required=False)
RESOLUTION = Paper("resolution", _("Resolution of the cell"), paper="cell_resolution")
RECORD = Paper("resolution", _("Counting record"), paper="counting_record")
COMMITTEE_RESOLUTION = Paper(
    "committee_resolution", _("Resolution of the base committee"), paper="committee_resolution"
)
NOTICE = Paper("notice", _("Notice with the reason"), paper="notice")
REMOVED_BY = Paper("decision", _("Removal decision"), paper="removal_decision")
HAND_OVER = (
    Paper("hand_over", _("Record of handing the decision over to the person"), paper="hand_over"),
    Flag("card_collected", _("Party card (and badge) collected")),
)
LODGED = Paper("appeal", _("Written appeal"), paper="appeal")
PROOF = Paper("proof", _("Paper that ended the membership"), paper="proof_of_leaving")
CLOSING = Paper("note", _("Note that closes the file"), paper="closing_note")
